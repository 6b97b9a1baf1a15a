"""The hand-made vector: against scipy's moments, and sounds whose modulation is known."""

import numpy as np
import pytest
from scipy import stats

from thesis_lib.analysis.handmade import RATES, modulation, moments, normalised, rich_statistics

RATE = 50.0  # frames a second


def bands(seed=0, frames=500, mels=8):
    return np.random.default_rng(seed).gamma(2, 3, (2, frames, mels)) - 60


def test_moments_are_scipys():
    found = moments(bands())
    assert found[0] == pytest.approx(bands().mean(axis=1))
    assert found[5] == pytest.approx(np.median(bands(), axis=1))
    assert found[7] == pytest.approx(stats.skew(bands(), axis=1))
    assert found[8] == pytest.approx(stats.kurtosis(bands(), axis=1, fisher=False))


@pytest.mark.parametrize("hertz", [1.0, 1.6, 4.0, 6.3, 10.0, 16.0])
def test_a_modulation_is_strongest_at_its_own_rate(hertz):
    time = np.arange(500) / RATE
    envelope = np.zeros((1, 500, 8))
    envelope[0, :, 4:] = 10 * np.sin(2 * np.pi * hertz * time)[:, None]
    found = modulation(envelope, RATE).reshape(8, 2)  # rates, two wide bands
    assert found[:, 1].argmax() == np.searchsorted(RATES, hertz, side="right") - 1
    assert (found[:, 0] < found[:, 1].max() - 10).all()  # nothing moves in the lower band


def test_loudness_is_divided_away_and_colour_for_the_most_part():
    plain = normalised(bands())
    assert normalised(bands() + 20) == pytest.approx(plain, abs=1e-9)
    colour = np.linspace(-10, 10, 8)
    assert (normalised(bands() + colour) / plain).max() < 10 ** (0.2 * 10 / 10) + 0.01
    assert ((bands() + colour) - bands()).max() == pytest.approx(10)


def test_the_vector_has_its_size_and_is_finite_even_of_silence():
    for spectrogram in (bands(mels=64), np.full((1, 98, 64), -100.0), bands(frames=1, mels=64)):
        found = rich_statistics(spectrogram, RATE)
        assert found.shape == (len(spectrogram), 22 * 64) and np.isfinite(found).all()
