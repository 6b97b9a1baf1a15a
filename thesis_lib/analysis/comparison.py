"""Scores of several seeds put into words, so that no sentence claims more than they show.

Notebooks: 06_error_analysis_sins, 07_genre_clusters, 08_f1_results, 10_experiments,
11_open_questions.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

NAMES = {"statistics": "log-Mel statistics", "untrained": "the same network untrained"}
IN_WORDS = {"above": "above", "below": "below", "level": "level with"}


def mean_and_spread(values: ArrayLike, digits: int = 2) -> str:
    """Mean and standard deviation over seeds: "0.52 ± 0.03"; of a single value "0.52".

    See 07_genre_clusters.
    """
    values = np.asarray(values, float)
    mean = f"{values.mean():.{digits}f}"
    return f"{mean} ± {values.std(ddof=1):.{digits}f}" if len(values) > 1 else mean


def compare(difference: float, std: float) -> str:
    """Whether a method is "above", "below" or "level" with another: the rule of all notebooks.

    A method is above where its mean score is higher by more than one standard deviation of the
    difference. With a few seeds this is weak evidence, and it says nothing about other sessions or
    songs: for that, see `intervals`. See 08_f1_results, 10_experiments and 11_open_questions.

    Parameters
    ----------
    difference : float
        Mean over the seeds, the method minus the other.
    std : float
        Standard deviation of the difference over the seeds: of the pairs where both have a score
        for each seed, else sqrt(s^2 + s0^2) of the two, as if drawn apart.

    Returns
    -------
    str
    """
    if abs(difference) <= std + 1e-12:
        return "level"
    return "above" if difference > 0 else "below"


def compare_scores(ours: pd.Series, other: pd.Series) -> str:
    """`compare` of two methods, seed by seed (08_f1_results).

    Parameters
    ----------
    ours, other : Series
        One value per seed (the index). Seeds are compared one by one, as in music each has its own
        songs for the test; a single value of `other` is compared with all.

    Returns
    -------
    str
    """
    gap = ours - other if len(other) > 1 else ours - other.iloc[0]
    return compare(gap.mean(), gap.std() if len(gap) > 1 else 0.0)


def describe_scores(scores: pd.DataFrame, digits: int = 2) -> str:
    """One line on each unit of scoring: the trained network's score beside the others'.

    See 08_f1_results.

    Parameters
    ----------
    scores : DataFrame
        One row per seed: `what`, `embedding` ("trained", "untrained" or "statistics"), `seed`,
        `value` and, where it is known, `chance`.
    digits : int

    Returns
    -------
    str
        Markdown, one item of a list for each `what`.
    """
    lines = []
    for what, own in scores.groupby("what", sort=False):
        values = {name: rows.set_index("seed").value for name, rows in own.groupby("embedding")}
        chance = f"; chance {own.chance.mean():.{digits}f}" if "chance" in own else ""
        lines.append(f"- {what}: {_sentence(values, digits)}{chance}.")
    return "\n".join(lines)


def _sentence(values, digits):
    others = [
        f"{IN_WORDS[compare_scores(values['trained'], values[key])]} {name} "
        f"({mean_and_spread(values[key], digits)})"
        for key, name in NAMES.items()
        if key in values
    ]
    return f"trained **{mean_and_spread(values['trained'], digits)}**, {' and '.join(others)}"
