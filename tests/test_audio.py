"""Reading audio: what comes out is what was written, and what is wrong is said by name."""

import struct

import librosa
import numpy as np
import pytest
import soundfile
from corpora import noise, tone, write
from hypothesis import given, settings
from hypothesis import strategies as st

from thesis_lib.audio import io as audio_io
from thesis_lib.util.errors import InputError


def test_samples_come_back_as_they_were_written(tmp_path):
    wave = noise(0.5)
    path = write(tmp_path / "a.wav", wave, subtype="FLOAT")
    got = audio_io.read(path)
    assert got.dtype == np.float32
    np.testing.assert_array_equal(got, wave)


def test_one_channel_or_the_mean_of_all(tmp_path):
    wave = noise(0.1, channels=4)
    path = write(tmp_path / "a.wav", wave, subtype="FLOAT")
    for channel in range(4):
        np.testing.assert_array_equal(audio_io.read(path, channel=channel), wave[:, channel])
    np.testing.assert_allclose(audio_io.read(path), wave.mean(axis=1), atol=1e-7)


def test_a_part_of_a_file(tmp_path):
    wave = noise(2.0)
    path = write(tmp_path / "a.wav", wave, subtype="FLOAT")
    np.testing.assert_array_equal(audio_io.read(path, start=0.5, duration=0.25), wave[8000:12000])
    np.testing.assert_array_equal(audio_io.read(path, start=1.5), wave[24000:])


def test_a_header_says_rate_channels_and_seconds(tmp_path):
    path = write(tmp_path / "a.wav", noise(1.5, rate=44100, channels=2), 44100)
    assert audio_io.probe(path) == (44100, 2, 1.5)


FORMS = [("wav", "PCM_U8"), ("aiff", "PCM_S8"), ("flac", "PCM_S8")] + [
    (ending, f"PCM_{bits}")
    for ending, most in (("wav", 32), ("aiff", 32), ("flac", 24))
    for bits in (16, 24, 32)
    if bits <= most
]


@pytest.mark.parametrize("ending, form", FORMS)
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_bits_and_channels(tmp_path, ending, form, channels):
    wave = noise(0.2, channels=channels).reshape(-1, channels)
    path = write(tmp_path / f"a.{ending}", wave, subtype=form)
    assert audio_io.probe(path) == (16000, channels, 0.2)
    bits = int(form.lstrip("PCM_US"))
    step = max(2.0 ** (1 - bits), 2**-23)  # a float32 holds 24 bits
    for channel in range(channels):
        got = audio_io.read(path, channel=channel)
        np.testing.assert_allclose(got, wave[:, channel], atol=1.01 * step)


@pytest.mark.parametrize("ending", ["wav", "aiff"])
@pytest.mark.parametrize("form", ["FLOAT", "DOUBLE"])
def test_floats(tmp_path, ending, form):
    wave = noise(0.2, channels=2)
    path = write(tmp_path / f"a.{ending}", wave, subtype=form)
    np.testing.assert_array_equal(audio_io.read(path, channel=1), wave[:, 1])


@pytest.mark.parametrize("rate", [8000, 22050, 44100, 48000, 88200, 96000, 192000])
def test_a_tone_stays_itself_when_resampled(tmp_path, rate):
    path = write(tmp_path / "a.wav", tone(1, 440, rate), rate, subtype="FLOAT")
    got = audio_io.read(path)
    assert len(got) == 16000
    middle = slice(1000, -1000)  # a filter rings at both ends
    np.testing.assert_allclose(got[middle], tone(1, 440)[middle], atol=1e-4)


def test_what_lies_above_half_the_new_rate_is_taken_away(tmp_path):
    path = write(tmp_path / "a.wav", tone(1, 12000, 44100), 44100, subtype="FLOAT")
    middle = audio_io.read(path)[1000:-1000]
    assert np.abs(middle).max() < 0.5 * 10 ** (-80 / 20)


def test_resampled_as_librosa_does(tmp_path):
    wave = noise(1, rate=44100)
    path = write(tmp_path / "a.wav", wave, 44100, subtype="FLOAT")
    want = librosa.resample(wave, orig_sr=44100, target_sr=16000, res_type="soxr_hq")
    np.testing.assert_allclose(audio_io.read(path), want[:16000], atol=1e-6)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rates")
    rates = (8000, 11025, 16000, 22050, 44100, 48000)
    return {rate: write(folder / f"{rate}.wav", noise(1, rate=rate), rate) for rate in rates}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_part_is_as_long_as_was_asked_for(files, data):
    """Also where start and duration lie between two samples, as after trimming at another rate."""
    rate = data.draw(st.sampled_from(sorted(files)))
    first = data.draw(st.integers(0, 15000))
    samples = data.draw(st.integers(480, 16000 - first))
    wave = audio_io.read(files[rate], 16000, start=first / 16000, duration=samples / 16000)
    assert len(wave) == samples


def test_a_missing_file(tmp_path):
    with pytest.raises(InputError, match=r"gone\.wav is missing"):
        audio_io.read(tmp_path / "gone.wav")


def test_an_empty_file(tmp_path):
    (tmp_path / "none.wav").write_bytes(b"")
    for reader in (audio_io.read, audio_io.probe):
        with pytest.raises(InputError, match=r"none\.wav is empty"):
            reader(tmp_path / "none.wav")


@pytest.mark.parametrize("content", [b"hello", b"\x00" * 5000, b"RIFF\x10\0\0\0WAVE"])
def test_a_file_that_is_no_audio(tmp_path, content):
    (tmp_path / "text.wav").write_bytes(content)
    for reader in (audio_io.read, audio_io.probe):
        with pytest.raises(InputError, match=r"text\.wav"):
            reader(tmp_path / "text.wav")


@pytest.mark.parametrize("ending", ["wav", "aiff", "flac", "ogg", "mp3", "opus"])
@pytest.mark.parametrize("share", [0.3, 0.9, 0.99])
def test_a_file_that_breaks_off(tmp_path, ending, share):
    kind = {"format": "OGG", "subtype": "OPUS"} if ending == "opus" else {}
    path = write(tmp_path / f"half.{ending}", noise(8), **kind)
    whole = path.read_bytes()
    assert len(audio_io.read(path)) >= 8 * 16000
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError, match=rf"half\.{ending} .*(truncated|breaks off)"):
        audio_io.read(path)


def test_a_wav_from_a_pipe_does_not_know_its_size_and_is_read(tmp_path):
    path = write(tmp_path / "piped.wav", noise(1), subtype="PCM_16")
    content = bytearray(path.read_bytes())
    at = content.index(b"data") + 4
    content[at : at + 4] = struct.pack("<I", 0xFFFFFFFF)
    path.write_bytes(content)
    assert len(audio_io.read(path)) == 16000


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers(tmp_path, value):
    wave = noise(0.1)
    wave[1000] = value
    path = write(tmp_path / "strange.wav", wave, subtype="FLOAT")
    with pytest.raises(InputError, match=r"strange\.wav holds NaN or infinite"):
        audio_io.read(path)


@pytest.mark.parametrize("channel", [1, 4, -2])
def test_a_channel_that_is_not_there(tmp_path, channel):
    path = write(tmp_path / "mono.wav", noise(0.1))
    with pytest.raises(InputError, match=rf"mono\.wav has 1 channel\(s\), but channel {channel}"):
        audio_io.read(path, channel=channel)


@pytest.mark.parametrize("start, duration", [(0.5, 0.6), (1.0, None), (3.0, 0.1)])
def test_a_part_beyond_the_end(tmp_path, start, duration):
    path = write(tmp_path / "short.wav", noise(1))
    with pytest.raises(InputError, match=r"short\.wav"):
        audio_io.read(path, start=start, duration=duration)


def test_a_file_without_samples(tmp_path):
    soundfile.write(tmp_path / "zero.wav", np.zeros(0), 16000)
    with pytest.raises(InputError, match=r"zero\.wav"):
        audio_io.read(tmp_path / "zero.wav")
