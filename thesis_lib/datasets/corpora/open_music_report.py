"""Open music for reporting: ten games and their composers that open music has not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thesis_lib.corpus import Corpus

DOMAIN = "music"
TITLE = "open music for reporting"
SOURCE = "https://packages.debian.org/bookworm/games/"
LICENCE = (
    "free, game by game: GPL, CC BY, CC BY-SA, MIT, Ethymonics; "
    "data/open_music_report.json says which"
)
CITATION = "the games and authors that data/open_music_report.json names"
ARCHIVES = "open_music_report"


def recognises(folder: Path | str) -> bool:
    """Whether a package of it was unpacked in a folder, under its name."""
    from thesis_lib.datasets import open_music

    return open_music.is_in(folder, open_music.REPORT)


def read(folder: Path | str, folds: int = 3) -> Corpus:
    """The `Corpus`; whole songs are split into at least three folds."""
    from thesis_lib.datasets import open_music

    return open_music.read(folder, max(3, folds), manifest=open_music.REPORT)


def files(folder: Path) -> tuple[dict[Path, list], list[str]]:
    """Every track with what it has to be; a sentence for each that is missing or another."""
    from thesis_lib.datasets import open_music

    return open_music.files(folder, open_music.REPORT)
