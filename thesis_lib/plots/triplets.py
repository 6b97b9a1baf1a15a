"""Pictures of triplets: which tile may be drawn, which was, and how often."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.patheffects import withStroke

from thesis_lib.plots import style
from thesis_lib.plots.sound import loudest, mel_axis, picture_of
from thesis_lib.util.text import cut

if TYPE_CHECKING:
    import torch

TITLE = 40  # letters above a third of the page
FRAME = 2.5  # pt, of a tile that is pointed at


def strips(
    rows: dict[str, np.ndarray],
    marked: Iterable[tuple[int, float, float, str]],
    frame_rate: float,
    centres: np.ndarray | torch.Tensor,
    span: float = 70,
) -> Figure:
    """Recordings as log-Mel strips, with some tiles framed.

    Parameters
    ----------
    rows : dict, title -> float array (frames, n_mels), dB
    marked : list of (row number, start in s, duration in s, role)
        Roles: "anchor", "neighbour", "opposite".
    frame_rate : float, frames a second
    centres : float array (n_mels,), Hz
    span : float, dB below the loudest that are shown

    Returns
    -------
    Figure
    """
    height = 0.7 + 1.2 * len(rows)
    figure, axes = style.subplots(len(rows), height=height, sharex=True, squeeze=False)
    top = loudest(rows.values())
    for one, (title, levels) in zip(axes[:, 0], rows.items(), strict=True):
        extent = (0, len(levels) / frame_rate, 0, levels.shape[1])
        picture_of(one, levels, extent, top, span)
        mel_axis(one, centres, sparse=True)
        one.set_title(title, fontsize=10)
    for row, start, duration, role in marked:
        _frame(axes[row, 0], start, duration, len(centres), role)
    axes[-1, 0].set_xlabel("time (s)")
    return figure


def _frame(axes, start, duration, n_mels, role):
    colour = style.ROLES[role]
    halo = [withStroke(linewidth=2 * FRAME, foreground="w")]
    box = Rectangle((start, 0), duration, n_mels, edgecolor=colour, facecolor="none",
                    linewidth=FRAME, clip_on=False, path_effects=halo)  # fmt: skip
    axes.add_patch(box)
    axes.text(start + duration / 2, n_mels * 0.9, role, color="w", ha="center", va="top",
              fontsize=9, bbox={"facecolor": colour, "edgecolor": "none", "pad": 2})  # fmt: skip


def neighbour_range(rows: dict[str, pd.DataFrame]) -> Figure:
    """Which tiles may be drawn for one anchor, along time, a panel per data set.

    Parameters
    ----------
    rows : dict, title -> DataFrame, one row per tile
        Columns recording (text; drawn from top to bottom in order), start, duration (s), role:
        "anchor", "neighbour", "opposite" or "" (neither may be drawn).

    Returns
    -------
    Figure
    """
    counts = [table.recording.nunique() for table in rows.values()]
    figure, axes = style.subplots(
        len(rows), height=0.9 + 0.34 * sum(counts) + 0.5 * len(rows), squeeze=False,
        height_ratios=counts,
    )  # fmt: skip
    for one, (title, table) in zip(axes[:, 0], rows.items(), strict=True):
        names = list(table.recording.unique())
        for tile in table.itertuples():
            colour = style.ROLES.get(tile.role, "0.85")
            box = (tile.start, tile.duration)
            one.broken_barh([box], (names.index(tile.recording) - 0.38, 0.76), facecolor=colour,
                            edgecolor="w", linewidth=1)  # fmt: skip
        one.set_yticks(range(len(names)), names)
        one.set(title=title, xlabel="time in the recording (s)")
        one.set_xlim(0, (table.start + table.duration).max())
        one.set_ylim(len(names) - 0.5, -0.5)
    _key(figure)
    style.sns.despine(figure, left=True)
    return figure


def _key(figure):
    texts = {
        "anchor": "anchor",
        "neighbour": "may be its neighbour",
        "opposite": "may be its opposite",
    }
    handles = [Rectangle((0, 0), 1, 1, color=style.ROLES[role]) for role in texts]
    handles.append(Rectangle((0, 0), 1, 1, color="0.85"))
    names = [*texts.values(), "neither"]
    figure.legend(handles, names, loc="outside upper center", ncols=4)


def examples(
    tiles: np.ndarray,
    titles: Sequence[Sequence[str]],
    centres: np.ndarray | torch.Tensor,
    frame_rate: float,
    span: float = 70,
) -> Figure:
    """Triplets as rows of log-Mel pictures: anchor, neighbour, opposite.

    Parameters
    ----------
    tiles : float array, shape (triplets, 3, frames, n_mels), dB
    titles : list of lists, shape (triplets, 3)
        What is written below each picture.
    centres : float array (n_mels,), Hz
    frame_rate : float, frames a second
    span : float, dB below a row's loudest that are shown

    Returns
    -------
    Figure
    """
    count, _, frames, n_mels = np.shape(tiles)
    figure, axes = style.subplots(count, 3, height=0.6 + 1.55 * count, squeeze=False, sharex=True)
    for row, (pictures, texts) in enumerate(zip(tiles, titles, strict=True)):
        top = loudest(pictures)
        for one, picture, text in zip(axes[row], pictures, texts, strict=True):
            extent = (0, frames / frame_rate, 0, n_mels)
            picture_of(one, picture, extent, top, span)
            one.set_title(cut(text, TITLE), fontsize=9, color="0.25")
            one.set_yticks([])
        mel_axis(axes[row, 0], centres, sparse=True)
    for one, role in zip(axes[0], style.ROLES, strict=True):
        one.annotate(role, (0.5, 1), xytext=(0, 20), xycoords="axes fraction", ha="center",
                     textcoords="offset points", color=style.ROLES[role], weight="bold",
                     fontsize=12)  # fmt: skip
    for one in axes[-1]:
        one.set_xlabel("time (s)")
    return figure


def distances(tables: dict[str, pd.DataFrame]) -> Figure:
    """How far in time neighbours are from their anchors: drawn and expected, a panel per data set.

    Parameters
    ----------
    tables : dict, title -> DataFrame: seconds, drawn, expected (numbers of triplets)

    Returns
    -------
    Figure
    """
    figure, axes = style.subplots(1, len(tables), height=3.0, squeeze=False)
    for one, (title, table) in zip(axes[0], tables.items(), strict=True):
        step = np.diff(table.seconds).min() if len(table) > 1 else 1.0
        one.bar(table.seconds, table.drawn, 0.8 * step, color=style.ROLES["neighbour"], alpha=0.75,
                label="drawn")  # fmt: skip
        one.plot(table.seconds, table.expected, "_k", markersize=9, markeredgewidth=1.5,
                 label="expected")  # fmt: skip
        one.axvline(0, color=style.ROLES["anchor"], linewidth=1.5, label="anchor")
        one.set(title=title, xlabel="neighbour minus anchor (s)", ylabel="triplets")
        one.set_ylim(0, 1.08 * max(table.drawn.max(), table.expected.max()))
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right", ncols=3)
    style.sns.despine(figure)
    return figure


def same_label(tables: dict[str, pd.DataFrame], colours: dict[str, dict[str, str]]) -> Figure:
    """Share of triplets whose opposite carries the anchor's label, by that label.

    Parameters
    ----------
    tables : dict, title -> DataFrame, one row per class (its index): share, expected (0 to 1)
    colours : dict, title -> dict, class -> colour

    Returns
    -------
    Figure
    """
    rows = max(map(len, tables.values()))
    figure, axes = style.subplots(1, len(tables), height=1.1 + 0.34 * rows, squeeze=False)
    for one, (title, table) in zip(axes[0], tables.items(), strict=True):
        names = range(len(table))  # as places: two classes may be called alike
        shades = [colours[title][label] for label in table.index]
        one.barh(names, 100 * table.share, color=shades)
        one.plot(100 * table.expected, names, "|k", markersize=12, label="expected by chance")
        one.set_yticks(names, map(style.nice, table.index))
        one.invert_yaxis()
        one.margins(x=0.12)
        one.set(title=title, xlabel="opposites with the anchor's label (%)")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper right")
    style.sns.despine(figure)
    return figure
