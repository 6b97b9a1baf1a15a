"""What an audit reports of a corpus: labels that do not fit, silence, copies, odd microphones.

An item is what carries a label: of a home a moment (10 s on all nodes), else a recording. A row of
`findings` is a suspicion about one item, or about one session, with the reason in words. Nothing is
called wrong here; a person decides. See 06_error_analysis_sins.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thesis_lib.analysis import label_errors
from thesis_lib.analysis.label_audit import above_floor, node_deviation
from thesis_lib.analysis.neighbours import available, nearest
from thesis_lib.util.arrays import matrix

RARE = 0.05  # share of recordings of the quiet class below which no noise floor is known
WITHIN = 6.0  # dB above the floor of a microphone up to which nothing can be heard
ODD = 6.0  # robust standard deviations from the other nodes
COPY = 0.995  # cosine from which on two items are taken for copies
SHOWN = 5  # neighbours that are named
THESIS = {  # recordings of SINS that it names, and what it heard
    "DevNode4_ex201_10": "labelled social activity, nothing to hear",
    "DevNode3_ex53_42": "a malfunction of the microphone",
}

WHAT = {  # of a finding, in the order of a report
    "wrong label": "Labels that do not fit",
    "session": "Whole sessions whose label does not fit",
    "copies": "Near-copies under two labels",
    "silence": "Nothing to hear under the label of an activity",
    "microphone": "Microphones that hear something else than the others",
    "fault": "Faults of recording, by their signs",
}


class Items(NamedTuple):
    """What is judged.

    Attributes
    ----------
    table : DataFrame, n rows
        path, start, duration, label, group, node, position, and `rows`: the recordings of each.
    vectors : (n, d) float32 array
        Of a moment the mean over its nodes.
    """

    table: pd.DataFrame
    vectors: np.ndarray


def items(recordings: pd.DataFrame, vectors: ArrayLike) -> Items:
    """The items of a corpus, from its recordings (06_error_analysis_sins).

    Parameters
    ----------
    recordings : DataFrame, n rows
        Of a corpus: path, start, duration, label, group, node, position.
    vectors : (n, d) float array

    Returns
    -------
    Items
    """
    table = recordings.reset_index(drop=True)
    alone = table.node == ""
    keys = [table.group, table.position.where(~alone, table.index)]
    number = table.groupby(keys, sort=False).ngroup().to_numpy()
    means = pd.DataFrame(matrix(vectors)).groupby(number).mean().to_numpy(np.float32)
    first = table.groupby(number).first()
    return Items(first.assign(rows=table.groupby(number).indices), means)


def wrong_labels(found: Items) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Items, and whole sessions, whose label does not fit, the most suspect first.

    Parameters
    ----------
    found : Items
        All with a label, of two classes and two groups at least.

    Returns
    -------
    of_items : DataFrame
        item, label, other (what it is taken for), score (of `label_errors.both`), chance_own and
        chance_other (of the two labels, by the classifier), agree (of its nearest neighbours,
        those of its label), asked (how many there are), neighbours (rows of the nearest),
        called_wrong (by confident learning).
    of_sessions : DataFrame
        As of `label_errors.sessions`, of those with several items.
    """
    label, group = (found.table[name].to_numpy(str) for name in ("label", "group"))
    names, chance = label_errors.out_of_fold(found.vectors, label, group)
    given = np.searchsorted(names, label)
    judged = label_errors.can_be_judged(label, group)
    other = chance.copy()
    other[np.arange(len(label)), given] = -1
    half = len(label) // (2 * len(names))  # of what a class has: more cannot all agree
    k = max(1, min(label_errors.NEIGHBOURS, available(group), half))
    most = max(1, min(label_errors.NEIGHBOURS, available(group)))
    near = nearest(label_errors.directions(found.vectors), most, group)
    against, indices = label_errors.vote(label, group, *near), near[0]
    doubt = 1 - chance[np.arange(len(label)), given]
    table = pd.DataFrame(
        {
            "item": np.arange(len(label)),
            "label": label,
            "other": names[other.argmax(axis=1)],
            "score": np.where(judged, (doubt + against) / 2, np.nan),  # `label_errors.both`
            "chance_own": 1 - doubt,
            "chance_other": other.max(axis=1),
            "agree": (label[indices[:, :k]] == label[:, None]).sum(axis=1),
            "asked": k,
            "neighbours": list(indices[:, :SHOWN]),
            "called_wrong": label_errors.confident_issues(label, names, chance) & judged,
        }
    )
    several = label_errors.sessions(label, group, names, chance)
    return _first(table), several[several["items"] > 1].reset_index(drop=True)


def rises(recordings: pd.DataFrame, levels: ArrayLike, found: Items) -> np.ndarray:
    """How far the loud moments of each item rise above the noise floor of its microphones, dB.

    Parameters
    ----------
    recordings, found
        As of `items`.
    levels : (n, frames) or (n,) array
        Of each recording, dB; see `label_audit.above_floor`.

    Returns
    -------
    (items,) float array
        The median over the nodes of a moment.
    """
    rose = above_floor(levels, recordings.node.to_numpy(str))
    return np.array([np.median(rose[rows]) for rows in found.table.rows])


def silences(found: Items, rose: np.ndarray, quiet: str = "") -> pd.DataFrame:
    """Items in which there is nothing to hear under the label of an activity: item, rose (dB).

    What has no label is no activity.

    Parameters
    ----------
    found : Items
    rose : (items,) array
        From `rises`.
    quiet : str
        The class in which that is no fault.
    """
    silent = (rose <= WITHIN) & (~found.table.label.isin(["", quiet])).to_numpy()
    table = pd.DataFrame({"item": np.flatnonzero(silent), "rose": rose[silent]})
    return table.sort_values("rose", ignore_index=True)


def copies(found: Items) -> pd.DataFrame:
    """Pairs of items that sound nearly the same under two labels, of one group or of two.

    Returns
    -------
    DataFrame
        item, other_item, cosine; the nearest first.
    """
    label = found.table.label.to_numpy(str)
    indices, distances = nearest(label_errors.directions(found.vectors), min(SHOWN, len(label) - 1))
    cosine = 1 - distances.astype(float) ** 2 / 2
    item, rank = np.nonzero((cosine > COPY) & (label[:, None] != label[indices]))
    pairs = np.sort(np.stack([item, indices[item, rank]], axis=1), axis=1)
    table = pd.DataFrame(pairs, columns=["item", "other_item"]).assign(cosine=cosine[item, rank])
    table = table.drop_duplicates(["item", "other_item"])
    return table.sort_values("cosine", ascending=False, ignore_index=True)


def deviations(recordings: pd.DataFrame, vectors: ArrayLike) -> np.ndarray:
    """How far each recording is from the same moment on the other nodes: (n,) array.

    See `label_audit.node_deviation`; NaN where no other node recorded the moment.
    """
    several = recordings.groupby(["group", "position"]).node.nunique()
    if not len(several) or several.max() < 2:
        return np.full(len(recordings), np.nan)
    group, position, node = (recordings[name] for name in ("group", "position", "node"))
    return node_deviation(vectors, group, position, node)


def odd_microphones(deviation: np.ndarray) -> pd.DataFrame:
    """Recordings far from the same moment on the other nodes: recording, deviation."""
    table = pd.DataFrame({"recording": np.arange(len(deviation)), "deviation": deviation})
    odd = table[table.deviation > ODD]
    return odd.sort_values("deviation", ascending=False, ignore_index=True)


def named_by_the_thesis(
    recordings: pd.DataFrame,
    found: Items,
    labels: pd.DataFrame,
    rose: np.ndarray,
    off: np.ndarray,
    names: Mapping[str, str] = THESIS,
) -> pd.DataFrame:
    """What is found of the recordings of SINS that the thesis names, where they are there.

    Thesis, error analysis. See 06_error_analysis_sins.

    Parameters
    ----------
    recordings, found
        As of `items`.
    labels : DataFrame
        From `wrong_labels`.
    rose, off : arrays
        From `rises`, a value an item, and from `deviations`, a value a recording.
    names : dict, name of a file without its ending -> what is said of it
        Others may stand in, see `planted_faults.stand_ins`.

    Returns
    -------
    DataFrame
        name, thesis (what it says), recording, rank and score of its label, rose (dB), deviation,
        off_rank (of that); NaN for what was not judged.
    """
    stems = recordings.path.map(lambda path: Path(path).stem).to_numpy()
    rank = pd.Series(-np.asarray(off, float)).rank(method="min").to_numpy()
    rows = []
    for name, said in names.items():
        for number in np.flatnonzero(stems == name):
            item = next(i for i, own in zip(found.table.index, found.table.rows, strict=True)
                        if number in own)  # fmt: skip
            judged = labels[labels["item"] == item] if len(labels) else labels
            place = judged.index[0] + 1 if len(judged) else np.nan
            score = judged.score.iloc[0] if len(judged) else np.nan
            own = (place, score, rose[item], off[number], rank[number])
            rows.append((name, said, number, *own))
    columns = ["name", "thesis", "recording", "rank", "score", "rose", "deviation", "off_rank"]
    return pd.DataFrame(rows, columns=columns)


def _first(table):
    """The most suspect first; what cannot be judged last."""
    return table.sort_values("score", ascending=False, kind="stable", ignore_index=True)
