"""Benchmarks as pictures: the scores of several methods on several corpora."""

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
