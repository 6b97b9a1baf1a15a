"""Faults of recording: what each cause looks like, and how well each is found."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from thesis_lib.plots import style

COLUMNS = 5
Panel = tuple[str, np.ndarray, np.ndarray, np.ndarray]


def causes(panels: Sequence[Panel], seconds: float, stretch: float) -> Figure:
    """One sound with each fault: a short stretch of its waveform above its spectrogram.

    Parameters
    ----------
    panels : list of (title, picture, intact, broken)
        Log-Mel picture (frames, n_mels) in dB; two waveforms (samples,), full scale is 1: the
        intact one is drawn in grey.
    seconds : float
        What a picture lasts.
    stretch : float
        What a waveform lasts, s.
    """
    rows = -(-len(panels) // COLUMNS)
    figure, axes = style.subplots(
        2 * rows, COLUMNS, height=2.35 * rows, squeeze=False, height_ratios=[1, 1.5] * rows
    )
    pictures = np.concatenate([picture.ravel() for _, picture, _, _ in panels])
    low, high = np.percentile(pictures, (10, 99.8))
    pairs = [
        axes[2 * row : 2 * row + 2, column] for row in range(rows) for column in range(COLUMNS)
    ]
    for (title, picture, intact, broken), (wave, below) in zip(panels, pairs, strict=False):
        at = 1000 * np.linspace(0, stretch, len(intact), endpoint=False)
        wave.plot(at, intact, color="0.7", lw=1.6)
        wave.plot(at, broken, color=style.ROLES["opposite"], lw=0.8)
        wave.set_title(title, fontsize=9)
        wave.set_xlim(0, 1000 * stretch)
        wave.tick_params(labelsize=7, length=2, pad=1)
        below.imshow(
            picture.T, cmap=style.SPECTROGRAM, origin="lower", aspect="auto", vmin=low, vmax=high,
            extent=(0, seconds, 0, picture.shape[1]),
        )  # fmt: skip
        below.tick_params(labelsize=7, length=2, pad=1)
    for axis in np.ravel(pairs[len(panels) :]):
        axis.axis("off")
    figure.supxlabel("above: ms; below: s", fontsize=9)
    figure.supylabel("below: Mel band; above: of full scale", fontsize=9)
    return figure


def by_kind(
    rows: pd.DataFrame, kinds: Mapping[str, str], methods: Mapping[str, str], own: str
) -> Figure:
    """How well each kind of fault is found, way by way, and how often its cause is named rightly.

    Parameters
    ----------
    rows : DataFrame
        `planted`, `method`, `metric` ("auroc", "right_cause"), `mean`, `ci_low`, `ci_high`.
    kinds, methods : dict, name in `rows` -> the name that readers see
    own : str
        The method that is drawn in colour, and whose causes are drawn.
    """
    figure, axes = style.subplots(
        1, 2, height=1.3 + 0.36 * len(kinds), sharey=True, width_ratios=[2, 1]
    )
    y = np.arange(len(kinds))
    shifts = np.linspace(-0.22, 0.22, len(methods))
    for shift, marker, (method, name) in zip(shifts, "oD^sv", methods.items(), strict=False):
        colour = style.HERE if method == own else "0.5"
        look = {"color": colour, "marker": marker, "label": name}
        _marks(axes[0], rows[rows.method == method], "auroc", kinds, y + shift, look)
    look = {"color": style.HERE, "marker": "o"}
    _marks(axes[1], rows[rows.method == own], "right_cause", kinds, y, look)
    axes[0].axvline(0.5, color="0.8", ls=":")
    axes[0].set_xlabel("AUROC; dotted: chance")
    axes[1].set_xlabel("cause right, of what is found")
    axes[1].set_xlim(right=1.03)
    axes[0].set_yticks(y, kinds.values())
    axes[0].set_ylim(len(kinds) - 0.5, -0.5)
    for axis in axes:
        axis.grid(axis="x")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _marks(axis, rows, metric, kinds, y, look):
    found = rows[rows.metric == metric].set_index("planted").reindex(kinds)
    around = np.abs(found[["ci_low", "ci_high"]].sub(found["mean"], axis=0)).T.to_numpy()
    axis.errorbar(found["mean"], y, xerr=around, ls="", ms=5, capsize=2, lw=1.2, **look)
