"""Scores of clusters and of rankings, from sums over groups, for all draws of a bootstrap at once.

`intervals` has those of classifiers and means. Clusters and rankings are taken as they are: what is
drawn again is the songs or sessions that they are scored on. See 06_error_analysis_sins and
07_genre_clusters.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from thesis_lib.analysis.bootstrap import summed
from thesis_lib.analysis.intervals import average, cells, ratio
from thesis_lib.util.arrays import column


def cluster_parts(
    labels: ArrayLike,
    clusters: Sequence[ArrayLike],
    group: ArrayLike,
    fold: ArrayLike | None = None,
) -> np.ndarray:
    """Tiles of each cluster and label, counted by song, for any number of methods.

    See 07_genre_clusters.

    Parameters
    ----------
    labels : (n,) array
    clusters : list of (n,) int arrays
        Of each method, from 0 on.
    group, fold
        As in `intervals.f1_interval`.

    Returns
    -------
    float array, shape (groups, methods, folds, clusters, labels)
        Groups are in order of their sorted names.
    """
    names, labels = np.unique(column(labels, np.size(labels)), return_inverse=True)
    found = [column(one, len(labels), "clusters") for one in clusters]
    several = int(np.max(found)) + 1
    places = cells(group, fold, len(labels))
    tables = [summed([*places, (one, several), (labels, len(names))]) for one in found]
    return np.stack(tables, axis=1)


def permuted_tables(
    labels: ArrayLike, clusters: ArrayLike, group: ArrayLike, draws: int = 20, seed: int = 0
) -> np.ndarray:
    """Tiles of each cluster and label, the labels permuted over whole songs: what chance gives.

    See 07_genre_clusters.

    Parameters
    ----------
    labels, clusters, group : (n,) arrays
        As for `cluster_parts`; a song has one label.
    draws, seed : int

    Returns
    -------
    float array, shape (draws, 1, clusters, labels)
        One fold, as `mean_ari` takes it.
    """
    parts = cluster_parts(labels, [clusters], group)[:, 0, 0]  # (songs, clusters, labels)
    of_song, rng = parts.sum(axis=1) > 0, np.random.default_rng(seed)
    dealt = np.stack([rng.permutation(of_song) for _ in range(draws)]).astype(float)
    return np.einsum("sc,dsl->dcl", parts.sum(axis=2), dealt)[:, None]


def mean_ari(tables: np.ndarray) -> np.ndarray:
    """Adjusted Rand index, mean over folds: (..., folds, clusters, labels) -> (...).

    See 07_genre_clusters.
    """
    both, clusters, labels = (
        _pairs(counts).sum(axis=-1)
        for counts in (tables.reshape(*tables.shape[:-2], -1), tables.sum(-1), tables.sum(-2))
    )
    chance = clusters * labels / _pairs(tables.sum(axis=(-2, -1)))
    return average(ratio(both - chance, (clusters + labels) / 2 - chance))


def mean_nmi(tables: np.ndarray) -> np.ndarray:
    """Normalised mutual information, as `mean_ari` (07_genre_clusters)."""
    of_clusters, of_labels = _entropy(tables.sum(axis=-1)), _entropy(tables.sum(axis=-2))
    joint = _entropy(tables.reshape(*tables.shape[:-2], -1))
    entropies = of_clusters + of_labels
    return average(ratio(2 * (entropies - joint), entropies))


def mean_purity(tables: np.ndarray) -> np.ndarray:
    """Share of tiles with the commonest label of their cluster, as `mean_ari`.

    See 07_genre_clusters.
    """
    return average(ratio(tables.max(axis=-1).sum(axis=-1), tables.sum(axis=(-2, -1))))


def ranking_parts(
    truth: ArrayLike,
    order: Sequence[ArrayLike],
    group: ArrayLike,
    fold: ArrayLike | None = None,
) -> np.ndarray:
    """What average precision needs, at each rank that holds a fault, counted by session.

    See 06_error_analysis_sins.

    Parameters
    ----------
    truth : (n,) bool array
        Whether an item holds a fault.
    order : list of (n,) float arrays
        Of each method: how suspect the item is. Equal ones share a rank.
    group, fold
        As in `intervals.f1_interval`.

    Returns
    -------
    float array, shape (groups, methods, folds, ranks, 3)
        Faults at the rank; faults, and items, that are at least as suspect. The most suspect rank
        is first; groups are in order of their sorted names.
    """
    truth = column(truth, np.size(truth), "truth")
    places = cells(group, fold, len(truth))
    levels = [-column(one, len(truth), "order").astype(float) for one in order]
    ranks = [np.searchsorted(np.unique(one[truth]), one) for one in levels]
    last = int(np.max(ranks)) + 1  # of what is less suspect than every fault
    counts = [[summed([*places, (one, last)], weight) for weight in (truth, None)] for one in ranks]
    faults, items = np.moveaxis(np.array(counts), [0, 2], [2, 1])
    return np.stack([faults, faults.cumsum(axis=-1), items.cumsum(axis=-1)], axis=-1)


def mean_precision(counts: np.ndarray) -> np.ndarray:
    """Average precision, mean over folds: (..., folds, ranks, 3) -> (...).

    See 06_error_analysis_sins.
    """
    here, faults, items = np.moveaxis(counts, -1, 0)
    precision = np.divide(faults, items, out=np.zeros_like(faults), where=items > 0)
    return average(ratio((here * precision).sum(axis=-1), here.sum(axis=-1)))


def _pairs(counts):
    return counts * (counts - 1) / 2


def _entropy(counts):
    """Of the last axis, in nats."""
    share = ratio(counts, counts.sum(axis=-1, keepdims=True))
    return -(share * np.log(np.where(share > 0, share, 1))).sum(axis=-1)
