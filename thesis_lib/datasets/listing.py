"""Which files a collection of music has, of which class and song: by CSV, playlist or folder."""

import os
import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from thesis_lib.audio import io as audio_io
from thesis_lib.datasets import choice, classes, folders, listed, playlists, songlists
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError, in_short
from thesis_lib.util.notices import number, shown, some

COLUMNS = ("path", "label", "song", "name")
TAKE = re.compile(r"-([A-Z])$")  # `song-A`, `song-B`: takes or excerpts of one song
LAYOUTS = (
    "class folders ({name}/<class>/<song>.mp3), playlists ({name}/<class>.m3u8), or a CSV with the "
    "header path,label,song"
)
FIRST = "a CSV goes before playlists, and these before folders"


class Found(NamedTuple):
    """What `find` found.

    root: where relative paths start. table: a row a file, `path` (relative to `root`, absolute if
    it lies elsewhere), `label`, `song` (files with the same one are the same song), `name` (empty
    if the list does not give one). faults: a sentence for each file that is there or listed but
    cannot be used. notes: sentences on what was passed over, and on how lists were read.
    """

    root: Path
    table: pd.DataFrame
    faults: list[str]
    notes: list[str]


def find(source: Path | str) -> Found:
    """List the music that lies in a folder, or that a CSV or a playlist names.

    A folder is read as the first of these that lies at its top:

    1. a CSV whose header has a column `path` (and `label` and `song`, if there are any), or a
       column of files by another name (file, filename, ...) and `label`; a song is one within its
       class: song "1" of two classes are two songs;
    2. playlists (.m3u, .m3u8, .pls), each of them a class that is called as the playlist is;
    3. folders, each of them a class, see `folders.walk` for what is passed over; where there are
       none, the files that lie there are read without a class.

    A list that cannot be read, or none of whose files is there, is named, and what comes next is
    read; where nothing comes next, it is the error.

    Parameters
    ----------
    source : Path
        The folder, the CSV or a playlist.

    Returns
    -------
    Found

    Raises
    ------
    InputError
        There is no list and no audio, or the list cannot be read.
    """
    source = Path(source)
    ending = source.suffix.lower()
    what = disk.kind(source)
    if what == "folder":
        return _in_folder(source)
    if ending in playlists.ENDINGS | songlists.ENDINGS:
        return _in_list(source)
    if what and ending in playlists.UNREAD:
        raise InputError(f"{source} is a list of a kind not read here; save it as .m3u8 or .csv.")
    fault = "is not a folder" + f", but a {what}" * bool(what)
    raise InputError(f"{source} {fault}; give a folder with {LAYOUTS.format(name=source.name)}.")


def song(path: Path | str) -> str:
    """The song that a file is of, by its path: without the ending and the letter of a take."""
    return TAKE.sub("", str(Path(path).with_suffix("")))


def _in_list(source):
    if source.suffix.lower() in songlists.ENDINGS:
        return _of_lists(source.parent, listed.of_csv(source))
    here = listed.of_playlists([source])
    if not (here.named or here.faults):
        raise InputError(in_short(here.useless))
    return _of_lists(source.parent, here)


def _in_folder(folder):
    chosen = choice.choose(folder)
    if chosen.here is None:
        return _of_folders(folder, chosen)
    notes = chosen.notes + _not_listed(folder, chosen.lists, chosen.here) + chosen.here.notes
    faults = chosen.faults + chosen.here.faults
    return _of_lists(folder, chosen.here._replace(faults=faults, notes=notes))


def _names(paths):
    return some(path.name for path in paths)


def _not_listed(folder, lists, here):
    """A sentence on the audio in a folder that its lists hide."""
    walked = folders.walk(folder).audio
    left = [path for path in walked if os.path.realpath(folder / path) not in here.named]
    if not left:
        return []
    what = "is" if len(left) == 1 else "are"
    return [
        f"{folder}: {_names(lists)} {'is' if len(lists) == 1 else 'are'} read, with "
        f"{number(len(here.items), 'file')}; {len(left)} more in the folder "
        f"{what} not listed and not read, such as {some(left)}; {FIRST}."
    ]


def _of_lists(root, here):
    """What lists name; their paths are given as seen from `root`."""
    paths = [_relative(one.path, root) for one in here.items]
    items = [(path, *one[1:]) for path, one in zip(paths, here.items, strict=True)]
    table, notes = _table(items)
    return Found(root, table, here.faults, here.notes + notes)


def _relative(path, root):
    """A path as seen from `root`, absolute if it lies elsewhere."""
    path, root = Path(os.path.abspath(path)), Path(os.path.abspath(root))
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def _of_folders(folder, chosen):
    walked = folders.walk(folder)
    inside = [path for path in walked.audio if "/" in path]
    loose = [path for path in walked.audio if "/" not in path]
    notes = chosen.notes + walked.notes + list(_empty_classes(folder, walked))
    others = [path for path in walked.others if not _is_list(folder, path)]
    lists = [path for path in others if _is_list_of_songs(folder / path)]
    notes += folders.passed_over(folder, [path for path in others if path not in lists])
    if lists:
        notes.append(
            f"{folder}: {number(len(lists), 'list')} below the top {_are(lists)} not read, such as "
            f"{lists[0]}; give one in place of the folder to have it read."
        )
    if not walked.audio and chosen.faults:
        raise InputError(in_short(chosen.faults))
    if not walked.audio and not walked.others and not walked.faults:
        raise InputError(f"{folder} holds no audio; give a folder with music in it.")
    if not walked.audio:
        why = "".join(f" ({one})" for one in [*walked.faults, *notes][:3])
        raise InputError(
            f"{folder} holds no class folders with audio in them; give a folder with "
            f"{LAYOUTS.format(name=folder.name)}; audio: "
            f"{', '.join(sorted(audio_io.ENDINGS))}.{why}"
        )
    faults = chosen.faults + walked.faults
    if inside and loose:
        faults.append(
            f"{folder}: {number(len(loose), 'file')} beside the class folders {_are(loose)} of no "
            f"class and left out ({some(loose)}); put them into class folders."
        )
    elif loose:
        notes.append(
            f"{folder} holds no class folders; its {number(len(loose), 'file')} {_are(loose)} read "
            "without a class; put them into folders to have classes."
        )
    rows = [(path, path.split("/")[0] if inside else "", "", "") for path in inside or loose]
    table, more = _table(rows)
    return Found(folder, table, faults, notes + more)


def _is_list(folder, path):
    """Whether a file is a list at the top, on which there is a sentence already."""
    endings = playlists.ENDINGS | playlists.UNREAD | {".csv"}
    named = Path(path).suffix.lower() in endings
    return "/" not in path and (named or choice.is_library(folder / path))


def _is_list_of_songs(path):
    """Whether a file is a playlist, or a CSV with the columns of songs."""
    if path.suffix.lower() not in songlists.ENDINGS:
        return path.suffix.lower() in playlists.ENDINGS
    try:
        return songlists.is_list(songlists.header(path))
    except InputError:
        return False


def _are(files):
    return "is" if len(files) == 1 else "are"


def _empty_classes(folder, walked):
    """A sentence for each folder at the top that is meant as a class and holds no audio."""
    full = {path.split("/")[0] for path in walked.audio if "/" in path}
    for top in walked.tops:
        inside = [path for path in walked.others if path.startswith(f"{top}/")]
        if top not in full and (not inside or folders.of_sound(folder, inside)):
            what = folders.by_ending(inside) or "it is empty"
            yield (
                f"{folder}/{top} holds no audio that can be read ({what}), so it is no class; "
                "convert its files to FLAC or WAV, or leave it."
            )


def _table(rows):
    """The table of files, labels and songs fit to be shown; sentences on labels."""
    paths, labels, songs, names = zip(*rows, strict=True) if rows else [()] * 4
    tidied, notes = classes.tidy(labels)
    known = [own or song(path) for path, own in zip(paths, songs, strict=True)]
    columns = zip(paths, tidied, classes.tidy_songs(known), map(shown, names), strict=True)
    return pd.DataFrame(list(columns), columns=list(COLUMNS), dtype=str), notes
