"""Playlists as players and spreadsheets read them: M3U8 and CSV (09_listening_room).

M3U8 is a text in UTF-8: `#EXTINF:seconds,title`, then the file, as seen from where the list is. A
name may hold what a line of it cannot, and is written so that players and `datasets.playlists` find
the file: bytes that are no UTF-8 as they are; one that begins with # or a blank behind `./`; one
with a line break as an address, which cannot be relative.
"""

import csv
import io
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from thesis_lib.util.files import atomic
from thesis_lib.util.text import one_line, readable


class Track(NamedTuple):
    """A line of a list: the file, its length in s, and what it is called."""

    path: Path
    duration: float
    title: str


def m3u8(tracks: Iterable[Track], folder: Path | str) -> bytes:
    """A list as M3U8: bytes.

    Parameters
    ----------
    tracks : iterable of Track
    folder : Path
        Where the list will be; files are named as seen from there.
    """
    lines = [b"#EXTM3U"]
    for track in tracks:
        title = one_line(readable(track.title))
        lines.append(f"#EXTINF:{round(track.duration)},{title}".encode("utf-8", "replace"))
        lines.append(os.fsencode(_line(track.path, folder)))
    return b"".join(line + b"\n" for line in lines)


def _line(path, folder):
    """A file as one line, as seen from a folder."""
    if re.search(r"[\r\n]", os.fspath(path)):
        return Path(os.path.abspath(path)).as_uri()
    line = Path(os.path.relpath(path, folder)).as_posix()
    return f"./{line}" if re.match(r"[#\s~]|[^/]*:", line) else line


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as CSV: bytes, UTF-8 but for names that are none; numbers have six digits."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8", "surrogateescape")


def _cell(value):
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    return value


def write(path: Path | str, content: bytes) -> None:
    """Write a list, whole or not at all."""
    with atomic(Path(path)) as place:
        place.write_bytes(content)
