"""Reader of music: class folders, playlists or a CSV, as a collection may be laid out."""

from pathlib import Path

import numpy as np

from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.errors import InputError
from thesis_lib.library import find
from thesis_lib.recordings import hear


def read(source, parts=3, seed=1234, note=""):
    """Read a collection of music.

    Every file is decoded once: what cannot be read is named and left out, and silence at both
    ends is trimmed (thesis, data). Files that differ only in a trailing `-A`, `-B`, ... are
    excerpts of one song, and so are files that hold the same recording (see `duplicates`). Whole
    songs of each class are dealt to `parts` parts; each is held out as test in one trial, so that
    in the end every song was tested unheard.

    Parameters
    ----------
    source : Path
        A folder, a CSV or a playlist. What a folder is, is decided by what lies at its top:

        1. a CSV whose header has a column `path`, and `label` and `song` if there are any; paths
           start where the CSV lies; label and song may be empty;
        2. or else playlists, `<class>.m3u8` or `.m3u`. The tracks of a single one are of the class
           that their genre tag says, or, where one of them has none, the folder it lies in;
        3. or else folders, `<class>/<song>.mp3` (.wav, .flac, .ogg, .opus, .aiff, .m4a); deeper
           folders count.
    parts : int
        As many as there will be trials.
    seed : int
        For dealing the songs.
    note : str
        What captions have to say of this corpus.

    Returns
    -------
    Corpus
        Recordings are called "Artist - Title (128 BPM)" where tags say so, or as the playlist
        says, or as the file. Those without a label (a CSV can have them) are trained on and can
        be listened to; classes, F1 and wrong labels are looked for among the others only, and
        where no recording has a label, there are none to show.

    Raises
    ------
    InputError
        No readable audio, a list that cannot be read, one class only, or a class with one song.
    """
    root, listing, faults = find(source)
    table = hear(root, listing, faults)
    check_classes(source, table)
    table["split"] = deal(table, parts, np.random.default_rng(seed))
    name = Path(source).stem if Path(source).is_file() else Path(source).name
    return Corpus(name.replace("_", " "), root, table[list(COLUMNS)], note)


def check_classes(source, table):
    """Raise `InputError` where classes could not be learned and tested: no labels are no fault."""
    groups = table[table.label != ""].groupby("label").group.nunique()
    if len(groups) == 1:
        raise InputError(f"{source} holds one class only, {groups.index[0]!r}; add a second one.")
    if len(groups) and groups.min() == 1:
        raise InputError(
            f"{source}: the class {groups.idxmin()!r} holds a single song; a class needs at least "
            "two, one to learn from and one to be tested on."
        )


def deal(table, parts, rng):
    """Deal whole groups to parts, class by class.

    Parameters
    ----------
    table : DataFrame
        `label` and `group`; a group of several classes is dealt with its first one.
    parts : int
    rng : numpy.random.Generator

    Returns
    -------
    Series of str
        The part of each row, "0", "1", ...
    """
    part = {}
    for groups in table.drop_duplicates("group").groupby("label").group.unique():
        dealt = enumerate(rng.permutation(sorted(groups)))
        part.update({group: str(number % parts) for number, group in dealt})
    return table.group.map(part)
