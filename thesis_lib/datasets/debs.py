"""Unpack a Debian package without `dpkg` or root: the files that are wanted of it, or nothing."""

import posixpath
import shutil
from collections.abc import Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from backports.zstd import tarfile  # reads .tar.zst too, as Python 3.14 does
from debian.arfile import ArError, ArFile

from thesis_lib.datasets.unpack import (
    BAD,
    DAMAGED,
    check_bomb,
    check_names,
    check_room,
    inside,
    move_in,
    named,
    room_in,
)
from thesis_lib.util.errors import InputError


def unpack(archive: Path | str, folder: Path | str, only: Sequence[str]) -> list[Path]:
    """Unpack some files of a package into a folder, beside what lies there.

    The package is read as a stream, once, and unpacked aside: files are moved in only when all of
    it was read. Links are never made: one that stays in the package is passed over.

    Parameters
    ----------
    archive : Path
        A .deb, its data packed as tar.gz, tar.bz2, tar.xz, tar.zst or not at all.
    folder : Path
        Made where it is missing.
    only : list of str
        Files, and folders with a "/" at the end, in the package; each must be there.

    Returns
    -------
    list of Path
        The files, in the package's order.

    Raises
    ------
    InputError
        The package is damaged or too large for the disk, would unpack to far more than it weighs,
        lacks what is wanted, or holds a name twice, a special file, or a name or a link that leads
        out of it. Nothing was written then.
    """
    archive, folder = Path(archive), Path(folder)
    names: list[str] = []
    with named(archive, (*DAMAGED, tarfile.TarError, ArError)):
        with _data(archive) as tar, room_in(folder, archive.name) as room:
            for name, entry in _files(archive, tar):
                if _is_wanted(name, only):
                    names.append(name)
                    check_names(archive, names)
                    check_room(archive, folder, entry.size)
                    _extract(tar, entry, room / name)
            _check_all_there(archive, names, only)
            return move_in(archive, room, folder, names)


@contextmanager
def _data(archive):
    """The tar of a package's files, open to be read once from front to end."""
    members = [one for one in ArFile(archive).getmembers() if one.name.startswith("data.tar")]
    if len(members) != 1:
        raise InputError(f"{archive} is no Debian package; fetch it again.")
    source: Any = members[0]  # a file in all that is needed to read
    with closing(source), tarfile.open(fileobj=source, mode="r|*") as tar:
        yield tar


def _files(archive, tar):
    """The plain files of a package with their names; all that it unpacks to is counted."""
    total = 0
    for entry in tar:
        if entry.name in (".", "./"):
            continue
        name = str(inside(archive, entry.name.removeprefix("./")))
        total += entry.size
        check_bomb(archive, total)
        if entry.issym() or entry.islnk():
            _check_link(archive, name, entry)
        elif entry.isfile():
            yield name, entry
        elif not entry.isdir():
            raise InputError(f"{archive} holds a special file, {name!r}; {BAD}")
    while rest := tar.fileobj.read(1 << 20):  # behind it the checksum of all is compared
        total += len(rest)
        check_bomb(archive, total)


def _check_link(archive, name, entry):
    """Refuse a link that leads above the package; packages do link to other ones, from the root."""
    start = posixpath.dirname(name) if entry.issym() else ""
    target = posixpath.normpath(posixpath.join(start, entry.linkname))
    if target == ".." or target.startswith("../") or (entry.islnk() and target.startswith("/")):
        raise InputError(f"{archive} holds a link that leads out of it, {name!r}; {BAD}")


def _is_wanted(name, only):
    return any(name == one or (one.endswith("/") and name.startswith(one)) for one in only)


def _check_all_there(archive, names, only):
    for one in only:
        if not any(_is_wanted(name, [one]) for name in names):
            raise InputError(f"{archive} lacks {one}; fetch it again.")


def _extract(tar, entry, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tar.extractfile(entry) as source, open(path, "xb") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    if path.stat().st_size != entry.size:
        raise tarfile.ReadError(f"{entry.name} is shorter than declared")
