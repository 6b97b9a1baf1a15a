"""Ours beside what it has to beat: one line a corpus and metric, from measured scores."""

import numpy as np
import pandas as pd


def scoreboard(rows: pd.DataFrame, floors: list[str], untrained: list[str]) -> pd.DataFrame:
    """What each score of ours is worth.

    Parameters
    ----------
    rows : DataFrame
        A row a score: `corpus`, `method`, `metric`, `mean`, `spread`; methods `ours`, `ours_3x`,
        `thesis`, `supervised` and those of `floors`.
    floors : list of str
        Methods that nobody told a label.
    untrained : list of str
        Those of them that are our network before training.

    Returns
    -------
    DataFrame, index (metric, corpus)
        thesis, floor (the best of `floors`), which (one that is), ours, spread (of ours),
        ours_3x, supervised; lead (ours above the floor), noise (spread of that difference, as if
        the two were drawn apart), longer (what three times the training changes), longer_noise,
        there (share of the way from the thesis's score to ours that the better untrained network
        has gone).
    """
    mean, spread = (
        rows.pivot(index=["metric", "corpus"], columns="method", values=part)
        for part in ("mean", "spread")
    )
    found = mean[["thesis", "ours", "ours_3x", "supervised"]].copy()
    found["floor"], found["which"] = mean[floors].max(axis=1), mean[floors].idxmax(axis=1)
    found["spread"], found["lead"] = spread.ours, mean.ours - found.floor
    other = [spread.loc[row, which] for row, which in found.which.items()]
    found["noise"] = np.hypot(spread.ours, other)
    found["longer"] = mean.ours_3x - mean.ours
    found["longer_noise"] = np.hypot(spread.ours, spread.ours_3x)
    found["there"] = (mean[untrained].max(axis=1) - mean.thesis) / (mean.ours - mean.thesis)
    return found


def error_ratio(found: pd.DataFrame, method: str) -> pd.Series:
    """The error (1 - F1) of a method as a multiple of the thesis's: a Series, index corpus."""
    f1 = found.loc["macro_f1"]
    return (1 - f1[method]) / (1 - f1.thesis)
