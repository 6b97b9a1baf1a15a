"""Which files a collection of music has, of which class and song: by CSV, playlist or folder."""

import csv
import io
import os
import re
from pathlib import Path

import pandas as pd

from thesis_lib import audio, playlists, tags
from thesis_lib.errors import InputError

COLUMNS = ("path", "label", "song", "name")
TAKE = re.compile(r"-([A-Z])$")  # `song-A`, `song-B`: takes or excerpts of one song
LAYOUTS = (
    "class folders ({name}/<class>/<song>.mp3), playlists ({name}/<class>.m3u8), or a CSV with the "
    "header path,label,song"
)


def find(source):
    """List the music that lies in a folder, or that a CSV or a playlist names.

    A folder is read as the first of these that lies at its top:

    1. a CSV whose header has a column `path` (and `label` and `song`, if there are any);
    2. playlists (.m3u, .m3u8), each of them a class that is called as the playlist is;
    3. folders, each of them a class.

    Parameters
    ----------
    source : Path
        The folder, the CSV or a playlist.

    Returns
    -------
    root : Path
        Where relative paths start.
    table : DataFrame, a row a file
        `path` (relative to `root`, absolute if it lies elsewhere), `label`, `song` (files with the
        same one are the same song), `name` (empty if the list does not give one).
    faults : list of str
        A sentence for each file that is listed but cannot be used.

    Raises
    ------
    InputError
        There is no list and no class folder with audio, or the list cannot be read.
    """
    source = Path(source)
    if source.suffix.lower() in playlists.ENDINGS:
        return source.parent, *_of_playlists([source])
    if source.suffix.lower() == ".csv":
        return source.parent, *_of_csv(source)
    if not source.is_dir():
        raise InputError(
            f"{source} is not a folder; give a folder with {LAYOUTS.format(name=source.name)}."
        )
    lists = _at_top(source, {".csv"})
    listing = [path for path in lists if "path" in _header(path)]
    if len(listing) > 1:
        raise InputError(
            f"{source} holds several lists, {listing[0].name} and {listing[1].name}; give one of "
            "them instead of the folder."
        )
    if listing:
        return source, *_of_csv(listing[0])
    if found := _at_top(source, playlists.ENDINGS):
        return source, *_of_playlists(found)
    return source, _of_folders(source, lists), []


def song(path):
    """The song that a file is of, by its path: without the ending and the letter of a take."""
    return TAKE.sub("", str(Path(path).with_suffix("")))


def _at_top(folder, endings):
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in endings)
    return [path for path in files if path.is_file() and not path.name.startswith(".")]


def _relative(path, root):
    """A path as seen from `root`, absolute if it lies elsewhere."""
    path, root = Path(os.path.abspath(path)), Path(os.path.abspath(root))
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _of_folders(folder, lists):
    hidden = re.compile(r"/\.|^\.")
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/**/*"))
    paths = [p for p in paths if Path(p).suffix.lower() in audio.ENDINGS and not hidden.search(p)]
    if not paths:
        also = f" ({lists[0].name} there has no column `path`.)" if lists else ""
        raise InputError(
            f"{folder} holds no class folders with audio in them; give a folder with "
            f"{LAYOUTS.format(name=folder.name)}; audio: {', '.join(sorted(audio.ENDINGS))}.{also}"
        )
    return _table((path, path.split("/")[0], song(path), "") for path in paths)


def _of_playlists(lists):
    """Tracks of playlists: what is in two of them has no one class."""
    rows, faults = {}, []
    for playlist in lists:
        for entry in dict.fromkeys(playlists.read(playlist)):
            fault = _fault(entry, playlist)
            if fault:
                faults.append(fault)
                continue
            path = _relative(entry.path, playlist.parent)
            rows.setdefault(path, {}).setdefault(playlist.stem, tags.clean(entry.title))
    for path in [path for path, within in rows.items() if len(within) > 1]:
        several = " and ".join(rows.pop(path))
        faults.append(
            f"{path} is in the playlists {several}, but a song has one class; keep it in one."
        )
    table = _table(
        (path, label, song(path), name)
        for path, within in rows.items()
        for label, name in within.items()
    )
    return (_by_genre(table, lists[0].parent) if len(lists) == 1 else table), faults


def _by_genre(table, root):
    """A single playlist is no class: its tracks' genres are, or else the folders they lie in."""
    genres = [tags.read(root / path).genre for path in table.path]
    folders = [(root / path).absolute().parent.name for path in table.path]
    return table.assign(label=genres if all(genres) else folders)


def _fault(entry, playlist):
    if entry.path is None:
        return f"{playlist} lists {entry.line}, a stream; take it out or save it as a file."
    if not entry.path.is_file():
        return f"{entry.path} is missing, but {playlist.name} lists it; restore it or take it out."
    return None


def _of_csv(path):
    lines, rows, faults = _lines(path), [], []
    for number, line in lines:
        file = path.parent / line["path"]
        if not file.is_file():
            faults.append(
                f"{file} is missing, but line {number} of {path.name} lists it; restore it or "
                "take it out."
            )
            continue
        name = _relative(file, path.parent)
        rows.append((name, line.get("label", ""), line.get("song") or song(name), ""))
    return _table(rows), faults


def _lines(path):
    """The rows of a CSV, each with its line's number; every one has a path of its own."""
    header = _header(path)
    _check_header(path, header)
    lines, seen = [], set()
    for number, fields in _rows(path)[1:]:
        if len(fields) != len(header):
            raise InputError(
                f"{path}, line {number}: {len(fields)} field(s) where the header has "
                f"{len(header)}; correct the line."
            )
        line = {key: field.strip() for key, field in zip(header, fields, strict=True)}
        if not line["path"] or line["path"] in seen:
            what = "is listed before" if line["path"] else "is not a path"
            raise InputError(f"{path}, line {number}: {line['path']!r} {what}; correct the line.")
        seen.add(line["path"])
        lines.append((number, line))
    return lines


def _rows(path):
    """The fields of each row that is not empty, with its line's number."""
    reader = csv.reader(io.StringIO(playlists.text(path), None), delimiter=_delimiter(path))
    try:
        return [(reader.line_num, fields) for fields in reader if any(fields)]
    except csv.Error as error:
        raise InputError(f"{path}, line {reader.line_num}: {error}; correct the line.") from None


def _check_header(path, header):
    if "path" not in header or len(set(header)) < len(header):
        raise InputError(
            f"{path}, line 1: the header is {','.join(header)!r}, not path,label,song; correct it "
            "(label and song may be left out)."
        )


def _header(path):
    delimiter = _delimiter(path)
    first = playlists.text(path).split("\n")[0]
    return [name.strip().strip('"').lower() for name in first.strip().split(delimiter)]


def _delimiter(path):
    """The comma, or the semicolon that spreadsheets write where the comma is the decimal point."""
    first = playlists.text(path).split("\n")[0]
    return ";" if first.count(";") > first.count(",") else ","


def _table(rows):
    return pd.DataFrame(list(rows), columns=list(COLUMNS), dtype=str)
