"""FMA, the Free Music Archive: open music with the sub-genres its artists gave."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from thesis_lib.util import disk

if TYPE_CHECKING:
    from thesis_lib.corpus import Corpus

DOMAIN = "music"
TITLE = "FMA, a dataset for music analysis"
SOURCE = "https://github.com/mdeff/fma"
LICENCE = "Creative Commons, track by track; the tables CC BY 4.0"
CITATION = "Defferrard et al., FMA: a dataset for music analysis, ISMIR 2017"
ARCHIVES = "fma"


def recognises(folder: Path | str) -> bool:
    """Whether FMA is in a folder: its tables or its archives, not one name alone."""
    from thesis_lib.datasets import folders

    tables = disk.names(os.path.join(folder, "fma_metadata"))
    if any(name.endswith(".csv") for name in tables):
        return True
    there = os.path.isdir(os.path.join(folder, "fma_metadata"))
    sets = re.compile("fma_(small|medium|large|full)")
    archives = any(map(sets.fullmatch, disk.names(folder)))
    return there and (archives or not folders.walk(folder).audio)


def read(folder: Path | str, folds: int = 3) -> Corpus:
    """The `Corpus`; whole artists are split into at least three folds."""
    from thesis_lib.datasets import fma

    return fma.read(folder, folds=max(3, folds))


def files(folder: Path) -> tuple[dict[Path, list], list[str]]:
    """Every track, of which nothing is known before it is decoded."""
    return {path: [] for path in sorted(folder.glob("fma_*/*/*.mp3"))}, []
