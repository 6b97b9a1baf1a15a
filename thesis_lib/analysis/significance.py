"""Many methods against one: which differences are there, when many are looked for at once.

Each method is compared with the reference on the same draws of a bootstrap over groups (see
`bootstrap`). The more comparisons there are, the likelier one of them looks like a difference by
chance; Holm's correction keeps that chance, over all of them, below 5 %. See 08_f1_results.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import stats

from thesis_lib.analysis.bootstrap import draw_scores, ends, freedom, share_inside
from thesis_lib.util.errors import InputError

DRAWS = 20000  # so that a chance of a few in ten thousand can be told
LEVEL = 0.95


def compare_methods(
    parts: np.ndarray,
    score: Callable[[np.ndarray], np.ndarray],
    names: Sequence[str],
    reference: str,
    stratum: ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    centred: bool = False,
    depends_on: int | None = None,
) -> pd.DataFrame:
    """The score of every method and its difference to one, with intervals (08_f1_results).

    Parameters
    ----------
    parts : float array, shape (groups, methods, ...)
        From `intervals.f1_parts` or `mean_parts`.
    score : function
        `intervals.mean_f1` or `mean_value`.
    names : list of str
        Of the methods.
    reference : str
        The one of them that all others are compared with.
    stratum, draws, seed, centred
        See `bootstrap.draw_scores`.
    depends_on : int, optional
        How many groups the score varies with, where it is not all of them less the strata: of a
        ranking those that hold a fault.

    Returns
    -------
    DataFrame
        A row a method: method, mean, ci_low, ci_high; diff, diff_low, diff_high (method less
        reference); p (of no difference, NaN for the reference itself).
    """
    if reference not in names:
        raise InputError(
            f"reference: {reference!r} is none of the methods; choose one of {', '.join(names)}."
        )
    point, drawn = draw_scores(parts, score, draws, seed, stratum, centred)
    groups, strata = (depends_on, 1) if depends_on else (len(parts), _count(stratum))
    inside, own = share_inside(LEVEL, groups, strata), list(names).index(reference)
    low, high = ends(drawn, inside)
    apart = drawn - drawn[:, [own]]
    diff_low, diff_high = ends(apart, inside)
    table = {"method": list(names), "mean": point, "ci_low": low, "ci_high": high}
    table |= {"diff": point - point[own], "diff_low": diff_low, "diff_high": diff_high}
    chances = [np.nan if name == reference else p_value(apart[:, number], groups, strata)
               for number, name in enumerate(names)]  # fmt: skip
    return pd.DataFrame(table | {"p": chances})


def recovered_share(
    parts: np.ndarray,
    score: Callable[[np.ndarray], np.ndarray],
    floor: int,
    ceiling: int,
    stratum: ArrayLike | None = None,
    draws: int = DRAWS,
    seed: int = 0,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How much of the way from a floor to a ceiling each method goes (Jansen et al., 2018).

    See 08_f1_results. Where floor and ceiling cannot be told apart, such a share says nothing: NaN.

    Parameters
    ----------
    floor, ceiling : int
        Which of the methods in `parts`: what nothing was learned for, and what was supervised.
    parts, score, stratum, draws, seed
        As in `compare_methods`.

    Returns
    -------
    share, low, high : float arrays, shape (methods,)
        0 for the floor, 1 for the ceiling; the ends are those of a 95 % interval.
    """
    point, drawn = draw_scores(parts, score, draws, seed, stratum)
    inside = share_inside(LEVEL, len(parts), _count(stratum))
    gap = drawn[:, ceiling] - drawn[:, floor]
    if ends(gap, inside)[0] <= 0:
        return (np.full(len(point), np.nan),) * 3
    share = (point - point[floor]) / (point[ceiling] - point[floor])
    low, high = ends((drawn - drawn[:, [floor]]) / gap[:, None], inside)
    return share, low, high


def p_value(drawn: np.ndarray, groups: int, strata: int = 1) -> float:
    """How likely such a difference is where there is none: 1 less the level of the widest interval
    (of `intervals.interval`) that excludes 0 (08_f1_results).

    Parameters
    ----------
    drawn : (draws,) array
        The difference on each draw.
    groups, strata : int
        How many groups were drawn from, and within how many strata.

    Returns
    -------
    float
        0 to 1. Where no draw crosses 0, their share is not known; it is taken to be that of
        normal draws with the same mean and deviation, and at most one in all of them.
    """
    crossing = min((drawn <= 0).sum(), (drawn >= 0).sum())
    tail = min((crossing + 1) / (len(drawn) + 1), 0.5)
    if not crossing:
        tail = min(tail, stats.norm.sf(abs(drawn.mean()) / drawn.std()))
    free = freedom(groups, strata)
    half = -stats.norm.ppf(tail) * np.sqrt(free / groups)
    return float(2 * stats.t.sf(half, free))


def holm(chances: ArrayLike) -> np.ndarray:
    """Chances corrected for their number: below 0.05, a difference is one (Holm, 1979).

    See 08_f1_results.

    Parameters
    ----------
    chances : (n,) float array
        Of each comparison by itself; NaN takes no part.

    Returns
    -------
    (n,) float array, 0 to 1
    """
    chances = np.asarray(chances, float)
    found, there = np.full(len(chances), np.nan), np.flatnonzero(~np.isnan(chances))
    order = there[np.argsort(chances[there], kind="stable")]
    times = np.arange(len(order), 0, -1)
    found[order] = np.maximum.accumulate(np.minimum(chances[order] * times, 1.0))
    return found


def _count(stratum):
    """How many strata there are."""
    return 1 if stratum is None else len(np.unique(stratum))
