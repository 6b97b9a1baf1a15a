"""Tiles in rows, one after the other: of each row a recorded sound and a player."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from IPython.display import HTML

from thesis_lib.listening import clips, players
from thesis_lib.plots.style import nice
from thesis_lib.util.text import as_html, slugs

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record


def sound(run: Run, tiles: pd.DataFrame, rows: Iterable[int], gap_s: float = 0.0) -> np.ndarray:
    """The sounds of some tiles, one after the other (05_embedding_space).

    Parameters
    ----------
    run : Run
        Whose recordings they are.
    tiles : DataFrame, of `Embeddings`
    rows : iterable of int
        Which of them.
    gap_s : float
        Silence between two of them, s.

    Returns
    -------
    wave : float32 array, at `clips.RATE` samples per second
    """
    return clips.join([clips.clip(run, tiles.iloc[row]) for row in rows], gap_s=gap_s)


def suspects(
    record: Record, run: Run, tiles: pd.DataFrame, rows: Iterable[Sequence[int]], data_set: str
) -> HTML:
    """A player for each suspect and its neighbours (06_error_analysis_sins).

    Parameters
    ----------
    record : Record
    run : Run
    tiles : DataFrame, of `Embeddings`
    rows : list of list of int
        Rows of the tiles: the first of each is the suspect, the others are its neighbours.
    data_set : str
        The sounds are recorded as `suspect_<data_set>_1`, ...

    Returns
    -------
    IPython.display.HTML
    """
    shown = []
    for number, row in enumerate(rows, start=1):
        first, *others = (tiles.iloc[tile] for tile in row)
        neighbours = ", ".join(nice(tile.label) for tile in others)
        text = f"{nice(first.label)} ({first.group}), then {neighbours}"
        about = {"data_set": data_set, "number": number, "text": text}
        wave = sound(run, tiles, row, gap_s=0.4)
        player = record.sound(wave, clips.RATE, "suspect_{data_set}_{number}", [run], **about)
        shown.append([as_html(text), player._repr_html_()])
    return HTML(players.table(["labels", "listen"], shown, "A suspect, then its five neighbours"))


def typical(
    record: Record,
    run: Run,
    tiles: pd.DataFrame,
    own: pd.DataFrame,
    share: dict[str, float],
    colours: dict[str, str],
    data_set: str,
) -> HTML:
    """A player of what is typical of each class (05_embedding_space).

    Parameters
    ----------
    record : Record
    run : Run
    tiles : DataFrame, of `Embeddings`
    own : DataFrame
        From `centroids.typical`: tiles of the class itself.
    share : dict, label -> float
        Of the tiles nearest to the centroid, whatever their label, the share that carries it.
    colours : dict, label -> colour
    data_set : str
        The sounds are recorded as `typical_<data_set>_<class>`.

    Returns
    -------
    IPython.display.HTML
    """
    files, rows = slugs(share), []
    for label, nearest in own.groupby("label"):
        wave = sound(run, tiles, nearest.tile)
        about = {"data_set": data_set, "slug": files[label], "label": label, "tiles": len(nearest)}
        record.sound(wave, clips.RATE, "typical_{data_set}_{slug}", [run], **about)
        player = players.player(wave, clips.RATE, label)
        rows.append([players.chip(label, colours[label]), player, f"{100 * share[label]:.0f} %"])
    note = f" ({run.corpus.note} data)" if run.corpus.note else ""
    columns = ["class", "five of its tiles", "of this label are the nearest five"]
    caption = as_html(f"{run.corpus.name}{note}: typical clips")
    return HTML(players.table(columns, rows, caption))
