"""What fits after a song, as a DJ asks: near in the space, in tempo, in key (09_listening_room)."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import pairwise_distances

from thesis_lib.analysis import keys, tempo
from thesis_lib.util.arrays import column, count, matrix


def after(
    vectors: ArrayLike,
    song: int,
    bpm: ArrayLike | None = None,
    key: ArrayLike | None = None,
    rules: Sequence[str] = ("harmonic",),
    k: int = 10,
    group: ArrayLike | None = None,
) -> pd.DataFrame:
    """The nearest songs that can follow one (09_listening_room).

    Parameters
    ----------
    vectors : (n, d) float array
        One embedding per song.
    song : int
        Row of the one that plays.
    bpm : (n,) array, optional
        With it, only songs within 6 % of its tempo, of half or of double; NaN is unknown, and what
        is unknown fits nothing.
    key : (n,) int array, optional
        With it, only songs in a key that `keys.goes_with` allows by `rules`.
    rules : some of `keys.RULES`
    k : int
        At most so many; there may be fewer that fit.
    group : (n,) array, optional
        Those of its own group are left out: takes and copies of the same song.

    Returns
    -------
    DataFrame
        `rank` (from 1), `item` (row of `vectors`), `distance` (Euclidean), the nearest first, and
        as far as they are asked for `bpm`, `change` (by which share the song's tempo has to change)
        and `key`.
    """
    vectors = matrix(vectors)
    n = len(vectors)
    song, k = count(song, 0, n - 1, "song"), count(k, 1, 10**6, "k")
    group = np.arange(n) if group is None else column(group, n, "group")
    distance = pairwise_distances(vectors[[song]], vectors)[0]
    able, more = group != group[song], {}
    if bpm is not None:
        bpm = np.asarray(bpm, float)  # NaN is an answer here
        column(np.isnan(bpm), n, "bpm")
        able &= tempo.fits(bpm[song], bpm)
        more |= {"bpm": bpm, "change": tempo.change(bpm[song], bpm)}
    if key is not None:
        key = column(key, n, "key").astype(int)
        able &= np.array([keys.goes_with(key[song], other, rules) for other in key])
        more["key"] = key
    item = np.flatnonzero(able)
    item = item[np.argsort(distance[item], kind="stable")][:k]
    columns = {"rank": np.arange(1, len(item) + 1), "item": item, "distance": distance[item]}
    return pd.DataFrame(columns | {name: values[item] for name, values in more.items()})
