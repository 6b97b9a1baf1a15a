"""Benchmarks as pictures: scores of methods on corpora, and how fast trainings are."""

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from thesis_lib.plots import style

FRAME = "#d55e00"  # around what stands out in a matrix


def scores(
    rows: pd.DataFrame,
    methods: dict[str, str],
    metrics: dict[str, str],
    ours: Collection[str] = ("ours",),
    titles: Mapping[str, str] = MappingProxyType({}),
) -> Figure:
    """Mean and 95 % interval of each method: a column a corpus, a line a metric.

    Each panel has an axis of its own, or the differences of one corpus would vanish beside another.

    Parameters
    ----------
    rows : DataFrame
        One row per score: `corpus`, `method`, `metric`, `mean`, `ci_low`, `ci_high`.
    methods : dict, method -> the name that readers see
        Drawn from top to bottom in this order.
    metrics : dict, metric -> the name that readers see
    ours : collection of str
        Methods that are drawn in colour.
    titles : dict, corpus -> the name that readers see, optional
    """
    corpora, y = list(rows.corpus.unique()), np.arange(len(methods))
    height = len(metrics) * (0.9 + 0.27 * len(methods))
    figure, axes = style.subplots(
        len(metrics), len(corpora), height=height, squeeze=False, sharey=True
    )
    colours = np.array([style.HERE if method in ours else "0.35" for method in methods])
    for line, (metric, name) in zip(axes, metrics.items(), strict=True):
        for axis, corpus in zip(line, corpora, strict=True):
            own = rows[(rows.corpus == corpus) & (rows.metric == metric)]
            own = own.set_index("method").reindex(methods)
            for colour in dict.fromkeys(colours):  # not method by method: hundreds of calls
                shown = own[colours == colour]
                look = {"fmt": "o", "color": colour, "capsize": 3, "ms": 6}
                axis.errorbar(shown["mean"], y[colours == colour], xerr=_around(shown), **look)
            axis.set(title=titles.get(corpus) or style.nice(corpus), xlabel=name)
            axis.grid(axis="x")
        line[0].set_yticks(y, methods.values())
        line[0].set_ylim(len(methods) - 0.5, -0.5)
    return figure


def _around(rows):
    """How far the bars reach to the left and to the right: (2, n)."""
    return np.abs(rows[["ci_low", "ci_high"]].sub(rows["mean"], axis=0)).T.to_numpy()


def transfer(
    rows: pd.DataFrame,
    trained: dict[str, str],
    metrics: dict[str, str],
    own: Iterable[tuple[str, str]] = (),
) -> Figure:
    """Trained here, probed there: one matrix per metric, with 95 % intervals.

    Parameters
    ----------
    rows : DataFrame
        As for `scores`; `corpus` is what is probed on (a column), `method` what it was trained on.
    trained : dict, method -> the name that readers see
        The lines of the matrix from top to bottom.
    metrics : dict, metric -> the name that readers see
    own : collection of (method, corpus)
        Framed: the network was trained on recordings of this very corpus.

    Returns
    -------
    Figure
    """
    corpora = list(rows.corpus.unique())
    figure, axes = style.subplots(
        1, len(metrics), height=1.2 + 0.6 * len(trained), squeeze=False, sharey=True
    )
    for axis, (metric, name) in zip(axes[0], metrics.items(), strict=True):
        table = rows[rows.metric == metric].pivot(index="method", columns="corpus")
        mean, low, high = (
            table[which].reindex(trained)[corpora] for which in ("mean", "ci_low", "ci_high")
        )
        words = [
            [
                f"{value:.2f}\n{least:.2f} to {most:.2f}"
                for value, least, most in zip(*line, strict=True)
            ]
            for line in zip(mean.to_numpy(), low.to_numpy(), high.to_numpy(), strict=True)
        ]
        sns.heatmap(
            mean, ax=axis, annot=np.array(words), fmt="", cmap=style.HEAT, vmin=0, vmax=1,
            cbar=False, linewidths=0.5, annot_kws={"size": 8},
        )  # fmt: skip
        for method, corpus in own:
            place = corpora.index(corpus), list(trained).index(method)
            axis.add_patch(Rectangle(place, 1, 1, fill=False, ec=FRAME, lw=2.5, clip_on=False))
        axis.set(title=name, xlabel="probed on", ylabel="")
        axis.set_xticklabels([style.nice(corpus) for corpus in corpora], rotation=0)
        axis.set_yticklabels(list(trained.values()), rotation=0)
        axis.tick_params(length=0)
    return figure


def adding(
    rows: pd.DataFrame, methods: dict[str, tuple[str, str, str]], metrics: dict[str, str]
) -> Figure:
    """Scores by how many labelled groups of a new class there are: one column per corpus.

    Parameters
    ----------
    rows : DataFrame
        One row per score: `corpus`, `method`, `metric`, `groups` (0: before the class came),
        `mean`, `ci_low`, `ci_high`.
    methods : dict, method -> (the name that readers see, colour, marker)
    metrics : dict, metric -> the name that readers see
        One line of panels each.

    Returns
    -------
    Figure
    """
    corpora = list(rows.corpus.unique())
    figure, axes = style.subplots(
        len(metrics), len(corpora), height=0.9 + 2.3 * len(metrics), squeeze=False, sharey="row"
    )
    for line, (metric, name) in zip(axes, metrics.items(), strict=True):
        for axis, corpus in zip(line, corpora, strict=True):
            own = rows[(rows.corpus == corpus) & (rows.metric == metric)]
            _curves(axis, own, methods)
            axis.set_ylim(0, 1)
            axis.grid(axis="y")
        line[0].set_ylabel(name)
    for axis, corpus in zip(axes[0], corpora, strict=True):
        axis.set_title(style.nice(corpus))
    for axis in axes[-1]:
        axis.set_xlabel("labelled groups of the new class")
    lines = axes[0, 0].get_legend_handles_labels()
    figure.legend(*lines, loc="outside upper center", ncols=len(methods))
    return figure


def _curves(axis, rows, methods):
    groups = sorted(int(count) for count in rows.groups.unique())
    shifts = np.linspace(-0.12, 0.12, len(methods))  # marks beside each other, not on each other
    for shift, (method, (name, colour, marker)) in zip(shifts, methods.items(), strict=True):
        found = rows[rows.method == method].sort_values("groups")
        x = np.array([groups.index(int(count)) for count in found["groups"]]) + shift
        axis.errorbar(
            x, found["mean"], yerr=_around(found), label=name, color=colour, marker=marker,
            ms=5, lw=1.5, capsize=2, elinewidth=1,
        )  # fmt: skip
    axis.set_xticks(range(len(groups)), groups)
    axis.set_xlim(-0.5, len(groups) - 0.5)


def domains(
    places: pd.DataFrame, colours: dict[str, dict[str, str]], markers: dict[str, str]
) -> Figure:
    """A map of one space for several domains: the colour is the class, the mark the domain.

    Parameters
    ----------
    places : DataFrame
        One row per recording: `x`, `y`, `label`, `domain`.
    colours : dict, domain -> dict, label -> colour
    markers : dict, domain -> matplotlib marker

    Returns
    -------
    Figure
        The axes carry no numbers: a map of this kind keeps who is near to whom, no distances.
    """
    figure, axis = style.subplots(height=5.6)
    dots = []
    for domain, marker in markers.items():
        own = places[places.domain == domain]
        dots += axis.plot([], [], ls="", label=style.nice(domain))  # a heading in the legend
        for label, part in own.groupby("label"):
            look = {"color": colours[domain][label], "ms": 7, "mec": "0.2", "mew": 0.4}
            dots += axis.plot(part.x, part.y, marker, label=style.nice(label), **look)
    legend = figure.legend(handles=dots, loc="outside right center")
    for text in legend.get_texts():
        heading = text.get_text() in map(style.nice, markers)
        text.set_fontweight("bold" if heading else "normal")
    axis.set(xticks=[], yticks=[])
    axis.set_aspect("equal", "datalim")
    return figure


def rankings(
    rows: pd.DataFrame, methods: Mapping[str, tuple[str, str, str]], titles: Mapping[str, str]
) -> Figure:
    """ROC curves, and precision-recall curves below: a column a corpus, a line a way.

    Parameters
    ----------
    rows : DataFrame
        `corpus`, `method`, `metric` ("recall at false alarms", "precision at recall"), `at` and
        `mean` (lists: places of a grid, and values there).
    methods : dict, method -> (the name that readers see, colour, style of the line)
    titles : dict, corpus -> the name that readers see
    """
    titles = {corpus: title for corpus, title in titles.items() if (rows.corpus == corpus).any()}
    figure, axes = style.subplots(2, len(titles), height=5.4, squeeze=False, sharey="row")
    metrics = {"recall at false alarms": "false alarms", "precision at recall": "recall"}
    for line, (metric, xlabel) in zip(axes, metrics.items(), strict=True):
        for axis, corpus in zip(line, titles, strict=True):
            own = rows[(rows.corpus == corpus) & (rows.metric == metric)].set_index("method")
            for method, (name, colour, dashes) in methods.items():
                if method in own.index:
                    at, mean = own.loc[method, ["at", "mean"]]
                    axis.plot(at, mean, color=colour, ls=dashes, label=name, lw=1.6)
            axis.set(xlabel=xlabel, ylim=(-0.03, 1.03))
            axis.grid()
        line[0].set_ylabel(metric.split(" at ")[0])
    for axis, title in zip(axes[0], titles.values(), strict=True):
        axis.set_title(title)
        axis.set_xscale("symlog", linthresh=0.01)
        axis.set_xlim(0, 1)
        axis.set_xticks([0, 0.01, 0.1, 1], ["0", ".01", ".1", "1"])
    lines = {name: line for axis in axes[0] for line, name in
             zip(*axis.get_legend_handles_labels(), strict=True)}  # fmt: skip
    figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=4)
    return figure


def machine(row: pd.Series) -> str:
    """A machine by its processor, cores and device, from the row that names it."""
    device = row.device.split(":")[0].removeprefix("Computing on the ").rstrip(".")
    return f"{row.machine}, {row.cores:.0f} cores; {device}"


def throughput(rows: pd.DataFrame, methods: dict[str, tuple[str, str]]) -> Figure:
    """Tiles a second of each method in a training: one panel per machine, bars by recipe.

    Parameters
    ----------
    rows : DataFrame
        One row per speed: `machine`, `recipe`, `corpus` (the tiles), `width`, `method`, `mean`,
        `spread` (tiles/s).
    methods : dict, method -> (the name that readers see, colour)
    """
    machines = list(rows.groupby("machine", sort=False))
    recipes = rows.drop_duplicates("recipe")
    names = [f"{row.recipe}\n{row.corpus}, width {row.width:.0f}" for row in recipes.itertuples()]
    figure, axes = style.subplots(1, len(machines), height=0.8 + 0.75 * len(recipes), squeeze=False)
    for axis, (machine, own) in zip(axes[0], machines, strict=True):
        for number, (method, (name, colour)) in enumerate(methods.items()):
            part = own[own.method == method].set_index("recipe").reindex(recipes.recipe)
            y = np.arange(len(part)) + (number - (len(methods) - 1) / 2) * 0.26
            axis.barh(y, part["mean"], 0.24, xerr=part.spread, color=colour, label=name,
                      error_kw={"lw": 1, "capsize": 2, "ecolor": "0.3"})  # fmt: skip
            for at, mean, spread in zip(y, part["mean"], part.spread, strict=True):
                if np.isfinite(mean):
                    axis.text(
                        mean + spread, at, f"  {float(f'{mean:.3g}'):,g}", va="center", size=8
                    )
        axis.set(xscale="log", xlabel="tiles a second (logarithmic)", title=machine)
        axis.set_xlim(right=3 * own["mean"].max())
        axis.set_yticks(range(len(names)), names if axis is axes[0, 0] else [])
        axis.set_ylim(len(names) - 0.5, -0.5)
        axis.grid(axis="x")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure
