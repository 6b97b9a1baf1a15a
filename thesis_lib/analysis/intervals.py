"""How sure a score is: its 95 % interval, by a bootstrap over sessions, songs or sources.

Recordings of one session or song are answered alike: they are no independent trials. So what is
drawn, again and again and with replacement, are whole groups, as many as there are. The interval
holds the middle of the scores of these draws (percentiles), and the fewer groups there are the more
of them, see `share_inside`: plain percentiles of 10 groups hold the truth 91 times in 100.

What a score needs is counted once for each group: a draw is then a weighted sum of counts.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from thesis_lib.util.arrays import column
from thesis_lib.util.errors import InputError

DRAWS = 5000
BLOCK = 2**22  # numbers of each kind that are held at a time


class Interval(NamedTuple):
    """A score, or the difference of two, and where it may lie.

    Attributes
    ----------
    value : float
        Of the items as they are.
    low, high : float
        Ends of the interval.
    """

    value: float
    low: float
    high: float

    @property
    def excludes_zero(self) -> bool:
        """Whether a difference is one: only then is a method called better."""
        return self.low > 0 or self.high < 0


def f1_interval(
    truth: ArrayLike,
    predicted: ArrayLike,
    group: ArrayLike,
    fold: ArrayLike | None = None,
    other: ArrayLike | None = None,
    **drawn: Any,
) -> Interval:
    """The interval of `linear_probe.macro_f1`, or of the difference of two.

    Parameters
    ----------
    truth, predicted : (n,) arrays
        The class of each item, and what a method says it is.
    group : (n,) array
        Session, song or source of each item.
    fold : (n,) array, optional
        The test, or the seed, in which an item was answered. The value is then the mean of the
        folds' scores, and a group that occurs in several is drawn in all of them at once.
    other : (n,) array, optional
        What another method says of the same items. The value is then the score of `predicted`
        less that of `other`, both on the same draws.
    drawn : level, draws, seed
        See `interval`.

    Returns
    -------
    Interval

    Raises
    ------
    InputError
        An entry is missing, lengths differ, or there is only one group.

    Examples
    --------
    >>> f1_interval(tiles.label, ours, tiles.group, other=thesis).excludes_zero
    """
    truth = column(truth, np.size(truth), "truth")
    said = [column(one, len(truth), "predicted") for one in _methods(predicted, other)]
    names, numbers = np.unique(np.concatenate([truth, *said]), return_inverse=True)
    truth, *said = np.split(numbers, len(said) + 1)
    cells = _cells(group, fold, len(truth))
    confusions = [_summed([*cells, (truth, len(names)), (one, len(names))]) for one in said]
    return interval(np.stack(confusions, axis=1), _macro_f1, **drawn)


def mean_interval(
    values: ArrayLike,
    group: ArrayLike,
    fold: ArrayLike | None = None,
    other: ArrayLike | None = None,
    **drawn: Any,
) -> Interval:
    """The interval of a mean, or of the difference of two.

    Parameters
    ----------
    values : (n,) float array
        Of each item, say the share of its ten nearest neighbours that carry its label.
    group, fold, other, drawn
        As in `f1_interval`; `other` holds another method's values.

    Returns
    -------
    Interval
    """
    values = [column(one, np.size(values), "values") for one in _methods(values, other)]
    cells = _cells(group, fold, len(values[0]))
    counts = _summed(cells)
    sums = [np.stack([_summed(cells, one), counts], axis=-1) for one in values]
    return interval(np.stack(sums, axis=1), _mean, **drawn)


def interval(
    parts: np.ndarray,
    score: Callable[[np.ndarray], np.ndarray],
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> Interval:
    """The interval of any score that follows from sums over groups.

    Parameters
    ----------
    parts : float array, shape (groups, methods, ...)
        What is summed, of each group and of one or two methods.
    score : function
        Sums, shape (draws, methods, ...) -> scores, shape (draws, methods).
    level : float
        How often such intervals shall hold the truth.
    draws, seed : int

    Returns
    -------
    Interval
        Of the first method, less the second where there are two.
    """
    groups, *shape = parts.shape
    if groups < 2:
        raise InputError("group: holds one group only; an interval needs two or more")
    flat, rng = parts.reshape(groups, -1), np.random.default_rng(seed)

    def scores(times):  # how often each group is drawn, (draws, groups)
        found = score((times @ flat).reshape(len(times), *shape))
        return found[:, 0] - found[:, 1:].sum(axis=1)

    step = max(1, BLOCK // max(flat.shape))
    sizes = [min(step, draws - first) for first in range(0, draws, step)]
    found = np.concatenate([scores(_times(groups, size, rng)) for size in sizes])
    inside = share_inside(level, groups)
    ends = np.quantile(found, [(1 - inside) / 2, (1 + inside) / 2])
    return Interval(*map(float, [*scores(np.ones((1, groups))), *ends]))


def share_inside(level: float, groups: int) -> float:
    """How many of the draws an interval has to hold, as a share: `level` for very many groups.

    Draws of n groups vary less than n groups do, by the factor sqrt((n - 1) / n), and how much
    those vary is itself only known from them: as with the mean of n numbers, whose interval
    follows Student's t (Hesterberg, 2015, "What teachers should know about the bootstrap").

    Parameters
    ----------
    level : float
    groups : int, 2 or more

    Returns
    -------
    float
    """
    half = stats.t.ppf((1 + level) / 2, groups - 1) * np.sqrt(groups / (groups - 1))
    return float(2 * stats.norm.cdf(half) - 1)


def _methods(one, other):
    return [one] if other is None else [one, other]


def _cells(group, fold, rows):
    """Group and fold of each row by number, and how many there are: [((rows,), count), ...]."""
    columns = {"group": group, "fold": np.zeros(rows) if fold is None else fold}
    found = [np.unique(column(one, rows, name), return_inverse=True)
             for name, one in columns.items()]  # fmt: skip
    return [(numbers, len(names)) for names, numbers in found]


def _summed(places, weights=None):
    """Rows, or their weights, summed by place: an axis for each of the places."""
    numbers, shape = zip(*places, strict=True)
    flat = np.ravel_multi_index(numbers, shape)
    return np.bincount(flat, weights, np.prod(shape)).reshape(shape).astype(float)


def _times(groups, draws, rng):
    """How often each group is drawn, shape (draws, groups); each row sums to `groups`."""
    drawn = rng.integers(groups, size=(draws, groups)) + groups * np.arange(draws)[:, None]
    return _summed([(drawn.ravel(), draws * groups)]).reshape(draws, groups)


def _macro_f1(confusions):
    """(..., folds, truth, predicted) -> (...); as without labels: classes that occur in either."""
    hits = np.diagonal(confusions, axis1=-2, axis2=-1)
    answers = confusions.sum(axis=-1) + confusions.sum(axis=-2)
    return _average(_average(_ratio(2 * hits, answers)))


def _mean(sums):
    """(..., folds, (sum, count)) -> (...)"""
    return _average(_ratio(sums[..., 0], sums[..., 1]))


def _ratio(part, whole):
    """NaN where there is nothing: a class or fold of which no group was drawn."""
    with np.errstate(invalid="ignore"):
        return part / whole


def _average(values):
    """Mean over the last axis of what is there."""
    there = ~np.isnan(values)
    return _ratio(np.where(there, values, 0).sum(axis=-1), there.sum(axis=-1))
