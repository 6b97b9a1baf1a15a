"""What in a data set does not fit: suspects beside their neighbours, silence, microphones."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator

from thesis_lib.plots import style
from thesis_lib.plots.fonts import spell
from thesis_lib.util.text import cut

LETTERS = 102  # of a title's size, side by side on a page
FEWEST = 15  # letters of a title, however many there are


def pictures(
    rows: Sequence[Sequence[tuple[np.ndarray, str]]], seconds: float, first: str = "suspect"
) -> Figure:
    """Log-Mel pictures in rows, e.g. a suspect tile and its nearest neighbours.

    Parameters
    ----------
    rows : list of list of (picture, title)
        Pictures of shape (frames, n_mels), dB; the first of a row is framed.
    seconds : float
        What one picture lasts.
    first : str
        What the first column holds.
    """
    columns = max(map(len, rows))
    figure, axes = style.subplots(
        len(rows), columns, height=0.5 + 1.65 * len(rows), sharex=True, sharey=True, squeeze=False
    )
    for axis_row, row in zip(axes, rows, strict=True):
        low, high = np.percentile(np.concatenate([levels for levels, _ in row]), (2, 99.8))
        for axis, (levels, title) in zip(axis_row, row, strict=False):
            _picture(axis, levels, seconds, low, high)
            most = max(FEWEST, LETTERS // columns)
            lines = [cut(spell(line), most) for line in title.split("\n")]
            axis.set_title("\n".join(lines), fontsize=9)
        for axis in axis_row[len(row) :]:
            axis.axis("off")
        for spine in axis_row[0].spines.values():
            spine.set(visible=True, color=style.ROLES["opposite"], linewidth=3)
        axis_row[0].set_ylabel("Mel band")
    figure.supxlabel(f"time (s); framed: {first}", fontsize=10)
    return figure


def _picture(axis, levels, seconds, low, high):
    extent = (0, seconds, 0, levels.shape[1])
    axis.imshow(
        levels.T, cmap=style.SPECTROGRAM, origin="lower", aspect="auto", extent=extent, vmin=low,
        vmax=high,
    )  # fmt: skip


def silence(levels: pd.DataFrame, within: float, quiet: str = "") -> Figure:
    """How far each segment rises above the noise floor of its microphone, class by class.

    Parameters
    ----------
    levels : DataFrame
        One row per segment: `label`, `above` (dB) and `silent` (bool: known to hold nothing;
        None or left out where nothing is known).
    within : float
        dB up to which a segment counts as silent.
    quiet : str
        The class in which silence is right.
    """
    labels = sorted(levels.label.unique())
    figure, axis = style.subplots(height=1.3 + 0.4 * len(labels))
    rng = np.random.default_rng(0)
    y = levels.label.map(labels.index).to_numpy() + rng.uniform(-0.28, 0.28, len(levels))
    below = (levels.above <= within).to_numpy()
    known = levels.silent.to_numpy(bool) if "silent" in levels else np.zeros(len(levels), bool)
    suspect = below & (levels.label != quiet).to_numpy()
    x = levels.above.clip(*np.quantile(levels.above, (0.005, 0.995))).to_numpy()
    axis.axvspan(min(x.min(), 0) - 1, within, color="0.93", zorder=0)
    axis.scatter(x[~suspect], y[~suspect], s=10, color="0.55", lw=0, label="segment of 10 s")
    axis.scatter(x[suspect], y[suspect], s=14, color=style.HERE, lw=0, label="suspected of silence")
    if known.any():
        axis.scatter(
            x[known], y[known], s=60, facecolors="none", edgecolors=style.ROLES["opposite"],
            linewidths=1.4, label="known to be silent",
        )  # fmt: skip
    axis.set_xlim(min(x.min(), 0) - 1, None)
    axis.set_xlabel("above the noise floor of its microphone (dB)")
    axis.set_yticks(range(len(labels)), map(style.nice, labels))
    axis.set_ylim(len(labels) - 0.5, -0.5)
    axis.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return figure


def microphones(files: pd.DataFrame, limit: float, known: bool = True) -> Figure:
    """Each recording's deviation from the other nodes, and how far its neighbours are.

    Parameters
    ----------
    files : DataFrame
        One row per recording: `deviation` (robust standard deviations), `knn_distance` (units of
        the embedding) and `fault` (which fault is planted, "" where there is none).
    limit : float
        From which deviation on a recording is suspected.
    known : bool
        Whether a truth is known.
    """
    figure, axis = style.subplots(height=4.2)
    x, y = np.clip(files.deviation, -3, None) + 4, files.knn_distance
    intact = (files.fault == "").to_numpy()
    label = "no fault planted" if known else "recording"
    axis.scatter(x[intact], y[intact], s=14, color="0.6", lw=0, label=label)
    faults = sorted(set(files.fault) - {""})
    colours = sns.color_palette("colorblind", max(1, len(faults)))
    for fault, colour, marker in zip(faults, colours, "osD^v<>pP*X" * 9, strict=False):
        own = (files.fault == fault).to_numpy()
        axis.scatter(x[own], y[own], s=70, marker=marker, color=colour, edgecolors="k", label=fault)
    axis.axvline(limit + 4, color="0.3", ls=":", label=f"suspected above {limit:g}")
    ticks = np.array([-3, 0, limit, 10, 30, 100, 300])
    ticks = ticks[ticks <= max(files.deviation.max(), limit) * 1.1]
    axis.set(xscale="log", yscale="log")
    axis.set_xticks(ticks + 4, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    axis.yaxis.set_major_locator(LogLocator(subs=(1, 1.5, 2, 3, 5, 7)))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_xlabel(
        "unlike the same moment on the other microphones (robust standard deviations, logarithmic)"
    )
    axis.set_ylabel("mean distance to its neighbours (logarithmic)")
    axis.legend(title="planted fault" if faults else None, loc="upper left", bbox_to_anchor=(1, 1))
    return figure
