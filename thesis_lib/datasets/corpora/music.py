"""Music of your own: class folders, a CSV or playlists."""

import logging

DOMAIN = "music"
TITLE = "your own music"
SOURCE = "a folder"
LICENCE = "yours to know"
CITATION = ""
ARCHIVES = None

log = logging.getLogger(__name__)


def read(folder, folds=3):
    """The `Corpus`; whole songs are split into at least three folds."""
    from thesis_lib.datasets import music

    return music.read(folder, folds=max(3, folds))


def files(folder):
    """Every file that is listed or in a class folder, of which nothing is known; faults."""
    from thesis_lib.datasets import listing
    from thesis_lib.util import notices

    found = listing.find(folder)
    notices.tell(log, found.notes)
    return {found.root / path: [] for path in found.table.path}, found.faults
