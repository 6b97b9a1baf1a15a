"""MP3 as programs and people leave it: its headers say little, and the sound is read to the end."""

import struct

import av
import numpy as np
import pytest
import soundfile
from corpora import noise
from encoded import RATE, correlation, encode, melody, mp3

from thesis_lib.audio import io as audio_io
from thesis_lib.util.errors import InputError


def quiet_first(seconds, rate=RATE):
    """A sound whose first third is next to silent: a first frame that says little of the others."""
    wave = noise(seconds, rate=rate)
    wave[: len(wave) // 3] *= 1e-4
    return wave


@pytest.mark.parametrize("rate", [44100, 48000, 22050])
@pytest.mark.parametrize("how", [{"kbps": 64}, {"kbps": 128}, {"kbps": 160}, {"vbr": True}])
def test_an_mp3_that_does_not_count_its_frames_is_read_whole(tmp_path, rate, how):
    wave = quiet_first(6, rate)
    plain = mp3(tmp_path / "plain.mp3", wave, rate, told=False, **how)
    told = mp3(tmp_path / "told.mp3", wave, rate, **how)
    assert b"Xing" not in plain.read_bytes()[:500] and b"Info" not in plain.read_bytes()[:500]
    got, want = audio_io.read(plain, rate), audio_io.read(told, rate)
    assert audio_io.probe(told).duration == 6 and len(want) == 6 * rate
    assert 0 <= len(got) - len(want) < 3 * 1152  # what the encoder puts at both ends stays
    assert correlation(got, want) > 0.99
    assert audio_io.probe(plain).duration == len(got) / rate
    want = soundfile.read(told, dtype="float32")[0]  # by the other library
    assert np.abs(audio_io.read(told, rate) - want).max() < 2e-3


def counted(content, frames):
    """An MP3 whose first frame counts so many others."""
    at = max(content.find(b"Xing", 0, 500), content.find(b"Info", 0, 500))
    return content[: at + 8] + struct.pack(">I", frames) + content[at + 12 :]


@pytest.mark.parametrize("frames", [0, 50, 1000])
def test_a_wrong_count_of_frames_is_not_believed(tmp_path, frames):
    path = mp3(tmp_path / "a.mp3", melody(4), vbr=True)
    path.write_bytes(counted(path.read_bytes(), frames))
    assert audio_io.probe(path).duration == pytest.approx(4, abs=0.06)
    got = audio_io.read(path, RATE)
    assert correlation(got[:RATE], melody(4)[:RATE]) > 0.97
    assert correlation(got[-2 * RATE - 3000 :], melody(4)[-2 * RATE - 3000 :]) > 0.97


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("more", [(RATE, 1), (22050, 1), (RATE, 2)])
def test_joined_mp3s_are_read_to_the_end_at_the_rate_of_the_first(tmp_path, told, more):
    rate, channels = more
    first = mp3(tmp_path / "first.mp3", melody(4), told=told)
    second = mp3(tmp_path / "second.mp3", melody(2, rate, channels, seed=1), rate, told=told)
    joined = tmp_path / "joined.mp3"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    got = audio_io.read(joined, RATE)
    assert audio_io.probe(joined)[:2] == (RATE, 1)
    assert audio_io.probe(joined).duration == pytest.approx(6, abs=0.2)
    assert correlation(got[: 4 * RATE], melody(4)) > 0.99
    want = melody(2, RATE, seed=1) * (0.75 if channels == 2 else 1)
    tail = got[-2 * RATE - 4000 :]
    assert correlation(tail, np.pad(want, (0, 4000))) > 0.93
    assert np.sqrt(np.mean(tail[4000:] ** 2)) == pytest.approx(np.sqrt(np.mean(want**2)), rel=0.1)


def test_an_mp3_cut_between_frames_is_as_long_as_what_is_left(tmp_path):
    path = mp3(tmp_path / "a.mp3", melody(4))
    content = path.read_bytes()
    with av.open(str(path)) as file:
        places = [packet.pos for packet in file.demux() if packet.size]
    path.write_bytes(content[: places[80]])
    assert audio_io.probe(path).duration == pytest.approx(80 * 1152 / RATE, abs=0.03)
    path.write_bytes(content[: places[80] + 100])
    with pytest.raises(InputError, match=r"a\.mp3 is truncated"):
        audio_io.read(path)


@pytest.mark.parametrize("behind", [b"TAG" + b"x" * 125, b"LYRICSBEGIN" + b"a" * 999, bytes(3000)])
def test_what_tagging_programs_put_behind_the_end_is_no_sound(tmp_path, behind):
    path = mp3(tmp_path / "a.mp3", melody(4))
    path.write_bytes(path.read_bytes() + behind)
    assert audio_io.probe(path).duration == 4


def test_an_mp3_within_a_wav(tmp_path):
    path = encode(tmp_path / "a.wav", melody(4), RATE, "libmp3lame", "wav")
    assert audio_io.probe(path).duration == pytest.approx(4, abs=0.06)
    assert correlation(audio_io.read(path, RATE), melody(4)) > 0.99
