"""What is found when the space is asked for what is like a recording.

A query's candidates are ranked by their distance. Which candidates count is the caller's: those of
other sessions or songs, and, across microphones, those of other nodes alone. See 08_f1_results.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.metrics import pairwise_distances

from thesis_lib.util.arrays import column, count, matrix, row_numbers
from thesis_lib.util.errors import InputError


class Found(NamedTuple):
    """How good each query's ranking is: three float arrays, shape (queries,), 0 to 1.

    Where no candidate is relevant, nothing can be found: NaN.

    Attributes
    ----------
    precision : array
        Share of the k nearest candidates that are relevant.
    average_precision : array
        Mean of the precision at the place of each relevant candidate; its mean is mAP.
    r_precision : array
        Share of the R nearest that are relevant, where R candidates are.
    """

    precision: np.ndarray
    average_precision: np.ndarray
    r_precision: np.ndarray


def candidates(group: ArrayLike, queries: ArrayLike, node: ArrayLike | None = None) -> np.ndarray:
    """Who may be found: recordings of other groups, and of other nodes (08_f1_results).

    Parameters
    ----------
    group : (n,) array
        Session or song.
    queries : (q,) int array
    node : (n,) array, optional
        The microphone array that heard each; without it, all of them count.

    Returns
    -------
    bool array, shape (q, n)
    """
    apart = _differs(group, queries, "group")
    return apart if node is None else apart & _differs(node, queries, "node")


def retrieve(
    vectors: ArrayLike, labels: ArrayLike, queries: ArrayLike, among: np.ndarray, k: int = 10
) -> Found:
    """Rank the candidates of each query; those of its label are relevant (08_f1_results).

    Parameters
    ----------
    vectors : (n, d) float array
        Compared by Euclidean distance; of length 1, that ranks as the cosine does.
    labels : (n,) array
    queries : (q,) int array
        Rows that are asked about.
    among : bool array, shape (q, n)
        From `candidates`.
    k : int

    Returns
    -------
    Found

    Raises
    ------
    InputError
        A query has fewer than `k` candidates.
    """
    vectors, labels = matrix(vectors), column(labels, len(vectors))
    queries = row_numbers(queries, len(vectors), "queries", ndim=1)
    k, sizes = count(k, 1, len(vectors), "k"), among.sum(axis=1)
    if sizes.min() < k:
        raise InputError(
            f"k: is {k}, but row {queries[sizes.argmin()]} has only {sizes.min()} candidates; "
            "give a smaller k or more sessions or songs"
        )
    distances = np.where(among, pairwise_distances(vectors[queries], vectors), np.inf)
    order = np.argsort(distances, axis=1, kind="stable")  # (q, n), those that do not count last
    relevant = (labels == labels[queries][:, None]) & among
    return _scores(np.take_along_axis(relevant, order, axis=1).astype(float), k)


def _scores(hits, k):
    """Of rankings, 1 where the candidate in that place is relevant: (q, n)."""
    places = np.arange(1, hits.shape[1] + 1)
    so_far, total = hits.cumsum(axis=1), hits.sum(axis=1)
    first = hits * (places <= total[:, None])
    with np.errstate(invalid="ignore"):
        average = (so_far / places * hits).sum(axis=1) / total
        r_precision = first.sum(axis=1) / total
    precision = np.where(total > 0, hits[:, :k].mean(axis=1), np.nan)
    return Found(precision, average, r_precision)


def _differs(values, queries, name):
    values = column(values, np.size(values), name)
    return values != values[np.asarray(queries)][:, None]
