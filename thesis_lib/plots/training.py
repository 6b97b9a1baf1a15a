"""Training: the network's layers, the loss on three points, recipes, curves, speed."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from thesis_lib.plots import style

MEAN = style.HERE
METHODS = ["float32", "float32, channels_last", "bfloat16", "bfloat16, channels_last"]


def layers(table: pd.DataFrame) -> Figure:
    """Where a network's parameters are, and what size a tile has there.

    Parameters
    ----------
    table : DataFrame
        As `resnet.layer_table` makes it.

    Returns
    -------
    Figure
    """
    table = _blocks(table)
    figure, axis = style.subplots(height=0.9 + 0.3 * len(table))
    axis.barh(table.index, table.parameters, color=MEAN, height=0.7)
    most = table.parameters.max()
    for row in table.itertuples():
        label = f"{row.parameters:,}".replace(",", " ")
        axis.text(row.parameters + 0.01 * most, row.Index, label, va="center", size=9)
        shape = " x ".join(map(str, row.output))
        axis.text(1.17 * most, row.Index, shape, va="center", size=9)
    axis.text(1.17 * most, -1, "output: channels x frames x bands", va="center", size=9)
    axis.set_yticks(table.index, table.block)
    axis.set(xlabel="parameters", xlim=(0, 1.55 * most), ylim=(len(table) - 0.4, -1.6))
    ticks = [tick for tick in MaxNLocator(5).tick_values(0, most) if 0 <= tick <= most]
    axis.set_xticks(ticks, [f"{tick:,.0f}".replace(",", " ") for tick in ticks])
    axis.spines["bottom"].set_bounds(0, most)
    axis.xaxis.set_label_coords(0.32, -0.09)
    _no_box(axis)
    return figure


def _blocks(table):
    """One row for each block of the network: its parameters together, the size it puts out."""
    block = table.layer.str.extract(r"^(stage\d\.\d|\w+)")[0].rename("block")
    block = block.replace({"norm": "conv"})
    parts = table.groupby(block, sort=False).agg({"parameters": "sum", "output": "last"})
    return parts.reset_index()


def triplets(
    points: np.ndarray,
    losses: np.ndarray,
    pulls: np.ndarray,
    titles: Sequence[str],
    margin: float = 1.0,
) -> Figure:
    """Triplets in the plane: points, squared distances, loss, and where learning moves them.

    Parameters
    ----------
    points : float array, shape (triplets, 3, 2)
        Anchor, neighbour, opposite.
    losses : float array, shape (triplets,)
    pulls : float array, shape (triplets, 3, 2)
        The way each point is moved: minus the gradient.
    titles : list of str
    margin : float
        Drawn as a ring: an opposite beyond it costs nothing.

    Returns
    -------
    Figure
    """
    figure, axes = style.subplots(1, len(points), height=3.6, squeeze=False)
    for axis, three, loss, pull, title in zip(axes[0], points, losses, pulls, titles, strict=True):
        _triplet(axis, three, pull, margin)
        axis.set_title(f"{title}\nloss = {loss:.4g}")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return figure


def _triplet(axis, three, pull, margin):
    near, far = np.square(three[1:] - three[0]).sum(axis=1)
    radius = 1.15 * max(np.sqrt(near + margin), np.sqrt(far))
    _ring(axis, three[0], np.sqrt(near), "-", "as far as the neighbour")
    _ring(axis, three[0], np.sqrt(near + margin), "--", "... and the margin")
    axis.plot(*three[[1, 0, 2]].T, color="0.6", lw=1)
    for (role, colour), place, way in zip(style.ROLES.items(), three, pull, strict=True):
        axis.plot(*place, "o", ms=11, color=colour, label=role, zorder=3)
        if np.abs(way).max() > 1e-9:
            end = place + 0.2 * way
            arrow = {"arrowstyle": "-|>", "color": colour, "lw": 2, "mutation_scale": 14}
            axis.annotate("", end, place, arrowprops=arrow, zorder=4)
    for place, squared in zip(three[1:], (near, far), strict=True):
        way = place - three[0]
        above = np.array([-way[1], way[0]]) * np.sign(way[0] or 1) / np.linalg.norm(way)
        middle = three[0] + 0.5 * way + 0.12 * radius * above
        axis.text(*middle, f"{squared:.3g}", size=9, ha="center", va="center")
    axis.set(xlim=three[0, 0] + np.array([-radius, radius]), xlabel="dimension 1")
    axis.set(ylim=three[0, 1] + np.array([-radius, radius]), ylabel="dimension 2")
    axis.set_aspect("equal")


def _ring(axis, centre, radius, line, label):
    turn = np.linspace(0, 2 * np.pi, 200)
    ring = centre + radius * np.stack([np.cos(turn), np.sin(turn)], 1)
    axis.plot(*ring.T, line, color="0.5", lw=1, label=label)


def recipes(tables: dict[str, pd.DataFrame]) -> Figure:
    """Recipes side by side; rows whose numbers differ are marked.

    Parameters
    ----------
    tables : dict, title -> DataFrame
        One row per number (the same rows in all), one column per recipe, plain text.

    Returns
    -------
    Figure
    """
    both = pd.concat(tables, axis=1)
    figure, axis = style.subplots(height=0.9 + 0.29 * len(both))
    right = 0.34 + 0.66 / len(both.columns) * np.arange(len(both.columns))
    for row, (name, values) in enumerate(both.iterrows()):
        axis.text(0, row, name, va="center")
        for at, ((title, _), text) in zip(right, values.items(), strict=True):
            differs = values[title].nunique() > 1
            _cell(axis, at, row, text, differs, 0.66 / len(both.columns))
    for at, (title, column) in zip(right, both.columns, strict=True):
        axis.text(at + 0.01, -1, f"{title}:\n{column}", va="center", weight="bold", size=9)
    axis.axhline(-0.5, color="0.3", lw=0.8)
    axis.set(xlim=(0, 1), ylim=(len(both) - 0.4, -1.6))
    axis.axis("off")
    return figure


def _cell(axis, at, row, text, differs, width):
    if differs:
        axis.axhspan(row - 0.46, row + 0.46, at, at + 0.97 * width, color="#fbe3b5", lw=0)
    axis.text(at + 0.01, row, text, va="center", weight="bold" if differs else "normal")


def curves(
    histories: dict[int, pd.DataFrame],
    thesis: float | None = None,
    loss: str = "mean over active triplets",
) -> Figure:
    """A training's curves: loss, squared distances, share of triplets that still teach.

    Parameters
    ----------
    histories : dict, seed -> DataFrame
        As `Run.history` gives them.
    thesis : float, optional
        The thesis's last training loss, drawn as a line.
    loss : str
        What the loss is.

    Returns
    -------
    Figure
    """
    figure, axes = style.subplots(1, 3, height=3.3)
    near, far = style.ROLES["neighbour"], style.ROLES["opposite"]
    _seeds(axes[0], histories, "loss", MEAN, "here")
    if thesis is not None:
        label = f"thesis, end of training: {thesis:g}"
        axes[0].axhline(thesis, color="0.3", ls="--", lw=1.2, label=label)
    axes[0].set(title="loss", ylabel=f"loss, {loss}", ylim=(0, None))
    _seeds(axes[1], histories, "near", near, "anchor to neighbour")
    _seeds(axes[1], histories, "far", far, "anchor to opposite")
    axes[1].set(title="distances", ylabel="squared distance", ylim=(0, None))
    _seeds(axes[2], histories, "active", MEAN, None, 100)
    axes[2].set(title="active triplets", ylabel="triplets with a loss above zero (%)")
    axes[2].set_ylim(0, None)
    for axis in axes:
        axis.set(xlabel="epoch", xlim=(0, None))
        axis.grid(alpha=0.5)
    for axis in axes[:2]:
        axis.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2))
    return figure


def _seeds(axis, histories, column, colour, label, factor=1):
    """A thin line a seed; the mean over seeds and a tenth of the points, thick."""
    for history in histories.values():
        axis.plot(history.epoch, factor * history[column], color=colour, lw=0.6, alpha=0.45)
    together = pd.concat(histories.values()).groupby("epoch")[column].mean()
    width = max(1, len(together) // 10)
    smooth = together.rolling(width, min_periods=1, center=True).mean()
    axis.plot(smooth.index, factor * smooth, color=colour, lw=2.2, label=label)


def silhouettes(table: pd.DataFrame, baseline: float | None = None) -> Figure:
    """How far the classes come apart while the network learns without labels.

    Parameters
    ----------
    table : DataFrame
        `seed`, `epoch` (0: untrained), `silhouette`.
    baseline : float, optional
        The same of the log-Mel statistics.

    Returns
    -------
    Figure
    """
    figure, axis = style.subplots(height=3.2)
    for number, (_, own) in enumerate(table.groupby("seed")):
        label = "one seed" if number == 0 else None
        axis.plot(own.epoch, own.silhouette, color=MEAN, lw=0.8, alpha=0.5, label=label)
    mean = table.groupby("epoch").silhouette.mean()
    label = f"mean of {table.seed.nunique()} seeds"
    axis.plot(mean.index, mean, "o-", color=MEAN, lw=2.2, ms=5, label=label)
    if baseline is not None:
        label = "log-Mel mean and deviation"
        axis.axhline(baseline, color=style.ROLES["neighbour"], ls="--", lw=1.4, label=label)
    axis.set(xlabel="epoch (0: untrained)", ylabel="mean silhouette of the classes")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.grid(alpha=0.5)
    axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def speed(table: pd.DataFrame) -> Figure:
    """Tiles a second in training, by number format and memory layout.

    Parameters
    ----------
    table : DataFrame
        `corpus` and `width` (a panel each), `threads`, `method`, `mean`, `spread` (tiles/s).

    Returns
    -------
    Figure
    """
    panels = list(table.groupby(["corpus", "width"], sort=False))
    figure, axes = style.subplots(1, len(panels), height=3.0, squeeze=False)
    for axis, ((corpus, width), own) in zip(axes[0], panels, strict=True):
        threads = sorted(own.threads.unique())
        for count, shade in zip(threads, ("#9fc5e8", style.HERE, "0.3"), strict=False):
            _bars(axis, own[own.threads == count], threads.index(count), len(threads), shade)
        methods = [method for method in METHODS if method in set(own.method)]
        axis.set_yticks(range(len(methods)), methods if axis is axes[0, 0] else [""] * len(methods))
        axis.set(xlabel="tiles a second", title=f"{corpus}, width {width:g}")
        axis.set(ylim=(len(methods) - 0.4, -0.6), xlim=(0, 1.2 * (own["mean"] + own.spread).max()))
        _no_box(axis)
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return figure


def _bars(axis, rows, number, of, colour):
    methods = [method for method in METHODS if method in set(rows.method)]
    rows = rows.set_index("method").loc[methods]
    y = np.arange(len(methods)) + (number - (of - 1) / 2) * 0.8 / of
    threads = rows.threads.iloc[0]
    label = f"{threads:g} thread{'s' if threads > 1 else ''}"
    axis.barh(y, rows["mean"], 0.72 / of, xerr=rows.spread, color=colour, label=label,
              error_kw={"lw": 1, "capsize": 2, "ecolor": "0.3"})  # fmt: skip
    for at, mean, spread in zip(y, rows["mean"], rows.spread, strict=True):
        axis.text(mean + spread, at, f"  {mean:.0f}", va="center", size=9)


def _no_box(axis):
    axis.spines[["top", "right"]].set_visible(False)
