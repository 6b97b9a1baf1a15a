"""A size in a header that is smaller than the sound: read on or named, never half a file."""

import struct

import numpy as np
import pytest
import soundfile
from encoded import RATE
from test_decode import PCM, SOUND, riff

from thesis_lib.audio import chunks
from thesis_lib.audio import io as audio_io
from thesis_lib.util.errors import InputError

WAVE = SOUND.astype(np.float32) / 2**15
LIST = b"LIST" + struct.pack("<I", 26) + b"INFOISFT\x0e\0\0\0Lavf58.29.100\0"


def put(path, content):
    path.write_bytes(content)
    return path


def id3(size=3000):
    tag = b"ID3\3\0\0" + bytes([0, 0, size >> 7, size & 127])
    return tag + np.random.default_rng(0).bytes(size)


def chunk(name, content, order="<"):
    return name + struct.pack(order + "I", len(content)) + content + bytes(len(content) % 2)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("whole", [None, "as the sound's"])
def test_a_wav_that_holds_more_than_it_tells_is_named(tmp_path, share, whole):
    size = round(len(SOUND) * share) * 2
    whole = whole and size + 36
    path = put(tmp_path / "stale.wav", riff(PCM, SOUND.tobytes(), size, whole))
    assert soundfile.info(path).frames == size // 2  # libsndfile believes it
    for reader in (audio_io.probe, audio_io.read):
        with pytest.raises(InputError, match=rf"stale\.wav holds more .* tells of {share:.1%}"):
            reader(path)


@pytest.mark.parametrize("kind", ["AU", "CAF", "AIFF", "W64"])
def test_other_containers_that_hold_more_than_they_tell(tmp_path, kind):
    path = tmp_path / "stale.bin"
    soundfile.write(path, SOUND, RATE, format=kind, subtype="PCM_16")
    content, half = bytearray(path.read_bytes()), len(SOUND)
    if kind == "AU":
        content[8:12] = struct.pack(">I", half)
    elif kind == "CAF":
        at = content.index(b"data")
        content[at + 4 : at + 12] = struct.pack(">q", half + 4)
    elif kind == "AIFF":
        at = content.index(b"SSND")
        content[at + 4 : at + 8] = struct.pack(">I", half + 8)
    else:
        at = content.index(b"data" + chunks.GUID)
        content[at + 16 : at + 24] = struct.pack("<q", half + 24)
    assert audio_io.probe(path).duration == 1.0
    with pytest.raises(InputError, match=r"stale\.bin holds more sound than could be read"):
        audio_io.read(put(path, content))


BEHIND = {
    "text": LIST, "two": chunk(b"bext", b"x" * 602) + LIST, "tag": chunk(b"id3 ", id3()),
    "bare tag": id3(), "old tag": b"TAG" + b"x" * 125, "odd": chunk(b"_PMX", b"<x/>!"),
    "zeros": bytes(100_000), "zeros, text": bytes(18) + LIST, "cut": LIST[:-9],
    "long": b"LIST" + struct.pack("<I", 10**8) + b"INFO", "unknown": chunk(b"AbC1", b"\xff" * 9999),
    "a little": b"\xff" * 700,
}  # fmt: skip


@pytest.mark.parametrize("name", BEHIND)
def test_what_is_no_sound_behind_it_does_no_harm(tmp_path, name):
    path = put(tmp_path / "a.wav", riff(PCM, SOUND.tobytes()) + BEHIND[name])
    np.testing.assert_array_equal(audio_io.read(path, RATE), WAVE)


def test_chunks_behind_the_sound_of_other_containers(tmp_path):
    for kind, behind in (
        ("AIFF", chunk(b"NAME", b"song", ">") + chunk(b"ID3 ", id3(), ">")),
        ("CAF", b"free" + struct.pack(">q", 6000) + bytes(6000)),
        ("AU", id3()),
    ):
        path = tmp_path / "a.bin"
        soundfile.write(path, SOUND, RATE, format=kind, subtype="PCM_16")
        put(path, path.read_bytes() + behind)
        np.testing.assert_array_equal(audio_io.read(path, RATE), WAVE)


@pytest.mark.parametrize("behind", [b"", LIST, chunk(b"id3 ", id3(999))])
@pytest.mark.parametrize("times", [1, 3])
def test_a_size_that_wrapped_is_read_to_its_end(tmp_path, monkeypatch, behind, times):
    """As that of a recording of more than 4 GB, at less."""
    monkeypatch.setattr(chunks, "WRAPS", 2**14)
    size = 2 * len(SOUND) - times * 2**14
    path = put(tmp_path / "long.wav", riff(PCM, SOUND.tobytes(), size) + behind)
    assert audio_io.probe(path) == (RATE, 1, 1.0)
    np.testing.assert_array_equal(audio_io.read(path, RATE), WAVE)
    part = audio_io.read(path, RATE, start=0.5, duration=0.25)
    np.testing.assert_array_equal(part, WAVE[RATE // 2 :][: len(part)])


@pytest.mark.parametrize("behind", [LIST, chunk(b"id3 ", id3()), id3(), LIST + LIST])
@pytest.mark.parametrize("kind", ["RIFF", "FORM"])
def test_tags_behind_no_sound_are_not_heard(tmp_path, kind, behind):
    if kind == "RIFF":
        path = put(tmp_path / "none.wav", riff(PCM, b"") + behind)
    else:
        path = tmp_path / "none.aiff"
        soundfile.write(path, SOUND[:0], RATE, format="AIFF", subtype="PCM_16")
        put(path, path.read_bytes() + chunk(b"ID3 ", id3(), ">"))
    for reader in (audio_io.probe, audio_io.read):
        with pytest.raises(InputError, match=rf"{path} holds no samples"):
            reader(path)


def test_more_than_4_gb_in_a_file_without_a_size(tmp_path):
    """The largest number there is, and more behind it: nothing of it is believed."""
    path = tmp_path / "pipe.wav"
    with open(path, "wb") as file:
        file.write(riff(PCM, SOUND.tobytes(), 2**32 - 36, 2**32 - 1))
        file.seek(44 + 2**32 - 36)
        file.write(SOUND.tobytes())
    assert chunks.until(path) == path.stat().st_size


def test_a_size_beyond_any_disk_is_named(tmp_path):
    path = put(tmp_path / "a.bin", b"riff" + b"\xfb" * 52 + b"\xff" * 7 + b"\x7f" + bytes(500))
    with pytest.raises(InputError, match=r"a\.bin"):
        audio_io.probe(path)
