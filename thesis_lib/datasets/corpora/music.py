"""Music of your own: class folders, a CSV or playlists."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thesis_lib.corpus import Corpus

DOMAIN = "music"
TITLE = "your own music"
SOURCE = "a folder"
LICENCE = "yours to know"
CITATION = ""
ARCHIVES = None

log = logging.getLogger(__name__)


def read(folder: Path | str, folds: int = 3) -> Corpus:
    """The `Corpus`; whole songs are split into at least three folds."""
    from thesis_lib.datasets import music

    return music.read(folder, folds=max(3, folds))


def files(folder: Path) -> tuple[dict[Path, list], list[str]]:
    """Every file that is listed or in a class folder, of which nothing is known; faults."""
    from thesis_lib.datasets import listing
    from thesis_lib.util import notices

    found = listing.find(folder)
    notices.log_notices(log, found.notes)
    return {found.root / path: [] for path in found.table.path}, found.faults
