"""What in a data set does not fit: wrong labels, silence with a label, broken microphones.

Nothing here knows the truth. A wrong label is a tile whose neighbours all carry another one; a
broken microphone records something else than the others do at the same moment. `score` says how
often such a suspicion is right, where a truth is known. See 06_error_analysis_sins.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import average_precision_score, precision_score, recall_score

from thesis_lib.analysis.neighbours import labelled_neighbours
from thesis_lib.util.arrays import column, count, matrix
from thesis_lib.util.errors import InputError

MAD_TO_SIGMA = (
    1.4826  # the median absolute deviation of a normal distribution, times this, is sigma
)


def disagreement(
    labels: ArrayLike, indices: ArrayLike, queries: ArrayLike | None = None
) -> np.ndarray:
    """How many of a tile's neighbours carry another label (06_error_analysis_sins).

    Parameters
    ----------
    labels : (n,) array
    indices : (q, k) int array
        From `nearest`, with the session or song as its group.
    queries : (q,) int array, optional
        The rows `indices` is about. Default: all n in order.

    Returns
    -------
    (q,) int64 array
        0 (all agree) to k (none does).
    """
    labels, indices, queries = labelled_neighbours(labels, indices, queries)
    return (labels[indices] != labels[queries][:, None]).sum(axis=1)


def suspects(
    tiles: pd.DataFrame,
    indices: ArrayLike,
    at_least: int | None = None,
    distances: ArrayLike | None = None,
    labels: ArrayLike | None = None,
) -> pd.DataFrame:
    """Tiles whose label most neighbours contradict (thesis, error analysis).

    See 06_error_analysis_sins.

    The thesis asked for 30 of 30 neighbours on SINS and for at least 28 of 30 on music.

    Parameters
    ----------
    tiles : DataFrame of n rows
        `Embeddings.tiles`, or any table with one row per tile and a column ``label``.
    indices : (n, k) int array
        From `nearest`, with the session or song as its group.
    at_least : int, optional
        How many neighbours must carry another label. Default: all k.
    distances : (n, k) array, optional
        From `nearest`. Of equally suspect tiles, the one with closer neighbours comes first.
    labels : (n,) array, optional
        Labels to look at in place of the table's own.

    Returns
    -------
    DataFrame
        One row per suspect, the most suspect first: `tile` (row number), `disagree` (of k),
        `neighbour_label` (the commonest label among the neighbours), `votes` (how many carry it),
        `distance` (mean, where distances are given), then the columns of `tiles`. Ordered by
        `disagree`, then `votes`, then `distance`.
    """
    labels = tiles["label"] if labels is None else labels
    labels, indices, rows = labelled_neighbours(column(labels, len(tiles)), indices)
    at_least = count(
        indices.shape[1] if at_least is None else at_least, 1, indices.shape[1], "at_least"
    )
    commonest, votes = _commonest(labels[indices])
    found = {
        "tile": rows,
        "disagree": disagreement(labels, indices),
        "neighbour_label": commonest,
        "votes": votes,
    }
    if distances is not None:
        found["distance"] = _beside(knn_distance(distances), len(tiles), "distances")
    return _most_suspect_first(pd.DataFrame(found), tiles, at_least)


def knn_distance(distances: ArrayLike) -> np.ndarray:
    """Mean distance of a tile to its neighbours: an outlier score (06_error_analysis_sins).

    A malfunction sounds like nothing else, so it is far from everything. (The k-nearest-neighbour
    outlier score of Angiulli and Pizzuti, 2002, divided by k.)

    Parameters
    ----------
    distances : (n, k) array
        From `nearest`.

    Returns
    -------
    (n,) float array
        In units of the embedding.
    """
    return matrix(distances, "distances").mean(axis=1)


def above_floor(levels_db: ArrayLike, node: ArrayLike | None = None) -> np.ndarray:
    """How far the loud moments of each tile rise above the noise floor of its microphone.

    See 06_error_analysis_sins.

    Microphones differ in gain and self-noise, so each node has its own floor: the quietest 5 % of
    its tiles.

    Parameters
    ----------
    levels_db : (n, frames) or (n,) float array
        Level of each frame, or of each tile, in dB (any reference).
    node : (n,) array, optional
        The microphone of each tile. Default: one for all.

    Returns
    -------
    (n,) float array
        dB. Near 0, or below, where there is nothing to hear.
    """
    levels = np.asarray(levels_db)
    levels = matrix(levels[:, None] if levels.ndim == 1 else levels, "levels_db")
    loud = np.percentile(levels, 95, axis=1)
    node = np.zeros(len(loud)) if node is None else column(node, len(loud), "node")
    return loud - pd.Series(loud).groupby(node).transform(lambda own: own.quantile(0.05)).to_numpy()


def node_deviation(
    vectors: ArrayLike, group: ArrayLike, position: ArrayLike, node: ArrayLike
) -> np.ndarray:
    """How much more than usual a tile differs from the same moment on the other nodes.

    See 06_error_analysis_sins.

    The distance of a tile to a moment on another node is that to the mean of that node's tiles
    there; of the other nodes' distances the median counts, so that a single broken microphone
    stands out alone. Nodes are in different places and always differ, so each is compared with
    what is usual for it: (distance - median) / (1.4826 MAD).

    Parameters
    ----------
    vectors : (n, d) float array
        One embedding per tile.
    group, position : (n,) arrays
        Session, and place in it: rows with the same two are of the same moment. Give a position
        in time (position * 10 + start) to compare tile by tile, not segment by segment.
    node : (n,) array
        The microphone of each tile.

    Returns
    -------
    (n,) float array
        In robust standard deviations; 0 is usual, NaN where no other node recorded the moment.

    Raises
    ------
    InputError
        If no moment was recorded by two nodes.
    """
    vectors = matrix(vectors)
    n = len(vectors)
    moment = pd.MultiIndex.from_arrays([column(group, n, "group"), column(position, n, "position")])
    moment, _ = pd.factorize(moment)
    node, names = pd.factorize(column(node, n, "node"))
    distance = _from_others(vectors, moment, node, len(names))
    if np.isnan(distance).all():
        raise InputError(
            f"node: no moment was recorded by two of the nodes {names.tolist()}; give tiles of the "
            "same group and position from several nodes"
        )
    return _against_usual(pd.Series(distance), node)


def score(found: ArrayLike, truth: ArrayLike, order: ArrayLike | None = None) -> dict[str, float]:
    """How right a suspicion was, where the truth is known (06_error_analysis_sins).

    Parameters
    ----------
    found : (n,) bool array
        What was suspected.
    truth : (n,) bool array
        What is so.
    order : (n,) float array, optional
        How suspect each is; more is more.

    Returns
    -------
    dict
        `found`, `true`, `right` (how many), `precision` (0 where nothing was found), `recall`,
        `chance` (the precision of guessing), and with `order` `average_precision`, whose chance
        level is the same.
    """
    truth = _yes_or_no(truth, np.size(truth), "truth")
    found = _yes_or_no(found, len(truth), "found")
    if not truth.any():
        raise InputError("truth: is nowhere True; there is nothing to be found, so leave it out")
    result = {
        "found": int(found.sum()),
        "true": int(truth.sum()),
        "right": int((found & truth).sum()),
        "precision": float(precision_score(truth, found, zero_division=0)),
        "recall": float(recall_score(truth, found)),
        "chance": float(truth.mean()),
    }
    if order is not None:
        order = _beside(matrix(np.reshape(order, (-1, 1)), "order")[:, 0], len(truth), "order")
        result["average_precision"] = float(average_precision_score(truth, order))
    return result


def _commonest(labels):
    """The commonest entry of each row of (n, k) labels, and how often it occurs."""
    names, codes = np.unique(labels, return_inverse=True)
    codes = codes.reshape(labels.shape)
    votes = np.stack([(codes == name).sum(axis=1) for name in range(len(names))], axis=1)
    return names[votes.argmax(axis=1)], votes.max(axis=1)


def _most_suspect_first(found, tiles, at_least):
    table = found.join(tiles.reset_index(drop=True).drop(columns=found.columns, errors="ignore"))
    table = table[table["disagree"] >= at_least]
    by = [name for name in ("disagree", "votes", "distance") if name in found]
    up = [name == "distance" for name in by]
    return table.sort_values(by, ascending=up, kind="stable").reset_index(drop=True)


def _from_others(vectors, moment, node, nodes):
    """Of each tile, the median over the other nodes of its distance to them at that moment."""
    distances = np.full((len(vectors), nodes), np.nan)
    for other in range(nodes):
        there = pd.DataFrame(vectors[node == other]).groupby(moment[node == other]).mean()
        place = there.index.get_indexer(moment)
        rows = np.flatnonzero((place >= 0) & (node != other))
        gap = vectors[rows] - there.to_numpy()[place[rows]]
        distances[rows, other] = np.linalg.norm(gap, axis=1)
    return pd.DataFrame(distances).median(axis=1).to_numpy()


def _against_usual(distance, node):
    """(distance - median) / (1.4826 MAD) over each node."""
    off = distance - distance.groupby(node).transform("median")
    spread = MAD_TO_SIGMA * off.abs().groupby(node).transform("median")
    # Where more than half of a node's distances are equal, any other deviates, but not infinitely.
    return (off / spread.clip(lower=1e-6 * max(distance.max(), 1e-30))).to_numpy()


def _beside(values, rows, name):
    if len(values) != rows:
        raise InputError(f"{name}: has {len(values)} rows for {rows} tiles; give one per tile")
    return values


def _yes_or_no(values: ArrayLike, rows: int, name: str) -> np.ndarray:
    values = column(values, rows, name)
    if values.dtype != bool:
        raise InputError(f"{name}: holds {values.dtype}; give True or False for each tile")
    return values
