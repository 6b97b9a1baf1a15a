"""Reader of open music: music of free games, as `data/open_music.json` lists it.

Two more lists are read alike: `data/open_music_report.json`, of other games by other composers, for
reporting only; and `data/open_sounds.json`, of short sounds and speech. A list knows of each track
what other readers find out by decoding it (where it begins and ends, which files hold the same
recording), so that reading takes a second. `data/make_open_music.py` makes it. No audio comes with
the suite: `download` fetches Debian's packages.
"""

import hashlib
import json
import logging
import os
from pathlib import Path

import numpy as np
import pandas as pd

from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.datasets.music import assign_folds, check_classes
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import ROOT
from thesis_lib.util.notices import log_notices

MANIFEST = ROOT / "data" / "open_music.json"
REPORT = ROOT / "data" / "open_music_report.json"
SOUNDS = ROOT / "data" / "open_sounds.json"

log = logging.getLogger(__name__)


def tracks(manifest: Path = MANIFEST) -> pd.DataFrame:
    """The list: every track, whose it is, its licence, and where it sounds.

    Parameters
    ----------
    manifest : Path

    Returns
    -------
    DataFrame
        A row a track, with the columns of a `Corpus` but for `split` (`label` is the game, `group`
        the song), and: package; author (of the file's tags, else empty) and copyright (the holders
        that the package's copyright file names for it); licence; seconds (of the whole file);
        bytes; sha256.
    """
    games = json.loads(Path(manifest).read_text(encoding="utf-8"))["games"]
    rows = [
        track | {"path": f"{game['package']}/{track['path']}"}
        | {"label": game["game"], "package": game["package"]}
        for game in games
        for track in game["tracks"]
    ]  # fmt: skip
    return pd.DataFrame(rows).assign(node="", position=0, known=True)


def _name(manifest):
    """What a list is called in English: "open music"."""
    return Path(manifest).stem.replace("_", " ")


def _again(manifest):
    return f"`thesis fetch {_name(manifest).replace(' ', '-')}` fetches it"


def is_in(folder: Path | str, manifest: Path = MANIFEST) -> bool:
    """Whether a package of the list was unpacked in a folder, under its name."""
    games = json.loads(Path(manifest).read_text(encoding="utf-8"))["games"]
    return any(os.path.isdir(os.path.join(folder, game["package"], "usr")) for game in games)


def read(folder: Path | str, folds: int = 3, seed: int = 1234, manifest: Path = MANIFEST) -> Corpus:
    """Read the tracks that are there: a class a game, a group a song.

    Nothing is decoded. A file is the track of the list if it has its size; whether it has its
    checksum, `files` looks. What is missing is counted and left out.

    Parameters
    ----------
    folder : Path
        With a folder for each package, as `download.fetch` or ``dpkg -x`` unpacks it.
    folds : int
    seed : int
        For assigning the songs to folds.
    manifest : Path

    Returns
    -------
    Corpus

    Raises
    ------
    InputError
        None of the tracks is there, or a single song.
    """
    folder, table = Path(folder), tracks(manifest)
    there = np.array([_size(folder / row.path) == row.bytes for row in table.itertuples()])
    if not there.any():
        raise InputError(f"{folder} holds no track of {_name(manifest)}; {_again(manifest)}.")
    notices = _lacking(folder, table, there, _again(manifest))
    log_notices(log, notices)
    table = table[there].reset_index(drop=True)
    notices += check_classes(folder, table)
    table["split"] = assign_folds(table, folds, np.random.default_rng(seed))
    note = "sounds of free software" if manifest == SOUNDS else "music of free games"
    return Corpus(_name(manifest), folder, table[list(COLUMNS)], note, tuple(notices))


def _size(path):
    """Bytes of a file; -1 where there is none."""
    return path.stat().st_size if path.is_file() else -1


def _lacking(folder, table, there, again):
    """A sentence for each game of which tracks are not there."""
    lacking, tracks = table[~there].groupby("label").size(), table.groupby("label").size()
    return [
        f"{folder}: {count} of {tracks[game]} tracks of {game} are missing or not those of the "
        f"list, and left out; {again}."
        for game, count in lacking.items()
    ]


def files(folder: Path | str, manifest: Path = MANIFEST) -> tuple[dict[Path, list], list[str]]:
    """Every track that is there, and sentences on those that are not, for `validate`.

    Parameters
    ----------
    folder, manifest : Path

    Returns
    -------
    files : dict, Path -> list of rows of the corpus's table
    faults : list of str
        A sentence for each track that is missing or has another checksum than the list says.
    """
    found: dict[Path, list] = {}
    faults = []
    for row in tracks(manifest).itertuples():
        path = Path(folder) / row.path
        if not path.is_file():
            faults.append(f"{path} is missing; {_again(manifest)}.")
            continue
        found[path] = [row]
        if hashlib.sha256(path.read_bytes()).hexdigest() != row.sha256:
            faults.append(
                f"{path} is not the track of the list (its sha256 differs); {_again(manifest)}."
            )
    return found, faults
