"""Whatever library decodes a file: it is whole, a part is cut from it, and no header is believed.

What is right is known from the sound that was encoded, or from the other of the two libraries.
"""

import os
import struct

import av
import numpy as np
import pytest
import soundfile
from corpora import noise, write
from encoded import RATE, correlation, encode, melody

from thesis_lib.audio import io as audio_io
from thesis_lib.util.errors import InputError

ENCODED = {
    ".mp3": ("libmp3lame", "mp3"), ".mp2": ("mp2", "mp2"), ".mpga": ("libmp3lame", "mp3"),
    ".m4a": ("aac", "ipod"), ".m4b": ("aac", "ipod"), ".m4r": ("aac", "ipod"),
    ".mp4": ("aac", "mp4"), ".mov": ("aac", "mov"), ".3gp": ("aac", "3gp"),
    ".aac": ("aac", "adts"), ".adts": ("aac", "adts"),
    ".wma": ("wmav2", "asf"), ".asf": ("wmav1", "asf"), ".wv": ("wavpack", "wv"),
    ".webm": ("libopus", "webm"), ".weba": ("libopus", "webm"), ".opus": ("libopus", "ogg"),
    ".mka": ("aac", "matroska"), ".mkv": ("ac3", "matroska"), ".avi": ("libmp3lame", "avi"),
    ".flv": ("libmp3lame", "flv"), ".tta": ("tta", "tta"), ".ac3": ("ac3", "ac3"),
    ".eac3": ("eac3", "eac3"), ".ogg": ("flac", "ogg"), ".oga": ("flac", "ogg"),
    ".ogv": ("libopus", "ogv"), ".ogx": ("flac", "ogg"), ".caf": ("alac", "caf"),
    ".amr": ("libopencore_amrnb", "amr"), ".wav": ("ac3", "wav"),
    ".flac": ("flac", "flac"), ".w64": ("pcm_s24le", "w64"), ".au": ("pcm_mulaw", "au"),
    ".aiff": ("pcm_s16be", "aiff"), ".aif": ("pcm_s24be", "aiff"), ".snd": ("pcm_s16be", "au"),
    ".rf64": ("pcm_f32le", "wav"), ".aifc": ("pcm_s16be", "aiff"), ".bwf": ("pcm_s16le", "wav"),
}  # fmt: skip
RATES = {"libopus": 48000, "libopencore_amrnb": 8000}
KBPS = {"wmav1": 96, "wmav2": 96, "libopencore_amrnb": 12.2}


@pytest.mark.parametrize("ending", ENCODED)
def test_what_comes_back_is_what_was_encoded_and_a_part_is_cut_from_it(tmp_path, ending):
    codec, kind = ENCODED[ending]
    rate = RATES.get(codec, RATE)
    wave = melody(4, rate)
    path = encode(tmp_path / f"a{ending}", wave, rate, codec, kind, kbps=KBPS.get(codec))
    assert ending in audio_io.ENDINGS
    got = audio_io.read(path, rate)
    assert abs(len(got) - len(wave)) < 0.07 * rate
    assert correlation(got, wave) > (0.8 if ending == ".amr" else 0.99)
    assert audio_io.probe(path) == (rate, 1, pytest.approx(len(got) / rate))
    first = round(1.7 * rate)
    part = audio_io.read(path, rate, start=1.7, duration=1.1)
    np.testing.assert_array_equal(part, got[first : first + len(part)])
    assert len(part) == round(1.1 * rate)


@pytest.mark.parametrize("ending", [".mp3", ".flac", ".wav", ".ogg"])
def test_the_name_of_a_file_says_nothing_of_what_it_is(tmp_path, ending):
    for other in (".mp3", ".m4a", ".bwf", ".flac"):
        path = encode(tmp_path / f"a{ending}", melody(2), RATE, *ENCODED[other])
        assert len(audio_io.read(path, RATE)) == 2 * RATE


def riff(fmt, data, size=None, whole=None, name=b"RIFF"):
    """A WAV by hand; `size` and `whole` are what it says of the sound's and its own length."""
    size = len(data) if size is None else size
    body = b"WAVE" + fmt + b"data" + struct.pack("<I", size) + data
    return name + struct.pack("<I", len(body) if whole is None else whole) + body


PCM = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
SOUND = (melody(1) * 32767).astype("<i2")


@pytest.mark.parametrize("whole", [None, 0, 8, 0x7FFFFFFF, 0xFFFFFFFF])
@pytest.mark.parametrize(
    "size", [0, 0x7FFFFFFF, 0x7FFFFFFF - 36, 0x7FFFF000, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFF - 36]
)
def test_a_wav_that_was_written_into_a_pipe_is_read_to_its_end(tmp_path, size, whole):
    path = tmp_path / "pipe.wav"
    path.write_bytes(riff(PCM, SOUND.tobytes(), size, whole))
    assert audio_io.probe(path) == (RATE, 1, 1.0)
    np.testing.assert_array_equal(audio_io.read(path, RATE), SOUND.astype(np.float32) / 2**15)


@pytest.mark.parametrize("name", [b"RF64", b"BW64"])
def test_a_wav_of_64_bit_that_was_not_closed_is_read_to_its_end(tmp_path, name):
    fmt = b"ds64" + struct.pack("<IQQQI", 28, 0, 0, 0, 0) + PCM
    path = tmp_path / "open.wav"
    path.write_bytes(riff(fmt, SOUND.tobytes(), 0xFFFFFFFF, 0xFFFFFFFF, name))
    np.testing.assert_array_equal(audio_io.read(path, RATE), SOUND.astype(np.float32) / 2**15)


@pytest.mark.parametrize("size", [2 * len(SOUND) + 4, 10**6, 10**9, 3 * 10**9])
def test_a_size_that_can_be_true_makes_a_shorter_file_truncated(tmp_path, size):
    path = tmp_path / "half.wav"
    path.write_bytes(riff(PCM, SOUND.tobytes(), size))
    with pytest.raises(InputError, match=r"half\.wav is truncated"):
        audio_io.read(path)


@pytest.mark.parametrize("kind", ["AU", "W64", "RF64", "CAF", "AIFF"])
def test_other_containers_that_break_off(tmp_path, kind):
    path = tmp_path / "half.bin"
    soundfile.write(path, melody(1), RATE, format=kind, subtype="PCM_16")
    path.write_bytes(path.read_bytes()[:50000])
    with pytest.raises(InputError, match=r"half\.bin .*(truncated|breaks off)"):
        audio_io.read(path)


def flac_of_unknown_length(path, wave):
    content = bytearray(write(path, wave, RATE).read_bytes())
    content[21] &= 0xF0  # the upper bits of the count
    content[22:26] = bytes(4)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("times", [1, 3])
def test_flac_that_does_not_count_its_samples(tmp_path, times):
    path = flac_of_unknown_length(tmp_path / "a.flac", melody(2))
    want = np.tile(soundfile.read(write(tmp_path / "b.flac", melody(2), RATE))[0], times)
    path.write_bytes(path.read_bytes() * times)
    np.testing.assert_array_equal(audio_io.read(path, RATE), want.astype(np.float32))


def test_joined_flacs_are_read_to_the_end(tmp_path):
    path = write(tmp_path / "a.flac", melody(2), RATE)
    path.write_bytes(path.read_bytes() * 2)
    assert audio_io.probe(path).duration == 4


def test_joined_wavs_are_named(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(riff(PCM, SOUND.tobytes()) * 2)
    with pytest.raises(InputError, match=r"a\.wav holds more sound than could be read"):
        audio_io.read(path)


def pages(content):
    return [at for at in range(len(content)) if content[at : at + 4] == b"OggS"]


@pytest.mark.parametrize("coding", ["VORBIS", "OPUS"])
def test_ogg_that_ends_between_pages_or_goes_on_behind_its_end(tmp_path, coding):
    path = tmp_path / "a.ogg"
    soundfile.write(path, melody(4, 48000), 48000, format="OGG", subtype=coding)
    content = path.read_bytes()
    last = pages(content)[-1]
    want = audio_io.read(path)
    path.write_bytes(content[:last])  # as a recorder leaves it that was killed: no end flag
    short = audio_io.read(path)
    assert 0.5 < len(short) / len(want) < 1
    np.testing.assert_allclose(short[:-100], want[: len(short) - 100], atol=1e-6)
    path.write_bytes(content + b"TAG" + b"x" * 125)
    np.testing.assert_array_equal(audio_io.read(path), want)
    path.write_bytes(content + content)
    assert audio_io.probe(path).duration == pytest.approx(8, abs=0.05)
    path.write_bytes(content[: last + 60])
    with pytest.raises(InputError, match=r"a\.ogg is truncated"):
        audio_io.read(path)


def test_chained_ogg_of_two_rates_is_read_whole_or_named(tmp_path):
    parts = [write(tmp_path / f"{rate}.ogg", melody(2, rate), rate) for rate in (RATE, 22050)]
    path = tmp_path / "chain.ogg"
    path.write_bytes(b"".join(part.read_bytes() for part in parts))
    with pytest.raises(InputError, match=r"chain\.ogg .*joined from pieces that differ in rate"):
        audio_io.read(path)


@pytest.mark.parametrize("error", [MemoryError, OSError(5, "?"), ValueError("?"), RuntimeError])
@pytest.mark.parametrize("name", ["a.wav", "a.mp3"])
def test_whatever_a_decoder_fails_with_is_a_sentence(tmp_path, monkeypatch, error, name):
    def fail(*args, **more):
        raise error

    path = write(tmp_path / name, noise(1))
    monkeypatch.setattr(soundfile.SoundFile, "read", fail)
    monkeypatch.setattr(av, "open", fail)
    with pytest.raises(InputError, match=rf"{path} breaks off"):
        audio_io.read(path)


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    path = write(tmp_path / "a.wav", noise(1))

    def refuse(*args, **more):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    with pytest.raises(InputError, match=r"a\.wav cannot be opened \(permission denied\)"):
        audio_io.read(path)


def test_folders_and_pipes_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "album.flac").mkdir()
    for name in ("pipe.wav", "album.flac"):
        with pytest.raises(InputError, match=f"{name} is no file"):
            audio_io.read(tmp_path / name)


@pytest.mark.parametrize("name", [b"caf\xe9", b"two\nlines", b"-dash", b"%20 #1", b"concat:a"])
@pytest.mark.parametrize("ending", [b".wav", b".mp3"])
def test_any_name_can_be_read(tmp_path, monkeypatch, name, ending):
    good = write(tmp_path / f"good{ending.decode()}", noise(1))
    os.rename(good, os.fsencode(tmp_path) + b"/" + name + ending)
    monkeypatch.chdir(tmp_path)
    assert audio_io.probe(os.fsdecode(name + ending)).duration == 1


def test_a_list_that_is_called_a_song_opens_nothing(tmp_path):
    write(tmp_path / "secret.wav", noise(1))
    for text in ("#EXTM3U\n#EXTINF:1,\nsecret.wav\n", "ffconcat version 1.0\nfile secret.wav\n"):
        (tmp_path / "song.mp3").write_text(text)
        with pytest.raises(InputError, match=r"song\.mp3"):
            audio_io.read(tmp_path / "song.mp3")


@pytest.mark.parametrize("name", [b"caf\xe9\nnoir", b"a\r\x1b[2Jb", b"\xe2\x80\xa8"])
def test_whatever_a_name_holds_a_fault_is_one_line_of_text(tmp_path, name):
    content = write(tmp_path / "good.mp3", noise(1)).read_bytes()
    for ending, broken in ((b".mp3", b""), (b".wav", b"RIFF"), (b".m4a", content)):
        path = os.fsdecode(os.fsencode(tmp_path) + b"/" + name + ending)
        with open(path, "wb") as file:
            file.write(broken)
        with pytest.raises(InputError) as error:
            audio_io.read(path, channel=5)
        said = str(error.value)
        assert said.isprintable() and said.encode().startswith(os.fsencode(tmp_path))


@pytest.mark.parametrize("rate", [1, 100, 999])
def test_a_rate_that_is_none_of_sound(tmp_path, rate):
    """Resampled from 1 Hz, a minute of samples would be gigabytes."""
    path = tmp_path / "slow.wav"
    soundfile.write(path, np.zeros(60000), rate)
    with pytest.raises(InputError, match=f"slow.wav claims {rate} samples a second"):
        audio_io.read(path)
