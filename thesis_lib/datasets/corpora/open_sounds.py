"""Open sounds: short sounds and speech of free software, from Debian's packages."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thesis_lib.corpus import Corpus

DOMAIN = "music"
TITLE = "open sounds, of free software"
SOURCE = "https://packages.debian.org/bookworm/"
LICENCE = "free, package by package: GPL, CC BY-SA, CC0, MIT; data/open_sounds.json says which"
CITATION = "the programs and authors that data/open_sounds.json names"
ARCHIVES = "open_sounds"


def recognises(folder: Path | str) -> bool:
    """Whether a package of it was unpacked in a folder, under its name."""
    from thesis_lib.datasets import open_music

    return open_music.is_in(folder, open_music.SOUNDS)


def read(folder: Path | str, folds: int = 3) -> Corpus:
    """The `Corpus`; whole files are split into at least three folds."""
    from thesis_lib.datasets import open_music

    return open_music.read(folder, max(3, folds), manifest=open_music.SOUNDS)


def files(folder: Path) -> tuple[dict[Path, list], list[str]]:
    """Every file with what it has to be; a sentence for each that is missing or another."""
    from thesis_lib.datasets import open_music

    return open_music.files(folder, open_music.SOUNDS)
