"""Which of the lists at the top of a folder is read, and why the others are not."""

import os
import re
from collections.abc import Container
from pathlib import Path
from typing import NamedTuple

from thesis_lib.datasets import folders, listed, playlists, songlists
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError
from thesis_lib.util.notices import some

HEAD = 4096  # bytes of a file in which programs say that it is a list
LIBRARY = re.compile(  # of iTunes, rekordbox, VirtualDJ and others, and iTunes's lists as text
    rb"<!DOCTYPE plist|<plist|<DJ_PLAYLISTS|<VirtualDJ|<playlist|<rhythmdb|<NML"
    rb"|^Name\t.*\tLocation",
    re.IGNORECASE,
)


class Choice(NamedTuple):
    """What `choose` found.

    lists: paths of what is read, one CSV or playlists; none where the folders are. here: what they
    name, a `Listed` or None. faults: a sentence for each list that cannot be used. notes: sentences
    on lists that are passed over.
    """

    lists: list[Path]
    here: listed.Listed | None
    faults: list[str]
    notes: list[str]


def choose(folder: Path) -> Choice:
    """Decide which list is read: a CSV goes before playlists, and these before the folders.

    A list that cannot be read, or none of whose files is there, is named and hides nothing.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Choice

    Raises
    ------
    InputError
        The folder cannot be read, or it holds several CSVs of songs.
    """
    at_top = _at_top(folder)
    listing, broken, notes = _song_lists([one for one in at_top if is_of(one, songlists.ENDINGS)])
    found = [path for path in at_top if is_of(path, playlists.ENDINGS)]
    notes += _unread(folder, at_top)
    tables, faults = _usable(listing, broken)
    if len(tables) > 1:
        first, second, *_ = tables
        raise InputError(
            f"{folder} holds several lists, {first.name} and {second.name}; give one of them "
            "instead of the folder."
        )
    if tables:
        [(table, of_table)] = tables.items()
        notes += _passed_over(folder, table, found)
        return Choice([table], of_table, faults, notes)
    here = listed.of_playlists(found)
    if found and not here.useless:
        return Choice(here.lists, here, faults, notes)
    return Choice([], None, faults + here.useless, notes)


def is_of(path: Path, endings: Container[str]) -> bool:
    """Whether a file's ending is one of some."""
    return path.suffix.lower() in endings


def _at_top(folder):
    """What lies at the top of a folder and is no folder, sorted; hidden things are left out."""
    disk.check_folder(folder)
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise InputError(disk.refused(folder, error)) from None
    return [path for path in entries if not (os.path.isdir(path) or folders.is_hidden(path.name))]


def _song_lists(paths):
    """Those tables that list songs; faults; sentences on why the others do not."""
    lists, faults, notes = [], [], []
    for path in paths:
        if fault := disk.no_file(path):
            faults.append(fault)
            continue
        try:
            top = songlists.header(path)
            why = None if songlists.is_list(top) else songlists.why_not(path, top)
        except InputError as error:
            top, why = None, str(error)
        if why is None:
            lists.append(path)
        elif path.suffix.lower() == ".csv":  # a .tsv may be about anything
            notes.append(f"{path.name} is not read as a list of songs: {why}")
    return lists, faults, notes


def _usable(tables, faults):
    """Those tables that name files which are there, with what they name; faults of the others."""
    usable = {}
    for path in tables:
        try:
            here = listed.of_csv(path)
        except InputError as error:
            faults.append(str(error))
            continue
        if not here.useless:
            usable[path] = here
        faults += here.useless
    return usable, faults


def _unread(folder, paths):
    """A sentence on the lists that nothing here reads."""
    unread = [path.name for path in paths if is_of(path, playlists.UNREAD) or is_library(path)]
    if unread:
        yield (
            f"{folder}: lists of this kind are not read ({some(unread, 12)}); save them as .m3u8 "
            "or .csv."
        )


def is_library(path: Path) -> bool:
    """Whether a file is a list by what it begins with: an ending such as .xml does not tell."""
    if not (is_of(path, {".xml", ".txt"}) and os.path.isfile(path)):
        return False
    try:
        with open(path, "rb") as file:
            head = file.read(HEAD).replace(b"\0", b"")  # of UTF-16
    except OSError:
        return False
    return bool(LIBRARY.search(head.lstrip(b"\xff\xfe\xef\xbb\xbf")))


def _passed_over(folder, table, found):
    """A sentence on playlists beside a CSV."""
    if found:
        names = some(path.name for path in found)
        yield (
            f"{folder}: {table.name} is read and playlists are not ({names}), for a CSV goes "
            "before them; take the CSV away to have them read."
        )
