"""Benchmarks as pictures: scores of methods on corpora, and how fast trainings are."""

import numpy as np

from thesis_lib.plots import style


def scores(rows, methods, metrics, ours=("ours",)):
    """Mean and spread of each method: a column a corpus, a line of panels a metric.

    Parameters
    ----------
    rows : DataFrame
        A row a score: `corpus`, `method`, `metric`, `mean`, `spread`.
    methods : dict, method -> the name that readers see
        Drawn from top to bottom in this order.
    metrics : dict, metric -> the name that readers see
    ours : collection of str
        Methods that are drawn in colour.
    """
    corpora, y = list(rows.corpus.unique()), np.arange(len(methods))
    height = len(metrics) * (0.9 + 0.27 * len(methods))
    figure, axes = style.subplots(
        len(metrics), len(corpora), height=height, squeeze=False, sharey=True, sharex="row"
    )
    colours = np.array([style.HERE if method in ours else "0.35" for method in methods])
    for line, (metric, name) in zip(axes, metrics.items(), strict=True):
        for axis, corpus in zip(line, corpora, strict=True):
            own = rows[(rows.corpus == corpus) & (rows.metric == metric)]
            own = own.set_index("method").reindex(methods)
            for at, (mean, spread, colour) in enumerate(
                zip(own["mean"], own.spread, colours, strict=True)
            ):
                axis.errorbar(mean, at, xerr=spread, fmt="o", color=colour, capsize=3, ms=6)
            axis.set(title=style.nice(corpus), xlabel=name)
            axis.grid(axis="x")
        line[0].set_yticks(y, methods.values())
        line[0].set_ylim(len(methods) - 0.5, -0.5)
    return figure


def throughput(rows, methods):
    """Tiles a second of each method in a training: a panel a machine, a group of bars a recipe.

    Parameters
    ----------
    rows : DataFrame
        A row a speed: `machine`, `recipe`, `corpus` (the tiles), `width`, `method`, `mean`,
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
        axis.set(xscale="log", xlabel="tiles a second", title=machine)
        axis.set_xlim(right=3 * own["mean"].max())
        axis.set_yticks(range(len(names)), names if axis is axes[0, 0] else [])
        axis.set_ylim(len(names) - 0.5, -0.5)
        axis.grid(axis="x")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure
