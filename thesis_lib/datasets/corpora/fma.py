"""FMA, the Free Music Archive: open music with the sub-genres its artists gave."""

import os
import re

from thesis_lib.util import disk

DOMAIN = "music"
TITLE = "FMA, a dataset for music analysis"
SOURCE = "https://github.com/mdeff/fma"
LICENCE = "Creative Commons, track by track; the tables CC BY 4.0"
CITATION = "Defferrard et al., FMA: a dataset for music analysis, ISMIR 2017"
ARCHIVES = "fma"


def recognises(folder):
    """Whether FMA is in a folder: its tables or its archives, not one name alone."""
    from thesis_lib.datasets import folders

    tables = disk.names(os.path.join(folder, "fma_metadata"))
    if any(name.endswith(".csv") for name in tables):
        return True
    there = os.path.isdir(os.path.join(folder, "fma_metadata"))
    sets = re.compile("fma_(small|medium|large|full)")
    archives = any(map(sets.fullmatch, disk.names(folder)))
    return there and (archives or not folders.walk(folder).audio)


def read(folder, folds=3):
    """The `Corpus`; whole artists are split into at least three folds."""
    from thesis_lib.datasets import fma

    return fma.read(folder, folds=max(3, folds))


def files(folder):
    """Every track, of which nothing is known before it is decoded."""
    return {path: [] for path in sorted(folder.glob("fma_*/*/*.mp3"))}, []
