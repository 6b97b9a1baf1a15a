"""How much the labels can be read from an embedding by a straight line: the linear probe.

Thesis, classification: a logistic classifier on the frozen embedding, macro-averaged F1. The
network never sees a label; only this probe does, and only those of the training subset. See
08_f1_results.
"""

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, precision_recall_fscore_support
from sklearn.model_selection import GridSearchCV, StratifiedGroupKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from thesis_lib.util.arrays import classes, column, matrix
from thesis_lib.util.errors import InputError

STEPS = 1000  # of L-BFGS at most; it mostly settles after some hundred


STRENGTHS = (1.0, 0.1, 0.01, 0.001)  # inverse L2 penalties that `fit` may choose from
FOLDS = 3  # of groups, to choose by


def fit(
    vectors: ArrayLike,
    labels: ArrayLike,
    seed: int = 0,
    class_weight: str | None = None,
    group: ArrayLike | None = None,
) -> Pipeline | GridSearchCV:
    """Fit a logistic classifier on standardised vectors (08_f1_results).

    Parameters
    ----------
    vectors : (n, d) float array
        Embeddings of the training subset.
    labels : (n,) array
    seed : int
        Handed on, though the solver (L-BFGS) draws nothing: the same input gives the same probe.
    class_weight : None or "balanced"
        None as in the thesis: frequent classes weigh more.
    group : (n,) array, optional
        Session or song of each vector. With it the penalty is the one of `STRENGTHS` that does
        best on groups left out of the training subset (macro-F1): otherwise the probe overfits to
        many dimensions and few sessions. Without it the penalty is 1, as in the thesis.

    Returns
    -------
    sklearn.pipeline.Pipeline, or a GridSearchCV of it
        With ``predict``, ``predict_proba`` and ``classes_``. Where ``probe[-1].n_iter_`` is
        `STEPS`, it was stopped before it settled.

    Raises
    ------
    InputError
        If there is one class only, a label is missing, or vectors hold NaN.

    Examples
    --------
    >>> probe = fit(train.vectors, train.tiles.label)
    >>> report(test.tiles.label, probe.predict(test.vectors))
    """
    vectors = matrix(vectors)
    labels = classes(labels, len(vectors))
    logistic = LogisticRegression(max_iter=STEPS, random_state=seed, class_weight=class_weight)
    probe = make_pipeline(StandardScaler(), logistic)
    with warnings.catch_warnings():
        # On nearly collinear vectors the last steps move F1 by thousandths and take for ever.
        warnings.simplefilter("ignore", ConvergenceWarning)
        if group is None:
            return probe.fit(vectors, labels)
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
        choices = {"logisticregression__C": STRENGTHS}
        probe = GridSearchCV(probe, choices, scoring="f1_macro", cv=folds)
        return probe.fit(vectors, labels, groups=column(group, len(vectors), "group"))


def report(truth: ArrayLike, predicted: ArrayLike, labels: ArrayLike | None = None) -> pd.DataFrame:
    """Precision, recall and F1 of each class (thesis: classification report; 08_f1_results).

    Parameters
    ----------
    truth, predicted : (n,) arrays
    labels : list, optional
        The classes that count. Default: all that occur in either.

    Returns
    -------
    DataFrame
        `class`, `precision`, `recall`, `f1`, `support`; the last row is ``macro average``, the
        plain mean over the classes. What is never predicted has precision 0.
    """
    truth, predicted, labels = _beside_each_other(truth, predicted, labels)
    scores = precision_recall_fscore_support(truth, predicted, labels=labels, zero_division=0)
    table = pd.DataFrame(dict(zip(("precision", "recall", "f1", "support"), scores, strict=True)))
    table.insert(0, "class", labels)
    mean = {"class": "macro average", **table[["precision", "recall", "f1"]].mean()}
    return pd.concat(
        [table, pd.DataFrame([mean | {"support": table["support"].sum()}])], ignore_index=True
    )


def macro_f1(truth: ArrayLike, predicted: ArrayLike, labels: ArrayLike | None = None) -> float:
    """Mean of the classes' F1, each class the same weight (the challenge's measure; 08_f1_results).

    Parameters
    ----------
    truth, predicted, labels
        As in `report`.

    Returns
    -------
    float
        0 to 1.
    """
    truth, predicted, labels = _beside_each_other(truth, predicted, labels)
    return float(f1_score(truth, predicted, labels=labels, average="macro", zero_division=0))


def cross_validated(
    vectors: ArrayLike, labels: ArrayLike, fold: ArrayLike, by: pd.DataFrame
) -> pd.DataFrame:
    """The answers in each fold, by a probe that learned from the others (08_f1_results).

    The vectors have to come from what has learned from none of the folds: of a network that was
    trained on three of them only the fourth is new.

    Parameters
    ----------
    vectors : (n, d) float array
    labels, fold : (n,) arrays
        Class of each vector, and which fold holds it out.
    by : DataFrame, n rows
        Rows that are equal in all of its columns are answered together, see `pool`.

    Returns
    -------
    DataFrame
        A row for each of those: the columns of `by`, fold, answer.
    """
    vectors, labels = matrix(vectors), classes(labels, len(vectors))
    fold = column(fold, len(vectors), "fold")
    found = []
    for number in np.unique(fold):
        out = fold == number
        probe = fit(vectors[~out], labels[~out])
        posteriors, keys = pool(probe.predict_proba(vectors[out]), by[out])
        answer = probe.classes_[posteriors.argmax(axis=1)]
        found.append(keys.assign(fold=number, answer=answer))
    return pd.concat(found, ignore_index=True)


def chance_f1(truth: np.ndarray | pd.Series, predicted: ArrayLike, draws: int = 5) -> float:
    """The `macro_f1` of the same answers permuted at random: mean over the draws (08_f1_results).

    Parameters
    ----------
    truth, predicted : (n,) arrays
    draws : int

    Returns
    -------
    float
        0 to 1.
    """
    labels = sorted(set(truth))
    permuted = [np.random.default_rng(draw).permutation(predicted) for draw in range(draws)]
    return float(np.mean([macro_f1(truth, answers, labels) for answers in permuted]))


def confusion_table(
    truth: np.ndarray | pd.Series, predicted: np.ndarray | pd.Series
) -> pd.DataFrame:
    """How many rows of each class are taken for which (thesis: confusion matrix; 08_f1_results).

    Parameters
    ----------
    truth, predicted : (n,) arrays

    Returns
    -------
    DataFrame
        A row for each class that occurs, a column for each class that occurs or is predicted.
    """
    table = pd.crosstab(np.asarray(truth), np.asarray(predicted))
    columns = sorted({*truth, *predicted})
    return table.reindex(index=sorted(set(truth)), columns=columns, fill_value=0)


def pool(
    posteriors: ArrayLike, by: pd.DataFrame | Sequence[ArrayLike]
) -> tuple[np.ndarray, pd.DataFrame]:
    """Mean of the posteriors over rows that belong together (08_f1_results).

    The challenge (DCASE 2018, task 5) scores segments of 10 s: the posteriors of a segment's
    tiles and channels are averaged before the most probable class is taken.

    Parameters
    ----------
    posteriors : (n, classes) float array
        From ``predict_proba``.
    by : DataFrame or list of (n,) arrays
        Rows that are equal in all of these are pooled: for a segment on a microphone array
        ``tiles[["group", "position", "node", "label"]]``.

    Returns
    -------
    posteriors : (m, classes) float64 array
    keys : DataFrame
        What each of the m rows was pooled by, in order of first appearance. With the label among
        `by`, the truth for `report` is ``keys["label"]``.

    Examples
    --------
    >>> pooled, keys = pool(probe.predict_proba(vectors), tiles[["group", "position", "label"]])
    >>> macro_f1(keys.label, probe.classes_[pooled.argmax(axis=1)])
    """
    posteriors = matrix(posteriors, "posteriors").astype(np.float64)
    n = len(posteriors)
    columns = dict(by.items()) if isinstance(by, pd.DataFrame) else dict(enumerate(by))
    if not columns:
        raise InputError("by: is empty; give the arrays by which rows belong together")
    keys = pd.DataFrame({name: column(own, n, f"by[{name}]") for name, own in columns.items()})
    place = keys.groupby(list(keys), sort=False).ngroup().to_numpy()
    means = pd.DataFrame(posteriors).groupby(place).mean().to_numpy()
    return means, keys.drop_duplicates(ignore_index=True)


def _beside_each_other(truth, predicted, labels):
    truth = column(truth, np.size(truth), "truth")
    predicted = column(predicted, len(truth), "predicted")
    if not len(truth):
        raise InputError("truth: is empty; there is nothing to score")
    if truth.dtype.kind != predicted.dtype.kind:
        raise InputError(
            f"predicted: holds {predicted.dtype} and truth {truth.dtype}; give both the same names"
        )
    labels = np.union1d(truth, predicted) if labels is None else np.asarray(labels)
    if not np.isin(labels, truth).any():
        raise InputError(f"labels: none of {labels.tolist()} occurs in truth; give its classes")
    return truth, predicted, labels
