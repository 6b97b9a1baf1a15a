"""Playlists in M3U and M3U8, as DJ programs and players write them."""

import re
from pathlib import Path, PureWindowsPath
from typing import NamedTuple
from urllib.parse import unquote

from thesis_lib.errors import InputError

ENDINGS = frozenset({".m3u", ".m3u8"})
TITLE = re.compile(r"#EXTINF:[^,]*,(.*)")
HERE = re.compile(r"file:(//[^/]*)?", re.IGNORECASE)
STREAM = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)  # longer than a Windows drive


class Entry(NamedTuple):
    """A line of a playlist: the file, or None where it is none; its title; the line itself."""

    path: Path | None
    title: str
    line: str


def read(path):
    """Read a playlist.

    Parameters
    ----------
    path : Path
        UTF-8, with or without a byte order mark, or Latin-1; lines may end as on Windows.

    Returns
    -------
    list of Entry
        In the order of the playlist. Paths are absolute or start from the working folder: those
        that are relative in the playlist start from where it lies; file:// is understood;
        `path` is None for streams (http://...). `title` is that of the line `#EXTINF` before it.

    Raises
    ------
    InputError
        The file is missing or lists nothing.
    """
    entries, title = [], ""
    for line in re.split(r"[\r\n]+", text(path)):
        line = line.strip()
        if line.startswith("#") or not line:
            said = TITLE.match(line)
            title = said[1].strip() if said else title
            continue
        entries.append(Entry(_file(line, Path(path).parent), title, line))
        title = ""
    if not entries:
        raise InputError(f"{path} lists no file; export the playlist again.")
    return entries


def text(path):
    """A text file, in UTF-8 or, where it is not, in Latin-1.

    Raises
    ------
    InputError
        The file is missing or no text.
    """
    if not Path(path).is_file():
        raise InputError(f"{path} is missing; give a file that is there.")
    content = Path(path).read_bytes()
    if b"\0" in content:
        raise InputError(f"{path} is not a text in UTF-8 or Latin-1; export it again as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _file(line, folder):
    """The file that a line names, None for a stream."""
    if HERE.match(line):
        line = unquote(HERE.sub("", line))
        line = line[1:] if PureWindowsPath(line[1:]).drive else line
    elif STREAM.match(line):
        return None
    path = folder / line
    if "\\" in line and not path.exists():  # written on Windows
        path = folder / PureWindowsPath(line).as_posix()
    return path
