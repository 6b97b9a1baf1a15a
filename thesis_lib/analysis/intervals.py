"""How sure a score is: its 95 % interval, by a bootstrap over sessions, songs or sources.

Recordings of one session or song are answered alike: they are no independent trials. So what is
drawn, again and again and with replacement, are whole groups, as many as there are. The interval
holds the middle of the scores of these draws (percentiles), and the fewer groups there are the more
of them, see `share_inside`: plain percentiles of 10 groups hold the truth 91 times in 100.

How draws are made, `bootstrap` knows. See 08_f1_results.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from thesis_lib.analysis.bootstrap import DRAWS, draw_scores, ends, share_inside, summed
from thesis_lib.util.arrays import column


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
    """The interval of `linear_probe.macro_f1`, or of the difference of two (08_f1_results).

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
    drawn : level, draws, seed, stratum
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
    return interval(f1_parts(truth, _methods(predicted, other), group, fold), mean_f1, **drawn)


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
    return interval(mean_parts(_methods(values, other), group, fold), mean_value, **drawn)


def f1_parts(
    truth: ArrayLike,
    predicted: Sequence[ArrayLike],
    group: ArrayLike,
    fold: ArrayLike | None = None,
) -> np.ndarray:
    """What `mean_f1` needs, summed by group, for any number of methods.

    Parameters
    ----------
    truth, group, fold
        As in `f1_interval`.
    predicted : list of (n,) arrays
        The answers of each method.

    Returns
    -------
    float array, shape (groups, methods, folds, classes, classes)
        Groups are in order of their sorted names.
    """
    truth = column(truth, np.size(truth), "truth")
    said = [column(one, len(truth), "predicted") for one in predicted]
    names, numbers = np.unique(np.concatenate([truth, *said]), return_inverse=True)
    truth, *said = np.split(numbers, len(said) + 1)
    places = cells(group, fold, len(truth))
    confusions = [summed([*places, (truth, len(names)), (one, len(names))]) for one in said]
    return np.stack(confusions, axis=1)


def mean_parts(
    values: Sequence[ArrayLike], group: ArrayLike, fold: ArrayLike | None = None
) -> np.ndarray:
    """What `mean_value` needs, summed by group: (groups, methods, folds, 2).

    Parameters
    ----------
    values : list of (n,) float arrays
        Of each method.
    group, fold
        As in `f1_interval`.
    """
    methods = [column(one, np.size(values[0]), "values") for one in values]
    places = cells(group, fold, len(methods[0]))
    counts = summed(places)
    sums = [np.stack([summed(places, one), counts], axis=-1) for one in methods]
    return np.stack(sums, axis=1)


def interval(
    parts: np.ndarray,
    score: Callable[[np.ndarray], np.ndarray],
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
    stratum: ArrayLike | None = None,
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
    stratum : (groups,) array, optional
        See `bootstrap.draw_scores`.

    Returns
    -------
    Interval
        Of the first method, less the second where there are two.
    """
    point, found = draw_scores(parts, score, draws, seed, stratum)
    difference = found[:, 0] - found[:, 1:].sum(axis=1)
    strata = 1 if stratum is None else len(np.unique(stratum))
    low, high = ends(difference, share_inside(level, len(parts), strata))
    return Interval(float(point[0] - point[1:].sum()), float(low), float(high))


def _methods(one, other):
    return [one] if other is None else [one, other]


def cells(group: ArrayLike, fold: ArrayLike | None, rows: int) -> list[tuple[np.ndarray, int]]:
    """Group and fold of each row by number, and how many there are: [((rows,), count), ...].

    See 08_f1_results.
    """
    columns = {"group": group, "fold": np.zeros(rows) if fold is None else fold}
    found = [np.unique(column(one, rows, name), return_inverse=True)
             for name, one in columns.items()]  # fmt: skip
    return [(numbers, len(names)) for names, numbers in found]


def mean_f1(confusions: np.ndarray) -> np.ndarray:
    """Macro-F1, mean over folds: (..., folds, truth, predicted) -> (...).

    Classes that occur in neither do not count, as in `linear_probe.macro_f1` without labels.
    """
    hits = np.diagonal(confusions, axis1=-2, axis2=-1)
    answers = confusions.sum(axis=-1) + confusions.sum(axis=-2)
    return average(average(ratio(2 * hits, answers)))


def mean_value(sums: np.ndarray) -> np.ndarray:
    """Mean of the values, then over folds: (..., folds, (sum, count)) -> (...)."""
    return average(ratio(sums[..., 0], sums[..., 1]))


def ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """NaN where there is nothing: a class or fold of which no group was drawn."""
    with np.errstate(invalid="ignore"):
        return part / whole


def average(values: np.ndarray) -> np.ndarray:
    """Mean over the last axis of what is there."""
    there = ~np.isnan(values)
    return ratio(np.where(there, values, 0).sum(axis=-1), there.sum(axis=-1))
