"""Corpora by name: which reader reads a folder."""

import logging
import os
import re
from pathlib import Path

from thesis_lib.util import disk
from thesis_lib.util.errors import InputError

# The readers are heavy to import; names and folders are known without them.

DOMAINS = {
    "mini_home": "home",  # comes with the suite: simulated, in the layout of SINS
    "sins": "home",
    "mini_music": "music",  # comes with the suite
    "music": "music",  # your own: class folders, a CSV or playlists
    "fma": "music",  # open music
}

SETS = ("dev", "eval", "DCASE2018-task5-dev", "DCASE2018-task5-eval")
SEGMENT = re.compile(r"DevNode\d+_ex\d+_\d+\.wav$")

log = logging.getLogger(__name__)


def recognise(folder):
    """The name of the corpus that lies in a folder, by what only that corpus has.

    Parameters
    ----------
    folder : Path
        Or a playlist.

    Returns
    -------
    str, one of `DOMAINS`
    """
    if not disk.kind(folder):
        raise InputError(f"{folder} does not exist; give the folder that holds the recordings.")
    if is_fma(folder):
        return "fma"
    return "sins" if is_sins(folder) else "music"


def is_fma(folder):
    """Whether a folder is that of FMA: by its tables or its archives, and not by one name alone."""
    from thesis_lib.datasets import folders

    tables = _names(os.path.join(folder, "fma_metadata"))
    if any(name.endswith(".csv") for name in tables):
        return True
    there = os.path.isdir(os.path.join(folder, "fma_metadata"))
    archives = any(re.fullmatch("fma_(small|medium|large|full)", name) for name in _names(folder))
    return there and (archives or not folders.walk(folder).audio)


def is_sins(folder):
    """Whether SINS lies in a folder, by what only its lists and segments are called.

    A class of music may be called dev or eval, and a meta.txt may lie beside it.
    """
    known = [os.path.join(folder, name) for name in SETS]
    twice = [os.path.join(place, os.path.basename(place)) for place in known]
    return any(map(_is_set, [folder, *known, *twice])) or _is_unlabelled(folder)


def _is_set(place):
    """Whether one of the two sets of SINS lies at a place: a list of it, or its audio."""
    setup = os.path.join(place, "evaluation_setup")
    lists = ("map.txt", "evaluate.txt", "evaluation.txt", "fold1_train.txt", "fold1_test.txt")
    return (
        any(os.path.isfile(os.path.join(setup, name)) for name in lists)
        or _lists_segments(os.path.join(place, "meta.txt"))
        or any(SEGMENT.match(name) for name in _names(os.path.join(place, "audio")))
    )


def _lists_segments(path):
    """Whether a file begins with a segment of SINS."""
    try:
        with open(path if os.path.isfile(path) else os.devnull, "rb") as file:
            return b"DevNode" in file.readline(1000)
    except OSError:
        return False


def _is_unlabelled(folder):
    """Whether the recordings in a folder are segments of SINS, and no others lie beside them."""
    names = [name for name in _names(folder) if not name.startswith(".")]
    deeper = any(os.path.isdir(os.path.join(folder, name)) for name in names)
    sounds = [name for name in names if name.lower().endswith(".wav")]
    return bool(sounds) and not deeper and all(map(SEGMENT.match, sounds))


def _names(folder):
    try:
        return os.listdir(folder)
    except OSError:
        return []


def read(name, folder, trials=3):
    """Read a corpus.

    Parameters
    ----------
    name : str
        One of `DOMAINS`.
    folder : Path
    trials : int
        How many trainings there will be; music is dealt to as many parts, or to three.

    Returns
    -------
    Corpus
    """
    if domain_of(name) == "home":
        from thesis_lib.datasets import sins

        return sins.read(folder)
    if name == "fma":
        from thesis_lib.datasets import fma

        return fma.read(folder, parts=max(3, trials))
    from thesis_lib.datasets import music

    return music.read(folder, parts=max(3, trials))


def files(name, folder):
    """Every file that belongs to a corpus, for `validate.examine`.

    Parameters
    ----------
    name : str
        One of `DOMAINS`.
    folder : Path

    Returns
    -------
    files : dict, Path -> list of rows of the corpus's table
        A home's; of music nothing is known before it is decoded: no rows.
    faults : list of str
        A sentence for what is listed and cannot be there.
    """
    files, faults = _files(name, Path(folder))
    if not files and not faults:
        faults = [f"{folder} holds nothing that could be checked; give another folder."]
    return files, faults


def _files(name, folder):
    from thesis_lib.datasets import listing, sins, validate
    from thesis_lib.util import notices

    if domain_of(name) == "home":
        lacking = [
            f"{folder}: session {row.group} ({row.set}) has {row.there} of {row.files} files; "
            "fetch the other parts."
            for row in sins.missing(folder).itertuples()
        ]
        return validate.by_file(sins.read(folder)), lacking
    if name == "fma":
        return {path: [] for path in sorted(folder.glob("fma_*/*/*.mp3"))}, []
    found = listing.find(folder)
    notices.tell(log, found.notes)
    return {found.root / path: [] for path in found.table.path}, found.faults


def domain_of(name):
    """ "home" or "music": which half of the suite a corpus belongs to."""
    if name not in DOMAINS:
        raise InputError(f"corpus {name!r} is unknown; choose one of {', '.join(DOMAINS)}.")
    return DOMAINS[name]
