"""How well the label of each item fits what is heard: scores by neighbours and by a classifier.

An item is a moment, a song or a clip: one vector, one label. No score uses an item of the same
session, song or source, nor the same moment on another node, as evidence. More is more suspect;
NaN is what cannot be judged, for no other group carries the label. See 06_error_analysis_sins.

`bench/audit.py` plants wrong labels and measures all of these. An audit sorts by `both`, which has
the best mean over all that is planted on homes for development. Copies of a sound under another
label decide it: of these `self_confidence` accuses the original as much. Of most other errors
`both` finds as many or a little fewer, between classes that are confused anyway clearly fewer.
"""

import warnings

import numpy as np
import pandas as pd
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from numpy.typing import ArrayLike
from scipy.special import softmax
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from thesis_lib.analysis.neighbours import available, nearest
from thesis_lib.util.arrays import column, matrix
from thesis_lib.util.errors import InputError

FOLDS = 5
STRENGTH = 10.0  # inverse L2 penalty, for vectors whose squared length is 1 on average
STEPS = 200  # of L-BFGS at most
NEIGHBOURS = 30  # thesis, error analysis
TEMPERATURE = 0.1  # of cosines: what is so much farther than the nearest counts a third of it
LEAST = 1e-3  # probability below which the logarithm is cut, so that no single item decides


def self_confidence(
    vectors: ArrayLike, labels: ArrayLike, group: ArrayLike, seed: int = 0
) -> np.ndarray:
    """1 less the probability of the given label, by a classifier that has not seen its group.

    Northcutt et al. (2021), "Confident learning"; the score is cleanlab's `self_confidence`, the
    probabilities are `out_of_fold`. See 06_error_analysis_sins.

    Parameters
    ----------
    vectors : (n, d) float array
    labels, group : (n,) arrays
        Label, and session, song or source of each item.
    seed : int
        Of the folds.

    Returns
    -------
    (n,) float array, 0 to 1
        NaN where no other group carries the label.
    """
    names, probabilities = out_of_fold(vectors, labels, group, seed)
    given = np.searchsorted(names, column(labels, len(probabilities)))
    quality = get_label_quality_scores(given, probabilities, method="self_confidence")
    return np.where(can_be_judged(labels, group), 1 - quality, np.nan)


def both(vectors: ArrayLike, labels: ArrayLike, group: ArrayLike, seed: int = 0) -> np.ndarray:
    """What a classifier and the neighbours say together: what an audit sorts by.

    The mean of `self_confidence` and `soft_vote`. See 06_error_analysis_sins.

    Parameters, Returns
    -------------------
    As of `self_confidence`.
    """
    chance = self_confidence(vectors, labels, group, seed)
    return (chance + soft_vote(vectors, labels, group)) / 2


def out_of_fold(
    vectors: ArrayLike, labels: ArrayLike, group: ArrayLike, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """The probability of each class, by a logistic classifier that has not seen the item's group.

    Classes weigh the same, however frequent they are. See 06_error_analysis_sins.

    Returns
    -------
    names : (classes,) array
    probabilities : (n, classes) float array
        A row sums up to 1.

    Raises
    ------
    InputError
        There is one class, or one group, only.
    """
    vectors = matrix(vectors)
    labels, group = column(labels, len(vectors)), column(group, len(vectors), "group")
    names, given = np.unique(labels, return_inverse=True)
    folds = min(FOLDS, len(np.unique(group)), np.bincount(given).max())
    if len(names) < 2 or folds < 2:
        raise InputError(
            f"labels: {len(names)} class(es) in {folds} group(s) are too few to judge labels by; "
            "two of each are the least"
        )
    found = np.full((len(vectors), len(names)), 1e-9)
    split = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    with warnings.catch_warnings(), threadpool_limits(1, "openmp"):
        # The last steps move no rank; and a class with fewer groups than folds is no mistake here.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        for known, asked in split.split(vectors, given, group):
            if len(np.unique(given[known])) > 1:
                classifier = _classifier(vectors.shape[1]).fit(vectors[known], given[known])
                found[np.ix_(asked, classifier.classes_)] = classifier.predict_proba(vectors[asked])
    return names, found / found.sum(axis=1, keepdims=True)


def _classifier(dimensions):
    logistic = LogisticRegression(
        C=STRENGTH / dimensions, class_weight="balanced", max_iter=STEPS, tol=1e-3
    )
    return make_pipeline(StandardScaler(), logistic)


def can_be_judged(labels: ArrayLike, group: ArrayLike) -> np.ndarray:
    """Whether another group carries the label of an item: (n,) bool (06_error_analysis_sins)."""
    table = pd.DataFrame({"label": np.asarray(labels), "group": np.asarray(group)})
    return (table.groupby("label").group.transform("nunique") > 1).to_numpy()


def confident_issues(labels: ArrayLike, names: ArrayLike, probabilities: ArrayLike) -> np.ndarray:
    """Which labels confident learning calls wrong: (n,) bool.

    Northcutt et al. (2021): so many as the joint of given and true labels, estimated from
    `out_of_fold`, leaves beside the diagonal. cleanlab does it. See 06_error_analysis_sins.

    Parameters
    ----------
    labels : (n,) array
    names, probabilities : from `out_of_fold`
    """
    given = np.searchsorted(names, column(labels, np.size(labels)))
    with warnings.catch_warnings():  # a class of few items is judged as well as can be
        warnings.filterwarnings("ignore", "May not flag all label issues", UserWarning)
        return find_label_issues(given, np.asarray(probabilities), n_jobs=1)


def soft_vote(
    vectors: ArrayLike, labels: ArrayLike, group: ArrayLike, k: int = NEIGHBOURS
) -> np.ndarray:
    """The share of an item's neighbours that carry another label, the nearer the more it counts.

    The vote of Dudani (1976, "The distance-weighted k-nearest-neighbor rule") with weights
    exp(cosine / `TEMPERATURE`). See 06_error_analysis_sins.

    Parameters
    ----------
    vectors : (n, d) float array
    labels, group : (n,) arrays
    k : int
        Neighbours, of other groups; fewer where there are no more.

    Returns
    -------
    (n,) float array, 0 to 1
    """
    near = nearest(directions(vectors), max(1, min(k, available(group))), group)
    return vote(labels, group, *near)


def vote(
    labels: ArrayLike, group: ArrayLike, indices: np.ndarray, distances: np.ndarray
) -> np.ndarray:
    """`soft_vote` of neighbours that are known: (n,) float array (06_error_analysis_sins).

    Parameters
    ----------
    labels, group : (n,) arrays
    indices, distances : (n, k) arrays
        From `neighbours.nearest`, of `directions`.
    """
    labels = column(labels, len(indices))
    weight = softmax((1 - distances.astype(float) ** 2 / 2) / TEMPERATURE, axis=1)  # of cosines
    against = (weight * (labels[indices] != labels[:, None])).sum(axis=1).clip(0, 1)  # rounding
    return np.where(can_be_judged(labels, group), against, np.nan)


def hard_vote(
    vectors: ArrayLike, labels: ArrayLike, group: ArrayLike, k: int = NEIGHBOURS
) -> np.ndarray:
    """The share of an item's k nearest that carry another label: 1 is what the thesis looked for.

    Thesis, error analysis: an item is suspect if none of its 30 neighbours carries its label; on
    music 28 of 30 were enough. See 06_error_analysis_sins.

    Parameters, Returns
    -------------------
    As of `soft_vote`.
    """
    unit, labels = directions(vectors), column(labels, np.size(labels))
    indices, _ = nearest(unit, max(1, min(k, available(group))), group)
    against = (labels[indices] != labels[:, None]).mean(axis=1)
    return np.where(can_be_judged(labels, group), against, np.nan)


def distance_ratio(vectors: ArrayLike, labels: ArrayLike, group: ArrayLike) -> np.ndarray:
    """Distance to the nearest item of the same label over that and the nearest of another one.

    Gröger et al. (2024), "SelfClean". See 06_error_analysis_sins.

    Parameters
    ----------
    vectors : (n, d) float array
    labels, group : (n,) arrays

    Returns
    -------
    (n,) float array, 0 to 1
    """
    unit, labels = directions(vectors), column(labels, np.size(labels))
    group = column(group, len(labels), "group")
    same, other = (_nearest_of(unit, labels, group, own) for own in (True, False))
    with np.errstate(invalid="ignore"):
        return np.where(can_be_judged(labels, group), same / (same + other), np.nan)


def _nearest_of(unit, labels, group, own):
    """The distance to the nearest item, of another group, with the same label or with another."""
    found = np.full(len(unit), np.inf)
    for label in np.unique(labels):
        asked = np.flatnonzero(labels == label)
        among = np.flatnonzero((labels == label) == own)
        apart = np.sqrt(np.maximum(2 - 2 * unit[asked] @ unit[among].T, 0))
        apart[group[asked][:, None] == group[among]] = np.inf
        found[asked] = apart.min(axis=1, initial=np.inf)
    return np.where(np.isinf(found), 2.0, found)  # opposite places of the sphere


def directions(vectors: ArrayLike) -> np.ndarray:
    """Vectors standardised and of length 1: their distances are cosines (06_error_analysis_sins).

    Returns
    -------
    (n, d) float32 array
    """
    vectors = matrix(vectors)
    vectors = (vectors - vectors.mean(axis=0)) / (vectors.std(axis=0) + 1e-6)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.maximum(length, 1e-12)).astype(np.float32)


def sessions(
    labels: ArrayLike, group: ArrayLike, names: ArrayLike, probabilities: ArrayLike
) -> pd.DataFrame:
    """How well the label of a whole session or song fits all of its items together.

    The mean of the logarithms of their probabilities, as if the items were told apart by chance
    alone. See 06_error_analysis_sins.

    Parameters
    ----------
    labels, group : (n,) arrays
    names, probabilities : from `out_of_fold`

    Returns
    -------
    DataFrame, one row per group and label
        `group`, `label`, `items`, `score` (1 less the probability of the label; NaN where no other
        group carries it), `other` (the likeliest other label); the most suspect first.
    """
    logs = np.log(np.maximum(np.asarray(probabilities, float), LEAST))
    table = pd.DataFrame(logs, columns=np.asarray(names))
    label, group = column(labels, len(logs)), column(group, len(logs), "group")
    keys = [pd.Series(group, name="group"), pd.Series(label, name="label")]
    means = table.groupby(keys, sort=False)
    chance = pd.DataFrame(softmax(means.mean().to_numpy(), axis=1), columns=table.columns)
    found = means.size().rename("items").reset_index()
    given = table.columns.get_indexer(found.label)
    found["score"] = 1 - chance.to_numpy()[np.arange(len(found)), given]
    found["score"] = found.score.where(can_be_judged(found.label, found.group))
    others = chance.to_numpy().copy()
    others[np.arange(len(found)), given] = -1
    found["other"] = table.columns.to_numpy()[others.argmax(axis=1)]
    return found.sort_values("score", ascending=False, kind="stable", ignore_index=True)
