"""Pictures of data sets: how much of what, how long, where, and how fast it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon
from matplotlib.ticker import FuncFormatter

from thesis_lib.plots import style

if TYPE_CHECKING:
    from thesis_lib.datasets.mini_home.flats import Flat


def class_balance(table: pd.DataFrame, left: str, right: str) -> Figure:
    """Two data sets' classes side by side, as shares, with the counts.

    Parameters
    ----------
    table : DataFrame, one row per class (its index); columns `left` and `right`: how many
    left, right : str
        Columns and names of the data sets; `left` is the thesis's.

    Returns
    -------
    Figure
    """
    figure, axes = style.subplots(height=0.9 + 0.42 * len(table))
    places = np.arange(len(table))
    for name, shift, colour in ((left, -0.2, style.THESIS), (right, 0.2, style.HERE)):
        share = 100 * table[name] / max(table[name].sum(), 1)
        bars = axes.barh(places + shift, share, 0.38, color=colour, label=name)
        axes.bar_label(bars, [f"{count:,.0f}" for count in table[name]], padding=3, fontsize=9)
    axes.set_yticks(places, [style.nice(label) for label in table.index])
    axes.invert_yaxis()
    axes.margins(x=0.1)
    axes.set_xlabel("share of the segments (%); number of segments beside the bar")
    figure.legend(loc="outside upper right", ncols=2)
    style.sns.despine(figure)
    return figure


def songs_per_class(tables: dict[str, pd.DataFrame], unit: str = "song") -> Figure:
    """How many songs each class has, one panel per data set.

    Parameters
    ----------
    tables : dict, title -> DataFrame, one row per class; columns `songs` and, if known, `minutes`
    unit : str
        What a song is called.

    Returns
    -------
    Figure
    """
    rows = max(map(len, tables.values()))
    figure, axes = style.subplots(
        1, len(tables), height=0.9 + 0.36 * rows, squeeze=False, sharex=True
    )
    for one, (title, table), colour in zip(
        axes[0], tables.items(), (style.THESIS, style.HERE), strict=False
    ):
        bars = one.barh(range(len(table)), table.songs, color=colour)
        one.set_yticks(range(len(table)), map(style.nice, table.index))
        minutes = table.get("minutes", [np.nan] * len(table))
        texts = [
            f"{songs:.0f}" + ("" if np.isnan(length) else f"  ({length:.1f} min)")
            for songs, length in zip(table.songs, minutes, strict=True)
        ]
        one.bar_label(bars, texts, padding=3, fontsize=9)
        one.invert_yaxis()
        one.margins(x=0.2)
        one.set(title=title, xlabel=f"{unit}s")
    style.sns.despine(figure)
    return figure


def session_lengths(sessions: pd.DataFrame, real: pd.DataFrame, colours: dict[str, str]) -> Figure:
    """How long sessions last, beside the quartiles of a real home.

    Parameters
    ----------
    sessions : DataFrame, one row per session: label, seconds
    real : DataFrame: label, low, median, high (s); several rows a label are drawn as such
    colours : dict, label -> colour

    Returns
    -------
    Figure
    """
    labels = sorted(set(sessions.label))
    figure, axes = style.subplots(height=1.0 + 0.42 * len(labels))
    for place, label in enumerate(labels):
        lines = real[real.label == label]
        for line, shift in zip(lines.itertuples(), (-0.22, -0.36), strict=False):
            axes.plot([line.low, line.high], [place + shift] * 2, color="0.6", linewidth=3)
            axes.plot(line.median, place + shift, "|", color="0.2", markersize=8)
        seconds, counts = np.unique(sessions.seconds[sessions.label == label], return_counts=True)
        axes.scatter(seconds, [place + 0.12] * len(seconds), 60 + 14 * counts, colours[label])
        for x, count in zip(seconds, counts, strict=True):
            axes.text(x, place + 0.13, count, ha="center", va="center", fontsize=9)
    axes.plot([], [], "o", color="0.6", markersize=9, label="sessions here, and how many")
    axes.plot([], [], color="0.6", linewidth=3, label="real home: quartiles (bar), median (stroke)")
    axes.set_yticks(range(len(labels)), [style.nice(label) for label in labels])
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.set_xscale("log")
    axes.set_xticks([10, 30, 60, 300, 1200, 3600, 10800])
    axes.xaxis.set_major_formatter(FuncFormatter(_duration))
    axes.minorticks_off()
    axes.set_xlabel("length of a session (logarithmic)")
    axes.grid(axis="x", alpha=0.5)
    figure.legend(loc="outside upper right", ncols=2)
    style.sns.despine(figure)
    return figure


def floor_plan(plan: Flat) -> Figure:
    """Rooms, microphone nodes and places of sound, from above.

    Parameters
    ----------
    plan : flats.Flat

    Returns
    -------
    Figure
    """
    figure, axes = style.subplots(height=4.9, width=8.0)
    walls = []
    for name, outline in (("living room", plan.living_room), ("kitchen", plan.kitchen)):
        axes.add_patch(Polygon(outline, facecolor="0.97", edgecolor="0.3", linewidth=1.5))
        low, high = np.min(outline, axis=0), np.max(outline, axis=0)
        walls.append((low[0], high[0]))
        axes.text(low[0] + 0.65, low[1] + 1.6, name, color="0.5", ha="center", style="italic")
    for spot in plan.places:
        x, y, _ = spot.position
        axes.add_patch(Circle((x, y), spot.reach, color=style.ROLES["neighbour"], alpha=0.13))
        axes.plot(x, y, ".", color=style.ROLES["neighbour"], markersize=5)
        shift, va = (0.1, "bottom") if y < 0.6 else (-0.1, "top")
        side = _free_side(x, walls)
        axes.text(x, y + shift, spot.name, fontsize=9, ha=side, va=va, zorder=9)
    for node in plan.nodes:
        _node(axes, node)
    axes.set(xlabel="m", ylabel="m", aspect="equal")
    axes.autoscale_view()
    _key(axes)
    return figure


def _free_side(x, walls):
    """Where a text at `x` (m) is aligned so that it does not cross a wall beside it."""
    if any(0 <= x - low < 0.6 for low, _ in walls):
        return "left"
    return "right" if any(0 <= high - x < 0.4 for _, high in walls) else "center"


def _node(axes, node):
    x, y, _ = node.position
    colour = style.ROLES["anchor"] if node.known else style.ROLES["opposite"]
    angle = np.deg2rad(node.direction)
    along = 0.3 * np.array([-1, 1])
    axes.plot(x + along * np.cos(angle), y + along * np.sin(angle), color=colour, linewidth=4)
    axes.annotate(f"{node.number}", (x, y), xytext=(0, 0), textcoords="offset points", color="w",
                  ha="center", va="center", fontsize=9, weight="bold",
                  bbox={"boxstyle": "circle,pad=0.25", "color": colour})  # fmt: skip


def _key(axes):
    texts = (("anchor", "node in training"), ("opposite", "node in the test only"))
    for role, text in texts:
        axes.plot([], [], "o", color=style.ROLES[role], markersize=9, label=text)
    axes.plot([], [], "o", color=style.ROLES["neighbour"], alpha=0.4, markersize=9,
              label="where a sound comes from, and how far it moves")  # fmt: skip
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, columnspacing=1.2)


def input_pipeline(table: pd.DataFrame) -> Figure:
    """How many triplets a second each way of reading delivers, one panel per data set.

    Parameters
    ----------
    table : DataFrame
        Columns corpus, method, mean, spread (triplets a second).

    Returns
    -------
    Figure
    """
    corpora, methods = table.corpus.unique(), table.method.unique()
    height = 0.9 + 0.42 * len(methods) * len(corpora)
    figure, axes = style.subplots(len(corpora), height=height, sharex=True, squeeze=False)
    colours = dict(
        zip(methods, (style.THESIS, "0.35", style.HERE, *style.COLOURS[1:]), strict=False)
    )
    for one, corpus in zip(axes[:, 0], corpora, strict=True):
        rows = table[table.corpus == corpus]
        # On a logarithmic axis the line of the spread must stay above zero.
        low = np.minimum(rows.spread, 0.9 * rows["mean"])
        bars = one.barh(rows.method, rows["mean"], xerr=[low, rows.spread], ecolor="0.3",
                        color=[colours[name] for name in rows.method])  # fmt: skip
        one.bar_label(bars, [_triplets(value) for value in rows["mean"]], padding=5, fontsize=9)
        one.invert_yaxis()
        one.set(title=corpus, xscale="log")
        one.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        one.margins(x=0.15)
    axes[0, 0].set_xlim(left=1)
    axes[-1, 0].set_xlabel("triplets a second (logarithmic)")
    style.sns.despine(figure)
    return figure


def _triplets(value):
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


def _duration(seconds, _):
    for size, unit in ((3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"
