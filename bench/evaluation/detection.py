"""How well a score finds what was planted, with intervals by resampling sessions.

All metrics of all subsets follow from one thing: of each planted recording, the share of sound
recordings whose score is as high. A draw of sessions weighs it anew.
"""

import numpy as np

from thesis_lib.analysis.bootstrap import draw_scores, ends, share_inside

DRAWS = 1000
LEVEL = 0.95
ALARMS = 0.01  # share of sound recordings that may be called broken where recall is taken
NONE = -1.0  # the share of right ones where none was found
METRICS = ("auroc", "average_precision", "recall_at_1_percent")


def rows(score, broken, session, subsets, right=None, draws=DRAWS):
    """The metrics of one method.

    Parameters
    ----------
    score : (n,) float array
        More is more suspect.
    broken : (n,) bool array
        What was planted; all else is sound.
    session : (n,) array
        What is resampled.
    subsets : dict, name -> (n,) bool array
        Of what was planted, which counts; sound recordings always do.
    right : dict, metric -> (n,) bool array, optional
        What else is asked of what was found, such as its cause.

    Yields
    ------
    dict
        `planted`, `metric`, `mean` (of the recordings as they are), `ci_low`, `ci_high`, `number`
        (how many were planted), `sessions`.
    """
    names, number = np.unique(session, return_inverse=True)
    hit = np.flatnonzero(broken)
    masks = {name: np.asarray(chosen)[hit] for name, chosen in subsets.items()}
    extra = {name: np.asarray(values)[hit] for name, values in (right or {}).items()}
    asked = [(name, metric) for name in masks for metric in (*METRICS, *extra)]

    def metrics(weights):  # (draws, 1, sessions) -> (draws, len(asked))
        parts = np.array_split(weights[:, 0], -(-len(weights) // 100))
        found = [_metrics(part, score, broken, number, masks, extra) for part in parts]
        return np.nan_to_num(np.concatenate(found), nan=NONE)

    point, drawn = draw_scores(np.eye(len(names))[:, None], metrics, draws)
    inside = share_inside(LEVEL, len(names))
    for at, (name, metric) in enumerate(asked):
        there = drawn[drawn[:, at] != NONE, at]
        low, high = ends(there, inside) if len(there) else (np.nan, np.nan)
        mean = np.nan if point[at] == NONE else point[at]
        about = {"planted": name, "metric": metric, "mean": mean, "ci_low": low}
        yield about | {"ci_high": high, "number": int(masks[name].sum()), "sessions": len(names)}


def _metrics(weights, score, broken, session, masks, extra):
    """All metrics of all subsets: (draws, subsets * metrics)."""
    sound = np.flatnonzero(~broken)
    sound = sound[np.argsort(score[sound], kind="stable")]
    below = np.cumsum(weights[:, session[sound]], axis=1)
    below = np.concatenate([np.zeros((len(weights), 1)), below], axis=1)
    hit = np.flatnonzero(broken)
    order = score[sound]
    first, last = (np.searchsorted(order, score[hit], side) for side in ("left", "right"))
    whole = below[:, -1:]
    beaten = (below[:, first] + below[:, last]) / 2 / whole  # half of what is equal
    alarms = whole - below[:, first]  # sound recordings that are as suspect, by weight
    own = weights[:, session[hit]]
    found = []
    for mask in masks.values():
        part = own[:, mask], beaten[:, mask], alarms[:, mask], alarms[:, mask] / whole <= ALARMS
        found += [_mean(part[0], part[1]), _precision(score[hit][mask], part[0], part[2])]
        found += [_mean(part[0], part[3])]
        found += [_mean(part[0] * part[3], values[mask]) for values in extra.values()]
    return np.stack(found, axis=1)


def _precision(score, weights, alarms):
    """Average precision: (draws,)."""
    order = np.argsort(score, kind="stable")
    ahead = np.cumsum(weights[:, order[::-1]], axis=1)[:, ::-1]
    ahead = ahead[:, np.searchsorted(score[order], score[order])]  # equal ones come together
    weights, alarms = weights[:, order], alarms[:, order]
    with np.errstate(invalid="ignore"):
        return _mean(weights, ahead / (ahead + alarms))


def _mean(weights, values):
    with np.errstate(invalid="ignore"):
        return np.nansum(weights * values, axis=1) / weights.sum(axis=1)
