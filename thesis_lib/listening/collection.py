"""A run's tiles with picture and sound: what the listening room shows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from thesis_lib.analysis.centroids import centroids, typical
from thesis_lib.analysis.neighbours import available, nearest_to
from thesis_lib.listening.clips import clip, picture
from thesis_lib.plots.style import class_colours, nice

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run

PEAK = 0.5  # of full scale: the loudest sample of a sound
AGREE = 5  # neighbours that must share a tile's label for it to count in its class's centroid


def collections(runs: dict[str, Run], embedding: str = "ours") -> dict[str, Collection]:
    """A `Collection` of each run that has embeddings, in order; of others there is none.

    Parameters
    ----------
    runs : dict, name -> Run
    embedding : str
        The one that decides what is near; see `Run.embedding_shown`.

    Returns
    -------
    dict, name -> Collection
    """
    made = {name: run for name, run in runs.items() if run.is_embedded}
    return {name: Collection(run, embedding) for name, run in made.items()}


class Collection:
    """The tiles of a run with picture and sound.

    Parameters
    ----------
    run : Run
        With embeddings; those of its first seed are taken.
    embedding : str
        Where the run has none of this name, another is taken.

    Attributes
    ----------
    embedding : str
        The one that is taken.
    name : str
    tiles : DataFrame
        Of `Embeddings`; a tile is called by its row number.
    vectors : float32 array, shape (n, d)
    label, group, recording : arrays, shape (n,)
    labels : list of str
        The classes.
    low, high : float, dB
        Between which all pictures of this collection are drawn.
    unit : str
        What a group is: a session, a song, or just a recording.
    """

    def __init__(self, run: Run, embedding: str = "ours") -> None:
        self.embedding = run.embedding_shown(embedding)
        embeddings, store, corpus = run.embeddings(self.embedding), run.store, run.corpus
        self.corpus, self.store = corpus, store  # a run would read them again each time
        self.unit = run.unit
        self.name, self.note = corpus.name, corpus.note
        self.tiles, self.vectors = embeddings.tiles, embeddings.vectors
        self.labels, self.colours = corpus.labels, class_colours(corpus.labels)
        self._columns = [self.tiles[name].to_numpy() for name in ("label", "group", "recording")]
        self.label, self.group, self.recording = self._columns
        self.low = store.meta["mean"] - 2 * store.meta["std"]
        self.high = store.meta["mean"] + 3 * store.meta["std"]
        self.sound = lru_cache(512)(self.sound)  # type: ignore[method-assign]  # each its own

    def rows(
        self, label: str | None = None, group: str | None = None, recording: int | None = None
    ) -> np.ndarray:
        """Row numbers of the tiles of a class, a session or song, a recording; None: any."""
        chosen = np.ones(len(self.tiles), bool)
        wanted = (label, group, recording)
        for column, value in zip(self._columns, wanted, strict=True):
            if value is not None:
                chosen &= column == value
        return np.flatnonzero(chosen)

    def near(
        self, tile: int, k: int = 5, label: str | None = None, spread: bool = True
    ) -> tuple[np.ndarray, np.ndarray]:
        """The tiles nearest to a tile, none of its own session or song.

        Parameters
        ----------
        tile : int
        k : int
            At most so many: there may be fewer that qualify.
        label : str, optional
            Only tiles of this class.
        spread : bool
            Each of them from another session or song.

        Returns
        -------
        tiles : int64 array
        distances : float32 array, Euclidean
        """
        rows = self.rows(label)
        rows = rows[self.group[rows] != self.group[tile]]
        k = min(k, len(np.unique(self.group[rows])) if spread else len(rows))
        if k == 0:
            return rows, np.zeros(0, np.float32)
        group = self.group[rows] if spread else None
        indices, distances = nearest_to(self.vectors[[tile]], self.vectors[rows], k, group)
        return rows[indices[0]], distances[0]

    def neighbours(self, tiles: Iterable[int], k: int = 5) -> pd.DataFrame:
        """Some tiles and the `near` of each: a table, the tile itself with rank 0.

        Parameters
        ----------
        tiles : iterable of int
        k : int

        Returns
        -------
        DataFrame
            `query`, `rank`, `tile`, `label`, `distance`.
        """
        rows = []
        for query in tiles:
            found, distances = self.near(query, k)
            pairs = zip([query, *found], [0.0, *distances], strict=True)
            rows += [(query, rank, *pair) for rank, pair in enumerate(pairs)]
        table = pd.DataFrame(rows, columns=["query", "rank", "tile", "distance"])
        return table.assign(label=self.label[table.tile.astype(int)])

    def levels(self, tile: int) -> np.ndarray:
        """The tile's log-Mel spectrogram: array, shape (frames, n_mels), dB."""
        return picture(self.store, self.tiles.iloc[tile])

    def sound(self, tile: int) -> np.ndarray:
        """The tile's waveform, as it was recorded."""
        return clip(self, self.tiles.iloc[tile])

    def waves(self, tiles: Iterable[int], equal: bool = False) -> list[np.ndarray]:
        """The waveforms of some tiles, with one gain for all, or each equally loud."""
        waves = [self.sound(int(tile)) for tile in tiles]
        peaks = [max(float(np.abs(wave).max()), 1e-6) for wave in waves]
        peaks = peaks if equal else [max(peaks)] * len(peaks)
        return [wave * (PEAK / peak) for wave, peak in zip(waves, peaks, strict=True)]

    def title(self, tile: int) -> str:
        """A tile in words: its class and where it is."""
        return f"{nice(self.label[tile])}, {self.place(tile)}"

    def place(self, tile: int) -> str:
        """Recording and seconds of a tile."""
        return f"{self.recording_name(tile)}, {self.span(tile)}"

    def recording_name(self, tile: int) -> str:
        """The recording a tile is of: its name, with session and node if there are any."""
        row = self.tiles.iloc[tile]
        where = f" (session {row.group}, node {row.node})" if row.node else ""
        return self.corpus.names[row.path] + where

    def group_name(self, group: str) -> str:
        """A session or song in words: a song of one recording is called as that is."""
        rows = self.rows(group=group)
        single = len(np.unique(self.recording[rows])) == 1
        return self.recording_name(rows[0]) if single and self.unit != "session" else group

    def span(self, tile: int) -> str:
        """From where to where a tile is in its recording."""
        row = self.tiles.iloc[tile]
        return f"{row.start:g} to {row.start + row.duration:g} s"

    @cached_property
    def centres(self) -> pd.DataFrame:
        """A place for each class, see `centroids`; made when first asked for.

        Tiles without a label count only where no tile has one.
        """
        rows = np.flatnonzero((self.label != "") | (not self.labels))
        group = self.group[rows]
        if not (agree := min(AGREE, available(group))):  # a single session or song
            group, agree = None, min(AGREE, len(rows) - 1)
        return centroids(self.vectors[rows], self.label[rows], agree=agree, group=group)[0]

    @cached_property
    def typical(self) -> dict[str, int]:
        """Of each class the tile of its own that is nearest to its centroid: dict."""
        found = typical(self.vectors, self.label, self.centres, 1, own=True)
        return dict(zip(found.label, found.tile.tolist(), strict=True))
