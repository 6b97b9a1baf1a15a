"""Reader of music: class folders, playlists or a CSV, as a collection may be laid out."""

import logging
import os
from pathlib import Path

import numpy as np
import pandas as pd

from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.datasets.listing import find
from thesis_lib.datasets.recordings import scan_files
from thesis_lib.util.errors import InputError
from thesis_lib.util.notices import log_notices, shown, some

log = logging.getLogger(__name__)


def read(source: Path | str, folds: int = 3, seed: int = 1234, note: str = "") -> Corpus:
    """Read a collection of music.

    Every file is decoded once: what cannot be read is named and left out, and silence at both
    ends is trimmed (thesis, data). Files that differ only in a trailing `-A`, `-B`, ... are
    excerpts of one song, and so are files that hold the same recording (see `fingerprint`). Whole
    songs of each class are assigned to `folds` folds; each fold is the test of one training, so
    that every song is tested once (the only song of a class is always in the training instead).
    One class or none will do; then there is nothing to classify.

    Parameters
    ----------
    source : Path
        A folder, a CSV or a playlist. What is at the top of a folder decides how it is read:

        1. a CSV whose header has a column `path`, and `label` and `song` if there are any; paths
           start where the CSV is; label and song may be empty; songs of one name in two classes
           are two songs;
        2. or else playlists, `<class>.m3u8`, `.m3u` or `.pls`. The tracks of a single one are of
           the classes that their genre tags say, or, where most have none, their folders;
        3. or else folders, `<class>/<song>.mp3` (see `audio.io.ENDINGS`); deeper folders count.
    folds : int
        As many as there will be trainings.
    seed : int
        For assigning the songs.
    note : str
        What captions note of this corpus.

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
        No readable audio, a list that cannot be read, or a single song.
    """
    found = find(source)
    log_notices(log, found.notes)
    table, left_out = scan_files(found.root, found.table, found.faults)
    notices = _lost(found, table) + check_classes(source, table)
    table["split"] = assign_folds(table, folds, np.random.default_rng(seed))
    place = Path(os.path.abspath(source))
    name = place.stem if place.is_file() else place.name
    notices = [shown(sentence) for sentence in (*left_out, *found.notes, *notices)]
    name = shown(name.replace("_", " "))
    return Corpus(name, found.root, table[list(COLUMNS)], note, tuple(notices))


def _lost(found, table):
    """A sentence, logged, for each class of whose files none can be read."""
    lost = sorted({*found.table.label} - {*table.label} - {""})
    notices = [
        f"{found.root}: of the class {label!r} no file can be read, so it is left out; mend or "
        "convert its files."
        for label in lost
    ]
    log_notices(log, notices)
    return notices


def check_classes(source: Path | str, table: pd.DataFrame) -> list[str]:
    """Check which classes cannot be tested, or compared; a single song in all is an error.

    Parameters
    ----------
    source : Path
    table : DataFrame
        `label` and `group`.

    Returns
    -------
    list of str
        Sentences; they are logged, too.
    """
    if table.group.nunique() < 2:
        raise InputError(
            f"{source} holds a single song; at least two are needed, one to train on and one to "
            "test."
        )
    notices, groups = [], table[table.label != ""].groupby("label").group.nunique()
    if len(groups) == 1:
        notices.append(
            f"{source} holds one class only, {groups.index[0]!r}, and so nothing to tell it from; "
            "add a second one to compare classes."
        )
    single = [repr(label) for label in groups.index[groups == 1]]
    if len(single) == len(groups) > 1:
        notices.append(
            f"{source}: each class holds a single song, so none of it is trained on where it is "
            "tested; add a second one to each."
        )
    elif single:
        what = "the class {} holds" if len(single) == 1 else "the classes {} hold"
        notices.append(
            f"{source}: {what.format(some(single, 5))} a single song, trained on but never "
            "tested; add a second one."
        )
    log_notices(log, notices)
    return list(map(shown, notices))


def assign_folds(table: pd.DataFrame, folds: int, rng: np.random.Generator) -> pd.Series:
    """Assign whole groups to folds, class by class.

    The only group of a class is for training, unless all classes are such: then they are assigned
    as if they were one. Where no class has as many groups as there are folds, the last folds stay
    empty, and their trainings hold out the first ones again (`corpus.held_out`).

    Parameters
    ----------
    table : DataFrame
        `label` and `group`; a group of several classes is assigned with its first one.
    folds : int
    rng : numpy.random.Generator

    Returns
    -------
    Series of str
        The fold of each row, "0", "1", ..., or "train".
    """
    first = table.drop_duplicates("group")
    classes = [rng.permutation(sorted(one)) for one in first.groupby("label").group.unique()]
    if max(map(len, classes)) == 1:
        classes = [np.concatenate(classes)]
    classes = [groups for groups in classes if len(groups) > 1]
    numbered = (pair for groups in classes for pair in enumerate(groups))
    fold = {group: str(number % folds) for number, group in numbered}
    return table.group.map(fold).fillna("train")
