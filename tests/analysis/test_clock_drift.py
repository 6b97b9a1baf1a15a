"""A clock that runs away is told from a source that walks by, on correlations drawn by hand."""

import numpy as np
import pytest

from thesis_lib.analysis.clock_drift import clock_drift

PARTS, REACH = 6, 64
PER_PPM = 0.5  # lags late at the end, of one part per million
END = (np.arange(PARTS) + 0.5) / PARTS  # middles of the parts


def curves(late, height=1.0, noise=0.0, seed=0):
    """A peak two lags wide for each pair where `late`, (parts, channels), says; and noise."""
    lags = np.arange(-REACH, REACH + 1)
    apart = late[:, :, None] - late[:, None, :]
    peaks = height * np.exp(-0.5 * ((lags - apart[..., None]) / 2) ** 2)
    return peaks + noise * np.random.default_rng(seed).standard_normal(peaks.shape)


def run_away(channel, ppm, channels=4):
    late = np.tile(3.0 * np.arange(channels), (PARTS, 1))
    late[:, channel] += ppm * PER_PPM * END
    return late


@pytest.mark.parametrize("channel, ppm", [(0, 10), (1, -20), (3, 50)])
def test_the_channel_and_its_speed(channel, ppm):
    gain, speed = clock_drift(curves(run_away(channel, ppm)), PER_PPM)
    assert gain.argmax() == channel and gain[channel] > 0.03
    assert speed[channel] == pytest.approx(ppm, abs=2)
    assert (np.delete(gain, channel) < 0).all() and (np.delete(speed, channel) == 0).all()


def test_nothing_is_gained_where_nothing_moves():
    gain, speed = clock_drift(curves(run_away(0, 0)), PER_PPM)
    assert gain.tolist() == [0] * 4 and speed.tolist() == [0] * 4


def test_somebody_who_walks_by_is_no_clock():
    steps = np.linspace(-6, 6, PARTS)[:, None] * np.arange(
        4
    )  # lags, the same from each to the next
    walked = clock_drift(curves(steps), PER_PPM)[0].max()
    assert walked < 0.05 < 0.5 < clock_drift(curves(run_away(2, 36)), PER_PPM)[0].max()


def test_peaks_that_noise_hides_in_each_part_add_up():
    late = run_away(2, 40)
    buried = curves(late, height=0.1, noise=0.05)
    delays = buried[:, 2, 0].argmax(axis=1) - REACH
    assert np.abs(delays - (late[:, 2] - late[:, 0])).max() > 10  # one of them is found elsewhere
    gain, speed = clock_drift(buried, PER_PPM)
    assert gain.argmax() == 2 and speed[2] == pytest.approx(40, abs=5)


def test_without_siblings_there_is_nothing_to_run_away_from():
    gain, speed = clock_drift(curves(np.zeros((PARTS, 1))), PER_PPM)
    assert np.isnan(gain).all() and np.isnan(speed).all()
