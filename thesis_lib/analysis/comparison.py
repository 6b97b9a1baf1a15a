"""Scores of several seeds put into words, so that no sentence claims more than they show.

Notebooks: 06_error_analysis_sins, 07_genre_clusters, 08_f1_results, 11_open_questions.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

NAMES = {"statistics": "log-Mel statistics", "untrained": "the same network untrained"}


def mean_and_spread(values: ArrayLike, digits: int = 2) -> str:
    """Mean and standard deviation over seeds: "0.52 ± 0.03"; of a single value "0.52".

    See 07_genre_clusters.
    """
    values = np.asarray(values, float)
    mean = f"{values.mean():.{digits}f}"
    return f"{mean} ± {values.std(ddof=1):.{digits}f}" if len(values) > 1 else mean


def compare_scores(ours: pd.Series, other: pd.Series) -> str:
    """Whether one method is "above", "below" or "level with" another (08_f1_results).

    Parameters
    ----------
    ours, other : Series
        One value per seed (the index). Seeds are compared one by one, as in music each has its own
        songs for the test; a single value of `other` is compared with all.

    Returns
    -------
    str
        "level with" where the mean difference is no larger than its standard deviation over the
        seeds.
    """
    gap = ours - other if len(other) > 1 else ours - other.iloc[0]
    spread = gap.std() if len(gap) > 1 else 0.0
    if abs(gap.mean()) <= spread + 1e-12:
        return "level with"
    return "above" if gap.mean() > 0 else "below"


def compare_means(mean: float, spread: float, other_mean: float, other_spread: float) -> str:
    """Whether a score is "above", "below" or "level" with another, from measured means.

    See 11_open_questions.

    Parameters
    ----------
    mean, spread : float
        Over the seeds.
    other_mean, other_spread : float
        The same of the other, e.g. of a baseline that has learned nothing.

    Returns
    -------
    str
        "level" where they differ by no more than the spread of the difference, as if the two were
        drawn apart.
    """
    margin, std = mean - other_mean, (spread**2 + other_spread**2) ** 0.5
    return "above" if margin > std else "below" if margin < -std else "level"


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
        f"{compare_scores(values['trained'], values[key])} {name} "
        f"({mean_and_spread(values[key], digits)})"
        for key, name in NAMES.items()
        if key in values
    ]
    return f"trained **{mean_and_spread(values['trained'], digits)}**, {' and '.join(others)}"
