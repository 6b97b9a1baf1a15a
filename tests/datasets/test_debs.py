"""Debian packages as they come, and as somebody who means harm would make them."""

import shutil
import subprocess
from collections import namedtuple

import numpy as np
import packages
import pytest
from backports.zstd import tarfile
from corpora import listing, text

from thesis_lib.datasets import unpack as module
from thesis_lib.datasets.debs import unpack
from thesis_lib.util.errors import InputError

MUSIC, RIGHTS = "usr/share/game/music/", "usr/share/doc/game/copyright"
ONLY = [MUSIC, RIGHTS]
FILES = {
    "./usr/share/game/music/song.ogg": np.random.default_rng(0).bytes(50_001),
    "./usr/share/game/music/deep/other.ogg": bytes(20_000),
    "./usr/share/game/level.dat": b"not wanted",
    "./usr/share/doc/game/copyright": b"License: GPL-2+\n",
}
WANTED = {name.removeprefix("./"): data for name, data in FILES.items() if "level" not in name}


def package(path, files=FILES, packed=".xz"):
    path.write_bytes(packages.deb(files, packed))
    return path


def found(folder):
    files = [path for path in folder.rglob("*") if path.is_file() or path.is_symlink()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.mark.parametrize("packed", packages.PACKERS)
def test_what_is_wanted_comes_out_as_it_went_in(tmp_path, packed):
    files = {packages.special("./", tarfile.DIRTYPE): b"", **FILES}
    paths = unpack(package(tmp_path / "game.deb", files, packed), tmp_path / "to", ONLY)
    assert found(tmp_path / "to") == WANTED
    assert paths == [tmp_path / "to" / name for name in WANTED]


@pytest.mark.skipif(not shutil.which("dpkg-deb"), reason="needs dpkg-deb, of Debian")
def test_a_package_of_dpkg_itself(tmp_path):
    root = tmp_path / "root"
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (root / MUSIC / "again.ogg").symlink_to("song.ogg")
    about = "Package: game\nVersion: 1\nArchitecture: all\nMaintainer: x\nDescription: x\n"
    text(root / "DEBIAN" / "control", about)
    subprocess.run(["dpkg-deb", "-b", root, tmp_path / "game.deb"], check=True, capture_output=True)
    unpack(tmp_path / "game.deb", tmp_path / "to", ONLY)
    assert found(tmp_path / "to") == WANTED


def test_what_lay_there_stays_and_the_same_name_is_replaced(tmp_path):
    text(tmp_path / "to" / MUSIC / "song.ogg", "older")
    text(tmp_path / "to" / "mine.ogg", "mine")
    unpack(package(tmp_path / "game.deb"), tmp_path / "to", ONLY)
    assert found(tmp_path / "to") == {**WANTED, "mine.ogg": b"mine"}


@pytest.mark.parametrize("target", ["song.ogg", "../level.dat", "/usr/share/other/song.ogg"])
def test_a_link_is_passed_over(tmp_path, target):
    link = packages.special(f"./{MUSIC}link.ogg", tarfile.SYMTYPE, target)
    unpack(package(tmp_path / "game.deb", {**FILES, link: b""}), tmp_path / "to", ONLY)
    assert found(tmp_path / "to") == WANTED


def entry(name, kind, target=""):
    return {packages.special(name, kind, target): b""}


HARM = {
    "up": ({"./../evil.ogg": b"x"}, "leads out of its folder"),
    "up, below": ({f"./{MUSIC}../../../../evil.ogg": b"x"}, "leads out of its folder"),
    "absolute": ({"/etc/evil": b"x"}, "leads out of its folder"),
    "link up": (entry(f"./{MUSIC}x", tarfile.SYMTYPE, "../../../../../etc"), "link that leads out"),
    "hard link up": (entry(f"./{MUSIC}x", tarfile.LNKTYPE, "../etc/passwd"), "link that leads out"),
    "hard link": (entry(f"./{MUSIC}x", tarfile.LNKTYPE, "/etc/passwd"), "link that leads out"),
    "pipe": (entry(f"./{MUSIC}x", tarfile.FIFOTYPE), "a special file"),
    "device": (entry(f"./{MUSIC}x", tarfile.CHRTYPE), "a special file"),
    "twice": ({f"{MUSIC}song.ogg": b"other"}, "a name twice"),
    "case": ({f"./{MUSIC}SONG.ogg": b"other"}, "a name twice"),
    "file as folder": ({f"./{MUSIC}song.ogg/x": b"x"}, "cannot be unpacked"),
}


def refused(path, folder, says, only=ONLY):
    before = listing(path.parent)
    with pytest.raises(InputError, match=says) as error:
        unpack(path, folder, only)
    assert str(path) in str(error.value)
    assert listing(path.parent) == before


@pytest.mark.parametrize("which", HARM)
def test_a_package_that_would_do_harm(tmp_path, which):
    more, says = HARM[which]
    refused(package(tmp_path / "game.deb", {**FILES, **more}), tmp_path / "to", says)


@pytest.mark.parametrize("packed", [".xz", ".zst"])
def test_a_bomb_even_among_what_is_not_wanted(tmp_path, monkeypatch, packed):
    monkeypatch.setattr(module, "ALWAYS_ALLOWED", 1_000_000)
    path = package(tmp_path / "game.deb", {**FILES, "./usr/zeros": bytes(3_000_000)}, packed)
    refused(path, tmp_path / "to", r"0\.0 GB, more than 20 times")


def test_a_disk_that_is_too_small(tmp_path, monkeypatch):
    path = package(tmp_path / "game.deb")
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**9, 10**9 - 40_000, 40_000))
    refused(path, tmp_path / "to", "GB are free")


def test_what_is_wanted_and_not_there(tmp_path):
    path = package(tmp_path / "game.deb")
    refused(path, tmp_path / "to", "lacks usr/share/sounds/; ", [*ONLY, "usr/share/sounds/"])


@pytest.mark.parametrize("packed", [".xz", ".zst"])
@pytest.mark.parametrize("where", [400, 30_000, None])
def test_a_damaged_or_cut_package_leaves_nothing(tmp_path, packed, where):
    path = package(tmp_path / "game.deb", packed=packed)
    data = bytearray(path.read_bytes())
    if where:
        data[where] ^= 0x55
    path.write_bytes(data if where else data[: len(data) // 2])
    refused(path, tmp_path / "to", "cannot be unpacked")


@pytest.mark.parametrize("content", [b"", b"no archive", packages.ar({"debian-binary": b"2.0\n"})])
def test_what_is_no_package(tmp_path, content):
    (tmp_path / "game.deb").write_bytes(content)
    refused(tmp_path / "game.deb", tmp_path / "to", "fetch it again")
