"""Sounds for listening: small, whole, and the same bytes each time they are made."""

import io

import numpy as np
import pytest
import soundfile

from thesis_lib.audio.io import audible, mp3


@pytest.mark.parametrize("seconds", [0.1, 1, 12])
def test_mp3_is_the_same_each_time_and_can_be_read(seconds):
    wave = np.sin(np.arange(int(seconds * 16000)) * 0.1).astype(np.float32) * 0.5
    data = mp3(wave, 16000)
    assert data == mp3(wave, 16000)
    back, rate = soundfile.read(io.BytesIO(data))
    assert rate == 16000 and len(back) == len(wave)
    if seconds >= 1:
        assert len(data) < len(wave) * 2 / 4


def test_audible_takes_the_constant_away_and_sets_the_peak():
    wave = audible(np.array([0.3, 0.3, 0.31, 0.29]))
    assert np.abs(wave).max() == pytest.approx(0.5)
    assert wave.mean() == pytest.approx(0, abs=1e-6)
    assert not audible(np.zeros(10)).any()
