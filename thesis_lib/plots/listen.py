"""Pictures for listening: small ones beside players, and queries with their neighbours."""

import io
from collections.abc import Iterable

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from numpy.typing import ArrayLike
from PIL import Image

from thesis_lib.plots.style import SPECTROGRAM, nice, subplots
from thesis_lib.util.text import width

SIZE = (150, 48)  # pixels of a thumbnail
SHADES = 64  # of a thumbnail: a palette keeps it at a few kB


def thumbnail(levels: ArrayLike, low: float, high: float) -> bytes:
    """A log-Mel spectrogram as a small PNG, low bands at the bottom, without axes.

    Parameters
    ----------
    levels : array, shape (frames, n_mels), dB
    low, high : float, dB
        Drawn darkest and brightest; the same for all thumbnails that shall be compared.

    Returns
    -------
    bytes
    """
    shade = (np.asarray(levels, np.float32).T[::-1] - low) / (high - low) * (SHADES - 1)
    shade = np.asarray(Image.fromarray(shade).resize(SIZE, Image.Resampling.BOX))
    image = Image.fromarray(np.clip(shade.round(), 0, SHADES - 1).astype(np.uint8), mode="P")
    colours = matplotlib.colormaps[SPECTROGRAM](np.linspace(0, 1, SHADES))[:, :3]
    image.putpalette((colours * 255).round().astype(np.uint8).tobytes())
    file = io.BytesIO()
    image.save(file, format="PNG", optimize=True)
    return file.getvalue()


def neighbour_rows(
    pictures: Iterable[np.ndarray],
    table: pd.DataFrame,
    colours: dict[str, str],
    seconds: float,
    low: float,
    high: float,
) -> Figure:
    """Queries and, to the right of each, its nearest tiles as log-Mel spectrograms.

    Parameters
    ----------
    pictures : list of arrays, each (frames, n_mels), dB
        One for each row of the table.
    table : DataFrame
        `query` (which row of pictures), `rank` (0: the query itself), `label`, `distance`.
    colours : dict, class -> colour
    seconds : float
        Length of a tile.
    low, high : float, dB
        Drawn darkest and brightest.

    Returns
    -------
    Figure
    """
    queries, ranks = sorted(set(table["query"])), int(table["rank"].max()) + 1
    figure, axes = subplots(
        len(queries),
        ranks,
        height=0.5 + 1.3 * len(queries),
        sharex=True,
        sharey=True,
        squeeze=False,
    )
    for axis in axes.flat:
        axis.set_visible(False)
    for picture, row in zip(pictures, table.itertuples(), strict=True):
        axis = axes[queries.index(row.query), row.rank]
        axis.set_visible(True)
        _picture(axis, picture, row, colours[row.label], seconds, low, high)
    for row in axes:
        row[0].set_ylabel("Mel band")
    for axis in axes[-1]:
        axis.set_xlabel("time (s)")
    return figure


def _picture(axis, picture, row, colour, seconds, low, high):
    extent = (0, seconds, 0, picture.shape[1])
    levels = np.asarray(picture, np.float32).T
    axis.imshow(
        levels, SPECTROGRAM, aspect="auto", origin="lower", extent=extent, vmin=low, vmax=high
    )
    name = nice(row.label)
    name = name if width(name) <= 17 else name[:16] + "…"
    note = "query" if row.rank == 0 else f"{row.rank}. at {row.distance:.2f}"
    axis.set_title(f"{name}\n{note}", fontsize=9, color="black")
    for side in axis.spines.values():
        side.set(visible=True, color=colour, linewidth=3)
