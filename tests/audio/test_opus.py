"""Opus, decoded by libsndfile: the same sound, of the same length, at its place."""

import io

import numpy as np
import pytest
import soundfile
import soxr
from corpora import noise

from thesis_lib.audio import opus
from thesis_lib.util.errors import InputError


def decoded(wave, rate):
    heard, own = soundfile.read(io.BytesIO(opus.encode(wave, rate)), dtype="float32")
    return soxr.resample(heard, own, rate) if own != rate else heard


@pytest.mark.parametrize("rate", opus.RATES)
@pytest.mark.parametrize("seconds", [0.013, 0.5, 1.2345])
def test_length_is_kept_to_the_sample(rate, seconds):
    wave = noise(seconds, rate=rate)
    assert abs(len(decoded(wave, rate)) - len(wave)) <= 1


@pytest.mark.parametrize("rate", opus.RATES)
def test_sound_is_at_its_place(rate):
    wave = noise(1, rate=rate)
    wave = np.convolve(wave, np.ones(8) / 8, "same").astype(np.float32)
    wave[: rate // 2] = 0
    heard = decoded(wave, rate)
    size = min(len(heard), len(wave))
    lag = np.correlate(heard[:size], wave[:size], "full").argmax() - (size - 1)
    assert abs(lag) <= 1
    assert np.corrcoef(heard[:size], wave[:size])[0, 1] > 0.9


def test_bytes_are_the_same_each_time():
    wave = noise(0.5)
    assert opus.encode(wave, 16000) == opus.encode(wave, 16000)


def test_another_rate_is_refused():
    with pytest.raises(InputError, match="22050"):
        opus.encode(noise(0.1), 22050)
