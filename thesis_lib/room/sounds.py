"""What the room shows: a table of sounds, one vector for each, and the folder of their files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thesis_lib.embed import pool
from thesis_lib.listening.clips import moments
from thesis_lib.recipe import Features
from thesis_lib.util.arrays import matrix
from thesis_lib.util.errors import InputError
from thesis_lib.util.names import presentable

if TYPE_CHECKING:
    from thesis_lib.embed import Embeddings
    from thesis_lib.pipeline.run import Run

UNITS = ("tile", "segment", "song")
TEXTS = ("label", "group", "node", "name", "moment")
# Columns of numbers that say where a sound is, not what it is like: no colours are made of them.
PLACE = {"start", "duration", "recording", "position", "channel", "channels", "sample_rate"}
PLACE |= {"known", "first_frame", "n_frames"}


@dataclass(frozen=True)
class Sounds:
    """Sounds and their vectors, of a run or of any table (09_listening_room).

    Attributes
    ----------
    table : DataFrame, n rows
        `path`, from `root` on. May have: `start` and `duration` (s), `channel` (-1: the mean of
        all), `label`, `group` (session or song), `node`, `moment` (the same on all nodes that
        recorded it) and `name`; each further column of numbers can be a colour of the map.
    vectors : float32 array, shape (n, d)
    root : Path
        Only files below it are ever read.
    name : str
    unit : str
        What a row is: "tile", "segment", "song", "sound".
    group_name : str
        What a group is: "session", "song", "recording".
    note : str
        What has to be said of the corpus, such as "simulated".
    features : Features
        Of the pictures.
    levels : (low, high), dB
        Drawn darkest and brightest; None: found from some of the sounds.
    """

    table: pd.DataFrame
    vectors: np.ndarray
    root: Path
    name: str = "sounds"
    unit: str = "sound"
    group_name: str = "group"
    note: str = ""
    features: Features = Features()
    levels: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        vectors = matrix(self.vectors).astype(np.float32, copy=False)
        object.__setattr__(self, "vectors", vectors)
        object.__setattr__(self, "root", Path(self.root))
        object.__setattr__(self, "table", _whole(self.table, len(vectors)))

    def __len__(self) -> int:
        return len(self.table)

    @classmethod
    def of_run(cls, run: Run, embedding: str = "ours", unit: str = "tile") -> Self:
        """The tiles of a run, its recordings ("segment") or its songs or sessions ("song").

        Parameters
        ----------
        run : Run
        embedding : str
            Where the run has none of this name, another is taken.
        unit : {"tile", "segment", "song"}
            A segment's vector is the mean of its tiles', and so is a song's, which is heard at its
            most typical tile.
        """
        if unit not in UNITS:
            raise InputError(f"unit: is {unit!r}; give one of {', '.join(UNITS)}")
        corpus, store = run.corpus, run.store
        found = POOLED[unit](run.embeddings(run.embedding_shown(embedding)), corpus.table)
        mean, std = store.meta["mean"], store.meta["std"]
        table = found.tiles.assign(name=corpus.names.reindex(found.tiles.path).to_numpy())
        return cls(
            table.assign(moment=moments(table)) if (table.node != "").any() else table,
            found.vectors,
            corpus.root,
            corpus.name,
            run.unit if unit == "song" else unit,
            run.unit,
            corpus.note,
            store.features,
            (mean - 2 * std, mean + 3 * std),
        )

    def subset(self, rows: ArrayLike) -> Self:
        """Those that `rows`, of numbers or of booleans, selects."""
        rows = np.asarray(rows)
        rows = np.flatnonzero(rows) if rows.dtype == bool else rows
        table = self.table.iloc[rows].reset_index(drop=True)
        return replace(self, table=table, vectors=self.vectors[rows])

    @property
    def numbers(self) -> list[str]:
        """The columns of numbers that can be colours of the map."""
        kinds = self.table.dtypes
        return [name for name in kinds.index
                if name not in PLACE and pd.api.types.is_numeric_dtype(kinds[name])]  # fmt: skip


def _whole(table: pd.DataFrame, rows: int) -> pd.DataFrame:
    """The table with every column that the room reads."""
    if "path" not in table:
        raise InputError("table: has no column `path`; name the file of each row in it")
    if len(table) != rows:
        raise InputError(f"vectors: are {rows} for a table of {len(table)} rows; give one a row")
    table = table.reset_index(drop=True)
    stems = [presentable(Path(str(path)).stem) for path in table.path]
    given = {"start": 0.0, "duration": np.nan, "channel": -1, "group": table.path}
    given |= {"label": "", "node": "", "name": stems, "moment": ""}
    table = table.assign(**{name: value for name, value in given.items() if name not in table})
    texts = {name: table[name].fillna("").astype(str) for name in TEXTS}
    return table.assign(path=table.path.astype(str), **texts)


def _segments(found: Embeddings, recordings: pd.DataFrame) -> Embeddings:
    """One for each recording, from its beginning to its end."""
    pooled = pool(found, ["recording"])
    own = recordings.iloc[pooled.tiles.recording]
    place = {name: own[name].to_numpy() for name in ("start", "duration")}
    return replace(pooled, tiles=pooled.tiles.assign(**place))


def _songs(found: Embeddings, recordings: pd.DataFrame) -> Embeddings:
    """One for each group, heard at the tile that is nearest to the mean of all."""
    pooled = pool(found, ["group"])
    number = found.tiles.group.map({name: i for i, name in enumerate(pooled.tiles.group)})
    apart = np.linalg.norm(_unit(found.vectors) - pooled.vectors[number], axis=1)
    typical = pd.Series(apart).groupby(number.to_numpy()).idxmin()
    return replace(pooled, tiles=found.tiles.loc[typical.to_numpy()].reset_index(drop=True))


def _unit(vectors):
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / np.maximum(length, np.finfo(np.float32).tiny)


POOLED = {"tile": lambda found, recordings: found, "segment": _segments, "song": _songs}
