"""From one class to another in equal steps, and what is found on the way.

Thesis, walks: between two class centroids, at each step the 3 nearest tiles, as one picture of
log-Mel rows and as one sound. See 05_embedding_space. A walk that is to be listened to in a row
must not play a sound twice, which the nearest of each step often do: `walk_through` shares them
out. See 09_listening_room.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import linear_sum_assignment
from sklearn.metrics import pairwise_distances

from thesis_lib.analysis.neighbours import nearest_to
from thesis_lib.util.arrays import column, count, matrix
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


def walk_through(
    vectors: ArrayLike,
    stops: Sequence[int | ArrayLike],
    steps: int = 10,
    group: ArrayLike | None = None,
) -> pd.DataFrame:
    """A walk of so many sounds through some stops, in order, no sound twice (09_listening_room).

    The places lie on the straight lines from stop to stop, evenly as far as the stops, which are
    places themselves, allow. Which sound goes to which place is an assignment problem: the sum of
    all distances between places and sounds is the least there is (H. W. Kuhn, "The Hungarian method
    for the assignment problem", 1955). To take the nearest sound place by place is not enough: an
    early place then takes a sound that a later one needs more.

    Parameters
    ----------
    vectors : (n, d) float array
        One embedding per sound.
    stops : list, at least 2
        An int is a row of `vectors`, which is then played; a (d,) array is a place, such as the
        centroid of a class, and the sound that is played there is chosen.
    steps : int
        How many sounds, the stops among them.
    group : (n,) array, optional
        Session or song: with it, the sounds that are chosen each come from another one.

    Returns
    -------
    DataFrame, `steps` rows
        `step`, `along` (of the whole way, 0 to 1), `item` (row of `vectors`), `distance` (from the
        place), `stop` (which stop is here, -1: none).

    Raises
    ------
    InputError
        There are more steps than sounds, fewer than stops, or a stop comes twice.

    Examples
    --------
    >>> walk_through(vectors, [12, centres.loc["jazz"], 40], steps=20)
    """
    vectors, stops = matrix(vectors), list(stops)
    group = np.arange(len(vectors)) if group is None else column(group, len(vectors), "group")
    fixed = _fixed(stops, len(vectors))
    if len(stops) < 2:
        raise InputError("stops: a walk needs two at least, where it begins and where it ends")
    steps = count(steps, len(stops), 10**6, "steps")
    corners = np.stack([
        vectors[fixed[at]].astype(np.float64) if at in fixed else _place(stop, f"stop {at}")
        for at, stop in enumerate(stops)
    ])  # fmt: skip
    places, along, stop = _places(corners, steps)
    item = np.full(steps, -1)
    item[[int(np.flatnonzero(stop == at)[0]) for at in fixed]] = list(fixed.values())
    _assign(places, vectors, group, item)
    distance = np.linalg.norm(vectors[item] - places, axis=1)
    columns = {"along": along, "item": item, "distance": distance, "stop": stop}
    return pd.DataFrame({"step": np.arange(steps)} | columns)


def _fixed(stops, rows):
    """Of those stops that are sounds, the row of each: {number of the stop: row}."""
    fixed = {at: int(stop) for at, stop in enumerate(stops) if np.ndim(stop) == 0}
    for at, row in fixed.items():
        count(row, 0, rows - 1, f"stop {at}")
    if len({*fixed.values()}) < len(fixed):
        raise InputError(f"stops: {[*fixed.values()]} hold a sound twice; no sound comes twice")
    return fixed


def _places(corners, steps):
    """Places on the way through some corners: (steps, d), how far along, which corner it is."""
    lengths = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    lengths = lengths if lengths.any() else np.ones(len(lengths))
    share = lengths / lengths.sum() * (steps - len(corners))
    between = np.floor(share).astype(int)  # places strictly between two corners
    left = steps - len(corners) - between.sum()
    between[np.argsort(between - share, kind="stable")[:left]] += 1
    at = np.concatenate([
        number + np.arange(inner + 1) / (inner + 1) for number, inner in enumerate(between)
    ] + [[len(between)]])  # fmt: skip
    first = np.minimum(at.astype(int), len(between) - 1)
    places = corners[first] + (at - first)[:, None] * (corners[first + 1] - corners[first])
    ends = np.concatenate([[0], np.cumsum(lengths)]) / lengths.sum()
    return places, np.interp(at, np.arange(len(ends)), ends), np.where(at % 1, -1, at).astype(int)


def _assign(places, vectors, group, item):
    """Fill the places that are open, marked -1, each with a sound of another group."""
    names, group = np.unique(group, return_inverse=True)
    open_places = np.flatnonzero(item < 0)
    taken = np.unique(group[item[item >= 0]])
    if len(open_places) > len(names) - len(taken):
        raise InputError(
            f"steps: is {len(item)}, but only {len(names) - len(taken)} sounds or songs are there "
            "beside the stops; give fewer steps or more sounds"
        )
    if not len(open_places):
        return
    distances = pairwise_distances(places[open_places], vectors)
    distances[:, np.isin(group, taken)] = np.inf
    order = np.argsort(group, kind="stable")
    first = np.searchsorted(group[order], np.arange(len(names)))
    of_groups = np.minimum.reduceat(distances[:, order], first, axis=1)
    free = np.setdiff1d(np.arange(len(names)), taken)
    row, chosen = linear_sum_assignment(of_groups[:, free])
    for place, own in zip(row, free[chosen], strict=True):
        inside = np.flatnonzero(group == own)
        item[open_places[place]] = inside[distances[place, inside].argmin()]
