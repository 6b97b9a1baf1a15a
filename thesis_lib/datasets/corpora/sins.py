"""SINS: sounds of a home, in the layout of the DCASE 2018 challenge, task 5."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from thesis_lib.util import disk

if TYPE_CHECKING:
    from thesis_lib.corpus import Corpus

DOMAIN = "home"
TITLE = "SINS, as cut for the DCASE 2018 challenge, task 5"
SOURCE = "https://dcase.community/challenge2018/task-monitoring-domestic-activities"
LICENCE = "free for non-commercial use; never pass the audio on"
CITATION = (
    "Dekkers et al., The SINS database for detection of daily activities in a home environment "
    "using an acoustic sensor network, DCASE 2017"
)
ARCHIVES = "sins"

SETS = ("dev", "eval", "DCASE2018-task5-dev", "DCASE2018-task5-eval")
SEGMENT = re.compile(r"DevNode\d+_ex\d+_\d+\.wav$")


def recognises(folder: Path | str) -> bool:
    """Whether SINS is in a folder, by what only its lists and segments are called.

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
        or any(SEGMENT.match(name) for name in disk.names(os.path.join(place, "audio")))
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
    names = [name for name in disk.names(folder) if not name.startswith(".")]
    deeper = any(os.path.isdir(os.path.join(folder, name)) for name in names)
    sounds = [name for name in names if name.lower().endswith(".wav")]
    return bool(sounds) and not deeper and all(map(SEGMENT.match, sounds))


def read(folder: Path | str, folds: int = 3) -> Corpus:
    """The `Corpus`; its folds are the challenge's own."""
    from thesis_lib.datasets import sins

    return sins.read(folder)


def in_all_folds(folder: Path | str) -> Corpus:
    """The `Corpus`; where no evaluation set is there, split into the challenge's four folds."""
    from thesis_lib.datasets import sins

    return sins.read(folder, fold=None)


def files(folder: Path) -> tuple[dict[Path, list], list[str]]:
    """Every file with its rows of the table; a sentence for each session that is not whole."""
    from thesis_lib.datasets import sins, validate

    lacking = [
        f"{folder}: session {row.group} ({row.set}) has {row.there} of {row.files} files; "
        "fetch the other parts."
        for row in sins.missing(folder).itertuples()
    ]
    return validate.by_file(sins.read(folder)), lacking
