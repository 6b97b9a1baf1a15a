"""Archives as they come, and as somebody who means harm would make them: all of it or nothing."""

import io
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections import namedtuple
from contextlib import suppress

import numpy as np
import pytest
from corpora import listing, text

from thesis_lib.datasets import unpack as module
from thesis_lib.datasets.unpack import unpack
from thesis_lib.util.errors import InputError

FILES = {
    "set/audio/DevNode1_ex1_1.wav": np.random.default_rng(0).bytes(50_000),
    "set/audio/DevNode2_ex1_1.wav": bytes(20_000),
    "set/meta.txt": b"audio/DevNode1_ex1_1.wav\teating\ts1\n",
}


def archive(path, files=FILES, **kind):
    """Files to a ZIP; a name may be a ZipInfo, and content None is a folder's."""
    with zipfile.ZipFile(path, "w", **{"compression": zipfile.ZIP_DEFLATED, **kind}) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return path


def found(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    "kind", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_files_come_out_as_they_went_in(tmp_path, kind):
    path = archive(
        tmp_path / "set.zip", {"set/": b"", "set/audio/": b"", **FILES}, compression=kind
    )
    files = unpack(path, tmp_path / "to")
    expected = {name.removeprefix("set/"): content for name, content in FILES.items()}
    assert found(tmp_path / "to") == expected
    assert files == [tmp_path / "to" / name for name in expected]


def test_the_first_folder_may_stay(tmp_path):
    unpack(archive(tmp_path / "set.zip"), tmp_path / "to", strip=False)
    assert found(tmp_path / "to") == FILES


def test_what_other_archives_left_stays_and_the_same_name_is_replaced(tmp_path):
    text(tmp_path / "to" / "audio" / "DevNode3_ex2_1.wav", "another's")
    text(tmp_path / "to" / "meta.txt", "older")
    unpack(archive(tmp_path / "set.zip"), tmp_path / "to")
    after = found(tmp_path / "to")
    assert after["audio/DevNode3_ex2_1.wav"] == b"another's"
    assert after["meta.txt"] == FILES["set/meta.txt"] and len(after) == 4


def special(name, mode):
    entry = zipfile.ZipInfo(name)
    entry.external_attr = mode << 16
    return entry


HARM = {
    "up": ({"set/../../evil.txt": b"x"}, "leads out"),
    "up, last": ({"set/..": b"x"}, "leads out"),
    "absolute": ({"/etc/evil.txt": b"x"}, "leads out"),
    "drive": ({"C:/evil.txt": b"x"}, "leads out"),
    "backslash": ({"set\\..\\evil.txt": b"x"}, "leads out"),
    "dot": ({"set/./meta.txt": b"x"}, "leads out"),
    "folder up": ({"set/../evil/": b""}, "leads out"),
    "link": ({special("set/link", stat.S_IFLNK | 0o777): b"/etc/passwd"}, "link or a special"),
    "pipe": ({special("set/pipe", stat.S_IFIFO | 0o644): b""}, "link or a special"),
    "device": ({special("set/null", stat.S_IFCHR | 0o644): b""}, "link or a special"),
    "case": ({"set/META.TXT": b"other"}, "a name twice"),
    "file as folder": ({"set/meta.txt/deeper.txt": b"x"}, "cannot be unpacked"),
    "beside the folder": ({"README": b"x"}, "one folder"),
    "another folder": ({"other/README": b"x"}, "one folder"),
    "long": ({"set/" + "x" * 300: b"x"}, "cannot be unpacked"),
}


def refused(path, folder, says):
    before = listing(path.parent)
    with pytest.raises(InputError, match=says) as error:
        unpack(path, folder)
    assert str(path) in str(error.value)
    assert listing(path.parent) == before


@pytest.mark.parametrize("which", HARM)
def test_an_archive_that_would_do_harm(tmp_path, which):
    more, says = HARM[which]
    path = archive(tmp_path / "set.zip", {**FILES, **more})
    refused(path, tmp_path / "to", says)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_comes_twice(tmp_path):
    path = archive(tmp_path / "set.zip")
    with zipfile.ZipFile(path, "a") as file:
        file.writestr("set/meta.txt", b"another")
    refused(path, tmp_path / "to", "a name twice")


def overlapping(path):
    """Two whole files, the second within the first: its data begins with the second's header."""
    inside = b"abc" * 1000
    pack = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = pack.compress(inside) + pack.flush()

    def fields(content, size):
        return 20, 0, 8, 0, 0x21, zlib.crc32(content), size, len(content), len(b"set/a"), 0

    def header(name, *about):
        return struct.pack("<IHHHHHIIIHH", 0x04034B50, *fields(*about)) + name

    def listed(name, offset, *about):
        rest = struct.pack("<HHHII", 0, 0, 0, 0, offset)
        return struct.pack("<IHHHHHHIIIHH", 0x02014B50, 20, *fields(*about)) + rest + name

    second = header(b"set/b", inside, len(packed))
    quote = struct.pack("<BHH", 0, len(second), 0xFFFF ^ len(second))  # a stored block of DEFLATE
    whole = second + inside, len(quote + second + packed)
    first = header(b"set/a", *whole)
    places = listed(b"set/a", 0, *whole)
    places += listed(b"set/b", len(first + quote), inside, len(packed))
    body = first + quote + second + packed
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 2, 2, len(places), len(body), 0)
    path.write_bytes(body + places + end)
    return second + inside, inside


def test_entries_that_overlap(tmp_path):
    contents = overlapping(tmp_path / "set.zip")
    with zipfile.ZipFile(tmp_path / "set.zip") as file, suppress(zipfile.BadZipFile):
        assert (file.read("set/a"), file.read("set/b")) == contents  # newer ones refuse the first
    refused(tmp_path / "set.zip", tmp_path / "to", "entries that overlap|Overlapped entries")


class Pipe(io.BytesIO):
    """Where a writer cannot go back: it then puts sizes and checksums behind the data."""

    def seekable(self):
        return False

    def tell(self):
        raise OSError("a pipe")


def test_an_archive_that_was_streamed(tmp_path):
    pipe = Pipe()
    archive(pipe)
    (tmp_path / "set.zip").write_bytes(pipe.getvalue())
    assert zipfile.ZipFile(tmp_path / "set.zip").infolist()[0].flag_bits & 8
    unpack(tmp_path / "set.zip", tmp_path / "to")
    assert found(tmp_path / "to") == {n.removeprefix("set/"): data for n, data in FILES.items()}


def test_an_encrypted_archive(tmp_path):
    path = archive(tmp_path / "set.zip", compression=zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flags of every header
        place = data.find(mark)
        while place >= 0:
            data[place + at] |= 1
            place = data.find(mark, place + 1)
    path.write_bytes(data)
    refused(path, tmp_path / "to", "is encrypted")


def test_a_bomb(tmp_path, monkeypatch):
    path = archive(tmp_path / "set.zip", {"set/zeros": bytes(3_000_000)})
    monkeypatch.setattr(module, "ALWAYS_ALLOWED", 1_000_000)
    refused(path, tmp_path / "to", r"0\.0 GB, more than 20 times")


def test_a_small_archive_may_pack_well(tmp_path):
    path = archive(tmp_path / "set.zip", {"set/zeros": bytes(3_000_000)})
    assert path.stat().st_size * 100 < 3_000_000
    assert [file.stat().st_size for file in unpack(path, tmp_path / "to")] == [3_000_000]


def test_a_disk_that_is_too_small(tmp_path, monkeypatch):
    path = archive(tmp_path / "set.zip")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 60_000, 60_000))
    refused(path, tmp_path / "to", "GB are free")


@pytest.mark.parametrize("where", [100, 30_000, -200])
def test_a_damaged_byte_leaves_nothing(tmp_path, where):
    path = archive(tmp_path / "set.zip")
    data = bytearray(path.read_bytes())
    data[where] ^= 0x55
    path.write_bytes(data)
    refused(path, tmp_path / "to", "cannot be unpacked|damaged|one folder")


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive_or_empty(tmp_path, content):
    (tmp_path / "set.zip").write_bytes(content)
    refused(tmp_path / "set.zip", tmp_path / "to", "fetch it again")


def test_a_missing_archive(tmp_path):
    with pytest.raises(InputError, match=r"set\.zip is missing"):
        unpack(tmp_path / "set.zip", tmp_path / "to")


@pytest.mark.parametrize("what", ["folder in place of a file", "file in place of a folder"])
def test_a_place_that_is_taken(tmp_path, what):
    if what.startswith("folder"):
        (tmp_path / "to" / "meta.txt").mkdir(parents=True)
    else:
        text(tmp_path / "to" / "audio", "a file")
    refused(archive(tmp_path / "set.zip"), tmp_path / "to", "move it away")


def test_what_a_killed_run_left_is_taken_away(tmp_path):
    path = archive(tmp_path / "set.zip")
    text(tmp_path / "to" / ".set.zip.abcd.tmp" / "audio" / "half.wav", "half")
    unpack(path, tmp_path / "to")
    assert not [name for name in os.listdir(tmp_path / "to") if name.startswith(".")]
