"""From answers of single recordings to scores of all methods, with intervals and differences."""

import numpy as np
import pandas as pd

from thesis_lib.analysis import significance
from thesis_lib.analysis.bootstrap import strata_of
from thesis_lib.analysis.intervals import f1_parts, mean_f1, mean_parts, mean_value

FAMILY = ("macro_f1", "precision_at_10")  # corrected together; each other metric by itself
NO_METRIC = ("group", "label", "fold", "chance")
NAMES = {"diff": "diff_to_ours"}  # as they are written
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
    return corrected(_with_chance(pd.concat(tables, ignore_index=True), answers), reference)


def corrected(table, reference):
    """The rows of one corpus, chances corrected for how many there are, and who is better."""
    family = table.metric.where(~table.metric.isin(FAMILY), "main")
    table = table.assign(p_corrected=table.groupby(family).p.transform(significance.holm))
    better = [_better(row, reference) for row in table.itertuples()]
    return table.assign(better=better).to_dict("records")


def joined(before, now, reference):
    """Written rows, and those of methods that they lack; all chances are corrected anew.

    The recovered share of what is added is left out, for it needs floor and ceiling on the same
    draws.

    Raises
    ------
    ValueError
        The reference has other scores: the two are of other recordings.
    """
    before, now = pd.DataFrame(before), pd.DataFrame(now)
    key = ["corpus", "method", "metric"]
    own = [table[table.method == reference].set_index(key)["mean"] for table in (before, now)]
    if not np.allclose(own[0].reindex(own[1].index), own[1], atol=2e-4):
        raise ValueError(f"{reference} has other scores than before; measure all methods again")
    there = pd.MultiIndex.from_frame(now[key]).isin(pd.MultiIndex.from_frame(before[key]))
    share = [name for name in now if name.startswith("recovered") or name == "ceiling"]
    table = pd.concat([before, now[~there].drop(columns=share)], ignore_index=True)
    table = table.rename(columns={written: name for name, written in NAMES.items()})
    for _, corpus in table.groupby("corpus", sort=False):
        for row in corrected(corpus, reference):
            yield plain(row, row["seeds"])


def _metrics(answers):
    """Each metric with the counts it needs: (name, parts, score, groups, stratum of each)."""
    joined = {
        name: [_stacked(folds, which) for which in range(3)] for name, folds in answers.items()
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


def _stacked(folds, which):
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


def plain(row, seeds):
    """A row as it is written: four digits, of chances six, without what is not there."""
    row = {NAMES.get(name, name): value for name, value in row.items()}
    row = {name: round(value, 6 if name == "p" else 4) if isinstance(value, float) else value
           for name, value in row.items() if value == value}  # fmt: skip
    return row | {"seeds": seeds}
