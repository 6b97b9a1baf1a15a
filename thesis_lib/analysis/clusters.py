"""Which groups the space falls into by itself, and what they have to do with the labels.

Thesis, clusters of the music space: PCA to 3 components, k-means, the elbow between 6 and 7, then
k = 7 and a list of which genre's tiles are in which cluster. See 07_genre_clusters.
"""

import warnings
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.manifold import TSNE
from sklearn.metrics import (
    adjusted_rand_score,
    normalized_mutual_info_score,
    silhouette_samples,
    silhouette_score,
)
from threadpoolctl import threadpool_limits

from thesis_lib.util.arrays import classes, column, count, matrix
from thesis_lib.util.errors import InputError


def principal(vectors: ArrayLike, k: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """The k principal components of the vectors, as coordinates (07_genre_clusters).

    Parameters
    ----------
    vectors : (n, d) float array
    k : int
        How many; at most the smaller of n and d.

    Returns
    -------
    points : (n, k) float64 array
        Coordinates, the direction of largest variance first.
    explained : (k,) float64 array
        The share of the variance each component holds.
    """
    vectors = matrix(vectors).astype(np.float64, copy=False)
    k = count(k, 1, min(vectors.shape), "k")
    if not np.ptp(vectors, axis=0).any():
        raise InputError("vectors: are all the same; there is nothing to project")
    pca = PCA(k, random_state=0).fit(vectors)  # the seed matters only where the solver is random
    return pca.transform(vectors), pca.explained_variance_ratio_


def elbow(points: ArrayLike, ks: Iterable[int] = range(2, 13), seed: int = 0) -> pd.DataFrame:
    """k-means for several k: how much is left over (07_genre_clusters).

    Parameters
    ----------
    points : (n, d) float array
    ks : iterable of int
    seed : int

    Returns
    -------
    DataFrame
        Columns `k` and `inertia` (sum of squared distances to the own centre).
    """
    points = matrix(points, "points")
    table = pd.DataFrame({"k": sorted(set(ks))})
    if table.empty:
        raise InputError("ks: is empty; give the numbers of clusters to try")
    table["inertia"] = [float(_fit(points, k, seed, "ks").inertia_) for k in table["k"]]
    return table


def bend(table: pd.DataFrame) -> int:
    """Where the elbow curve bends: the k farthest below the line from its first point to its last.

    See 07_genre_clusters.

    Both axes are scaled to 0 to 1 first (Satopaa et al., 2011, "Finding a Kneedle in a haystack").

    Parameters
    ----------
    table : DataFrame
        From `elbow`, at least 3 rows.

    Returns
    -------
    int
    """
    if len(table) < 3:
        raise InputError(f"table: has {len(table)} values of k; a bend needs at least 3")
    x, y = (_scaled(table[name].to_numpy(float)) for name in ("k", "inertia"))
    # From (0, 1) to (1, 0) the line is 1 - x; distances to it are vertical ones over sqrt(2).
    below = 1 - x - y
    if below.max() <= 0:
        raise InputError("table: the inertia does not bend; try a wider range of k")
    return int(table["k"].iloc[below.argmax()])


def kmeans(points: ArrayLike, k: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """k-means, the best of 10 starts. The clusters are numbered by size, the largest is 0.

    See 07_genre_clusters.

    Parameters
    ----------
    points : (n, d) float array
    k : int
    seed : int

    Returns
    -------
    clusters : (n,) int64 array
        0 to k - 1.
    centres : (k, d) float array
    """
    points = matrix(points, "points")
    fitted = _fit(points, k, seed, "k")
    sizes = np.bincount(fitted.labels_, minlength=fitted.n_clusters)
    by_size = np.argsort(-sizes, kind="stable")
    return np.argsort(by_size)[fitted.labels_], fitted.cluster_centers_[by_size]


def cluster_table(labels: ArrayLike, clusters: ArrayLike) -> pd.DataFrame:
    """How many tiles of each label are in each cluster (thesis: list of clusters and genres).

    See 07_genre_clusters.

    Parameters
    ----------
    labels : (n,) array
    clusters : (n,) int array
        From `kmeans`.

    Returns
    -------
    DataFrame
        One row per cluster, one column per label.
    """
    labels = column(labels, np.size(labels))
    clusters = column(clusters, len(labels), "clusters")
    return pd.crosstab(pd.Series(clusters, name="cluster"), pd.Series(labels, name="label"))


def agreement(labels: ArrayLike, clusters: ArrayLike) -> dict[str, float]:
    """How far clusters and labels agree (07_genre_clusters).

    Parameters
    ----------
    labels, clusters : (n,) arrays

    Returns
    -------
    dict
        `ari` (adjusted Rand index; 0 by chance, 1 the same), `nmi` (normalised mutual information,
        0 to 1), `purity` (share of tiles that carry the commonest label of their cluster) and
        `one_cluster` (what `purity` would be with everything in one cluster: its baseline).
    """
    table = cluster_table(labels, clusters)
    labels, clusters = column(labels, np.size(labels)), column(clusters, np.size(clusters))
    return {
        "ari": float(adjusted_rand_score(labels, clusters)),
        "nmi": float(normalized_mutual_info_score(labels, clusters)),
        "purity": float(table.max(axis=1).sum() / len(labels)),
        "one_cluster": float(table.sum().max() / len(labels)),
    }


def silhouette(vectors: ArrayLike, labels: ArrayLike, sample: int = 5000, seed: int = 0) -> float:
    """Mean silhouette of the labels: how much nearer a tile is to its own class than to the next.

    See 04_gpu_training.

    Parameters
    ----------
    vectors : (n, d) float array
    labels : (n,) array
        Labels, or the clusters of `kmeans`.
    sample : int
        At most so many tiles, drawn at random: the cost grows with its square.
    seed : int
        Of the draw.

    Returns
    -------
    float
        -1 to 1 (Rousseeuw, 1987).
    """
    return float(silhouette_score(*_drawn(vectors, labels, sample, seed)))


def silhouette_by_class(
    vectors: ArrayLike, labels: ArrayLike, sample: int = 1000, seed: int = 0
) -> pd.Series:
    """The mean silhouette of each class: above 0 it has a place of its own (05_embedding_space).

    Parameters
    ----------
    vectors, labels, sample, seed
        As for `silhouette`.

    Returns
    -------
    Series
        Its index the labels that were drawn, the highest first.
    """
    vectors, labels = _drawn(vectors, labels, sample, seed)
    found = pd.Series(silhouette_samples(vectors, labels))
    return found.groupby(labels).mean().sort_values(ascending=False)


def silhouette_of_tiles(
    vectors: ArrayLike, labels: ArrayLike, group: ArrayLike, sample: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """The silhouette of each tile, so that it can be compared (05_embedding_space).

    Parameters
    ----------
    vectors, labels, sample, seed
        As for `silhouette`; the tiles that are drawn are the same for all vectors.
    group : (n,) array
        Session or song of each tile.

    Returns
    -------
    DataFrame, one row per tile drawn
        `label`, `group`, `value`.
    """
    group = column(group, np.size(labels), "group")
    vectors, labels, group = _drawn(vectors, labels, sample, seed, group)
    value = silhouette_samples(vectors, labels)
    return pd.DataFrame({"label": labels, "group": group, "value": value})


def _drawn(vectors, labels, sample, seed, *more):
    """At most `sample` tiles with their labels, drawn at random."""
    vectors = matrix(vectors)
    labels = classes(labels, len(vectors))
    size = min(count(sample, 3, 10**9, "sample"), len(vectors))
    rows = np.random.default_rng(seed).choice(len(vectors), size, replace=False)
    drawn = len(np.unique(labels[rows]))
    if not 2 <= drawn < len(rows):
        raise InputError(
            f"labels: {drawn} different ones on the {len(rows)} tiles drawn; a silhouette needs at "
            "least 2, and fewer than tiles, so give more tiles or a larger sample"
        )
    return vectors[rows], labels[rows], *(one[rows] for one in more)


def neighbour_map(vectors: ArrayLike, seed: int = 0) -> np.ndarray:
    """A map in the plane that keeps what is near near: t-SNE (05_embedding_space).

    Parameters
    ----------
    vectors : (n, d) float array
        Of fewer than 5 tiles the two principal components are the map.
    seed : int

    Returns
    -------
    (n, 2) float array
        van der Maaten and Hinton, 2008. Distances between far places mean nothing.
    """
    vectors = matrix(vectors)
    if len(vectors) < 5:
        return principal(vectors, 2)[0]
    kept, _ = principal(vectors, min(50, *vectors.shape))
    perplexity = min(30.0, (len(vectors) - 1) / 4)
    with threadpool_limits(1):
        return TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(kept)


def _fit(points, k, seed, name):
    k = count(k, 1, len(points), name)
    # One thread: several add up in any order, so the last digits would differ from run to run, and
    # on a busy machine they wait for each other forty times longer than they work.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("error", ConvergenceWarning)
        try:
            return KMeans(k, n_init=10, random_state=seed).fit(points)
        except ConvergenceWarning as warning:
            raise InputError(f"{name}: is {k}, more than there are different points") from warning


def _scaled(values):
    """From 0 to 1; zeros where all are the same."""
    return (values - values.min()) / (np.ptp(values) or 1)
