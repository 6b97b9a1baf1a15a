"""Tempo, beats and key of pieces that are made to have a known one."""

import librosa
import numpy as np
import pytest
from corpora import noise, tone

from thesis_lib.analysis import keys, tempo
from thesis_lib.util.errors import InputError


@pytest.fixture
def piece(bench):
    """A function that makes a piece of a tempo and a key."""
    return bench("made_music").piece


@pytest.mark.parametrize("bpm, key", [(64, 0), (90, 21), (120, 9), (128, 14), (150, 6), (174, 19)])
def test_a_piece_of_known_tempo_and_key(piece, bpm, key):
    found = tempo.listen(piece(bpm, key, seed=key))
    assert tempo.fits(bpm, [found.bpm])[0]
    assert abs(tempo.change(bpm, [found.bpm])[0]) < 0.01  # it or its half or double, to 1 %
    assert keys.name(found.key) == keys.name(key)
    assert found.pulse > 0.3 and found.key_correlation > 0.6


def test_beats_are_where_they_are_played(piece):
    found = tempo.listen(piece(120, 0))
    off = (found.beats + 0.25) % 0.5 - 0.25  # from the nearest multiple of half a second
    assert len(found.beats) > 30 and np.abs(off).max() < 0.06


def test_another_sample_rate_is_resampled(piece):
    wave = librosa.resample(piece(100, 3), orig_sr=22050, target_sr=16000)
    found = tempo.listen(wave, 16000)
    assert found.bpm == pytest.approx(100, rel=0.01) and keys.name(found.key) == "D# major"


@pytest.mark.parametrize(
    "wave",
    [
        noise(20, rate=tempo.RATE),
        tone(20, 440, tempo.RATE),
        np.zeros(20 * tempo.RATE),
        np.cumsum(noise(20, 5, tempo.RATE)) / 100,
    ],
    ids=["noise", "tone", "silence", "rumble"],
)
def test_no_tempo_where_there_is_none(wave):
    found = tempo.listen(wave)
    assert np.isnan(found.bpm) and not len(found.beats)


def test_what_is_silent_or_too_short_has_neither(piece):
    for wave in (np.zeros(10**6), piece(120, 0, seconds=3.0)):
        found = tempo.listen(wave)
        assert np.isnan(found.bpm) and found.key == keys.UNKNOWN and found.pulse == 0


def test_music_that_counts_in_threes_stays_in_threes():
    clicks = np.zeros(20 * tempo.RATE)
    for number, at in enumerate(np.arange(0.5, 19.5, 0.2)):  # eighths, the first of three loud
        first = round(at * tempo.RATE)
        clicks[first : first + 200] = (0.9 if number % 3 == 0 else 0.2) * noise(1, rate=200)
    assert tempo.listen(clicks).bpm == pytest.approx(100, rel=0.02)


def test_which_tempos_fit_by_hand():
    others = [120, 127.2, 127.3, 113, 112.7, 60, 63.6, 64, 240, 254.4, 255, 90, np.nan]
    fit = [True, True, False, True, False, True, True, False, True, True, False, False, False]
    assert tempo.fits(120, others).tolist() == fit
    assert not tempo.fits(np.nan, [120]).any()
    change = tempo.change(120, [126, 60, 66, 250, np.nan])
    np.testing.assert_allclose(change, [0.05, 0, 0.1, 250 / 240 - 1, np.nan])


def test_bad_input_is_one_sentence():
    with pytest.raises(InputError, match=r"wave: has shape \(10, 2\)"):
        tempo.listen(np.zeros((10, 2)))
    with pytest.raises(InputError, match="or holds NaN"):
        tempo.listen(np.full(10, np.nan))
