"""A list that grows from a few sounds, by a threshold (09_listening_room).

A sound joins if it is near enough to one that a person chose. Sounds that joined by themselves take
no others in: the list does not drift away, a larger threshold only adds, and what a person keeps or
excludes moves its border just there.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import pairwise_distances

from thesis_lib.util.arrays import matrix
from thesis_lib.util.errors import InputError


def grow(
    vectors: ArrayLike,
    seeds: Sequence[int],
    threshold: float,
    keep: Sequence[int] = (),
    exclude: Sequence[int] = (),
) -> pd.DataFrame:
    """Some sounds and all that are near enough to one of them (09_listening_room).

    Parameters
    ----------
    vectors : (n, d) float array
        One embedding per sound.
    seeds : list of int, at least one
        Rows it grows from.
    threshold : float, >= 0
        Euclidean distance up to which a sound joins.
    keep, exclude : lists of int
        Rows that a person kept, which count as seeds from now on, and rows that never join.

    Returns
    -------
    DataFrame
        `item` (row of `vectors`), `nearest` (the seed or kept sound that it is near to), `distance`
        (to that), `chosen` (whether it is a seed or kept); the chosen ones first, as given, then
        the others, the nearest first.

    Raises
    ------
    InputError
        There is no seed, or a sound is both wanted and excluded.
    """
    vectors = matrix(vectors)
    chosen, out = (list(dict.fromkeys(map(int, rows))) for rows in ([*seeds, *keep], exclude))
    _check(chosen, out, len(vectors), threshold)
    distances = pairwise_distances(vectors, vectors[chosen])
    nearest, distance = np.asarray(chosen)[distances.argmin(axis=1)], distances.min(axis=1)
    joins = distance <= threshold
    joins[[*chosen, *out]] = False
    rest = np.flatnonzero(joins)
    rest = rest[np.argsort(distance[rest], kind="stable")]
    item = np.array([*chosen, *rest])
    nearest[chosen], distance[chosen] = chosen, 0.0
    columns = {"item": item, "nearest": nearest[item], "distance": distance[item]}
    return pd.DataFrame(columns).assign(chosen=np.arange(len(item)) < len(chosen))


def _check(chosen, out, rows, threshold):
    if not chosen:
        raise InputError("seeds: are empty; give at least one sound to grow from")
    if not (np.isfinite(threshold) and threshold >= 0):
        raise InputError(f"threshold: is {threshold}; give a distance of 0 or more")
    wrong = [row for row in (*chosen, *out) if not 0 <= row < rows]
    if wrong:
        raise InputError(f"seeds, keep, exclude: name row {wrong[0]} of {rows} sounds")
    both = sorted({*chosen} & {*out})
    if both:
        raise InputError(f"exclude: names row {both[0]}, which is a seed or kept; choose one")
