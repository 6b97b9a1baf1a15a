"""The files that playlists or a CSV name, each with its class and song."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from thesis_lib.datasets import classes, lookup, metadata, playlists, songlists
from thesis_lib.datasets.endings import PLAIN, ending
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError
from thesis_lib.util.names import clean, presentable
from thesis_lib.util.notices import number, some

UNICODE = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


class Item(NamedTuple):
    """A file that a list names; empty where the list does not say."""

    path: Path
    label: str
    song: str
    name: str


class Listed(NamedTuple):
    """Items; sentences on what cannot be used, and on how the list was read; all files named."""

    items: list[Item]
    faults: list[str]
    notes: list[str]
    named: set[str]  # real paths, of items and of files that are of two classes
    useless: list[str]  # where none is of sound: a sentence for each list on why it is of no use
    lists: list[Path]  # those that could be read


def of_csv(path: Path) -> Listed:
    """Read a CSV; a file that it has twice is one, a file of two classes is none."""
    found = songlists.read(path)
    kept, faults, notes = _there(path, found.rows, found.encoding)
    files: dict[str, list[songlists.Row]] = {}
    for row in kept:
        files.setdefault(os.path.realpath(row.path), []).append(row)
    items, twice = [], []
    for same in files.values():
        labelled = {presentable(row.label): row for row in reversed(same) if row.label}
        if len(labelled) > 1:
            faults.append(_in_two_classes(path, [*labelled.values()][::-1]))
            continue
        items.append(_item(same))
        twice += same[1:]
    items, shared = _songs_apart(items)
    notes += _notes_of_csv(path, twice, shared)
    useless = [] if _hold_sound(files) else [_useless(path, found.rows)]
    return Listed(items, found.faults + faults, found.notes + notes, set(files), useless, [path])


def _notes_of_csv(path, twice, shared):
    if twice:
        yield (
            f"{path}: {number(len(twice), 'line')} (the first is {twice[0].line}) name a file that "
            "another line has; each file is read once."
        )
    if shared:
        yield (
            f"{path}: songs of one name are in several classes ({some(shared)}); "
            "they are taken for different songs."
        )


def _item(same):
    row = same[0]
    song = next((one.song for one in same if one.song), "")
    label = next((one.label for one in same if one.label), "")
    return Item(row.path, label, song, "")


def _in_two_classes(path, rows):
    several = " and ".join(f"{row.label} (line {row.line})" for row in rows)
    return (
        f"{rows[0].path} is listed in {path.name} as {several}, but a song has one class; "
        "keep it in one."
    )


def _songs_apart(items):
    songs, shared = classes.apart([one.song for one in items], [one.label for one in items])
    shared = [song for song in shared if song]
    pairs = zip(items, songs, strict=True)
    return [one._replace(song=song if one.song else "") for one, song in pairs], shared


def of_playlists(lists: Sequence[Path]) -> Listed:
    """Read playlists, each a class; a track of two of them is of none.

    A single playlist is no class: see `_classes_of_one`.
    """
    parsed, errors = _parsed(lists)
    faults, notes = errors * bool(parsed), []
    files: dict[str, tuple[Path, dict[str, str]]] = {}  # their names by class
    for path, (entries, encoding) in parsed.items():
        kept, more, others = _there(path, list(dict.fromkeys(entries)), encoding)
        faults += more
        notes += others
        for entry in kept:
            within = files.setdefault(os.path.realpath(entry.path), (entry.path, {}))[1]
            within.setdefault(presentable(path.stem), clean(entry.title))
    several = {path: within for path, within in files.values() if len(within) > 1}
    faults += [
        f"{path} is in the playlists {' and '.join(within)}, but a song has one class; "
        "keep it in one."
        for path, within in several.items()
    ]
    items = [
        Item(path, label, "", name)
        for path, within in files.values()
        for label, name in list(within.items())[: len(within) == 1]
    ]
    if len(lists) == 1 and items:
        items, note = _classes_of_one(items, lists[0])
        notes.append(note)
    useless = errors + [_useless(path, entries) for path, (entries, _) in parsed.items()]
    useless = [] if _hold_sound(files) else useless
    return Listed(items, faults, notes, set(files), useless, [*parsed])


def _hold_sound(files):
    """Whether one of some files may be of sound: a CSV with a path may be about anything."""
    return any(ending(path) not in PLAIN for path in files)


def _useless(path, rows):
    """The sentence on a list none of whose files can be read, with the reason of the first."""
    first = rows[0]
    why = _fault(path, first).rpartition("; ")[0].rpartition(", but ")
    why = (why[0] or why[2]) if first.path else f"{_said(first)} is a stream"
    if first.path and os.path.isfile(first.path):
        why = f"{first.path} is no sound"
    return (
        f"{path} is not read, for nothing that it lists can be ({len(rows)} in all, the first: "
        f"{why}); take it away, or export it again beside its files."
    )


def _parsed(lists):
    """Each playlist's entries and encoding; sentences on those that cannot be read."""
    parsed, errors = {}, []
    for path in lists:
        try:
            parsed[path] = playlists.parse(path)
        except InputError as error:
            errors.append(str(error))
    return parsed, errors


def _classes_of_one(items, path):
    """The tracks of a single playlist by their genre tags, or else by the folders they are in.

    By genre if at least half of the tracks have one and there are two; tracks without one have no
    label. By folder if there are two. If neither is so, all are of the genre, or of one class that
    is called as the playlist.
    """
    genres = classes.commonest([metadata.read(one.path).genre for one in items])
    parents = [Path(os.path.abspath(one.path)).parent.name for one in items]
    known = sum(map(bool, genres))
    if 2 * known >= len(items) and len({*genres} - {""}) > 1:
        labels, what = genres, "its tracks are of the classes that their genre tags say"
    elif len(set(parents)) > 1:
        labels, what = parents, "its tracks are of the classes that their folders are called"
    elif known:
        labels, what = genres, "its tracks are of the class that their genre tags say"
    else:
        labels, what = [path.stem] * len(items), "its tracks are all of one class, called as it is"
    lacking = labels.count("")
    more = f" ({lacking} of {number(len(items), 'track')} have none, and no class)" * bool(lacking)
    note = f"{path} is a single playlist; {what}{more}."
    return [one._replace(label=label) for one, label in zip(items, labels, strict=True)], note


def _there(path, rows, encoding):
    """Of the rows or entries of a list those whose file is there; faults; notes."""
    kept = [row for row in rows if row.path and os.path.isfile(row.path)]
    others = [row for row in rows if not (row.path and os.path.isfile(row.path))]
    far = {row for row in others if _is_far(row)}
    far = far if len(far) > 1 else set()
    faults = [_fault(path, row) for row in others if row not in far]
    if far:
        first = next(row for row in others if row in far)
        faults.append(
            f"{path} lists {len(far)} files of another computer, or that were moved, and they are "
            f"not here (the first is {_said(first)}); export the list again beside the files."
        )
    return kept, faults, list(_notes(path, kept, others, encoding))


def _notes(path, kept, others, encoding):
    moved = [row for row in kept if _was_moved(row, path.parent)]
    if moved:
        yield (
            f"{path}: {number(len(moved), 'path')} of another computer, such as {_said(moved[0])}; "
            "the files were found here by the ends of their paths."
        )
    if encoding not in UNICODE:
        strange = any(row.path and not _said(row).isascii() for row in others)
        what = " (.m3u8), for names with accents that it lists were not found" if strange else ""
        yield (
            f"{path} is not in UTF-8 and was read as {encoding}; export it again as UTF-8"
            f"{what or ' if names in it look odd'}."
        )


def _said(row):
    return row.line if isinstance(row, playlists.Entry) else row.written


def _was_moved(row, folder):
    return lookup.is_absolute(_said(row)) and not os.path.exists(lookup.named(_said(row), folder))


def _is_far(row):
    """Whether a file is not there and the list says where it was on one computer."""
    return row.path and not os.path.lexists(row.path) and lookup.is_absolute(_said(row))


def _fault(path, row):
    """Why the file of a row or entry cannot be used."""
    line = "" if isinstance(row, playlists.Entry) else f"line {row.line} of "
    if row.path is None:
        return f"{path} lists {_said(row)}, a stream; take it out or save it as a file."
    try:
        what = disk.kind(row.path)
    except InputError as error:
        return str(error)
    if what == "folder":
        return f"{row.path} is a folder, but {line}{path.name} lists it; list the files in it."
    if what:
        return f"{row.path} is a {what}, but {line}{path.name} lists it; take it out."
    if os.path.islink(row.path):
        return disk.dangling(row.path, row.path)
    place = _said(row) if lookup.is_of_windows(_said(row)) else row.path
    return f"{place} is missing, but {line}{path.name} lists it; restore it or take it out."
