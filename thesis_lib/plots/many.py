"""Pictures of more classes than there are colours that can be told apart: names, and an order."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import patheffects
from matplotlib.axes import Axes
from scipy.cluster.hierarchy import leaves_list, linkage
from scipy.spatial.distance import squareform

from thesis_lib.plots import style
from thesis_lib.util.text import width

MOST = len(style.COLOURS)  # classes that can be told apart by their colour
ROUNDS = 200  # in which names move apart; beyond, some stay over others
HALO = [patheffects.withStroke(linewidth=3, foreground="white")]


def are_many(labels: Iterable[str]) -> bool:
    """Whether there are more classes than colours can tell apart."""
    return len(set(labels) - {""}) > MOST


def name_classes(axis: Axes, points: np.ndarray, labels: np.ndarray, size: float = 8) -> None:
    """Write each class's name at that of its points that is nearest to their middle.

    So never between two islands. In the plane, many names make way for each other.

    Parameters
    ----------
    axis : matplotlib Axes, of two dimensions or three
    points : float array, shape (n, 2) or (n, 3)
    labels : array of str, shape (n,)
    size : float
        Of the letters, points.
    """
    names = sorted(set(labels) - {""})
    middles = [_middle(points[labels == label]) for label in names]
    if points.shape[1] == 2 and are_many(names):
        middles = _apart(axis, points, middles, list(map(style.nice, names)), size)
    for at, label in zip(middles, names, strict=True):
        text: Any = axis.text  # in three dimensions it takes three numbers, which hints do not know
        text(*at, style.nice(label), size=size, ha="center", va="center", zorder=10,
             path_effects=HALO)  # fmt: skip


def _middle(points):
    return points[np.square(points - np.median(points, axis=0)).sum(axis=1).argmin()]


def _apart(axis, points, middles, names, size):
    """Places of names, moved up and down until none is written over another."""
    page = 72 * axis.get_figure().get_size_inches() * axis.get_position().size  # points
    scale = page / np.maximum(np.ptp(points, axis=0), 1e-9)
    at = np.array(middles, float) * scale
    wide = np.array([0.6 * size * width(name) for name in names])
    for _ in range(ROUNDS):
        over = [(i, j) for i, j in combinations(range(len(at)), 2)
                if abs(at[i, 0] - at[j, 0]) < (wide[i] + wide[j]) / 2
                and abs(at[i, 1] - at[j, 1]) < 1.3 * size]  # fmt: skip
        for i, j in over:
            up = 0.3 * size * (1 if at[i, 1] >= at[j, 1] else -1)
            at[i, 1], at[j, 1] = at[i, 1] + up, at[j, 1] - up
        if not over:
            break
    return at / scale


def ordered(distances: pd.DataFrame) -> list[str]:
    """Classes in an order in which those that are near each other are side by side.

    Parameters
    ----------
    distances : DataFrame, (classes, classes)
        Symmetric, 0 on the diagonal.

    Returns
    -------
    list of str
        The leaves of a tree (average linkage), turned so that neighbours are near each other.
    """
    matrix = distances.to_numpy(float, copy=True)
    np.fill_diagonal(matrix, 0)
    tree = linkage(squareform(matrix, checks=False), "average", optimal_ordering=True)
    return [distances.index[leaf] for leaf in leaves_list(tree)]


def by_confusion(counts: pd.DataFrame) -> pd.DataFrame:
    """A table of confusions whose classes that are taken for each other are side by side.

    Parameters
    ----------
    counts : DataFrame
        Rows are the true classes (index), columns the predicted ones.

    Returns
    -------
    DataFrame
        As it is where there are few classes, or where rows and columns are not the same.
    """
    if not are_many(counts.index) or set(counts.index) != set(counts.columns):
        return counts
    share = counts.div(counts.sum(axis=1).clip(lower=1), axis=0)[list(counts.index)]
    order = ordered(2 - share - share.T)
    return counts.loc[order, order]


def by_column(counts: pd.DataFrame) -> pd.DataFrame:
    """A table of clusters x many labels, each label beside those that share its clusters.

    Parameters
    ----------
    counts : DataFrame
        Rows are clusters; as it is where there are few labels.
    """
    if not are_many(map(str, counts.columns)) or len(counts) < 2:
        return counts
    share = counts / counts.sum().clip(lower=1)
    squares = np.square(share.T.to_numpy()[:, None] - share.T.to_numpy()[None]).sum(axis=2)
    return counts[ordered(pd.DataFrame(squares**0.5, counts.columns, counts.columns))]


def grid(tables: Mapping[str, pd.DataFrame]) -> tuple[int, int]:
    """Rows and columns of a page of matrices: side by side, or where they are large, below."""
    large = any(are_many(map(str, table.columns)) for table in tables.values())
    return (len(tables), 1) if large else (1, len(tables))


def letters(names: Sequence[object], size: float = 9) -> float:
    """How large numbers in the cells of a matrix of so many columns can be, points."""
    return size if len(names) <= 2 * MOST else max(5.0, size * 2 * MOST / len(names))
