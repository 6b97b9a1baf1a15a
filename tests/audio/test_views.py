"""Tags among the frames of MPEG are stepped over, and room that was reserved is no sound."""

import io
import struct

import numpy as np
import pytest
import soundfile
from encoded import RATE, correlation, encode, melody, mp3
from mutagen.apev2 import BINARY, APEv2, APEValue
from mutagen.id3 import APIC, ID3

from thesis_lib.audio import io as audio_io
from thesis_lib.audio import views
from thesis_lib.util.errors import InputError

COVER = np.random.default_rng(6).bytes(200_000)


def with_id3(content, cover=COVER):
    file = io.BytesIO(content)
    tag = ID3()
    tag.add(APIC(encoding=0, mime="image/jpeg", type=3, desc="", data=cover))
    tag.save(file)
    return file.getvalue()


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("version", [1000, 2000])
def test_a_cover_behind_the_end_is_no_sound(tmp_path, told, version):
    path = mp3(tmp_path / "a.mp3", melody(4), told=told)
    want, content = audio_io.read(path, RATE), path.read_bytes()
    tag = APEv2()
    tag["Cover Art (Front)"] = APEValue(b"cover.jpg\0" + COVER, BINARY)
    tag.save(path)
    if version == 1000:  # the older kind has no header
        begin = path.read_bytes().index(b"APETAGEX")
        old = path.read_bytes()[begin + 32 :]
        old = old[:-24] + struct.pack("<I", 1000) + old[-20:-12] + old[-12:-8] + bytes(8)
        old = old[:-12] + struct.pack("<I", 0) + bytes(8)
        path.write_bytes(content + old)
    np.testing.assert_array_equal(audio_io.read(path, RATE), want)


@pytest.mark.parametrize("ending", [".mp3", ".aac"])
def test_joined_files_of_which_each_has_a_cover(tmp_path, ending):
    """The frames of the cover, which look like sound's now and then, are not heard."""
    codec = ("libmp3lame", "mp3") if ending == ".mp3" else ("aac", "adts")
    parts = [
        encode(tmp_path / f"{seed}{ending}", melody(3, seed=seed), RATE, *codec).read_bytes()
        for seed in (0, 1)
    ]
    plain, joined = tmp_path / f"plain{ending}", tmp_path / f"joined{ending}"
    plain.write_bytes(b"".join(parts))
    joined.write_bytes(with_id3(parts[0]) + with_id3(parts[1]))
    got, want = audio_io.read(joined, RATE), audio_io.read(plain, RATE)
    assert abs(len(got) - len(want)) <= 4000 and len(got) > 6 * RATE
    assert correlation(got[:RATE], want[:RATE]) > 0.99
    assert correlation(got[-2 * RATE :], want[-2 * RATE :]) > 0.99


def test_a_tag_in_the_middle_is_passed_over_without_a_gap(tmp_path):
    path = mp3(tmp_path / "a.mp3", melody(4))
    want, content = audio_io.read(path, RATE), path.read_bytes()
    with open(path, "rb") as file:
        assert views.is_plain(views.opened(path)) and file.read() == content
    tag = with_id3(b"")
    for at in (20_000, 40_000):
        at = content.index(content[:2], at)  # a frame's beginning
        path.write_bytes(content[:at] + tag + content[at:])
        assert views.opened(path).read() == content
        np.testing.assert_array_equal(audio_io.read(path, RATE), want)


def test_what_only_looks_like_a_tag_stays(tmp_path):
    path = tmp_path / "a.mp3"
    for fake in (b"ID3\3\0\0\0\0\1\0", b"APETAGEX" + bytes(24), b"ID3\3\0\0\x7f\x7f\x7f\x7f"):
        path.write_bytes(b"\xff\xfb" + b"a" * 500 + fake + b"b" * 5000)
        assert views.opened(path).read() == path.read_bytes()


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
@pytest.mark.parametrize("how", [{}, {"vbr": True}, {"told": False}])
def test_room_that_was_reserved_and_not_filled(tmp_path, share, how):
    path = mp3(tmp_path / "a.mp3", melody(6), **how)
    content = path.read_bytes()
    left = int(len(content) * share)
    path.write_bytes(content[:left] + bytes(len(content) - left))
    assert views.zeros(path) >= len(content) - left
    for reader in (audio_io.probe, audio_io.read):
        with pytest.raises(InputError, match=r"a\.mp3 is truncated"):
            reader(path)


@pytest.mark.parametrize("codec, kind", [("aac", "adts"), ("ac3", "ac3"), ("mp2", "mp2")])
def test_room_that_was_reserved_for_other_packets(tmp_path, codec, kind):
    path = encode(tmp_path / "a.bin", melody(6), RATE, codec, kind)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2] + bytes(len(content) // 2))
    with pytest.raises(InputError, match=r"a\.bin is (truncated|damaged)"):
        audio_io.read(path)


@pytest.mark.parametrize("coding", ["VORBIS", "OPUS"])
def test_room_that_was_reserved_for_ogg(tmp_path, coding):
    path = tmp_path / "a.ogg"
    soundfile.write(path, melody(6, 48000), 48000, format="OGG", subtype=coding)
    content, want = path.read_bytes(), audio_io.read(path, 48000)
    for behind in (bytes(9000), bytes(1_500_000), COVER + COVER, b"TAG" + b"x" * 125):
        path.write_bytes(content + behind)  # the last page says that it is the last
        np.testing.assert_array_equal(audio_io.read(path, 48000), want)
    pages = [at for at in range(len(content)) if content[at : at + 4] == b"OggS"]
    for left in (len(content) // 2, pages[-1], len(content) - 60):
        path.write_bytes(content[:left] + bytes(len(content) - left))
        with pytest.raises(InputError, match=r"a\.ogg is truncated"):
            audio_io.read(path)


def test_an_au_whose_size_was_not_filled_in(tmp_path):
    path = tmp_path / "a.au"
    soundfile.write(path, melody(2), RATE, format="AU", subtype="PCM_16")
    content, want = path.read_bytes(), soundfile.read(path, dtype="float32")[0]
    path.write_bytes(content[:8] + bytes(4) + content[12:])
    np.testing.assert_array_equal(audio_io.read(path, RATE), want)
    path.write_bytes(content[:8] + bytes(4) + content[12:24])
    with pytest.raises(InputError, match=r"a\.au holds no samples"):
        audio_io.read(path)
