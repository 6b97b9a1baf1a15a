"""The embedding space: a cloud in three components, its classes' places, and ways through it."""

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.animation import FuncAnimation
from matplotlib.collections import PatchCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from thesis_lib.plots import many, style
from thesis_lib.util.text import cut

ELEVATION = 20  # degrees
VIEWS = (-60, 30)  # degrees around the vertical axis


def clouds(
    spaces: dict[str, tuple[np.ndarray, Iterable[float]]],
    labels: np.ndarray,
    colours: dict[str, str],
    views: Sequence[float] = VIEWS,
) -> Figure:
    """Tiles in three principal components of one or more spaces, each from several sides.

    Parameters
    ----------
    spaces : dict, title -> (points, explained)
        Float arrays of shape (n, 3) and (3,): the share of the variance in each component.
    labels : array of str, shape (n,)
    colours : dict, label -> colour
    views : sequence of float
        Degrees around the vertical axis.

    Returns
    -------
    Figure
    """
    height, size = 0.6 + 4.6 * len(spaces), (len(spaces), len(views))
    figure, axes = style.subplots(
        *size, height=height, squeeze=False, subplot_kw={"projection": "3d"}
    )
    for row, (title, (points, explained)) in zip(axes, spaces.items(), strict=True):
        for axis, view in zip(row, views, strict=True):
            _scatter(axis, points, labels, colours, explained)
            axis.view_init(ELEVATION, view)
            axis.set_title(f"{title}, seen from {view:g} degrees")
    if not many.are_many(labels):
        _legend(figure, labels, colours, 5)
    return figure


def turning(
    points: np.ndarray,
    labels: np.ndarray,
    colours: dict[str, str],
    explained: Iterable[float],
    frames: int = 36,
) -> FuncAnimation:
    """The same cloud, turning once around its vertical axis.

    Parameters
    ----------
    points, explained : float arrays, shape (n, 3) and (3,)
    labels, colours
        As for `clouds`.
    frames : int
        Pictures in one turn.

    Returns
    -------
    matplotlib FuncAnimation
    """
    figure, axis = style.subplots(height=5.2, width=5.0, subplot_kw={"projection": "3d"})
    _scatter(axis, points, labels, colours, explained)
    if not many.are_many(labels):
        _legend(figure, labels, colours, 3)

    def turn(number):
        axis.view_init(ELEVATION, VIEWS[0] + 360 * number / frames)

    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # or the cloud would jump from picture to picture
    return FuncAnimation(figure, turn, frames)


def _scatter(axis, points, labels, colours, explained):
    hues = [colours[label] for label in labels]
    axis.scatter(*np.transpose(points), c=hues, s=6, alpha=0.7, linewidths=0, depthshade=False)
    if many.are_many(labels):
        many.name_classes(axis, points, labels, 7)
    # Without the farthest 0.2 % on each side, which would shrink all others to a dot.
    limits = np.quantile(points, (0.002, 0.998), axis=0).T
    for name, limit, share in zip("xyz", limits, explained, strict=True):
        number = "xyz".index(name) + 1
        label = f"component {number} ({100 * share:.0f} %)"
        axis.set(**{f"{name}lim": limit, f"{name}label": label})
    axis.set_box_aspect((1, 1, 1), zoom=0.95)
    axis.locator_params(nbins=4)
    axis.tick_params(labelsize=9, pad=0)


def _legend(figure, labels, colours, columns, where="outside lower center"):
    names = [name for name in colours if name in set(np.ravel(labels))]
    dots = [Line2D([], [], ls="", marker="o", color=colours[name]) for name in names]
    nice = [style.nice(name) for name in names]
    columns = style.legend_columns(nice, columns, figure.get_figwidth())
    figure.legend(dots, nice, loc=where, ncols=columns)


def distances(matrix: pd.DataFrame) -> Figure:
    """The distance of every class centroid to every other.

    Parameters
    ----------
    matrix : DataFrame
        As `centroids.centroid_distances` makes it.

    Returns
    -------
    Figure
    """
    order = many.ordered(matrix) if many.are_many(matrix.index) else list(matrix.index)
    matrix = matrix.loc[order, order]
    names = [style.nice(name) for name in order]
    size = 0.62 * len(names)
    figure, axis = style.subplots(height=1.6 + 0.62 * size, width=min(3.2 + size, style.WIDTH))
    sns.heatmap(
        matrix, ax=axis, annot=True, fmt=".2g" if matrix.to_numpy().max() < 1 else ".1f",
        cmap=style.HEAT, linewidths=0.5, xticklabels=names, yticklabels=names,
        cbar_kws={"label": "Euclidean distance"},
        annot_kws={"size": many.letters(names, 9 if len(names) <= many.MOST else 7)},
    )  # fmt: skip
    axis.tick_params(length=0)
    axis.set(xlabel="", ylabel="")
    axis.set_xticklabels(names, rotation=45, ha="right")
    axis.set_yticklabels(names, rotation=0)
    return figure


def arithmetic(tables: dict[str, pd.DataFrame], colours: dict[str, dict[str, str]]) -> Figure:
    """Which class is nearest to the difference of two: a matrix of names.

    Parameters
    ----------
    tables : dict, title -> DataFrame
        As `centroids.arithmetic` makes them.
    colours : dict, title -> dict, label -> colour

    Returns
    -------
    Figure
    """
    sizes = [table.a.nunique() for table in tables.values()]
    figure, axes = style.subplots(
        len(tables), 1, height=0.42 * sum(sizes) + 1.1 * len(sizes), squeeze=False,
        height_ratios=[size + 1 for size in sizes],
    )  # fmt: skip
    for axis, (title, table) in zip(axes[:, 0], tables.items(), strict=True):
        _names(axis, table.pivot(index="a", columns="b", values="nearest"), colours[title])
        axis.set_title(title)
    return figure


def _names(axis, matrix, colours):
    inside, above, beside = _called(list(matrix.index))
    for row, a in enumerate(matrix.index):
        for column, b in enumerate(matrix.columns):
            label = matrix.loc[a, b]
            if a == b:
                continue
            box = Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, color=colours[label])
            box.set(alpha=0.35, linewidth=0)
            axis.add_patch(box)
            ink = "0.45" if label == a else "black"
            axis.text(column, row, inside[label], ha="center", va="center", size=9, color=ink,
                      linespacing=0.9)  # fmt: skip
    axis.set_xticks(range(len(above)), [f"- {name}" for name in above])
    axis.set_yticks(range(len(beside)), beside)
    axis.set(xlim=(-0.5, len(above) - 0.5), ylim=(len(above) - 0.5, -0.5))
    axis.xaxis.tick_top()
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)


def _called(names):
    """What classes are called in the matrix, above it and beside it: by numbers where many."""
    nice = [style.nice(name) for name in names]
    if not many.are_many(names):
        short = [_two_lines(name) for name in names]
        return dict(zip(names, short, strict=True)), short, nice
    numbers = [str(number) for number in range(1, len(names) + 1)]
    beside = [f"{name}  {number}" for number, name in zip(numbers, nice, strict=True)]
    return dict(zip(names, numbers, strict=True)), numbers, beside


def _two_lines(label, longest=12):
    """A name over two lines where it has two words, cut where it is long."""
    words = style.nice(label).split(" ", 1)
    return "\n".join(word if len(word) <= longest else word[: longest - 1] + "." for word in words)


def walk(
    tiles: np.ndarray, labels: np.ndarray, colours: dict[str, str], start: str, end: str
) -> Figure:
    """A walk from class to class: at each step the nearest tiles, as log-Mel pictures.

    Parameters
    ----------
    tiles : float array, shape (steps, ranks, frames, n_mels), dB
    labels : array of str, shape (steps, ranks)
        What each tile is labelled: the colour of the bar below it.
    colours : dict, label -> colour
    start, end : str
        The classes between whose centroids the walk goes.

    Returns
    -------
    Figure
    """
    tiles, labels = np.swapaxes(tiles, 0, 1), np.swapaxes(labels, 0, 1)
    figure, axis = style.subplots(height=1.2 + 1.05 * len(tiles))
    ranks = ["nearest", "second", "third"] + [f"{n}th" for n in range(4, len(tiles) + 1)]
    bar = 0.18 if many.are_many(colours) else 0.09
    _mosaic(figure, axis, tiles, labels, colours, ranks[: len(tiles)], bar)
    axis.set_title(f"{style.nice(start)}  →  {style.nice(end)}")
    return figure


def contact_sheet(
    tiles: np.ndarray, labels: np.ndarray, names: Sequence[tuple[str, str]], colours: dict[str, str]
) -> Figure:
    """Many walks at once, a row each, the nearest tile of each step.

    Parameters
    ----------
    tiles : float array, shape (walks, steps, frames, n_mels), dB
    labels : array of str, shape (walks, steps)
    names : list of (start, end)
    colours : dict, label -> colour

    Returns
    -------
    Figure
    """
    high, bar = (0.54, 0.36) if many.are_many(colours) else (0.36, 0.09)  # in; of it for a name
    figure, axis = style.subplots(height=1.2 + high * len(tiles))
    rows = [f"{style.nice(start)} → {style.nice(end)}" for start, end in names]
    _mosaic(figure, axis, _coarse(tiles), labels, colours, rows, bar)
    return figure


def _coarse(tiles, frames=32, n_mels=32):
    """Tiles no finer than a contact sheet can show: means of neighbouring cells."""
    for axis, size in ((2, frames), (3, n_mels)):
        edges = np.unique(np.linspace(0, tiles.shape[axis], size, endpoint=False).astype(int))
        lengths = np.diff(np.append(edges, tiles.shape[axis]))
        sums = np.add.reduceat(tiles, edges, axis=axis)
        tiles = sums / lengths.reshape([-1 if at == axis else 1 for at in range(4)])
    return tiles


def _mosaic(figure, axis, tiles, labels, colours, rows, bar, gap=0.06):
    """Rows of pictures in one, below each a bar in the colour of its class, or its name."""
    count, steps, frames, n_mels = np.shape(tiles)
    low, high = np.quantile(tiles, (0.01, 0.995))
    for row, column in np.ndindex(count, steps):
        extent = (column + gap / 2, column + 1 - gap / 2, row + 1 - gap - bar, row + gap / 2)
        axis.imshow(
            np.transpose(tiles[row, column])[::-1], extent=extent, aspect="auto", vmin=low,
            vmax=high, cmap=style.SPECTROGRAM,
        )  # fmt: skip
    bars = [
        Rectangle((column + gap / 2, row + 1 - gap - bar), 1 - gap, bar)
        for row, column in np.ndindex(count, steps)
    ]
    hues = [colours[label] for label in np.ravel(labels)]
    axis.add_collection(PatchCollection(bars, facecolors=hues, linewidths=0))
    axis.set_yticks(np.arange(count) + 0.5, rows)
    along = np.linspace(0, 100, steps)
    axis.set_xticks(np.arange(steps) + 0.5, [f"{share:.0f} %" for share in along])
    axis.set(xlabel="way from the first centroid to the second", xlim=(0, steps), ylim=(count, 0))
    axis.tick_params(length=0)
    axis.spines[:].set_visible(False)
    if not many.are_many(colours):
        _legend(figure, labels, colours, 5)
        return
    for row, column in np.ndindex(count, steps):
        name = cut(style.nice(labels[row, column]), 16)
        place = column + 0.5, row + 1 - gap - bar / 2
        axis.text(*place, name, size=6, ha="center", va="center", path_effects=many.HALO)
