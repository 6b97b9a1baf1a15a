"""Where the run on a corpus is; known without anything heavy to import."""

import hashlib
import os
import re
from pathlib import Path

from thesis_lib.datasets.registry import domain_of
from thesis_lib.util.text import readable


def run_folder(name: str, folder: Path | str, work: Path | str) -> Path:
    """Where the run on a corpus lies: the suite's own corpora share one, others have their own.

    Parameters
    ----------
    name : str
        One of `registry.names()`.
    folder : Path
        Of the corpus.
    work : Path
        Folder of all runs.

    Returns
    -------
    Path
        Called as the folder is, with some digits of where it is: two of one name have two runs.
    """
    return Path(work) / ("full" if name.startswith("mini_") else run_name(folder)) / domain_of(name)


def run_name(folder: Path | str) -> str:
    """What the run on a folder is called: the folder's name in letters, digits, "-" and "_", ..."""
    place = Path(os.path.abspath(folder))
    digits = hashlib.sha256(os.fsencode(place)).hexdigest()[:6]  # ... and digits of its place
    name = re.sub(r"[^\w-]+", "_", readable(place.name)).strip("_-")[:40]
    return f"{name or 'corpus'}_{digits}"
