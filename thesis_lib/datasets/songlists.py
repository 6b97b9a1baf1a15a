"""Lists of songs in CSV, as spreadsheets, scripts and players write them."""

import csv
import io
import os
import re
from pathlib import Path
from typing import NamedTuple

from thesis_lib.datasets import lookup, textfiles
from thesis_lib.util.errors import InputError, in_short
from thesis_lib.util.notices import number, shown, some

ENDINGS = frozenset({".csv", ".tsv"})
DELIMITERS = ",;\t|"
# What the column of the files is called; `path` goes before all others.
PATHS = (
    *("path", "filepath", "fullpath", "filename", "file", "fname", "audiofile", "audiopath"),
    *("audio", "audiofilename", "pathname", "location", "songpath", "trackpath", "relativepath"),
)
PREAMBLE = 10  # lines among which the header is looked for: comments and titles may stand above it


class Header(NamedTuple):
    """Where the header of a list is, and which column is what."""

    line: int  # counted from 0
    delimiter: str
    names: list[str]
    path: int | None  # the column of the files; None: there is none
    label: int | None
    song: int | None


class Row(NamedTuple):
    """A row of a list that names a file or a place where there should be one."""

    line: int  # counted from 1
    path: Path | None  # None: something on the network
    written: str
    label: str
    song: str


class SongList(NamedTuple):
    """What `read` found: rows, sentences on rows that cannot be used and on the list, encoding."""

    rows: list[Row]
    faults: list[str]
    notes: list[str]
    encoding: str


def header(path: Path | str, text: textfiles.Text | None = None) -> Header:
    """The header of a list: its first line, or that of the first ten that has a known column.

    Parameters
    ----------
    path : Path
    text : Text, optional
        Of the list, where it was read already.

    Returns
    -------
    Header
        Names in lower case without blanks around them.
    """
    lines = [line for line in enumerate(_lines(text or textfiles.read(path))) if line[1].strip()]
    content = [(i, line) for i, line in lines if not re.match(r"\s*(#|sep=.$)", line)]
    found = [_header(*line) for line in (content or [(0, "")])[:PREAMBLE]]
    comments = [_header(*line) for line in lines[:PREAMBLE] if line not in content]
    # One word alone, such as "Audio", may be a title; so "path" or two known columns are asked for.
    good = [one for one in found + comments if one.path is not None and _known(one) > 1]
    return (good or found)[0]


def _lines(text):
    return io.StringIO(text.content, None).readlines()


def _header(number, line):
    """A line as a header, cut at whatever makes the most known columns of it."""
    return max((_cut(number, line, delimiter) for delimiter in DELIMITERS), key=_worth)


def _worth(header):
    return _known(header), len(header.names)


def _known(header):
    known = sum(place is not None for place in header[3:])
    return known + (header.path is not None and header.names[header.path] == "path")


def _cut(number, line, delimiter):
    try:
        cells = next(csv.reader([line.strip("\n")], delimiter=delimiter), [])
    except csv.Error:
        cells = line.split(delimiter)
    names = [cell.strip("\ufeff#\"' \t\n").lower() for cell in cells]
    bare = [re.sub(r"[\s_.-]", "", name) for name in names]
    paths = [bare.index(name) for name in PATHS if name in bare]
    label, song = (bare.index(name) if name in bare else None for name in ("label", "song"))
    return Header(number, delimiter, names, paths[0] if paths else None, label, song)


def is_list(found: Header) -> bool:
    """Whether a list without being asked for is one of songs: `path`, or a file and a label."""
    return found.path is not None and (found.names[found.path] == "path" or found.label is not None)


def why_not(path: Path | str, found: Header) -> str:
    """Why a CSV is no list of songs, as the end of a sentence."""
    names = some((shown(name) or "''" for name in found.names), 12)
    if not any(found.names):
        return "it is empty; take it away, or export it again."
    if found.path is not None:
        name = found.names[found.path]
        return f"it has the column `{name}`, but no `label`; call them path and label."
    if lacks_header(path):
        return "it names files but has no header; write path,label,song above its first line."
    return f"its header has no column `path` (its columns are {names}); call that of the files so."


def lacks_header(path: Path | str) -> bool:
    """Whether the first line of a file without a header names a file that is there."""
    text = textfiles.read(path)
    first = header(path, text)
    lines = _lines(text)[first.line : first.line + 1]
    cells = [cell.strip() for line in lines for cell in line.strip().split(first.delimiter)]
    return any(cell and lookup.locate(cell.strip('"'), Path(path).parent) for cell in cells[:3])


def read(path: Path | str) -> SongList:
    """Read a list.

    Parameters
    ----------
    path : Path
        Comma, semicolon, tab or `|` between the columns; encodings as in `textfiles`. Lines above
        the header are passed over. Files are looked for as in `lookup.locate`.

    Returns
    -------
    SongList
        Rows are in the order of the list; text without blanks around it.

    Raises
    ------
    InputError
        The list cannot be read, its header has no column of files, or no row can be used.
    """
    folder, look = Path(path).parent, lookup.looker()

    def found(text):  # how many names with letters beyond ASCII are there
        rows = _rows(path, text, folder, look).rows
        named = (row for row in rows if row.path and not row.written.isascii())
        return sum(os.path.isfile(row.path) for row in named)

    text = textfiles.read(path, found)
    listed = _rows(path, text, folder, look)
    if listed.faults and not listed.rows:
        raise InputError(in_short(listed.faults))
    if not listed.rows:
        raise InputError(f"{path} lists no file; export it again or take it away.")
    return listed


def _rows(path, text, folder, look):
    top = header(path, text)
    _check(path, top)
    rows, faults, short = [], [], []
    for line, cells in _records(text, top, folder, look):
        fault = cells if isinstance(cells, str) else _misfit(cells, top)
        if fault:
            faults.append(f"{path}, line {line}: {fault}; correct the line.")
            continue
        short += [line] * (len(cells) < len(top.names))
        row = _row(line, cells, top, text, folder, look)
        rows += [row] * (not _is_comment(row))
    return SongList(rows, faults, list(_notes(path, top, short)), text.encoding)


def _row(line, cells, top, text, folder, look):
    cells = cells + [""] * (len(top.names) - len(cells))
    whole = top.delimiter.join(cells).rstrip(top.delimiter)
    written = (whole if len(top.names) == 1 else cells[top.path]).strip()
    label, song = (cells[at].strip() if at is not None else "" for at in (top.label, top.song))
    if lookup.is_stream(written):
        return Row(line, None, written, label, song)
    place = lookup.locate(written, folder, text.raw(written), look)
    return Row(line, place or lookup.named(written, folder), written, label, song)


def _is_comment(row):
    return row.written.startswith("#") and not (row.path and os.path.isfile(row.path))


def _misfit(cells, top):
    """What makes a row one that cannot be read; None where it can."""
    if len(top.names) > 1 and any(cells[len(top.names) :]):
        return f"{len(cells)} field(s) where the header has {len(top.names)}"
    if len(cells) <= top.path or not cells[top.path].strip():
        return f"{(cells[top.path] if len(cells) > top.path else '')!r} is not a path"
    return None


def _records(text, top, folder, look):
    """The cells of each row that is not empty, with its line's number, or what is wrong with it."""
    lines = _lines(text)
    start, quote = top.line + 1, "'" if lines[top.line].lstrip().startswith("'") else '"'
    while start < len(lines):
        rows, several = iter(lines[start:]), len(top.names) > 1
        reader = csv.reader(
            rows, delimiter=top.delimiter, quotechar=quote, skipinitialspace=several
        )
        first = start
        try:
            for cells in reader:
                end = start + reader.line_num
                inside = lines[first + 1 : end]
                if any(_names_a_file(line, top, folder, look) for line in inside):
                    yield first + 1, "a quotation mark is not closed"
                    break
                if any(cell.strip() for cell in cells):
                    yield first + 1, cells
                first = end
        except csv.Error as error:
            yield first + 1, str(error)
        start = first + 1 if first < len(lines) else first


def _names_a_file(line, top, folder, look):
    """Whether a line that a quotation mark has swallowed is a row of its own."""
    cells = line.strip().split(top.delimiter)
    cell = cells[top.path].strip().strip('"') if len(cells) > top.path else ""
    return bool(cell) and lookup.locate(cell, folder, look=look) is not None


def _check(path, top):
    known = [top.names[at] for at in (top.path, top.label, top.song) if at is not None]
    if top.path is None and lacks_header(path):
        raise InputError(
            f"{path} has no header, for its line {top.line + 1} names a file; write "
            "path,label,song above it."
        )
    if top.path is None or any(top.names.count(name) > 1 for name in known):
        raise InputError(
            f"{path}, line {top.line + 1}: the header is {','.join(top.names)!r}, not "
            "path,label,song; correct it (label and song may be left out)."
        )


def _notes(path, top, short):
    if top.label is None:
        names = some((shown(name) or "''" for name in top.names), 12)
        yield (
            f"{path} has no column `label` (its columns are {names}), so all of its files are read "
            "without one; call the column of the classes `label`."
        )
    if short:
        yield (
            f"{path}: {number(len(short), 'line')} (the first is {short[0]}) "
            f"{'has' if len(short) == 1 else 'have'} fewer fields than the header; what they lack "
            "is taken for empty."
        )
