"""The look that all figures share: importing this module sets it.

Colours are Okabe and Ito's: readers who see red and green alike can separate them.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from thesis_lib.plots.fonts import LegibleFigure, LegibleLayout
from thesis_lib.util.text import one_line, readable, width

WIDTH = 9.0  # in, a whole page

SPECTROGRAM = "magma"  # colours of levels in dB
HEAT = "viridis"  # colours of matrices: distances, shares, counts
DIVERGING = "vlag"  # colours of values on both sides of zero

HERE = "#0173b2"  # what was found here, by the embedding that is shown
TRAINED = "#d55e00"  # by the network that was trained here, where another is shown
THESIS = "0.6"  # what the thesis found
BASELINE = "#029e73"  # what plain log-Mel statistics give
ROLES = {"anchor": "#0173b2", "neighbour": "#029e73", "opposite": "#d55e00"}

# Distinct in this order; "no label" is grey.
COLOURS = sns.color_palette("colorblind", 10).as_hex()
NO_LABEL = "0.6"
PROPER = {"esc10": "ESC-10", "sins": "SINS"}  # names that are not just words with underscores


def set_theme() -> None:
    """Fonts that stay legible under a page-wide caption, thin grids, no box."""
    sizes = {
        "font.size": 10,
        "axes.titlesize": 11,
        "axes.labelsize": 10,
        "xtick.labelsize": 9,
        "ytick.labelsize": 9,
        "legend.fontsize": 9,
        "figure.titlesize": 12,
        "axes.titlelocation": "left",
        "grid.linewidth": 0.6,
        "axes.linewidth": 0.8,
        "legend.frameon": False,
        "image.interpolation": "nearest",
        "savefig.pad_inches": 0.2,  # a white card, also on the dark page of a notebook
        "text.parse_math": False,  # a "$" is a dollar: names hold them, our own texts no formula
    }
    sns.set_theme(context="paper", style="ticks", rc=sizes)


def class_colours(labels: Iterable[str]) -> dict[str, str]:
    """One colour for each class, the same in every figure of a corpus.

    Parameters
    ----------
    labels : iterable of str
        Classes, or the labels of tiles; order and repetition do not matter. To get the same
        colours give the same set, best `corpus.labels`.

    Returns
    -------
    dict, class -> colour, sorted; "" (no label) is grey
    """
    classes = sorted(set(labels) - {""})
    many = len(classes) > len(COLOURS)
    colours = sns.husl_palette(len(classes), l=0.55).as_hex() if many else COLOURS
    return dict(zip(classes, colours, strict=False)) | {"": NO_LABEL}


def nice(label: object) -> str:
    """A class or corpus by the name for readers: "vacuum_cleaner" -> "vacuum cleaner"."""
    label = str(label)
    words = one_line(readable(label).replace("_", " "))
    return PROPER.get(label) or words or (f"'{label}'" if label else "no label")


def legend_columns(names: Iterable[str], most: int, inches: float = WIDTH) -> int:
    """How many columns a legend of these names can have on a page of so many inches."""
    longest = max(map(width, names), default=1)
    return int(np.clip(14 * inches // (longest + 6), 1, most))


def subplots(
    rows: int = 1, columns: int = 1, height: float = 3.2, width: float = WIDTH, **options: Any
) -> tuple[Figure, Any]:
    """`plt.subplots` of a page's width (in), with nothing overlapping, in letters of any script."""
    return plt.subplots(
        rows, columns, figsize=(width, height), layout=LegibleLayout(), FigureClass=LegibleFigure,
        **options,
    )  # fmt: skip


set_theme()
