"""How good a ranking of suspects is, on the items as they are and on groups drawn again.

A bootstrap over sessions, songs or sources: each draw gives every item a weight, how often its
group was drawn, and all scores are of weighted items.
"""

import numpy as np

METRICS = (
    "average_precision", "precision_at_k", "auroc", "recall_at_1_percent", "clips_until_80_percent"
)  # fmt: skip
FALSE_ALARMS = 0.01  # of the items that are right
FOUND = 0.8  # of what is wrong


def weights(group, draws, rng):
    """How often each item is drawn: (1 + draws, n); first once each, as they are."""
    names, number = np.unique(group, return_inverse=True)
    times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), draws)
    return np.concatenate([np.ones((1, len(group))), times[:, number]])


def scores(wrong, order, weight, rng):
    """All `METRICS` of a ranking.

    Parameters
    ----------
    wrong : (n,) bool array
    order : (n,) float array
        More is more suspect; NaN least. What is equal comes in any order.
    weight : (draws, n) array

    Returns
    -------
    (draws, metrics) float array
        NaN where nothing wrong was drawn.
    """
    order = np.where(np.isnan(order), -np.inf, order)
    place = np.lexsort((rng.permutation(len(order)), -order))
    weight, wrong = weight[:, place].astype(np.float32), wrong[place]
    hits, alarms = weight * wrong, weight * ~wrong
    found, false = hits.cumsum(axis=1), alarms.cumsum(axis=1)
    heard, all_wrong, all_right = found + false, found[:, -1:], false[:, -1:]
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = found / heard
        average = np.nansum(hits * precision, axis=1) / all_wrong[:, 0]
        at_k = _first(precision, heard >= all_wrong)
        area = (hits * (all_right - false + alarms / 2)).sum(axis=1) / (all_wrong * all_right)[:, 0]
        recall = (np.where(false <= FALSE_ALARMS * all_right, found, 0)).max(axis=1) / all_wrong[
            :, 0
        ]
        until = _first(heard, found >= FOUND * all_wrong) / heard[:, -1] * len(wrong)
    values = np.stack([average, at_k, area, recall, until], axis=1)
    return np.where(all_wrong > 0, values, np.nan)


def _first(values, where):
    """Of each row the value at the first place that is meant."""
    return np.take_along_axis(values, where.argmax(axis=1)[:, None], axis=1)[:, 0]
