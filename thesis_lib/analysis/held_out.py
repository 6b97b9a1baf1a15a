"""What vectors tell of recordings that were held out, whatever made the vectors.

All get the same: they are standardised by the training part; a logistic classifier, its penalty
chosen by training groups left out, names the class; neighbours are the nearest by the cosine, never
of the own session or song. See 08_f1_results.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from threadpoolctl import threadpool_limits

from thesis_lib.analysis.bootstrap import strata_of
from thesis_lib.analysis.intervals import f1_interval, mean_interval
from thesis_lib.analysis.linear_probe import fit
from thesis_lib.analysis.retrieval import candidates, retrieve
from thesis_lib.util.arrays import matrix

K = 10


class Answers(NamedTuple):
    """What vectors tell of one fold; a row a recording, with its `group` and `label`.

    Attributes
    ----------
    classes : DataFrame
        Of the recordings held out: predicted.
    found : DataFrame
        Of the same: precision_at_10, map (its mean is mAP), r_precision, and, where there are
        several nodes, precision_at_10_across_microphones.
    space : DataFrame
        Of all recordings, where there are several nodes: the share of the 10 and 30 nearest that
        the own node heard, and what it is at random, chance.
    """

    classes: pd.DataFrame
    found: pd.DataFrame
    space: pd.DataFrame


def answers(vectors: ArrayLike, table: pd.DataFrame, choose: bool = True) -> Answers:
    """Ask vectors for what was held out (08_f1_results).

    Parameters
    ----------
    vectors : (n, d) float array
    table : DataFrame, n rows
        As of a corpus in one fold: label, group, node, known, split ("train" or "test").
    choose : bool
        Choose the penalty of the classifier; otherwise it is 1.

    Returns
    -------
    Answers
    """
    vectors = matrix(vectors).astype(np.float64, copy=False)
    labelled, train, test = sides(table)
    label, group = table.label.to_numpy(str), table.group.to_numpy(str)
    with threadpool_limits(1):
        probe = fit(vectors[train], label[train], group=group[train] if choose else None)
        said = probe.predict(vectors[test])
    unit = directions(vectors, train)
    classes = pd.DataFrame({"label": label[test], "predicted": said, "group": group[test]})
    found = _found(unit, label, group, table, labelled, np.flatnonzero(test))
    return Answers(classes, found, _space(unit, label, group, table))


def scores(folds: Sequence[Answers]) -> pd.DataFrame:
    """Scores of all folds together, each with its 95 % interval (08_f1_results).

    Parameters
    ----------
    folds : list of Answers
        Every recording is held out in at most one of them.

    Returns
    -------
    DataFrame
        metric, value, low, high
    """
    said = pd.concat([fold.classes for fold in folds], ignore_index=True)
    found = pd.concat([fold.found for fold in folds], ignore_index=True)
    by_class = strata_of(said.group, said.label)
    rows = [("macro_f1", *f1_interval(said.label, said.predicted, said.group, stratum=by_class))]
    for metric in found.columns.drop(["group", "label"]):
        there = found[found[metric].notna()]
        by_class = strata_of(there.group, there.label)
        rows.append((metric, *mean_interval(there[metric], there.group, stratum=by_class)))
    return pd.DataFrame(rows, columns=["metric", "value", "low", "high"])


def sides(table: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Which recordings carry a label, and which of these are learned from and tested on.

    See 08_f1_results.

    Parameters
    ----------
    table : DataFrame
        label, split, known. Where there are nodes that training never heard, only these are tested.

    Returns
    -------
    labelled, train, test : bool arrays, shape (n,)
    """
    labelled = (table.label != "").to_numpy()
    train = labelled & (table.split == "train").to_numpy()
    test = labelled & (table.split == "test").to_numpy()
    known = table.known.to_numpy(bool)
    return labelled, train, test if known[test].all() else test & ~known


def directions(vectors: np.ndarray, train: np.ndarray) -> np.ndarray:
    """Standardised by the training part, and of length 1 (08_f1_results)."""
    vectors = (vectors - vectors[train].mean(0)) / (vectors[train].std(0) + 1e-6)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _found(unit, label, group, table, labelled, queries):
    among = candidates(group, queries) & labelled
    near = retrieve(unit, label, queries, among, K)
    found = {"group": group[queries], "label": label[queries]}
    found |= {"precision_at_10": near.precision}
    found |= {"map": near.average_precision, "r_precision": near.r_precision}
    if _has_nodes(table):
        among = candidates(group, queries, table.node.to_numpy(str)) & labelled
        other = retrieve(unit, label, queries, among, K)
        found["precision_at_10_across_microphones"] = other.precision
    return pd.DataFrame(found)


def _space(unit, label, group, table):
    if not _has_nodes(table):
        return pd.DataFrame({"group": [], "label": []})
    node, queries = table.node.to_numpy(str), np.arange(len(table))
    among = candidates(group, queries)
    found = {"group": group, "label": label}
    for k in (10, 30):
        found[f"microphone_share_at_{k}"] = retrieve(unit, node, queries, among, k).precision
    own = (node == node[:, None]) & among
    return pd.DataFrame(found | {"chance": own.sum(1) / among.sum(1)})


def _has_nodes(table):
    return table.node.nunique() > 1
