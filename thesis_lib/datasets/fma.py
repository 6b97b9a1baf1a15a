"""Reader of FMA, the Free Music Archive: open music with the sub-genres its artists gave.

M. Defferrard and others, "FMA: A Dataset For Music Analysis", ISMIR 2017;
https://github.com/mdeff/fma. Each track is under a Creative Commons licence of its artist's
choice, named in `tracks.csv`; the metadata is CC BY 4.0.
"""

import logging
import os
from pathlib import Path

import numpy as np
import pandas as pd

from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.datasets.metadata import named
from thesis_lib.datasets.music import assign_folds, check_classes
from thesis_lib.datasets.recordings import scan_files
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError
from thesis_lib.util.names import clean
from thesis_lib.util.notices import log_notices

# The thesis's sub-genres and the titles in `genres.csv` that come nearest to them. There is no
# trance: drum & bass stands for it, as the other music for dancing that is faster than house.
NEAREST = {
    "DeepHouse": "House",
    "Electronica_Downtempo": "Downtempo",
    "IndieDance": "Dance",
    "MelodicHouseAndTechno": "Chill-out",  # in FMA a branch of house
    "Techno_PeakTime_Driving_Hard": "Techno",
    "Techno_Raw_Deep_Hypnotic": "Minimal Electronic",
    "Trance": "Drum & Bass",
}
TITLES = tuple(NEAREST.values())

AUDIO = ("fma_full", "fma_large", "fma_medium", "fma_small")  # the first that has a track is read

# Clips without sound or shorter than 30 s, in the small and medium set, as the data set's wiki
# lists them: https://github.com/mdeff/fma/wiki, "Excerpts shorter than 30s".
DAMAGED = frozenset(
    {1486, 5574, 65753, 80391, 98558, 98559, 98560, 98565, 98566, 98567, 98568, 98569, 98571}
    | {99134, 105247, 108924, 108925, 126981, 127336, 133297, 143992}
)

log = logging.getLogger(__name__)


def read(folder: Path | str, folds: int = 3, seed: int = 1234) -> Corpus:
    """Read the tracks of seven electronic sub-genres.

    A track is of a class if the class is the only one of the seven among its genres. Whole
    artists are assigned to `folds` folds, so that no artist is on both sides of a split: `group` is
    the artist, where in other music it is the song. What the data set's wiki lists as damaged is
    left out, and so is what cannot be read; a set that was fetched in part can be used.

    Parameters
    ----------
    folder : Path
        With `fma_metadata/` (`tracks.csv`, `genres.csv`) and at least one of `fma_small/`,
        `fma_medium/`, `fma_large/` and `fma_full/`, as they were unpacked.
    folds : int
        As many as there will be trainings.
    seed : int
        For assigning the artists.

    Returns
    -------
    Corpus
        Its `group` is the artist, where in other music it is the song.

    Raises
    ------
    InputError
        A list or all audio is missing, or no class has tracks of two artists.
    """
    folder = Path(folder)
    notices: list[str] = []
    tracks = _chosen(_tracks(folder / "fma_metadata"), _genres(folder / "fma_metadata"), notices)
    tracks = _with_audio(folder, tracks, notices)
    log_notices(log, notices)
    table, left_out = scan_files(folder, tracks)
    table, few = _several_artists(table)
    log_notices(log, few, "Left out: ")
    if table.empty:
        raise InputError(f"{folder} holds no class with tracks of two artists; fetch more of it.")
    notices = [*left_out, *notices, *few, *check_classes(folder, table)]
    table["split"] = assign_folds(table, folds, np.random.default_rng(seed))
    return Corpus("FMA", folder, table[list(COLUMNS)], "Creative Commons", tuple(notices))


def _tracks(metadata):
    """Artist, genres and title of all tracks: DataFrame, its index the track's number."""
    path = _there(metadata / "tracks.csv")
    columns = {
        ("artist", "id"): "artist",
        ("artist", "name"): "by",
        ("track", "genres"): "genres",
        ("track", "title"): "title",
    }
    try:
        header = list(pd.read_csv(path, header=[0, 1], nrows=0).columns)
        places = {header.index(key): name for key, name in columns.items()}
        table = pd.read_csv(
            path, header=None, skiprows=3, usecols=[0, *places], dtype=str, keep_default_na=False
        ).rename(columns={0: "track"} | places)
        return table.astype({"track": int}).set_index("track")
    except (ValueError, IndexError) as error:
        reason = " ".join(str(error).split())
        raise InputError(
            f"{path} is not FMA's list of tracks ({reason}); unpack fma_metadata.zip again."
        ) from None


def _genres(metadata):
    """The numbers of the genres that are chosen, by title: dict, number (str) -> title."""
    path = _there(metadata / "genres.csv")
    try:
        table = pd.read_csv(path, usecols=["genre_id", "title"], dtype=str)
    except ValueError as error:
        raise InputError(
            f"{path} is not FMA's list of genres ({error}); unpack fma_metadata.zip again."
        ) from None
    lacking = set(TITLES) - set(table.title)
    if lacking:
        raise InputError(f"{path} lacks the genre {min(lacking)!r}; unpack fma_metadata.zip again.")
    return {row.genre_id: row.title for row in table.itertuples() if row.title in TITLES}


def _there(path):
    if not disk.kind(path):
        raise InputError(f"{path} is missing; unpack fma_metadata.zip there.")
    return path


def _chosen(tracks, genres, notices):
    """The tracks with one of the genres and no more, with their `label`; how many others."""
    found = tracks.genres.str.findall(r"\d+").map(lambda one: sorted(set(one) & set(genres)))
    count = found.map(len)
    notices.append(
        f"FMA: {(count == 1).sum()} tracks have one of the genres {', '.join(TITLES)}; "
        f"{(count > 1).sum()} with several of them are left out."
    )
    labels = found[count == 1].str[0].map(genres)
    return tracks[count == 1].assign(label=labels)


def _with_audio(folder, tracks, notices):
    """The list of those tracks whose files are there, and not known to be damaged."""
    sets = [name for name in AUDIO if os.path.isdir(folder / name)]
    if not sets:
        raise InputError(f"{folder} holds no {', '.join(AUDIO)}; unpack one of them there.")
    damaged = tracks.index.isin(DAMAGED)
    paths = pd.Series([_path(folder, sets, number) for number in tracks.index], tracks.index)
    missing = (paths == "") & ~damaged
    if missing.any():
        where = " or ".join(sets)
        notices.append(
            f"{missing.sum()} of {len(tracks)} tracks have no file in {where} and are left out."
        )
    if damaged.any():
        notices.append(f"{damaged.sum()} tracks that FMA's wiki lists as damaged are left out.")
    tracks, paths = tracks[~damaged & ~missing], paths[~damaged & ~missing]
    artist = [f"{clean(one.by)} (artist {one.artist})" for one in tracks.itertuples()]
    name = [named(clean(one.by), clean(one.title)) for one in tracks.itertuples()]
    columns = {"path": paths, "label": tracks.label, "song": artist, "name": name}
    return pd.DataFrame(columns).reset_index(drop=True)


def _path(folder, sets, number):
    """Where a track lies below the folder; empty where it does not."""
    paths = (f"{name}/{number // 1000:03d}/{number:06d}.mp3" for name in sets)
    return next((path for path in paths if os.path.isfile(folder / path)), "")


def _several_artists(table):
    """Without the classes that could not be tested on another artist than those learned from.

    The table, and a sentence for each class that is left out.
    """
    artists = table.groupby("label").group.nunique().reindex(TITLES, fill_value=0)
    few = [
        f"{title}, of which tracks of fewer than two artists are there."
        for title in artists.index[artists < 2]
    ]
    return table[table.label.map(artists) >= 2].reset_index(drop=True), few
