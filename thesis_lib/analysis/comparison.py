"""Scores of several seeds put into words, so that no sentence says more than they do."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

KINDS = {"statistics": "log-Mel statistics", "untrained": "the same network untrained"}


def mean_and_spread(values: ArrayLike, digits: int = 2) -> str:
    """Mean and standard deviation over seeds: "0.52 ± 0.03"; of a single value "0.52"."""
    values = np.asarray(values, float)
    mean = f"{values.mean():.{digits}f}"
    return f"{mean} ± {values.std(ddof=1):.{digits}f}" if len(values) > 1 else mean


def compared(ours: pd.Series, other: pd.Series) -> str:
    """Whether one method lies "above", "below" or "level with" another.

    Parameters
    ----------
    ours, other : Series
        One value a seed (the index). Seeds are compared one by one, as in music each has its own
        songs for the test; a single value of `other` is held against all.

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


def beside_floor(mean: float, spread: float, floor: float, floor_spread: float) -> str:
    """Whether a score is "above", "below" or "level" with its floor, from measured means.

    Parameters
    ----------
    mean, spread : float
        Over the seeds.
    floor, floor_spread : float
        Of what has learned nothing.

    Returns
    -------
    str
        "level" where they differ by no more than the spread of the difference, as if the two were
        drawn apart.
    """
    more, noise = mean - floor, (spread**2 + floor_spread**2) ** 0.5
    return "above" if more > noise else "below" if more < -noise else "level"


def sentences(scores: pd.DataFrame, digits: int = 2) -> str:
    """A line about each unit of scoring: what the trained network reaches, and beside what.

    Parameters
    ----------
    scores : DataFrame
        A row a seed: `what`, `kind` ("trained", "untrained" or "statistics"), `seed`, `value` and,
        where it is known, `chance`.
    digits : int

    Returns
    -------
    str
        Markdown, one item of a list for each `what`.
    """
    lines = []
    for what, own in scores.groupby("what", sort=False):
        values = {kind: part.set_index("seed").value for kind, part in own.groupby("kind")}
        chance = f"; chance {own.chance.mean():.{digits}f}" if "chance" in own else ""
        lines.append(f"- {what}: {_sentence(values, digits)}{chance}.")
    return "\n".join(lines)


def _sentence(values, digits):
    parts = [
        f"{compared(values['trained'], values[kind])} {name} "
        f"({mean_and_spread(values[kind], digits)})"
        for kind, name in KINDS.items()
        if kind in values
    ]
    return f"trained **{mean_and_spread(values['trained'], digits)}**, {' and '.join(parts)}"
