"""From answers of single recordings to scores of all methods, with intervals and differences."""

import numpy as np
import pandas as pd

from thesis_lib.analysis import significance
from thesis_lib.analysis.bootstrap import strata_of
from thesis_lib.analysis.intervals import f1_parts, mean_f1, mean_parts, mean_value

FAMILY = ("macro_f1", "precision_at_10")  # corrected together; each other metric by itself
NO_METRIC = ("group", "label", "fold", "chance")
FEWER_IS_BETTER = ("microphone_share_at_10", "microphone_share_at_30")


def rows(answers, reference, floor, ceilings, draws=significance.DRAWS):
    """The rows of one corpus: every method by every metric.

    Parameters
    ----------
    answers : dict, method -> list of (about, held_out.Answers)
        `about` is {"home", "seed"}; all folds and homes of one seed are scored as one test. The
        same folds in the same order for each method.
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
        names, more = list(answers), {"stratum": stratum, "draws": draws}
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
    """The tables of all folds; sessions of two homes are two, whatever their names."""
    tables = [
        each[which].assign(
            group=f"{about['home']}/" + each[which].group.astype(str), fold=about["seed"]
        )
        for about, each in folds
    ]  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _groups(table):
    """How many groups there are, and the class of each."""
    stratum = strata_of(table.group, table.label)
    return len(stratum), stratum


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
