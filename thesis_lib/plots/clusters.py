"""Clusters: how many there are, and where they are."""

from collections.abc import Iterable, Sequence
from itertools import cycle

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import patheffects
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from thesis_lib.plots import many, style

VIEW = {"elev": 22, "azim": -60}  # degrees


def elbow(
    curves: dict[str, pd.DataFrame],
    bends: dict[str, int],
    colours: dict[str, str],
    classes: int | None = None,
    thesis: Sequence[float] = (),
) -> Figure:
    """What is left over with k clusters, and where each curve bends.

    Parameters
    ----------
    curves : dict, name -> DataFrame
        As `clusters.elbow` makes them, from k = 1 on; drawn as a share of the first value.
    bends, colours : dict, name -> int, and colour
    classes : int, optional
        How many classes the corpus has.
    thesis : (low, high), optional
        Between which k the thesis saw the bend.
    """
    figure, axis = style.subplots(height=3.8)
    if len(thesis):
        axis.axvspan(*thesis, color="0.9", label="bend in the thesis, other music", zorder=0)
    if classes:
        axis.axvline(classes, color="0.3", ls=":", label=f"number of classes ({classes})")
    looks = zip(curves.items(), cycle("os^v<>p"), strict=False)
    for (name, curve), marker in looks:
        colour = colours[name]
        share = 100 * curve.inertia / curve.inertia.iloc[0]
        label = f"{name}: {bends[name]}"
        axis.plot(curve.k, share, color=colour, marker=marker, ms=5, label=label)
        bend = curve.k == bends[name]
        axis.plot(curve.k[bend], share[bend], "o", ms=15, mfc="none", mec=colour, mew=2)
    axis.set(xlabel="number of clusters k", ylabel="squared distance to the centres (%)")
    axis.set(ylim=(0, 104), xticks=curve.k)
    axis.legend(title="curve: bends at k (ringed)")
    axis.grid()
    return figure


def kmeans3d(
    points: np.ndarray,
    clusters: np.ndarray,
    centres: np.ndarray,
    labels: np.ndarray,
    colours: dict[str, str],
    explained: Iterable[float],
) -> Figure:
    """Tiles in three components, coloured by cluster and by label, with the clusters' centres.

    Parameters
    ----------
    points : (n, 3) array
    clusters : (n,) int array
        From 0.
    centres : (k, 3) array
    labels : (n,) array
    colours : dict, label -> colour
    explained : (3,) array
        Share of the variance that each component holds.
    """
    figure, axes = style.subplots(1, 2, height=5.0, subplot_kw={"projection": "3d"})
    hues = _cluster_colours(len(centres))
    _cloud(axes[0], points, [hues[cluster] for cluster in clusters], explained)
    _centres(axes[0], centres)
    axes[0].set_title("coloured by cluster; numbers: centres")
    _cloud(axes[1], points, [colours[label] for label in labels], explained)
    axes[1].set_title("coloured by label")
    if many.are_many(labels):
        many.name_classes(axes[1], points, labels, 7)
        return figure
    names = sorted(set(labels))
    nice = [style.nice(name) for name in names]
    dots = [Line2D([], [], ls="", marker="o", color=colours[name]) for name in names]
    columns = style.legend_columns(nice, min(5, len(names)))
    figure.legend(dots, nice, loc="outside lower center", ncols=columns)
    return figure


def _cluster_colours(k):
    """Not the classes' colours, which would say that a cluster is a class."""
    return sns.color_palette("Set2", k) if k <= 8 else sns.husl_palette(k, s=0.5)


def _cloud(axis, points, colours, explained):
    axis.scatter(*points.T, c=colours, s=5, alpha=0.6, linewidths=0, depthshade=False)
    axis.view_init(**VIEW)
    axis.set_box_aspect((1, 1, 1), zoom=0.89)
    for name, low, high, share in zip("xyz", *_limits(points), explained, strict=True):
        axis.set(**{f"{name}lim": (low, high)})
        axis.set(**{f"{name}label": f"component {'xyz'.index(name) + 1} ({100 * share:.0f} %)"})
    axis.tick_params(labelsize=9, pad=0)
    axis.locator_params(nbins=4)


def _limits(points):
    """Without the farthest 0.2 % on each side, which would shrink all others to a dot."""
    return np.quantile(points, 0.002, axis=0), np.quantile(points, 0.998, axis=0)


def _centres(axis, centres):
    halo = [patheffects.withStroke(linewidth=4, foreground="white")]
    for number, place in enumerate(centres, start=1):
        axis.text(
            *place, str(number), size=15, weight="bold", ha="center", va="center", zorder=10,
            path_effects=halo,
        )  # fmt: skip
