"""From one class to another in equal steps, and what is found on the way.

Thesis, walks: between two class centroids, at each step the 3 nearest tiles, as one picture of
log-Mel rows and as one sound. See 05_embedding_space.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thesis_lib.analysis.neighbours import nearest_to
from thesis_lib.util.arrays import count, matrix
from thesis_lib.util.errors import InputError


def walk(
    vectors: ArrayLike,
    start: ArrayLike,
    end: ArrayLike,
    steps: int = 10,
    k: int = 3,
    group: ArrayLike | None = None,
) -> pd.DataFrame:
    """The k tiles nearest to each of some places on the straight line from start to end.

    See 05_embedding_space.

    Parameters
    ----------
    vectors : (n, d) float array
        One embedding per tile.
    start, end : (d,) arrays
        Where from and where to, for instance ``centres.loc["working"]``; both are steps themselves.
    steps : int
        How many places, at least 2.
    k : int
        How many tiles at each place; the thesis: 3.
    group : (n,) array, optional
        Session or song: with it, the k tiles of a step each come from another one.

    Returns
    -------
    DataFrame
        `step` (0 to steps - 1), `along` (0 at the start, 1 at the end), `rank` (1 is nearest),
        `tile` (row of `vectors`), `distance`.

    Examples
    --------
    >>> way = walk(vectors, centres.loc["working"], centres.loc["social_activity"])
    """
    start, end = _place(start, "start"), _place(end, "end")
    if start.shape != end.shape:
        raise InputError(
            f"end: has {end.size} dimensions and start {start.size}; take both from the same space"
        )
    steps = count(steps, 2, 10**6, "steps")
    indices, distances = nearest_to(np.linspace(start, end, steps), vectors, k, group)
    k = indices.shape[1]
    return pd.DataFrame(
        {
            "step": np.repeat(np.arange(steps), k),
            "along": np.repeat(np.linspace(0, 1, steps), k),
            "rank": np.tile(np.arange(1, k + 1), steps),
            "tile": indices.ravel(),
            "distance": distances.ravel(),
        }
    )


def _place(values: ArrayLike, name: str) -> np.ndarray:
    return matrix(np.atleast_2d(np.asarray(values)), name).ravel().astype(np.float64)
