"""A part deep inside a file is what the whole holds there, to the bit, and most is not decoded."""

import struct
import tempfile
from functools import cache
from pathlib import Path

import av
import numpy as np
import pytest
from corpora import noise
from encoded import RATE, encode, melody, mp3

from thesis_lib.audio import decode, ffmpeg, packets, passing
from thesis_lib.audio import io as audio_io
from thesis_lib.util.errors import InputError

SECONDS = 12


@pytest.fixture
def decoded(monkeypatch):
    """How many packets were decoded from now on: a list with an entry for each."""
    noted, note = [], packets.State.note

    def listening(state, packet, frames):
        noted.append(packet.size)
        return note(state, packet, frames)

    monkeypatch.setattr(packets.State, "note", listening)
    return noted


@cache
def sound(rate=RATE, channels=1, seed=0):
    """Tones and noise, so that no moment is coded as another, nor in as many bits."""
    wave = melody(SECONDS, rate, channels, seed)[: SECONDS * rate]
    wave = np.pad(wave, [(0, SECONDS * rate - len(wave)), *[(0, 0)] * (wave.ndim - 1)])
    loud = np.linspace(0, 0.1, len(wave), dtype=np.float32) ** 2
    hiss = noise(SECONDS, seed + 1, rate, channels, level=1)
    return wave + hiss * (loud if channels == 1 else loud[:, None])


@cache
def content(rate=RATE, channels=1, seed=0, **how):
    """The bytes of an MP3."""
    with tempfile.TemporaryDirectory() as folder:
        path = mp3(Path(folder, "a.mp3"), sound(rate, channels, seed), rate, **how)
        return path.read_bytes()


def native(path, start=0.0):
    """The samples of all channels from a time on, at the file's own rate."""
    with decode.opened(path, start) as source:
        blocks = list(source.blocks)
        whole = np.concatenate(blocks) if blocks else np.zeros((0, source.channels), np.float32)
        return source.begins, source.sample_rate, whole


def assert_parts_are_of_the_whole(path, starts=(5, 6.7, 9.123, 11.5)):
    _, rate, whole = native(path)
    for start in starts:
        begins, _, part = native(path, start)
        assert 0 <= begins <= start * rate
        np.testing.assert_array_equal(part, whole[begins:])
    return len(whole) / rate


@pytest.mark.parametrize("rate, channels", [(44100, 2), (48000, 1), (22050, 2), (8000, 1)])
@pytest.mark.parametrize("how", [{"vbr": True}, {"kbps": 32, "told": False}, {"kbps": 64}])
def test_mp3(tmp_path, decoded, rate, channels, how):
    path = mp3(tmp_path / "a.mp3", sound(rate, channels), rate, **how)
    seconds = assert_parts_are_of_the_whole(path)
    assert seconds == pytest.approx(SECONDS, abs=0.2)
    decoded.clear()
    audio_io.read(path, rate, start=10.0, duration=0.5)
    size = 1152 if rate >= 32000 else 576
    wanted = passing.PREROLL + 1 / 2 + ffmpeg.BLOCK / rate  # s
    assert len(decoded) < min(passing.HEAD + 2 + wanted * rate / size, 10.6 * rate / size)


def test_mp3_at_the_lowest_rate_of_bits(tmp_path):
    """Where a packet borrows its bits from as many before it as can be."""
    for rate in (8000, 24000):
        wave = sound(rate).copy()
        wave[::2] *= np.repeat(np.arange(len(wave) // 1000 + 1) % 3 == 0, 500)[: len(wave[::2])]
        assert_parts_are_of_the_whole(mp3(tmp_path / f"{rate}.mp3", wave, rate, kbps=8))


@pytest.mark.parametrize(
    "more, told",
    [((RATE, 1), True), ((RATE, 2), False), ((22050, 1), True), ((48000, 2), False)],
)
def test_joined_mp3s(tmp_path, told, more):
    first, second = content(told=told), content(*more, seed=7, told=told)
    joined, behind = tmp_path / "joined.mp3", SECONDS
    for between in (b"", b"ID3\x04\0\0\0\0\x07\x76" + bytes(1014)):
        joined.write_bytes(between + first + between + second + first)
        assert_parts_are_of_the_whole(joined, (behind - 2.1, behind, 2.5 * behind))


@pytest.mark.parametrize("seed", range(6))
def test_mp3_with_damage_in_it(tmp_path, seed):
    """In headers and in sound, in front of the part and in it."""
    path = tmp_path / "a.mp3"
    path.write_bytes(content(channels=2, told=seed % 2 == 0))
    damaged = np.frombuffer(path.read_bytes(), np.uint8).copy()
    with av.open(str(path)) as file:
        places = [packet.pos for packet in file.demux() if packet.size][20:-20]
    random = np.random.default_rng(seed)
    hit = random.choice(places, 3)
    if seed % 3 == 0:  # bit rate, rate, channels
        damaged[hit + random.integers(0, 4, 3)] ^= np.uint8(1 << random.integers(0, 8))
    elif seed % 3 == 1:
        for place in hit:
            damaged[place + 4 : place + 64] = random.integers(0, 256, 60)
    else:
        damaged = np.delete(damaged, hit[0] + np.arange(50))
    path.write_bytes(damaged.tobytes() + content(channels=2, told=False))
    assert_parts_are_of_the_whole(path, (5, 9.123, 11.5, 20))


def test_a_wrong_count_of_frames_moves_nothing(tmp_path):
    path, good = tmp_path / "a.mp3", content()
    at = max(good.find(b"Xing", 0, 500), good.find(b"Info", 0, 500))
    for frames in (0, 200, 10**6):
        path.write_bytes(good[: at + 8] + struct.pack(">I", frames) + good[at + 12 :])
        assert_parts_are_of_the_whole(path)


OTHERS = {
    "alac.m4a": ("alac", "ipod", {}), "aac.m4a": ("aac", "ipod", {}),
    "pieces.m4a": ("alac", "mp4", {"movflags": "frag_keyframe+empty_moov"}),
    "pieces.mp4": ("aac", "mp4", {"movflags": "frag_keyframe+empty_moov"}),
    "a.aac": ("aac", "adts", {}), "a.ac3": ("ac3", "ac3", {}), "a.mp2": ("mp2", "mp2", {}),
    "a.wma": ("wmav2", "asf", {"kbps": 96}), "a.mka": ("libmp3lame", "matroska", {}),
    "a.avi": ("libmp3lame", "avi", {}),
    "a.caf": ("alac", "caf", {}), "a.wv": ("wavpack", "wv", {}),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHERS)
def test_others(tmp_path, decoded, name):
    codec, kind, options = OTHERS[name]
    wave = sound(channels=2)
    path = encode(tmp_path / name, wave, RATE, codec, kind, **options)
    assert_parts_are_of_the_whole(path)
    if codec == "alac":
        decoded.clear()
        audio_io.read(path, RATE, start=11.0, duration=0.5)
        assert len(decoded) <= passing.HEAD + 4 * RATE / 4096


@pytest.mark.parametrize("told", [True, False])
def test_beyond_the_end_it_is_said_as_ever(tmp_path, told):
    path = tmp_path / "a.mp3"
    path.write_bytes(content(told=told))
    for start in (13.0, 20.0, 1000.0):
        with pytest.raises(InputError, match=r"a\.mp3 is truncated: 0 of"):
            audio_io.read(path, start=start, duration=1)


def test_of_a_file_that_breaks_off_the_end_is_none(tmp_path):
    """Nor is libsndfile asked, which takes what is left for the whole."""
    path = tmp_path / "a.mp3"
    path.write_bytes(content()[:-40000])
    for start in (8.0, 9.0, 11.0, 30.0):
        with pytest.raises(InputError, match=r"a\.mp3 is truncated"):
            audio_io.read(path, start=start)
