"""An order of sounds that flows: the shortest path through all of them, and its weakest links.

The path is found as travelling salesmen do it: from several starts always to the nearest sound that
is left, then improved by reversing stretches (2-opt: G. A. Croes, "A method for solving
traveling-salesman problems", 1958) and by moving short ones (Or-opt: I. Or, 1976) until neither
helps. The distances are Euclidean. networkx has approximations, too; they find longer paths and
take longer (`bench/playlists.py` measures both). See 09_listening_room.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import pairwise_distances

from thesis_lib.util.arrays import count, matrix, row_numbers
from thesis_lib.util.errors import InputError

STARTS = 8  # sounds from which a path is tried; fewer where there are many sounds
TRIED = 2400  # sounds of all paths that are tried
MOST = 5000  # sounds: their distances fill 200 MB
MOVED = 3  # sounds at most in a stretch that is moved
GAIN = 1e-9  # by which a path must be shorter to be taken: rounding is no gain


def order(
    vectors: ArrayLike,
    start: int | None = None,
    end: int | None = None,
    given: ArrayLike | None = None,
) -> np.ndarray:
    """An order of all sounds with short steps from each to the next (09_listening_room).

    Parameters
    ----------
    vectors : (n, d) float array
        One embedding per sound.
    start, end : int, optional
        Rows that come first and last.
    given : (n,) int array, optional
        An order that is there, by default that of the rows; the result is never longer, unless
        `start` or `end` forbid it.

    Returns
    -------
    (n,) int64 array
        Every row once; the same for the same input.
    """
    vectors = matrix(vectors)
    n = count(len(vectors), 1, MOST, "sounds")
    given = np.arange(n) if given is None else _permutation(given, n)
    if start is not None and start == end and n > 1:
        raise InputError(f"end: is {end}, as start; no sound comes twice")
    distances = pairwise_distances(vectors)  # (n, n)
    whole = _with_ends(distances, start, end)
    paths = [_improved(whole, _nearest_first(whole, one)) for one in _starts(distances, start)]
    paths.append(_pinned(given, start, end))
    best = min(paths, key=lambda path: _cost(whole, path))
    return _improved(whole, best)[1:-1]


def length(vectors: ArrayLike, order: ArrayLike) -> float:
    """The sum of the distances from each sound to the next, Euclidean (09_listening_room)."""
    steps = transitions(vectors, order).distance
    return float(steps.sum())


def transitions(vectors: ArrayLike, order: ArrayLike) -> pd.DataFrame:
    """How far it is from each sound of a list to the next (09_listening_room).

    Parameters
    ----------
    vectors : (n, d) float array
    order : (m,) int array
        Rows of `vectors`, as they are played.

    Returns
    -------
    DataFrame, m - 1 rows
        `position` (in the list, from 0), `item`, `next_item`, `distance` (Euclidean).
    """
    vectors = matrix(vectors)
    order = row_numbers(order, len(vectors), "order", ndim=1)
    distance = np.linalg.norm(np.diff(vectors[order].astype(np.float64), axis=0), axis=1)
    columns = {"item": order[:-1], "next_item": order[1:], "distance": distance}
    return pd.DataFrame({"position": np.arange(len(order) - 1)} | columns)


def weakest(vectors: ArrayLike, order: ArrayLike, k: int = 5) -> pd.DataFrame:
    """The longest steps of a list, and which sound outside it would go between (09_listening_room).

    Parameters
    ----------
    vectors : (n, d) float array
    order : (m,) int array, m >= 2
        Rows of `vectors`, as they are played.
    k : int
        At most so many.

    Returns
    -------
    DataFrame, the longest first
        As of `transitions`, with `bridge`: the sound outside the list whose longer distance to
        both is shortest, and `by_bridge`, that distance. -1 and NaN where none makes it shorter.
    """
    vectors, order = matrix(vectors), np.asarray(order)
    if order.size < 2:
        raise InputError(f"order: holds {order.size} sound(s); a transition needs two")
    table = transitions(vectors, order).sort_values("distance", ascending=False, kind="stable")
    table = table.head(count(k, 1, 10**6, "k")).reset_index(drop=True)
    outside = np.setdiff1d(np.arange(len(vectors)), order)
    bridge, by_bridge = np.full(len(table), -1), np.full(len(table), np.nan)
    if len(outside):
        ends = [pairwise_distances(vectors[table[name]], vectors[outside])
                for name in ("item", "next_item")]  # fmt: skip
        longer = np.maximum(*ends)
        shortest = longer.min(axis=1)
        helps = shortest < table.distance.to_numpy()
        bridge[helps] = outside[longer.argmin(axis=1)][helps]
        by_bridge[helps] = shortest[helps]
    return table.assign(bridge=bridge, by_bridge=by_bridge)


def _permutation(given, n):
    given = row_numbers(given, n, "given", ndim=1)
    if not np.array_equal(np.sort(given), np.arange(n)):
        raise InputError(f"given: is no order of {n} sounds; name each row once")
    return given.astype(np.int64)


def _with_ends(distances, start, end):
    """The distances with two places more, n and n + 1: before the first and behind the last sound.

    They are 0 away from all sounds, or from the one that has to be there; far from all others. A
    path from one to the other is then an open path of the sounds, and all edges are alike.
    """
    n = len(distances)
    whole = np.zeros((n + 2, n + 2))
    whole[:n, :n] = distances
    far = distances.sum() + 1
    for place, row in ((n, start), (n + 1, end)):
        if row is not None:
            others = np.arange(n) != count(row, 0, n - 1, "start, end")
            whole[place, :n][others] = whole[:n, place][others] = far
    return whole


def _starts(distances, start):
    """Where the nearest-neighbour paths begin: far apart from each other, the loneliest first."""
    if start is not None:
        return [start]
    chosen = [int(distances.sum(axis=1).argmax())]
    while len(chosen) < min(STARTS, len(distances), TRIED // len(distances)):
        chosen.append(int(distances[chosen].min(axis=0).argmax()))
    return list(dict.fromkeys(chosen))


def _nearest_first(whole, start):
    """Always to the nearest sound that is left; from place n to place n + 1."""
    n = len(whole) - 2
    left = np.ones(n, bool)
    path = [n, start]
    left[start] = False
    to_end = whole[n + 1, :n]
    waits = left & (to_end == 0) & to_end.any()  # a last sound that is asked for
    for _ in range(n - 1):
        able = left & ~waits
        here = np.where(able if able.any() else left, whole[path[-1], :n], np.inf)
        path.append(int(here.argmin()))
        left[path[-1]] = False
    return np.array([*path, n + 1])


def _pinned(given, start, end):
    """A given order between the two places, start and end where they have to be."""
    inner = [row for row in given.tolist() if row not in (start, end)]
    ends = [[row] if row is not None else [] for row in (start, end)]
    return np.array([len(given), *ends[0], *inner, *ends[1], len(given) + 1])


def _cost(whole, path):
    return whole[path[:-1], path[1:]].sum()


def _improved(whole, path):
    """Reverse and move stretches until neither makes the path shorter."""
    gained = True
    while gained:
        path, reversed_one = _two_opt(whole, path)
        path, moved_one = _or_opt(whole, path)
        gained = reversed_one or moved_one
    return path


def _two_opt(whole, path):
    """For each place the best stretch from there on to reverse, in one sweep."""
    any_gain = False
    for i in range(1, len(path) - 2):
        j = np.arange(i + 1, len(path) - 1)
        before, first, last, after = path[i - 1], path[i], path[j], path[j + 1]
        change = whole[before, last] + whole[first, after]
        change -= whole[before, first] + whole[last, after]
        best = int(change.argmin())
        if change[best] < -GAIN:
            path[i : j[best] + 1] = path[i : j[best] + 1][::-1].copy()
            any_gain = True
    return path, any_gain


def _or_opt(whole, path):
    """For each short stretch the best place to move it to, either way round, in one sweep."""
    any_gain = False
    for size in range(1, MOVED + 1):
        for i in range(1, len(path) - size):
            stretch = path[i : i + size]
            rest = np.concatenate([path[:i], path[i + size :]])
            one, other = rest[:-1], rest[1:]
            closed = whole[one, other]
            now = whole[rest[i - 1], stretch[0]] + whole[stretch[-1], rest[i]] - closed[i - 1]
            ways = [whole[one, way[0]] + whole[way[-1], other] - closed - now
                    for way in (stretch, stretch[::-1])]  # fmt: skip
            turn, at = np.unravel_index(np.argmin(ways), (2, len(one)))
            if ways[turn][at] < -GAIN:
                way = stretch[::-1] if turn else stretch
                path = np.concatenate([rest[: at + 1], way, rest[at + 1 :]])
                any_gain = True
    return path, any_gain
