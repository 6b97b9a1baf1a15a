"""Suspicions about tiles, gathered to what a person listens to: recordings and moments.

A *recording* is one node's segment of 10 s. A *moment* is the same 10 s on all nodes.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thesis_lib.analysis.label_audit import disagreement, loneliness, odd_microphones, suspects


def by_moment(tiles: pd.DataFrame, indices: np.ndarray) -> pd.DataFrame:
    """How far the neighbours of a moment's tiles disagree with its label.

    Parameters
    ----------
    tiles : DataFrame
        Of `Embeddings`, n rows, all with a label.
    indices : (n, k) int array
        From `nearest`, with the session as its group.

    Returns
    -------
    DataFrame
        A row a moment (index: `group`, `position`, in order of appearance): `label`,
        `neighbours_say` (the other label that most of its tiles' neighbours carry),
        `suspect` (share of tiles whose neighbours all carry another label), `disagreement` (share
        of all neighbours that carry another label), `tile` (row of its most suspect tile), `path`.
    """
    found = suspects(tiles, indices, 1).set_index("tile")
    against = disagreement(tiles.label, indices)
    table = tiles[["group", "position", "label", "path"]].assign(
        disagreement=against / indices.shape[1],
        suspect=against == indices.shape[1],
        other=found.neighbours_say.reindex(tiles.index),
        tile=tiles.index,
    )
    worst = table.sort_values("disagreement", ascending=False, kind="stable")
    moments = table.groupby(["group", "position"], sort=False)
    gathered = moments.agg(
        label=("label", "first"),
        neighbours_say=("other", _commonest),
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
    """How far a recording lies from its like, from the other nodes, and how near to silence.

    Parameters
    ----------
    tiles : DataFrame
        Of `Embeddings`, n rows.
    vectors : (n, d) array
    indices, distances : (n, k) arrays
        From `nearest`, with the session as its group.
    quiet : str
        The class in which nothing is heard.

    Returns
    -------
    DataFrame
        A row a recording (index: as in `tiles.recording`): `path`, `label`, `group`, `position`,
        `node`, `odd` (see `odd_microphones`; mean over its tiles, NaN where no moment was heard by
        two nodes), `lonely` (see `loneliness`), `calm` (share of its tiles' neighbours labelled
        `quiet`).
    """
    moment = tiles.position * 1e4 + tiles.start  # tile by tile
    several = tiles.groupby([tiles.group, moment]).node.nunique().max() > 1
    table = tiles.assign(
        odd=odd_microphones(vectors, tiles.group, moment, tiles.node) if several else np.nan,
        lonely=loneliness(distances),
        calm=(tiles.label.to_numpy()[indices] == quiet).mean(axis=1),
    )
    first = dict.fromkeys(["path", "label", "group", "position", "node"], "first")
    mean = dict.fromkeys(["odd", "lonely", "calm"], "mean")
    return table.groupby("recording", sort=False).agg(first | mean)


def _commonest(labels):
    labels = labels.dropna()
    return labels.mode().iloc[0] if len(labels) else pd.NA
