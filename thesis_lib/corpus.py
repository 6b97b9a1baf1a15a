"""A corpus: one table, one row per recording, whatever the files are and wherever they are."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic
from thesis_lib.util.names import presentable

COLUMNS = {
    "path": "relative to the corpus's root",
    "start": "where the recording starts in its file, s",
    "duration": "s",
    "sample_rate": "of the file, Hz",
    "channels": "in the file",
    "channel": "the one that is read; -1: the mean of all",
    "label": "class; empty where none is known; training never sees it",
    "group": "session (home) or song (music); never on both sides of a split",
    "node": "the microphone array; empty in music",
    "position": "the k-th segment of its session; 0 in music",
    "split": "train, test, or the number of the one fold that holds the recording out as test",
    "known": "whether this node is in the training too",
    "name": "what a reader calls it: artist and title, or the file's name without its ending",
}


@dataclass(frozen=True)
class Corpus:
    """Recordings and what is known of them (01_the_data).

    Attributes
    ----------
    name : str
    root : Path
        Folder the paths start from.
    table : DataFrame
        A row a recording, with the columns of `COLUMNS`. Rows of equal `group` and `position`
        are the same moment, heard by several nodes. Where `name` is missing or empty, it becomes
        the file's name without its ending.
    note : str
        What every caption has to say of it, e.g. "simulated"; may be empty.
    left_out : tuple of str
        Sentences on all that was left out or passed over when the corpus was read.
    """

    name: str
    root: Path
    table: pd.DataFrame
    note: str = ""
    left_out: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        stems = [presentable(Path(path).stem) for path in self.table.path]
        names = self.table.get("name", pd.Series("", self.table.index))
        object.__setattr__(self, "table", self.table.assign(name=names.where(names != "", stems)))

    @property
    def labels(self) -> list[str]:
        """The classes, sorted; recordings without a label do not count."""
        return sorted(set(self.table.label) - {""})

    def path(self, row: Any) -> Path:
        """The file of one row of the table."""
        return Path(self.root) / row.path

    @cached_property
    def names(self) -> pd.Series:
        """What a reader calls each recording: Series, its index the path."""
        return self.table.drop_duplicates("path").set_index("path").name

    def each_channel(self) -> Self:
        """The same recordings once per microphone instead of in mono."""
        table = self.table.loc[self.table.index.repeat(self.table.channels)]
        channel = np.concatenate([np.arange(count) for count in self.table.channels])
        return replace(self, table=table.assign(channel=channel).reset_index(drop=True))

    def subset(self, rows: ArrayLike) -> Self:
        """The recordings that `rows`, a boolean array, selects."""
        return replace(self, table=self.table[np.asarray(rows)].reset_index(drop=True))

    def fold(self, number: int) -> Self:
        """The same recordings, each marked `train` or `test` as in one fold."""
        return replace(self, table=apply_fold(self.table, number))

    def without(self, rows: ArrayLike, left_out: Iterable[str]) -> Self:
        """The recordings but for `rows`, a boolean array, with sentences on why these are out."""
        return replace(self.subset(~np.asarray(rows)), left_out=(*self.left_out, *left_out))

    def save(self, folder: Path | str) -> None:
        """Write `corpus.csv` and `corpus.json` into a folder, all or nothing."""
        with atomic(Path(folder)) as part:
            part.mkdir(parents=True)
            self.table.to_csv(part / "corpus.csv", index=False, errors="surrogateescape")
            root = str(Path(self.root).resolve())  # notebooks run in another working folder
            about: dict[str, Any] = {"name": self.name, "root": root, "note": self.note}
            about["left_out"] = list(self.left_out)
            (part / "corpus.json").write_text(json.dumps(about, indent=1))

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """Read back what `save` wrote."""
        folder = Path(folder)
        if not (folder / "corpus.json").is_file():
            raise InputError(f"{folder} holds no corpus yet; run `make figures` first.")
        about = json.loads((folder / "corpus.json").read_text())
        table, left_out = read_table(folder / "corpus.csv"), tuple(about.get("left_out", ()))
        return cls(about["name"], Path(about["root"]), table, about["note"], left_out)


def apply_fold(table: pd.DataFrame, number: int) -> pd.DataFrame:
    """A table of recordings or tiles, with each row's `split` as it is in one fold (01_the_data).

    A corpus with an official test set has it in every fold; others have their folds in
    `split`, and training k holds out fold k. Where there are fewer songs than folds, the folds that
    are there take turns.
    """
    test = table.split.isin(["test", held_out(table, number)])
    return table.assign(split=np.where(test, "test", "train"))


def held_out(table: pd.DataFrame, number: int) -> str:
    """The fold, as `split` has it, that one training holds out."""
    folds = sorted({*table.split} - {"train", "test"}, key=lambda fold: (len(fold), fold))
    if str(number) in folds or not folds or (table.split == "test").any():
        return str(number)
    return folds[number % len(folds)]


def read_table(path: Path | str) -> pd.DataFrame:
    """Read a table of recordings or tiles; text columns stay text, even where empty.

    Names may hold bytes that are no UTF-8.
    """
    text = dict.fromkeys(["path", "label", "group", "node", "split", "name"], str)
    return pd.read_csv(
        path,
        dtype=text,
        keep_default_na=False,
        na_filter=False,
        encoding_errors="surrogateescape",
    )
