"""Suspicions about tiles, gathered to what a person listens to: recordings and moments.

A *recording* is one node's segment of 10 s. A *moment* is the same 10 s on all nodes. See
06_error_analysis_sins.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thesis_lib.analysis.label_audit import disagreement, knn_distance, node_deviation, suspects


def by_moment(tiles: pd.DataFrame, indices: np.ndarray) -> pd.DataFrame:
    """How far the neighbours of a moment's tiles disagree with its label (06_error_analysis_sins).

    Parameters
    ----------
    tiles : DataFrame
        Of `Embeddings`, n rows, all with a label.
    indices : (n, k) int array
        From `nearest`, with the session as its group.

    Returns
    -------
    DataFrame
        One row per moment (index: `group`, `position`, in order of appearance): `label`,
        `neighbour_label` (the other label that most of its tiles' neighbours carry),
        `suspect` (share of tiles whose neighbours all carry another label), `disagreement` (share
        of all neighbours that carry another label), `tile` (row of its most suspect tile), `path`.
    """
    found = suspects(tiles, indices, 1).set_index("tile")
    against = disagreement(tiles.label, indices)
    table = tiles[["group", "position", "label", "path"]].assign(
        disagreement=against / indices.shape[1],
        suspect=against == indices.shape[1],
        other=found.neighbour_label.reindex(tiles.index),
        tile=tiles.index,
    )
    worst = table.sort_values("disagreement", ascending=False, kind="stable")
    moments = table.groupby(["group", "position"], sort=False)
    gathered = moments.agg(
        label=("label", "first"),
        neighbour_label=("other", _commonest),
        suspect=("suspect", "mean"),
        disagreement=("disagreement", "mean"),
    )
    one = worst.drop_duplicates(["group", "position"]).set_index(["group", "position"])
    return gathered.join(one[["tile", "path"]])


def by_recording(
    tiles: pd.DataFrame,
    vectors: ArrayLike,
    indices: np.ndarray,
    distances: ArrayLike,
    quiet: str = "",
) -> pd.DataFrame:
    """How far a recording is from its neighbours, from the other nodes, and how near to silence.

    See 06_error_analysis_sins.

    Parameters
    ----------
    tiles : DataFrame
        Of `Embeddings`, n rows.
    vectors : (n, d) array
    indices, distances : (n, k) arrays
        From `nearest`, with the session as its group.
    quiet : str
        The class of silence.

    Returns
    -------
    DataFrame
        One row per recording (index: as in `tiles.recording`): `path`, `label`, `group`,
        `position`, `node`, and means over its tiles: `deviation` (see `node_deviation`; NaN where
        no moment was recorded by two nodes), `knn_distance`, `silent_share` (of its neighbours,
        those that are labelled `quiet`).
    """
    moment = tiles.position * 1e4 + tiles.start  # tile by tile
    several = tiles.groupby([tiles.group, moment]).node.nunique().max() > 1
    table = tiles.assign(
        deviation=node_deviation(vectors, tiles.group, moment, tiles.node) if several else np.nan,
        knn_distance=knn_distance(distances),
        silent_share=(tiles.label.to_numpy()[indices] == quiet).mean(axis=1),
    )
    first = dict.fromkeys(["path", "label", "group", "position", "node"], "first")
    mean = dict.fromkeys(["deviation", "knn_distance", "silent_share"], "mean")
    return table.groupby("recording", sort=False).agg(first | mean)


def _commonest(labels):
    labels = labels.dropna()
    return labels.mode().iloc[0] if len(labels) else pd.NA
