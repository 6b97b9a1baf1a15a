"""What every export is of: sounds, where they are, and their vectors (09_listening_room)."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from thesis_lib.util.text import one_line, readable

SHOWN = ("name", "label", "group", "node", "start", "duration", "path")  # of each sound, in order


@dataclass(frozen=True)
class Sounds:
    """Tiles, recordings, or whatever the vectors of another model are of.

    Attributes
    ----------
    name : str
        Of the corpus.
    root : Path
        Where its paths start.
    table : DataFrame, n rows
        path, start and duration (s), sample_rate (Hz), channel (-1: the mean of all), label, group,
        node, name.
    vectors : float32 array, shape (n, d)
        None for exports that need none.
    picture : function, row number -> float array, shape (frames, n_mels), dB
        None where there are no spectrograms.
    low, high : float, dB
        Drawn darkest and brightest.
    """

    name: str
    root: Path
    table: pd.DataFrame
    vectors: np.ndarray | None = None
    picture: Callable[[int], np.ndarray] | None = field(default=None, repr=False)
    low: float = -80.0
    high: float = 0.0

    @cached_property
    def shown(self) -> pd.DataFrame:
        """The columns of `SHOWN`, names as text that any reader of UTF-8 takes, in one line."""
        return self.table[list(SHOWN)].map(lambda x: plain(x) if isinstance(x, str) else x)

    def file(self, row: int) -> Path:
        """The audio file of a sound."""
        return Path(self.root) / self.table.path.iloc[row]


def plain(name: str) -> str:
    """A name without tabs, line breaks and bytes that are no UTF-8 (09_listening_room)."""
    return one_line(readable(name))


def tab_separated(table: pd.DataFrame) -> str:
    """A table of plain names and numbers as lines of tabs, its columns first."""
    lines = [table.columns, *table.itertuples(index=False)]
    return "".join("\t".join(map(_cell, line)) + "\n" for line in lines)


def _cell(value):
    return f"{value:.6f}" if isinstance(value, float) else str(value)


def changed(names: pd.Series) -> list[str]:
    """A sentence where names could not stay as they are in a table of lines and tabs."""
    count = sum(plain(name) != name for name in set(names))
    said = "name(s) held tabs, line breaks or bytes that are no UTF-8: these are blanks or letters."
    return [f"{count} {said}"] if count else []
