"""What the curves of trainings show, from first epoch to last (04_gpu_training)."""

from typing import Any

import numpy as np
import pandas as pd


def check(histories: dict[int, pd.DataFrame]) -> None:
    """Hold the curves against what must be true of any (04_gpu_training).

    Parameters
    ----------
    histories : dict, seed -> DataFrame
        As `Run.history` gives them.

    Raises
    ------
    AssertionError
        A share or a distance is out of bounds.
    """
    for history in histories.values():
        assert history.active.between(0, 1).all(), "a share of triplets is out of bounds"
        assert (history[["loss", "near", "far"]] >= 0).all(axis=None), "a distance is below zero"


def ends(histories: dict[int, pd.DataFrame]) -> dict[str, Any]:
    """Loss in the last epoch, and how much farther opposites are than neighbours.

    Parameters
    ----------
    histories : dict, seed -> DataFrame
        As `Run.history` gives them (04_gpu_training).

    Returns
    -------
    dict
        loss and spread (mean and standard deviation over seeds), far_to_near (a list: the mean
        ratio of squared distances in the first epoch, and in the last).
    """
    last = [h[h.epoch > h.epoch.max() - 1].mean() for h in histories.values()]
    first = [h[h.epoch <= 1].mean() for h in histories.values()]
    return {
        "loss": np.mean([h.loss for h in last]),
        "spread": np.std([h.loss for h in last]),
        "far_to_near": [np.mean([h.far / h.near for h in epoch]) for epoch in (first, last)],
    }
