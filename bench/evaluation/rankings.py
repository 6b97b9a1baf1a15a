"""How good a ranking of suspects is, on the items as they are and on groups drawn again.

A bootstrap over sessions, songs or sources: each draw gives every item a weight, how often its
group was drawn, and all scores are of weighted items. Curves are of the items as they are, on grids
that do not change, so that those of several draws of labels can be averaged.
"""

import numpy as np

METRICS = (
    "average_precision", "precision_at_k", "auroc", "recall_at_1_percent", "clips_until_80_percent"
)  # fmt: skip
FALSE_ALARMS = 0.01  # of the items that are right
FOUND = 0.8  # of what is wrong
GRIDS = {  # of a curve: where it is taken
    "precision at recall": np.linspace(0.05, 1, 20),
    "recall at false alarms": np.array([0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.15, 0.2,
                                        0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]),
}  # fmt: skip


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
    place = ranked(order, rng)
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


def ranked(order, rng):
    """Rows, the most suspect first; what is equal comes in any order, NaN last: (n,) int array."""
    order = np.where(np.isnan(order), -np.inf, order)
    return np.lexsort((rng.permutation(len(order)), -order))


def curves(wrong, order, rng):
    """A ranking's precision-recall and ROC curve, at the places of `GRIDS`.

    Parameters
    ----------
    wrong : (n,) bool array
        True once at least, and False.
    order : (n,) float array
        As of `scores`.

    Returns
    -------
    dict, name as in GRIDS -> array of its length
        Precision where that share of what is wrong is first found, and the share of it that is
        found while no more of what is right is called wrong.
    """
    wrong = wrong[ranked(order, rng)]
    found, false = wrong.cumsum(), (~wrong).cumsum()
    recall, alarms = GRIDS.values()
    first = np.searchsorted(found, recall * found[-1] - 1e-9)
    last = np.searchsorted(false, alarms * false[-1] + 1e-9, "right") - 1
    values = found[first] / (1 + first), np.where(last < 0, 0, found[last]) / found[-1]
    return dict(zip(GRIDS, values, strict=True))


def _first(values, where):
    """Of each row the value at the first place that is meant."""
    return np.take_along_axis(values, where.argmax(axis=1)[:, None], axis=1)[:, 0]
