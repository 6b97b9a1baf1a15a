"""Scores of groups drawn again and again, with replacement: how much they vary.

What a score needs is counted once for each group: a draw is then a weighted sum of counts, for all
methods at once. See 08_f1_results.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from thesis_lib.util.arrays import column
from thesis_lib.util.errors import InputError

DRAWS = 5000
BLOCK = 2**22  # numbers of each kind that are held at a time


def draw_scores(
    parts: np.ndarray,
    score: Callable[[np.ndarray], np.ndarray],
    draws: int = DRAWS,
    seed: int = 0,
    stratum: ArrayLike | None = None,
    centred: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """The scores of all methods on the same draws of groups.

    Parameters
    ----------
    parts, score, draws, seed
        As in `interval`, with any number of methods.
    stratum : (groups,) array, optional
        Of each group: its class, say (`strata_of`). From each stratum as many groups are drawn as
        it has, so that no class is ever missing.
    centred : bool
        Move the draws so that their mean is the score. A draw holds some songs twice, and these
        agree with themselves: clusters then agree more with labels than those of as many different
        songs, and only how much draws vary counts.

    Returns
    -------
    point : float array, shape (methods,)
        Of the groups as they are.
    drawn : float array, shape (draws, methods)
    """
    groups, *shape = parts.shape
    if groups < 2:
        raise InputError("group: holds one group only; an interval needs two or more")
    flat, rng = parts.reshape(groups, -1), np.random.default_rng(seed)
    members = _members(stratum, groups)

    def scores(times):  # how often each group is drawn, (draws, groups)
        return score((times @ flat).reshape(len(times), *shape))

    step = max(1, BLOCK // max(flat.shape))
    sizes = [min(step, draws - first) for first in range(0, draws, step)]
    found = [scores(_times(members, groups, size, rng)) for size in sizes]
    point, drawn = scores(np.ones((1, groups)))[0], np.concatenate(found)
    return point, drawn + (point - drawn.mean(axis=0)) * centred


def ends(drawn: np.ndarray, inside: float) -> np.ndarray:
    """The two ends between which such a share of the draws is, over the first axis."""
    return np.quantile(drawn, [(1 - inside) / 2, (1 + inside) / 2], axis=0)


def strata_of(group: ArrayLike, values: ArrayLike) -> np.ndarray:
    """The value of each group's first row, groups in order of their sorted names (08_f1_results).

    Macro-F1 wants strata, by class: where a class has a few sessions, a plain draw often has none
    of it, and what is taken for it then counts as an F1 of 0. Such draws lie too low.

    Parameters
    ----------
    group, values : (n,) arrays
        Of each row; a session or song is of one class.

    Returns
    -------
    (groups,) array, for `draw_scores` and `share_inside`
    """
    group = column(group, np.size(group), "group")
    _, first = np.unique(group, return_index=True)
    return column(values, len(group), "values")[first]


def share_inside(level: float, groups: int, strata: int = 1) -> float:
    """How many of the draws an interval has to hold, as a share: `level` for very many groups.

    Draws of n groups vary less than n groups do, by the factor sqrt((n - 1) / n), and how much
    those vary is itself only known from them: as with the mean of n numbers, whose interval
    follows Student's t (Hesterberg, 2015, "What teachers should know about the bootstrap"). Drawn
    within s strata, n - s takes the place of n - 1.

    Parameters
    ----------
    level : float
    groups : int, 2 or more
    strata : int

    Returns
    -------
    float
    """
    free = freedom(groups, strata)
    half = stats.t.ppf((1 + level) / 2, free) * np.sqrt(groups / free)
    return float(2 * stats.norm.cdf(half) - 1)


def freedom(groups: int, strata: int = 1) -> int:
    """Groups less strata: of how many it is seen how much they vary."""
    if groups <= strata:
        raise InputError("stratum: each holds one group only; an interval needs two or more in one")
    return groups - strata


def summed(
    places: Sequence[tuple[np.ndarray, int]], weights: np.ndarray | None = None
) -> np.ndarray:
    """Rows, or their weights, summed by place: an axis for each of the places.

    Parameters
    ----------
    places : list of ((rows,) int array, int)
        The place of each row on one axis, and how long that axis is.
    weights : (rows,) float array, optional
    """
    numbers, shape = zip(*places, strict=True)
    flat = np.ravel_multi_index(numbers, shape)
    return np.bincount(flat, weights, np.prod(shape)).reshape(shape).astype(float)


def _members(stratum, groups):
    """The groups of each stratum; all groups where there are no strata."""
    if stratum is None:
        return [np.arange(groups)]
    stratum = column(stratum, groups, "stratum")
    return [np.flatnonzero(stratum == name) for name in np.unique(stratum)]


def _times(members, groups, draws, rng):
    """How often each group is drawn, shape (draws, groups); each row sums to `groups`."""
    drawn = np.hstack([own[rng.integers(len(own), size=(draws, len(own)))] for own in members])
    places = drawn + groups * np.arange(draws)[:, None]
    return summed([(places.ravel(), draws * groups)]).reshape(draws, groups)
