"""Files and folders that are either whole or not there.

A run that is killed, or a disk that fills up, must not leave half a store, checkpoint or figure
that a later run takes for a whole one. So everything is written beside its place and moved in.
"""

import errno
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from thesis_lib.util import disk
from thesis_lib.util.errors import InputError

ROOT = Path(__file__).resolve().parents[2]  # of the checkout


def sha256(path: Path | str) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def atomic(path: Path | str) -> Iterator[Path]:
    """Write a file or a folder whole or not at all.

    Yields a temporary path on the same disk and with the same name and suffix (writers that look
    at the suffix, such as ``numpy.save`` and ``Figure.savefig``, then still work). Nothing lies
    there yet: write a file to it, or make a folder of it. When the block ends, it takes the place
    of `path`; when the block fails, it is removed and `path` is as it was before.

    Parameters
    ----------
    path : str or Path
        Where the file or folder shall be. Missing parent folders are made.

    Yields
    ------
    pathlib.Path
        The temporary place to write to.

    Raises
    ------
    InputError
        If the place cannot be written to, the disk is full, or the block wrote nothing.

    Examples
    --------
    >>> with atomic("runs/numbers.json") as place:
    ...     place.write_text("{}")
    """
    path = Path(path)
    room = _room_beside(path)
    try:
        place = room / path.name
        yield place
        if not place.exists():
            raise InputError(f"{path}: nothing was written; write to the path atomic() gives")
        _move(place, path, aside=room / "before")
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise InputError(f"{path}: the disk is full; free some space and run again") from error
        raise
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _room_beside(path):
    """A fresh hidden folder beside `path`: one rename away from it, never across disks."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=f".{path.name}.", suffix=".tmp", dir=path.parent))
    except OSError as error:
        said = f"{path}: cannot be written ({disk.reason(error)}); choose another folder"
        raise InputError(said) from error


def _move(place, path, aside):
    """Rename `place` to `path`. A folder cannot replace one in a single step: it steps aside."""
    if not (path.is_dir() and not path.is_symlink()):
        if place.is_dir() and (path.exists() or path.is_symlink()):
            path.unlink()
        os.replace(place, path)
        return
    try:
        os.rename(path, aside)
        os.rename(place, path)
    except BaseException:
        if aside.exists() and not path.exists():
            os.rename(aside, path)
        raise


def write_json(path: Path | str, content: Any) -> None:
    """Write JSON, whole or not at all."""
    with atomic(Path(path)) as part:
        part.write_text(json.dumps(content, indent=1, default=_plain) + "\n")


def _plain(value):
    """numpy numbers and arrays as plain ones."""
    return value.tolist() if hasattr(value, "tolist") else str(value)
