"""Playlists in M3U, M3U8 and PLS, as DJ programs and players write them.

The readers are ours: libraries, such as m3u8, read the lists of streams. Those are UTF-8 without
exception, name no files of another system, and a length that is no number makes them fail.
"""

import os
import re
from pathlib import Path
from typing import NamedTuple

from thesis_lib.datasets import lookup, textfiles
from thesis_lib.util.errors import InputError

ENDINGS = frozenset({".m3u", ".m3u8", ".pls"})
# Playlists and tables of other kinds: named at the top of a folder, for nothing here reads them.
UNREAD = frozenset(
    ".asx .wax .wvx .wpl .zpl .xspf .cue .fpl .nml .xls .xlsx .ods .numbers .crate .b4s .kpl "
    ".mpcpl .aimppl .aimppl4 .dpl .dbpl .pla .plc .plp .vpl .itl .musiclibrary .musicdb .smil "
    ".playlist .strm .jspf".split()
)
TITLE = re.compile(r'#EXTINF:(?:[^,"]|"[^"]*")*,(.*)|#EXTINF:[^,]*,(.*)', re.IGNORECASE)
PLS = re.compile(r"\s*(File|Title)(\d{1,9})\s*=(.*)", re.IGNORECASE)


class Entry(NamedTuple):
    """A line of a playlist: the file, or None where it is none; its title; the line itself."""

    path: Path | None
    title: str
    line: str


def read(path: Path | str) -> list[Entry]:
    """Read a playlist.

    Parameters
    ----------
    path : Path
        UTF-8, UTF-16 or cp1252, or the code page under which most of its files are there (see
        `textfiles`); lines may end as on Windows.

    Returns
    -------
    list of Entry
        In the order of the playlist. Paths are absolute or start from the working folder: those
        that are relative in the playlist start from where it lies. A file that is written in
        another way than it is on the disk is found, see `lookup.locate`; what is not there is
        listed as it is written. `path` is None for streams (http://...). `title` is that of the
        line `#EXTINF` before it. A line that begins with `#` and names a file is a file.

    Raises
    ------
    InputError
        The file is missing or lists nothing.
    """
    return parse(path)[0]


def parse(path: Path | str) -> tuple[list[Entry], str]:
    """As `read`, with the encoding that the playlist was read in."""
    folder, look = Path(path).parent, lookup.looker()

    def entries(text):
        return list(_entries(text, folder, look))

    def found(text):  # how many names with letters beyond ASCII are there
        named = (one for one in entries(text) if one.path and not one.line.isascii())
        return sum(os.path.isfile(one.path) for one in named)

    text = textfiles.read(path, found)
    listed = entries(text)
    if not listed:
        raise InputError(f"{path} lists no file; export it again or take it away.")
    return listed, text.encoding


def _entries(text, folder, look):
    lines = re.split(r"[\r\n]+", text.content)
    first = next((line.strip().lower() for line in lines if line.strip()), "")
    for line, title in _of_pls(lines) if first == "[playlist]" else _of_m3u(lines, folder, look):
        if lookup.is_stream(line.strip()):
            yield Entry(None, title, line.strip())
            continue
        path = lookup.locate(line, folder, text.raw(line), look)
        yield Entry(path or lookup.named(line, folder), title, line.strip())


def _of_m3u(lines, folder, look):
    """Each line that is a file, and its title."""
    title = ""
    for line in lines:
        bare = line.strip()
        if not bare or bare.startswith("#") and not lookup.locate(line, folder, look=look):
            found = TITLE.match(bare)
            title = (found[1] or found[2] or "").strip() if found else title
            continue
        yield line, title
        title = ""


def _of_pls(lines):
    """Each file and its title, by their numbers."""
    fields: dict[str, dict[int, str]] = {"file": {}, "title": {}}
    for match in filter(None, map(PLS.match, lines)):
        fields[match[1].lower()][int(match[2])] = match[3].strip()
    for number, line in sorted(fields["file"].items()):
        if line:
            yield line, fields["title"].get(number, "")
