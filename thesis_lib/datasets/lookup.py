"""What a list calls a file, to the file on this disk."""

import functools
import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath
from urllib.parse import unquote

from thesis_lib.util.notices import shown

Look = Callable[[str, str], list[str]]  # folder, name -> names there that look like it

HERE = re.compile(r"file:(//[^/]*)?", re.IGNORECASE)
STREAM = re.compile(r"[a-z][a-z0-9+.-]+://", re.IGNORECASE)  # longer than a Windows drive
# What gets around a path that is copied: marks of byte order and direction, quotation marks.
AROUND = "\ufeff\u200e\u200f\u202a\u202c\"' \t"
MOST = 100  # places that are alike and looked into at once


def is_stream(line: str) -> bool:
    """Whether a line of a list names something on the network, and no file."""
    return bool(STREAM.match(line)) and not HERE.match(line)


def locate(line: str, folder: Path, raw: str = "", look: Look | None = None) -> Path | None:
    """The file that a line of a list names.

    What is tried, in this order: the line as it is; without blanks or marks around it; `~` as the
    home folder; `file://` addresses; backslashes as Windows writes them; percent signs as addresses
    have them; the bytes of the line as the name. Then all of these again where accents may be
    composed or not, letters be upper or lower case, and blanks be more or fewer, if just one file
    is alike. Then, of absolute paths, of another computer, the longest end that lies below the
    list's folder.

    Parameters
    ----------
    line : str
    folder : Path
        Where the list lies.
    raw : str
        The line's bytes as a file's name, see `textfiles.Text.raw`.
    look : function, optional
        Of `looker()`; it remembers folders between calls.

    Returns
    -------
    Path or None
    """
    look, ways = look or looker(), list(dict.fromkeys(_ways(line, raw)))
    for way in ways:
        if os.path.isfile(os.path.join(folder, way)):
            return Path(folder, way)
    for way in ways:
        if found := _alike(way, folder, look):
            return found
    return _by_its_end(line, folder, look)


def named(line: str, folder: Path) -> Path:
    """The path that a line most likely means, whether it is there or not."""
    way = _local(line.strip())
    path = Path(folder, os.path.expanduser(way))
    if "\\" in way and not os.path.exists(path):  # written on Windows
        path = Path(folder, PureWindowsPath(way).as_posix())
    return path


def is_absolute(line: str) -> bool:
    """Whether a line says where a file lies on one computer: from its root, drive or home."""
    way = _local(line.strip(AROUND))
    return way.startswith(("/", "~")) or is_of_windows(way)


def is_of_windows(line: str) -> bool:
    """Whether a line begins with a drive, or at the root of one, as Windows writes it."""
    way = _local(line.strip(AROUND))
    return way.startswith("\\") or bool(PureWindowsPath(way).drive)


def looker() -> Look:
    """A function that tells which names of a folder look like a given one; it reads it once."""

    @functools.cache
    def names(folder):
        alike: dict[str, list[str]] = {}
        try:
            for name in os.listdir(folder):
                alike.setdefault(_looks(name), []).append(name)
        except OSError:
            pass
        return alike

    return lambda folder, name: names(folder).get(_looks(name), [])


def _looks(name):
    name = unicodedata.normalize("NFC", shown(name)).casefold()
    return " ".join(unicodedata.normalize("NFC", name).split())


def _local(line):
    """The path in a file:// address; other lines as they are."""
    if not HERE.match(line):
        return line
    line = unquote(HERE.sub("", line), errors="surrogateescape")
    return line[1:] if PureWindowsPath(line[1:]).drive else line


def _ways(line, raw):
    bare = _local(line.strip())
    plain = _local(line.strip(AROUND))
    ways = [line, bare, os.path.expanduser(bare), plain, raw, raw.strip()]
    ways += [way.replace("\\", "/") for way in ways if "\\" in way]
    ways += [unquote(way, errors="surrogateescape") for way in ways if "%" in way]
    return [way for way in ways if way and "\0" not in way]


def _alike(way, folder, look):
    """The one file whose path looks like this; None if there is none or more than one."""
    parts = PurePosixPath(os.path.normpath(os.path.join(folder, way))).parts
    start = PurePosixPath(os.path.normpath(folder)).parts
    known = len(os.path.commonprefix([parts, start]))  # the list's own folder is there as it is
    known = known or int(parts[:1] == ("/",))
    places = [os.path.join(".", *parts[:known]) if known else "."]
    for part in parts[known:]:
        names = ((place, name) for place in places for name in _names(look, place, part))
        places = [os.path.join(*one) for one in names][:MOST]
    files = [place for place in places if os.path.isfile(place)]
    if len(files) > 1:  # of several, the one that differs only in how accents are composed
        wanted = unicodedata.normalize("NFC", os.path.join(*parts))
        files = [file for file in files if unicodedata.normalize("NFC", file) == wanted]
    return Path(files[0]) if len(files) == 1 else None


def _names(look, place, part):
    return [part] if part == ".." else look(place, part)


def _by_its_end(line, folder, look):
    """A file of another computer that was copied with its list: by the longest end of its path."""
    if not is_absolute(line):
        return None
    way = _local(line.strip(AROUND))
    flavour = PureWindowsPath if is_of_windows(way) else PurePosixPath
    parts = flavour(way).parts[1:]
    ends = (os.path.join(*parts[start:]) for start in range(len(parts)))
    return next(filter(None, (_alike(end, folder, look) for end in ends)), None)
