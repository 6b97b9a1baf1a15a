"""Which tiles are near which in an embedding space: the evidence behind every later analysis.

Two tiles of one session, or of one song, resemble each other for reasons that say nothing about
what is heard: the same voice, the same room, the same mix. So a neighbour that is used as evidence
never comes from the same group. A session holds the same moment on every node, so to leave out the
session leaves out that as well. See 05_embedding_space and 06_error_analysis_sins.
"""

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from sklearn.metrics import pairwise_distances

from thesis_lib.analysis import shortlist
from thesis_lib.util.arrays import column, count, matrix, row_numbers
from thesis_lib.util.errors import InputError

ROWS = 32  # queries whose candidates are compared at a time: they stay in the cache
SPARE = 8  # candidates more than neighbours, for products of 32 bits err in the seventh digit


def nearest(
    vectors: ArrayLike,
    k: int = 30,
    group: ArrayLike | None = None,
    queries: ArrayLike | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """The k nearest tiles of each tile, none of its own group (06_error_analysis_sins).

    Thesis, error analysis: 30 neighbours, Euclidean. It asked a kd-tree, which in 256 dimensions
    looks at nearly every point; here all distances are computed, a block at a time: as products of
    32 bits (`shortlist`), which find a few candidates more than are asked for, whose differences
    then decide.

    Parameters
    ----------
    vectors : (n, d) float array
        One embedding per tile.
    k : int
        How many neighbours.
    group : (n,) array, optional
        Session or song of each tile. Tiles of the same group are never neighbours. Without it,
        only the tile itself is left out.
    queries : (q,) int array, optional
        Rows to find the neighbours of. Default: all n.

    Returns
    -------
    indices : (q, k) int64 array
        Rows of `vectors`, nearest first.
    distances : (q, k) float32 array
        Euclidean, in units of the embedding.

    Raises
    ------
    InputError
        If vectors hold NaN, or a tile has fewer than `k` tiles outside its group.

    Examples
    --------
    >>> indices, distances = nearest(embeddings.vectors, k=30, group=embeddings.tiles.group)
    """
    vectors = matrix(vectors)
    vectors = torch.from_numpy(vectors.astype(np.promote_types(vectors.dtype, np.float32)))
    order, low, high = _side_by_side(len(vectors), group)
    k, rows = count(k, 1, len(vectors), "k"), _queries(queries, len(vectors))
    _enough((len(vectors) - (high - low))[rows], k, rows)
    asked = None if queries is None else rows
    squares, near = _candidates(vectors, low, order, asked, min(k + SPARE, len(vectors)))
    # Too few lie outside the group where what is spare is of it: at infinity, also below.
    exact = _distances(vectors, rows, near).masked_fill_(squares.isinf(), torch.inf)
    found = exact.topk(k, largest=False)
    return near.gather(1, found.indices).numpy(), found.values.float().numpy()


def _candidates(vectors, group, order, asked, spare):
    """A few tiles that may be nearest, of some tiles or of all (None), and their distances."""
    centred = (vectors - vectors.mean(0))[order]  # else a common part costs digits
    centred = (centred / centred.abs().max().clamp(min=torch.finfo(centred.dtype).tiny)).float()
    group, place = torch.from_numpy(group[order]), np.argsort(order)  # of each tile in that order
    if asked is None:
        squares, near = (found[place] for found in shortlist.of_all(centred, group, spare))
    else:
        squares, near = shortlist.of_some(centred, group, spare, torch.from_numpy(place[asked]))
    return squares, torch.from_numpy(order)[near]


def _distances(vectors, asked, near):
    """Of each tile asked about to its candidates, Euclidean: (rows, candidates)."""
    parts = zip(torch.from_numpy(asked).split(ROWS), near.split(ROWS), strict=True)
    return torch.cat(
        [torch.linalg.vector_norm(vectors[some] - vectors[own, None], dim=2) for own, some in parts]
    )


def available(group: ArrayLike) -> int:
    """How many neighbours every tile can have: the tiles outside the largest session or song.

    See 06_error_analysis_sins.

    Parameters
    ----------
    group : (n,) array
        Session or song of each tile.

    Returns
    -------
    int
        The largest k that `nearest` can be asked for; 0 where there is only one group, or no tile.
    """
    _, sizes = np.unique(column(group, np.size(group), "group"), return_counts=True)
    return int(sizes.sum() - sizes.max(initial=0))


def nearest_to(
    points: ArrayLike, vectors: ArrayLike, k: int = 5, group: ArrayLike | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The k tiles nearest to each of some points that need not be tiles (05_embedding_space).

    Parameters
    ----------
    points : (p, d) float array
        Places in the embedding space, for instance centroids.
    vectors : (n, d) float array
        One embedding per tile.
    k : int
        How many tiles a point.
    group : (n,) array, optional
        Session or song of each tile. With it, each of the k tiles comes from another group.

    Returns
    -------
    indices : (p, k) int64 array
        Rows of `vectors`, nearest first.
    distances : (p, k) float32 array
        Euclidean.
    """
    points, vectors = matrix(points, "points"), matrix(vectors)
    if points.shape[1] != vectors.shape[1]:
        raise InputError(
            f"points: have {points.shape[1]} dimensions and vectors {vectors.shape[1]}; take both "
            "from the same embedding"
        )
    group = np.arange(len(vectors)) if group is None else column(group, len(vectors), "group")
    names, group = np.unique(group, return_inverse=True)
    k = count(k, 1, len(names), "k")
    distances = pairwise_distances(points, vectors)  # (p, n)
    indices = np.stack([_best_of_each_group(row, group)[:k] for row in distances])
    return indices, np.take_along_axis(distances, indices, axis=1).astype(np.float32)


def precision_at(
    labels: ArrayLike, indices: ArrayLike, k: int = 10, queries: ArrayLike | None = None
) -> float:
    """Precision@k: the mean share of a tile's k nearest neighbours that carry its label.

    See 05_embedding_space.

    Parameters
    ----------
    labels : (n,) array
    indices : (q, at least k) int array
        From `nearest`.
    k : int
        How many of the neighbours count.
    queries : (q,) int array, optional
        The rows `indices` is about. Default: all n in order.

    Returns
    -------
    float
        0 to 1; `chance_precision` is what unrelated vectors would give.
    """
    labels, indices, queries = labelled_neighbours(labels, indices, queries)
    k = count(k, 1, indices.shape[1], "k")
    return float(np.mean(labels[indices[:, :k]] == labels[queries][:, None]))


def label_agreement(
    vectors: ArrayLike, labels: ArrayLike, group: ArrayLike, k: int = 10, sample: int = 500
) -> pd.DataFrame:
    """Of each query, the share of its nearest neighbours that carry its label.

    See 05_embedding_space. Their mean is `precision_at`; one by one they can be compared.

    Parameters
    ----------
    vectors : (n, d) float array
    labels, group : (n,) arrays
        Neighbours come from other groups: sessions or songs.
    k : int
        Neighbours; fewer where there are no more in other groups.
    sample : int
        Queries at most, drawn at random, the same for all vectors.

    Returns
    -------
    DataFrame, one row per query
        `label`, `group`, `value`.
    """
    labels, group = column(labels, np.size(labels)), column(group, np.size(labels), "group")
    queries = np.random.default_rng(0).permutation(len(labels))[:sample]
    indices, _ = nearest(vectors, min(k, available(group)), group, queries)
    value = (labels[indices] == labels[queries, None]).mean(axis=1)
    return pd.DataFrame({"label": labels[queries], "group": group[queries], "value": value})


def chance_precision(labels: ArrayLike, group: ArrayLike | None = None) -> float:
    """What `precision_at` is expected to be when neighbours are drawn at random.

    See 05_embedding_space.

    Parameters
    ----------
    labels : (n,) array
    group : (n,) array, optional
        As in `nearest`: tiles of the same group are never drawn.

    Returns
    -------
    float
        0 to 1.
    """
    labels = column(labels, np.size(labels))
    _, label = np.unique(labels, return_inverse=True)
    _, low, high = _side_by_side(len(labels), group)
    group = low  # tiles of one group share the place where it begins
    _, both, sizes = np.unique(
        np.stack([label, group]), axis=1, return_inverse=True, return_counts=True
    )
    others = len(labels) - (high - low)
    _enough(others, 1, np.arange(len(labels)))
    return float(np.mean((np.bincount(label)[label] - sizes[both.ravel()]) / others))


def labelled_neighbours(
    labels: ArrayLike, indices: ArrayLike, queries: ArrayLike | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, neighbours and the rows these are about, checked to fit each other.

    See 06_error_analysis_sins.
    """
    labels = column(labels, np.size(labels))
    indices = row_numbers(indices, len(labels))
    queries = _queries(queries, len(labels))
    if len(queries) != len(indices):
        raise InputError(
            f"indices: has {len(indices)} rows for {len(queries)} tiles; give the labels of all "
            "tiles, and as queries the rows that nearest() was asked about"
        )
    return labels, indices, queries


def _queries(queries: ArrayLike | None, n: int) -> np.ndarray:
    return np.arange(n) if queries is None else row_numbers(queries, n, "queries", ndim=1)


def _side_by_side(n, group):
    """An order of the rows with each group in one piece, and where the piece of each row is."""
    if group is None:
        return np.arange(n), np.arange(n), np.arange(1, n + 1)
    _, group = np.unique(column(group, n, "group"), return_inverse=True)
    order = np.argsort(group, kind="stable")
    low, high = (np.searchsorted(group[order], group, side) for side in ("left", "right"))
    return order, low, high


def _enough(candidates, k, queries):
    worst = np.argmin(candidates)
    if candidates[worst] < k:
        raise InputError(
            f"k: is {k}, but row {queries[worst]} has only {candidates[worst]} tiles outside its "
            "own group; give a smaller k or more sessions or songs"
        )


def _best_of_each_group(distances, group):
    """Rows by distance, each group only once."""
    order = np.argsort(distances, kind="stable")
    _, first = np.unique(group[order], return_index=True)
    return order[np.sort(first)]
