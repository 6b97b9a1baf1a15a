"""Where the classes are, which tiles are typical of them, and sums of centroids.

Thesis, class centroids: the mean of the tiles whose 5 nearest neighbours all share their label.
Tiles between the classes are so left out, and the centroid is where its class is dense. See
05_embedding_space.
"""

from itertools import permutations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import pairwise_distances

from thesis_lib.analysis.neighbours import labelled_neighbours, nearest, nearest_to
from thesis_lib.util.arrays import column, count, matrix
from thesis_lib.util.errors import InputError

EVERY_TILE = "only {} with {} neighbours of their own label: mean of all tiles of the class"


def centroids(
    vectors: ArrayLike,
    labels: ArrayLike,
    indices: ArrayLike | None = None,
    agree: int = 5,
    group: ArrayLike | None = None,
    least: int = 5,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One place for each class: the mean of its tiles whose neighbours share its label.

    See 05_embedding_space.

    Parameters
    ----------
    vectors : (n, d) float array
    labels : (n,) array
    indices : (n, at least `agree`) int array, optional
        From `nearest`. Default: computed here, with `group` as its group (the thesis had none).
    agree : int
        How many of the nearest neighbours must carry the tile's label; the thesis: 5.
    group : (n,) array, optional
        Session or song of each tile, where `indices` are computed here.
    least : int
        A class with fewer such tiles is placed by all it has: one tile is no centre (ours).

    Returns
    -------
    centres : DataFrame
        One row per class (the index), d columns: ``centres.loc["working"]`` is a place.
    made_of : DataFrame
        One row per class: `label`, `tiles` (how many it has), `inside` (of how many the nearest
        neighbours share the label), `used` (how many made the centroid), `note` (empty, or why
        all tiles were used).
    """
    vectors = matrix(vectors)
    labels = column(labels, len(vectors))
    if indices is None:
        indices, _ = nearest(vectors, agree, group)
    labels, indices, _ = labelled_neighbours(labels, indices)
    agree = count(agree, 1, indices.shape[1], "agree")
    inside = (labels[indices[:, :agree]] == labels[:, None]).all(axis=1)
    rows, places = [], []
    for label in np.unique(labels):
        own = labels == label
        number = (own & inside).sum()
        enough = number >= least
        used, note = (own & inside, "") if enough else (own, EVERY_TILE.format(number, agree))
        rows.append({"label": label, "tiles": own.sum(), "inside": number, "used": used.sum(),
                     "note": note})  # fmt: skip
        places.append(vectors[used].mean(axis=0, dtype=np.float64))
    made_of = pd.DataFrame(rows)
    return pd.DataFrame(places, index=pd.Index(made_of["label"])), made_of


def centroid_distances(centres: pd.DataFrame) -> pd.DataFrame:
    """Euclidean distance of every centroid to every other (thesis: centroid distance matrix).

    See 05_embedding_space.

    Parameters
    ----------
    centres : DataFrame
        From `centroids`.

    Returns
    -------
    DataFrame
        classes x classes, zeros on the diagonal.
    """
    distances = pairwise_distances(matrix(centres, "centres"))
    return pd.DataFrame(distances, index=centres.index, columns=centres.index.rename(None))


def typical(
    vectors: ArrayLike,
    labels: ArrayLike,
    centres: pd.DataFrame,
    k: int = 5,
    group: ArrayLike | None = None,
    own: bool = False,
) -> pd.DataFrame:
    """The k tiles nearest to each centroid: strung together, what the class sounds like (thesis).

    See 05_embedding_space.

    Parameters
    ----------
    vectors : (n, d) float array
    labels : (n,) array
    centres : DataFrame
        From `centroids`.
    k : int
    group : (n,) array, optional
        Session or song: with it, each of the k tiles of a class comes from another one.
    own : bool
        Whether only tiles of the class itself count; the fewer there are, the fewer are given.

    Returns
    -------
    DataFrame
        `label` (whose centroid), `rank` (1 is nearest), `tile` (row), `tile_label` (what that tile
        is labelled itself), `distance`.
    """
    vectors = matrix(vectors)
    labels = column(labels, len(vectors))
    group = np.arange(len(vectors)) if group is None else column(group, len(vectors), "group")
    tables = []
    for label, centre in centres.iterrows():
        rows = np.flatnonzero(labels == label) if own else np.arange(len(vectors))
        some = min(k, len(np.unique(group[rows]))) if own else k
        tiles, distances = nearest_to(centre.to_numpy()[None], vectors[rows], some, group[rows])
        table = {"label": label, "rank": np.arange(1, some + 1), "tile": rows[tiles[0]]}
        table |= {"tile_label": labels[rows[tiles[0]]], "distance": distances[0]}
        tables.append(pd.DataFrame(table))
    return pd.concat(tables, ignore_index=True)


def arithmetic(centres: pd.DataFrame) -> pd.DataFrame:
    """Every difference A - B of two centroids, and the centroid nearest to it (thesis).

    See 05_embedding_space.

    Parameters
    ----------
    centres : DataFrame
        From `centroids`; 7 classes make 42 differences.

    Returns
    -------
    DataFrame
        `a`, `b`, `nearest`, `distance`.
    """
    if len(centres) < 2:
        raise InputError(f"centres: holds {len(centres)} class(es); a difference needs 2")
    places = matrix(centres, "centres")
    pairs = np.array(list(permutations(range(len(places)), 2)))
    distances = pairwise_distances(places[pairs[:, 0]] - places[pairs[:, 1]], places)
    names = np.asarray(centres.index)
    return pd.DataFrame(
        {
            "a": names[pairs[:, 0]],
            "b": names[pairs[:, 1]],
            "nearest": names[distances.argmin(axis=1)],
            "distance": distances.min(axis=1),
        }
    )
