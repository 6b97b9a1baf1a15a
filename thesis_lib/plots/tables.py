"""Tables as pictures: reports, confusions, counts, and scores of several methods side by side."""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure

from thesis_lib.plots import many, style

MEASURES = {"precision": "precision", "recall": "recall", "f1": "F1"}
EMBEDDINGS = {
    "ours": ("ours, comes with the suite", style.HERE, "o"),
    "adapted": ("ours, trained further here", "#cc78bc", "v"),
    "ours_untrained": ("ours, untrained", "#56b4e9", "P"),
    "trained": ("trained here", style.TRAINED, "^"),
    "untrained": ("the same, untrained", "#de8f05", "s"),
    "statistics": ("log-Mel mean and deviation", style.BASELINE, "D"),
}
SETS = {
    "unknown": ("unknown", "o", "full"),
    "known": ("known", "s", "none"),
    "folds": ("folds of the development set", "^", "none"),
    "all": ("all, single tiles", "x", "full"),
}


def classification_reports(reports: dict[str, pd.DataFrame]) -> Figure:
    """Reports as heat maps in the thesis's form: class (support) x precision, recall, F1.

    Parameters
    ----------
    reports : dict, title -> DataFrame
        As `classify.report` makes them; without a column `support` no support is written.
    """
    rows = max(map(len, reports.values()))
    figure, axes = style.subplots(1, len(reports), height=1.7 + 0.34 * rows, squeeze=False)
    for axis, (title, report) in zip(axes[0], reports.items(), strict=True):
        values = report[list(MEASURES)].set_axis(list(MEASURES.values()), axis=1)
        _heat(axis, values, vmin=0, vmax=1, fmt=".2f")
        axis.set_yticklabels([_with_support(row) for row in report.to_dict("records")], rotation=0)
        axis.set_xticklabels(values.columns, rotation=35, ha="right")
        axis.set_title(title)
    return figure


def _with_support(row):
    count = f" ({row['support']:.0f})" if "support" in row else ""
    return style.nice(row["class"]) + count


def confusions(tables: dict[str, pd.DataFrame]) -> Figure:
    """Confusion matrices; a row sums to 100 %.

    Parameters
    ----------
    tables : dict, title -> DataFrame
        Counts; rows are the true classes (index), columns the predicted ones.
    """
    tables = {title: many.by_confusion(table) for title, table in tables.items()}
    rows, size = max(map(len, tables.values())), many.grid(tables)
    height = size[0] * (2.0 + 0.33 * rows)
    figure, axes = style.subplots(*size, height=height, squeeze=False)
    for axis, (title, table) in zip(axes.flat, tables.items(), strict=True):
        share = 100 * table.div(table.sum(axis=1).clip(lower=1), axis=0)
        _heat(axis, share, vmin=0, vmax=100, fmt=".0f")
        _name_classes(axis, table.index, table.columns)
        axis.set(title=title, ylabel="is (%)", xlabel="is taken for")
    return figure


def counts(tables: dict[str, pd.DataFrame]) -> Figure:
    """Tables of clusters x labels: numbers are tiles, colours the share of the cluster.

    Parameters
    ----------
    tables : dict, title -> DataFrame
        As `clusters.cluster_table` makes them.
    """
    tables = {title: many.by_column(table) for title, table in tables.items()}
    rows, size = max(map(len, tables.values())), many.grid(tables)
    widths = [len(table.columns) for table in tables.values()] if size[0] == 1 else None
    height = size[0] * (2.2 + 0.33 * rows)
    figure, axes = style.subplots(*size, height=height, squeeze=False, width_ratios=widths)
    for axis, (title, table) in zip(axes.flat, tables.items(), strict=True):
        share = table.div(table.sum(axis=1).clip(lower=1), axis=0)
        _heat(axis, share, vmin=0, vmax=1, annot=table.to_numpy(), fmt="d")
        _name_classes(axis, table.index, table.columns)
        axis.set(title=title, ylabel="cluster", xlabel="")
    return figure


def comparison(
    scores: pd.DataFrame,
    intervals: pd.DataFrame,
    xlabel: str,
    limits: tuple[float, float] = (0, 1),
) -> Figure:
    """The same score of several methods: its mean over the seeds, its interval, and each seed.

    Parameters
    ----------
    scores : DataFrame
        One row per seed: `what` (a line of the figure each), `embedding` (one of `EMBEDDINGS`),
        `seed`, `value` and, where it is known, `chance`.
    intervals : DataFrame
        One row per what and embedding: `what`, `embedding`, `value`, `low`, `high` (NaN: none), as
        `analysis.comparison.scores` makes it.
    xlabel : str
    limits : (low, high)
        Of the x axis.
    """
    what = list(scores.what.unique())
    figure, axis = style.subplots(height=1.2 + 0.62 * len(what))
    there = [name for name in EMBEDDINGS if (scores.embedding == name).any()]
    for offset, embedding in zip(np.linspace(-0.27, 0.27, len(there)), there, strict=True):
        name, colour, marker = EMBEDDINGS[embedding]
        own = intervals[intervals.embedding == embedding]
        y = own.what.map(what.index) + offset
        _intervals(axis, own.low, own.high, y, color=colour, capsize=3)
        axis.plot(own.value, y, ls="", marker=marker, color=colour, label=name, ms=7)
        seeds = scores[scores.embedding == embedding]
        at = seeds.what.map(what.index) + offset
        axis.plot(seeds.value, at, "|", color=colour, ms=9, alpha=0.6)
    _chance(axis, scores, what)
    axis.set(xlabel=xlabel, xlim=limits, ylim=(len(what) - 0.5, -0.5))
    axis.set_yticks(range(len(what)), what)
    axis.grid(axis="x")
    figure.legend(loc="outside upper center", ncols=5)
    return figure


def _intervals(axis, low, high, y, **look):
    """From low to high; a score need not be in the middle."""
    axis.errorbar((low + high) / 2, y, xerr=(high - low) / 2, fmt="none", **look)


def _chance(axis, scores, what):
    if "chance" not in scores:
        return
    chance = scores.groupby("what").chance.mean().dropna()
    for row, name in enumerate(chance.index):
        at = what.index(name)
        label = "chance" if row == 0 else None
        axis.vlines(chance[name], at - 0.36, at + 0.36, color="0.3", ls=":", lw=1.6, label=label)


def challenge(systems: pd.DataFrame) -> Figure:
    """Macro-F1 of the challenge's systems, of the thesis and of what was found here.

    Parameters
    ----------
    systems : DataFrame
        `system`, `source` (rows of one source are together), and for each of `SETS` the score in
        % and the ends of its interval, e.g. `known`, `known_low` and `known_high`; NaN where there
        is none.
    """
    figure, axis = style.subplots(height=1.7 + 0.36 * len(systems))
    sources = list(systems.source.unique())
    y = np.arange(len(systems)) + 0.6 * systems.source.map(sources.index)
    for source, colour in zip(sources, ("0.4", "#d55e00", style.HERE), strict=True):
        own = systems.source == source
        _systems(axis, systems[own], y[own], colour)
        axis.text(0, y[own].iloc[0] - 0.62, " " + source, color=colour, va="center", style="italic")
    for name, marker, fill in SETS.values():
        axis.plot([], [], ls="", marker=marker, color="0.2", fillstyle=fill, label=name)
    axis.set_yticks(y, systems.system)
    axis.set(xlabel="macro-averaged F1 (%)", xlim=(0, 100), ylim=(y.max() + 0.5, -1))
    axis.grid(axis="x")
    figure.legend(loc="outside upper center", ncols=4, title="microphones")
    return figure


def _systems(axis, systems, y, colour):
    for shift, (column, (_, marker, fill)) in zip((-0.2, 0, 0, 0.2), SETS.items(), strict=True):
        values, low, high = (systems[name] for name in (column, f"{column}_low", f"{column}_high"))
        at = y + (shift if low.notna().any() else 0)
        _intervals(axis, low, high, at, color=colour, lw=1)
        axis.plot(values, at, ls="", marker=marker, color=colour, fillstyle=fill, ms=7)


def _heat(axis, values, annot=True, **options):
    sns.heatmap(
        values, ax=axis, annot=annot, cmap=style.HEAT, cbar=False, linewidths=0.5,
        annot_kws={"size": many.letters(values.columns)}, **options,
    )  # fmt: skip
    axis.tick_params(length=0)
    axis.set(xlabel="", ylabel="")


def _name_classes(axis, rows, columns):
    axis.set_yticklabels([style.nice(name) for name in rows], rotation=0)
    axis.set_xticklabels([style.nice(name) for name in columns], rotation=45, ha="right")
