"""The files that playlists or a CSV name, each with its class and song."""

import os
from pathlib import Path
from typing import NamedTuple

from thesis_lib.datasets import classes, folders, lookup, metadata, playlists, songlists
from thesis_lib.datasets.classes import presentable
from thesis_lib.util.errors import InputError
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

    items: list
    faults: list
    notes: list
    named: set  # real paths, of items and of files that are of two classes


def of_csv(path):
    """Read a CSV; a file that it has twice is one, a file of two classes is none."""
    found = songlists.read(path)
    kept, faults, notes = _there(path, found.rows, found.encoding)
    files = {}
    for row in kept:
        files.setdefault(os.path.realpath(row.path), []).append(row)
    items, twice = [], []
    for same in files.values():
        told = {presentable(row.label): row for row in reversed(same) if row.label}
        if len(told) > 1:
            faults.append(_in_two_classes(path, [*told.values()][::-1]))
            continue
        items.append(_item(same))
        twice += same[1:]
    items, shared = _songs_apart(items)
    notes += _notes_of_csv(path, twice, shared)
    return Listed(items, found.faults + faults, found.notes + notes, set(files))


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


def of_playlists(lists):
    """Read playlists, each a class; a track of two of them is of none.

    A single playlist is no class: see `_classes_of_one`.
    """
    files, faults, notes = {}, [], []
    for path, (entries, encoding) in _parsed(lists, faults).items():
        kept, more, told = _there(path, list(dict.fromkeys(entries)), encoding)
        faults += more
        notes += told
        for entry in kept:
            within = files.setdefault(os.path.realpath(entry.path), (entry.path, {}))[1]
            within.setdefault(presentable(path.stem), metadata.clean(entry.title))
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
    return Listed(items, faults, notes, set(files))


def _parsed(lists, faults):
    """Each playlist's entries and encoding; those that cannot be read are faults unless all are."""
    parsed, errors = {}, []
    for path in lists:
        try:
            parsed[path] = playlists.parse(path)
        except InputError as error:
            errors.append(error)
    if not parsed:
        raise errors[0]
    faults += map(str, errors)
    return parsed


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
    strange = [row for row in others if row.path and not _said(row).isascii()]
    if encoding not in UNICODE and strange:
        yield (
            f"{path} is not in UTF-8 and was read as {encoding}; export it again as UTF-8 (.m3u8), "
            "for names with accents that it lists were not found."
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
    if os.path.isdir(row.path):
        return f"{row.path} is a folder, but {line}{path.name} lists it; list the files in it."
    try:
        os.stat(row.path)
    except PermissionError as error:
        reason = folders.reason(error)
        return f"{row.path} cannot be read ({reason}); give yourself the right to read it."
    except (OSError, ValueError):
        pass
    return f"{row.path} is missing, but {line}{path.name} lists it; restore it or take it out."
