"""From vectors to answers of single recordings, and from these to scores with intervals.

All methods get the same: vectors standardised by the training part; a logistic classifier, its
penalty chosen by training groups left out; neighbours by the cosine, never of the own session or
song. What is scored are the recordings that a fold holds out, of a home on unknown microphones.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from embedding import sides
from threadpoolctl import threadpool_limits

from thesis_lib.analysis import significance
from thesis_lib.analysis.intervals import f1_parts, mean_f1, mean_parts, mean_value
from thesis_lib.analysis.linear_probe import fit
from thesis_lib.analysis.retrieval import candidates, retrieve

K = 10
FAMILY = ("macro_f1", "precision_at_10")  # corrected together; each other metric by itself
NO_METRIC = ("group", "fold", "home", "chance")
FEWER_IS_BETTER = ("microphone_share_at_10", "microphone_share_at_30")


class Answers(NamedTuple):
    """What a method makes of the recordings of one fold; a row a recording in each table.

    Attributes
    ----------
    classes : DataFrame
        label, predicted, group, and what tells the rows apart: see `about`.
    found : DataFrame
        A column for each metric of retrieval beside the same.
    space : DataFrame, empty but for homes
        The microphone's share of the neighbours of all recordings, and what chance gives.
    """

    classes: pd.DataFrame
    found: pd.DataFrame
    space: pd.DataFrame


def answers(vectors, index, quick=False):
    """The `Answers` of one fold (quick: with a penalty of 1)."""
    labelled, train, test = sides(index)
    label, group = index.label.to_numpy(str), index.group.to_numpy(str)
    with threadpool_limits(1):
        probe = fit(vectors[train], label[train], group=None if quick else group[train])
        said = probe.predict(vectors[test])
    unit = directions(vectors, train)
    classes = pd.DataFrame({"label": label[test], "predicted": said, "group": group[test]})
    found = _found(unit, label, group, index, labelled, np.flatnonzero(test))
    return Answers(classes, found, _space(unit, group, index))


def directions(vectors, train):
    """Standardised by the training part, and of length 1."""
    vectors = (vectors - vectors[train].mean(0)) / (vectors[train].std(0) + 1e-6)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def _found(unit, label, group, index, labelled, queries):
    among = candidates(group, queries) & labelled
    near = retrieve(unit, label, queries, among, K)
    table = {"group": group[queries], "precision_at_10": near.precision}
    table |= {"map": near.average_precision, "r_precision": near.r_precision}
    if has_nodes(index):
        node = index.node.to_numpy(str)
        among = candidates(group, queries, node) & labelled
        other = retrieve(unit, label, queries, among, K)
        table["precision_at_10_across_microphones"] = other.precision
    return pd.DataFrame(table)


def _space(unit, group, index):
    """How many of the neighbours, in other sessions, the own microphone heard."""
    if not has_nodes(index):
        return pd.DataFrame({"group": []})
    node, queries = index.node.to_numpy(str), np.arange(len(index))
    among = candidates(group, queries)
    table = {"group": group}
    for k in (10, 30):
        table[f"microphone_share_at_{k}"] = retrieve(unit, node, queries, among, k).precision
    own = (node == node[:, None]) & among
    return pd.DataFrame(table | {"chance": own.sum(1) / among.sum(1)})


def has_nodes(index):
    """Whether several microphone arrays heard it."""
    return index.node.nunique() > 1


def rows(answers, reference, floor, ceilings, draws=significance.DRAWS):
    """The rows of one corpus: every method by every metric.

    Parameters
    ----------
    answers : dict, method -> list of (about, Answers)
        `about` is {"home", "seed"}; the folds of one home or corpus and seed are scored as one
        test. The same folds in the same order for each method.
    reference, floor : str
        Of the methods.
    ceilings : list of str
        The better of them is the ceiling of the recovered share.

    Returns
    -------
    list of dict
    """
    tables = []
    for metric, parts, score, groups, stratum in _metrics(answers):
        names, several = list(answers), len(set(stratum)) > 1
        more = {"stratum": stratum if several else None, "draws": draws}
        table = significance.compare_methods(parts, score, names, reference, **more)
        table.insert(1, "metric", metric)
        tables.append(_with_share(table.assign(groups=groups), parts, score, floor, ceilings, more))
    table = _with_chance(pd.concat(tables, ignore_index=True), answers)
    family = table.metric.where(~table.metric.isin(FAMILY), "main")
    table["p_corrected"] = table.groupby(family).p.transform(significance.holm)
    table["better"] = [_better(row, reference) for row in table.itertuples()]
    return table.to_dict("records")


def _metrics(answers):
    """Each metric with the counts it needs: (name, parts, score, groups, stratum of each)."""
    joined = {
        name: [_joined(folds, which) for which in range(3)] for name, folds in answers.items()
    }
    first = next(iter(joined.values()))
    said = [tables[0].predicted for tables in joined.values()]
    own = first[0]
    parts = f1_parts(own.label, said, own.group, own.fold)
    yield "macro_f1", parts, mean_f1, *_groups(own)
    for which in (1, 2):
        for metric in first[which].columns.difference(NO_METRIC, sort=False):
            own = first[which]
            there = own[metric].notna().to_numpy()
            values = [tables[which][metric][there] for tables in joined.values()]
            own = own[there]
            parts = mean_parts(values, own.group, own.fold)
            yield metric, parts, mean_value, *_groups(own)


def _joined(folds, which):
    """The tables of all folds; groups of two homes are two, folds of one home and seed one."""
    tables = [
        each[which].assign(
            group=f"{about['home']}/" + each[which].group.astype(str),
            fold=f"{about['home']}/{about['seed']}", home=about["home"],
        )
        for about, each in folds
    ]  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _groups(table):
    """How many groups there are, and the home of each in order of their names."""
    home = table.drop_duplicates("group").set_index("group").home.sort_index()
    return len(home), home.to_numpy(str)


def _with_share(table, parts, score, floor, ceilings, more):
    """With the recovered share, where floor and ceiling are there."""
    names = list(table.method)
    there = [name for name in ceilings if name in names]
    if floor in names and there and not table.metric.iloc[0].startswith("microphone"):
        top = max(there, key=lambda name: table["mean"][names.index(name)])
        share = significance.recovered_share(
            parts, score, names.index(floor), names.index(top), **more
        )
        columns = ("recovered", "recovered_low", "recovered_high")
        table = table.assign(**dict(zip(columns, share, strict=True)), ceiling=top)
    return table


def _with_chance(table, answers):
    """With what the microphone's share is where neighbours are drawn at random."""
    folds = next(iter(answers.values()))
    if not len(folds[0][1].space):
        return table
    chance = pd.concat([each.space for _, each in folds]).chance.mean()
    return table.assign(chance=np.where(table.metric.isin(FEWER_IS_BETTER), chance, np.nan))


def _better(row, reference):
    """Who is better after the correction: the reference, the method, or neither."""
    if not row.p_corrected < 1 - significance.LEVEL:
        return ""
    ahead = (row.diff > 0) != (row.metric in FEWER_IS_BETTER)
    return row.method if ahead else reference
