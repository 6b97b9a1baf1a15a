"""Ours beside what it has to beat, by corpus and metric, from measured scores (10_experiments)."""

import numpy as np
import pandas as pd

from thesis_lib.analysis.comparison import compare


def scoreboard(rows: pd.DataFrame, baselines: list[str], untrained: list[str]) -> pd.DataFrame:
    """What each score of ours is worth (10_experiments).

    Parameters
    ----------
    rows : DataFrame
        One row per score: `corpus`, `method`, `metric`, `mean`, `spread`; methods `ours`,
        `ours_3x`, `thesis`, `supervised` and those of `baselines`.
    baselines : list of str
        Methods without labels.
    untrained : list of str
        Those of them that are our network before training.

    Returns
    -------
    DataFrame, index (metric, corpus)
        thesis, baseline (the best of `baselines`), which (one that is), ours, spread (of ours),
        ours_3x, supervised; margin (ours minus the baseline), std_of_margin (standard deviation of
        that difference, as if the two were drawn apart), place (`compare` of these two), gain_3x
        (what three times the training changes), std_of_gain_3x, place_3x, gain_untrained (share of
        the way from the thesis's score to ours that the better untrained network has gone).
    """
    mean, spread = (
        rows.pivot(index=["metric", "corpus"], columns="method", values=name)
        for name in ("mean", "spread")
    )
    found = mean[["thesis", "ours", "ours_3x", "supervised"]].copy()
    found["baseline"] = mean[baselines].max(axis=1)
    found["which"] = mean[baselines].idxmax(axis=1)
    found["spread"], found["margin"] = spread.ours, mean.ours - found.baseline
    other = [spread.loc[row, which] for row, which in found.which.items()]
    found["std_of_margin"] = np.hypot(spread.ours, other)
    found["gain_3x"] = mean.ours_3x - mean.ours
    found["std_of_gain_3x"] = np.hypot(spread.ours, spread.ours_3x)
    for place, gap in (("place", "margin"), ("place_3x", "gain_3x")):
        found[place] = list(map(compare, found[gap], found[f"std_of_{gap}"]))
    gained = mean[untrained].max(axis=1) - mean.thesis
    found["gain_untrained"] = gained / (mean.ours - mean.thesis)
    return found


def error_ratio(found: pd.DataFrame, method: str) -> pd.Series:
    """The error (1 - F1) of a method as a multiple of the thesis's: a Series, index corpus.

    See 10_experiments.
    """
    f1 = found.loc["macro_f1"]
    return (1 - f1[method]) / (1 - f1.thesis)
