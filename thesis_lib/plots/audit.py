"""What in a data set does not fit: suspects beside their neighbours, silence, microphones."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator

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


def at_a_glance(items: pd.DataFrame, labels: pd.DataFrame) -> Figure:
    """Every item that was judged by its place in the corpus and by how little its label fits.

    Parameters
    ----------
    items : DataFrame
        Of `findings.Items`: group, position, in the order of the corpus.
    labels : DataFrame
        Of `findings.wrong_labels`: item, label, score, called_wrong; may be empty.

    Returns
    -------
    Figure
        A line a class; from left to right the items as they follow each other.
    """
    classes = sorted(set(labels.label)) if len(labels) else []
    figure, axis = style.subplots(height=1.1 + 0.34 * max(1, len(classes)))
    if not len(labels):
        axis.text(0.5, 0.5, "no label could be judged", ha="center", transform=axis.transAxes)
        axis.set_axis_off()
        return figure
    place = items.index.get_indexer(labels.item)
    line = labels.label.map({name: number for number, name in enumerate(classes)}).to_numpy()
    height = line - 0.7 * (labels.score.to_numpy() - 0.5)
    wrong = labels.called_wrong.to_numpy(bool)
    axis.scatter(place[~wrong], height[~wrong], s=7, color="0.55", linewidths=0)
    axis.scatter(place[wrong], height[wrong], s=16, color=style.ROLES["opposite"], linewidths=0)
    axis.set_yticks(range(len(classes)), [cut(style.nice(name), 24) for name in classes])
    axis.set_ylim(len(classes) - 0.4, -0.6)
    axis.set_xlabel("items in the order of the corpus; higher in a line: the label fits less")
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.grid(axis="y")
    return figure


def taken_for(labels: pd.DataFrame) -> Figure:
    """Which class the items of each class fit best: a matrix of shares.

    Parameters
    ----------
    labels : DataFrame
        Of `findings.wrong_labels`: label, other, chance_own, chance_other.
    """
    best = labels.label.where(labels.chance_own >= labels.chance_other, labels.other)
    shares = pd.crosstab(labels.label, best, normalize="index")
    classes = sorted({*shares.index, *shares.columns})
    shares = shares.reindex(index=classes, columns=classes, fill_value=0.0)
    names = [cut(style.nice(name), 20) for name in classes]
    size = 0.5 * len(classes)
    figure, axis = style.subplots(height=1.8 + size, width=min(3.4 + 1.2 * size, style.WIDTH))
    sns.heatmap(
        shares, ax=axis, cmap=style.HEAT, vmin=0, vmax=1, annot=len(classes) <= 12, fmt=".2f",
        xticklabels=names, yticklabels=names, linewidths=0.5, cbar=False, annot_kws={"size": 8},
    )  # fmt: skip
    axis.set(xlabel="fits best", ylabel="labelled")
    axis.set_xticklabels(names, rotation=45, ha="right")
    axis.set_yticklabels(names, rotation=0)
    axis.tick_params(length=0)
    return figure


def pays(rows: pd.DataFrame, what: str, titles: Mapping[str, str]) -> Figure:
    """Macro-F1 of a probe by how many decisions a listener has made: a panel a corpus.

    Parameters
    ----------
    rows : DataFrame
        corpus, method ("audit, relabelled", "random, relabelled", ...; "nobody"), decisions (in
        units of how many labels are wrong), mean, ci_low, ci_high.
    what : str
        "relabelled" or "dropped".
    titles : dict, corpus -> the name that readers see
    """
    figure, axes = style.subplots(1, len(titles), height=3.2, squeeze=False)
    looks = {"truth": ("wrong ones first", "0.6", "^"),
             "audit": ("in the audit's order", style.HERE, "o"),
             "random": ("at random", style.ROLES["opposite"], "s")}  # fmt: skip
    for axis, (corpus, title) in zip(axes[0], titles.items(), strict=True):
        own = rows[rows.corpus == corpus]
        start = own[own.method == "nobody"]
        for shift, (who, (name, colour, marker)) in zip(
            (-0.03, 0, 0.03), looks.items(), strict=True
        ):
            line = pd.concat([start, own[own.method == f"{who}, {what}"]]).sort_values("decisions")
            around = np.abs(line[["ci_low", "ci_high"]].sub(line["mean"], axis=0)).T.to_numpy()
            axis.errorbar(line.decisions + shift, line["mean"], yerr=around, label=name,
                          color=colour, marker=marker, ms=5, lw=1.5, capsize=2)  # fmt: skip
        axis.set(title=title, xlabel="decisions for each wrong label")
        axis.grid(axis="y")
    axes[0, 0].set_ylabel("macro-F1")
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside lower center", ncols=3)
    return figure
