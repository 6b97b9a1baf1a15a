"""A class that comes after the training: what is said with so many groups of it, and its scores."""

import numpy as np
import pandas as pd
from sklearn.base import clone

from evaluation import scoring
from thesis_lib.analysis.bootstrap import strata_of
from thesis_lib.analysis.held_out import sides
from thesis_lib.analysis.intervals import average, f1_parts, ratio
from thesis_lib.analysis.linear_probe import fit
from thesis_lib.analysis.significance import DRAWS as BOOTSTRAPS
from thesis_lib.analysis.significance import compare_methods, holm
from thesis_lib.recipe import SEED

GROUPS = (1, 2, 4, 8)  # labelled groups of the class that comes later
DRAWS = 2  # of which groups these are


def answers(vectors, index, new):
    """What is said of the tested recordings without a new class, and with some groups of it.

    The penalty is chosen on the old classes alone.

    Returns
    -------
    DataFrame
        groups, draw (of which groups), label, group, predicted.
    """
    _, train, test = sides(index)
    label, old = index.label.to_numpy(str), (index.label != new).to_numpy()
    before = train & old
    probe = fit(
        vectors[before], label[before], class_weight="balanced", group=index.group[before]
    ).best_estimator_
    said = {(0, 0): probe.predict(vectors[test])}
    groups, draw = index.group[train & ~old].unique(), np.random.default_rng(SEED)
    for count in (count for count in GROUPS if count <= len(groups)):
        for number in range(DRAWS):
            some = index.group.isin(draw.choice(groups, count, replace=False)).to_numpy()
            rows = train & (old | some)
            said[count, number] = (
                clone(probe).fit(vectors[rows], label[rows]).predict(vectors[test])
            )
    own = pd.DataFrame({"label": label[test], "group": index.group.to_numpy(str)[test]})
    return pd.concat(
        [
            own.assign(groups=count, draw=number, predicted=one)
            for (count, number), one in said.items()
        ]
    )


def rows(added, args):
    """The rows of `adding`: of each class, and of the mean over those that have so many groups."""
    methods = list(added.method.unique())
    for (corpus, count), own in added.groupby(["corpus", "groups"], sort=False):
        every = added[added.corpus == corpus].left_out.unique()
        each = [(one, own[own.left_out == one]) for one in own.left_out.unique()]
        for left_out, part in [*each, ("", own)] if len(each) == len(every) else each:
            more = {"left_out": left_out, "groups": int(count), "draws": int(part.draw.max()) + 1}
            for metric in ("new_f1", "old_f1") if count else ("old_f1",):
                items, parts = of_class(part, methods, metric)
                score = f1_of_yes if metric == "new_f1" else f1_of_known
                yield from told(
                    "adding", corpus, metric, methods, "left_out", items, parts, score, args, **more
                )


def of_class(added, methods, metric):
    """The items that count for a metric, and of each method what its score needs.

    Each class, draw and seed is a fold; what is said of one item in several is drawn at once.
    """
    tables = [added[added.method == method].reset_index(drop=True) for method in methods]
    new = (tables[0].label == tables[0].left_out).to_numpy()
    rows = np.full(len(new), True) if metric == "new_f1" else ~new
    own = tables[0][rows]
    fold = own.left_out + "/" + own.draw.astype(str) + "/" + own.seed.astype(str)
    truth, said = own.label, [table.predicted[rows] for table in tables]
    if metric == "new_f1":
        truth, *said = (np.where(one == own.left_out, "yes", "no") for one in (truth, *said))
    return own, f1_parts(truth, said, own.group, fold)


def f1_of_yes(confusions):
    """Of two classes, no and yes, the F1 of the second: (..., folds, 2, 2) -> (...)."""
    hits = confusions[..., 1, 1]
    return average(
        ratio(2 * hits, confusions[..., 1].sum(axis=-1) + confusions[..., 1, :].sum(axis=-1))
    )


def f1_of_known(confusions):
    """Macro-F1 over the classes that there are: (..., folds, truth, predicted) -> (...)."""
    hits, there = np.diagonal(confusions, axis1=-2, axis2=-1), confusions.sum(axis=-1)
    found = ratio(2 * hits, there + confusions.sum(axis=-2))
    return average(average(np.where(there > 0, found, np.nan)))


def told(question, corpus, metric, methods, reference, items, parts, score, args, **more):
    """A row a method: score and difference from one method, with intervals."""
    draws = 200 if args.quick else BOOTSTRAPS
    stratum = strata_of(items.group, items.label)
    table = compare_methods(parts, score, methods, reference, stratum, draws)
    table["p_corrected"] = holm(table.p)
    table["better"] = ""
    sure = table.p_corrected < 0.05
    table.loc[sure, "better"] = np.where(table["diff"] > 0, table.method, reference)[sure]
    for row in table.to_dict("records"):
        row = {"question": question, "corpus": corpus, "metric": metric} | row
        yield scoring.plain(row, args.seeds) | {
            key: value for key, value in more.items() if value != ""
        }
