"""A spectrogram store, or a shard of one, in the making: what lies on the disk until it is whole.

The folder holds the frames, a record of each recording, and what both depend on. A record is
written down only after its frames have reached the disk, so whatever kills a build, what its
records call done is done. Frames are written and read, never mapped: mapped pages that were looked
at count as memory of the process, and there may be a hundred gigabytes of them.

A file a recording, joined at the end, would be less code. It was tried: it takes a fifth more
processor time, writes every byte twice and needs twice the disk (for the four channels of SINS 75
GB more, in 292 000 files), and a disk that is too small is only known on the way.
"""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.lib.format import open_memmap

from thesis_lib.corpus import Corpus
from thesis_lib.spectrogram import Features
from thesis_lib.store import FORMAT
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic

RECORD = np.dtype(
    [
        ("key", "V32"),  # which recording, as a checksum
        ("n_frames", "i8"),
        ("bytes", "i8"),  # the size of its file; 0: it is not here
        ("changed", "i8"),  # when its file was last written, ns
        ("done", "?"),
        ("sum", "f8"),  # of its float16 dB
        ("squares", "f8"),
        ("sha256", "V32"),  # of its frames
    ]
)
FOUND = ["done", "sum", "squares", "sha256"]  # what computing a recording finds


@dataclass(frozen=True)
class Part:
    """Some recordings of a store, done or not.

    Attributes
    ----------
    folder : Path
        Of `plan.json`, `frames.npy` and `records.npy`.
    rows : DataFrame
        Of the store's index, a row a recording; `first_frame` counts from where the part begins.
    features : Features
    records : array of RECORD
    """

    folder: Path
    rows: pd.DataFrame
    features: Features
    records: np.ndarray

    @classmethod
    def begin(cls, folder: Path, corpus: Corpus, rows: pd.DataFrame, features: Features) -> Self:
        """Open what an earlier build has left in a folder, or begin a new part.

        What was done for another corpus steps aside, to `<folder>.before`.
        """
        rows = rows.reset_index(drop=True)
        rows = rows.assign(first_frame=rows.n_frames.cumsum() - rows.n_frames)
        part = cls(folder, rows, features, empty(corpus, rows))
        left = read(folder, features)
        if left is not None and np.array_equal(left["key"], part.records["key"]):
            kept = unchanged(part.records, left)
            part.records[kept] = left[kept]
            return part
        if left is not None and left["done"].any():
            before = folder.with_name(f"{folder.name}.before")
            shutil.rmtree(before, ignore_errors=True)
            folder.rename(before)
        part._make()
        return part

    def _make(self):
        shape = int(self.rows.n_frames.sum()), self.features.n_mels
        shutil.rmtree(self.folder, ignore_errors=True)
        with atomic(self.folder) as place:
            place.mkdir(parents=True)
            open_memmap(place / "frames.npy", "w+", np.float16, shape).flush()
            _reserve(place / "frames.npy")
            np.save(place / "records.npy", self.records)
            (place / "plan.json").write_text(json.dumps(_plan(self.features)))

    @cached_property
    def n_frames(self) -> int:
        """Frames of the whole part."""
        return int(self.rows.n_frames.sum())

    @property
    def frame_bytes(self) -> int:
        """Bytes of one frame."""
        return self.features.n_mels * np.dtype(np.float16).itemsize

    def reuse_from(self, folder: Path, other_rows: bool = False) -> None:
        """Copy what another part, or a store, has done and this part has not.

        Parameters
        ----------
        folder : Path
            Of the other.
        other_rows : bool
            It may be of another machine, whose audio is as large, but copied at another time.
        """
        theirs = None if folder == self.folder else read(folder, self.features)
        todo = self.rows[~self.records["done"]]
        if theirs is None or todo.empty:
            return
        place = {key.tobytes(): i for i, key in enumerate(theirs["key"]) if theirs["done"][i]}
        left = theirs["n_frames"][::-1].cumsum()[::-1]  # frames from a recording to the end
        with open(folder / "frames.npy", "rb") as file:
            for row in todo.itertuples():
                mine = self.records[row.Index]
                i = place.get(mine["key"].tobytes())
                if i is not None and unchanged(mine, theirs[i], other_rows):
                    file.seek(-int(left[i]) * self.frame_bytes, os.SEEK_END)
                    self._copy(row, file.read(row.n_frames * self.frame_bytes), theirs[i])
        self.save()

    def _copy(self, row, frames, record):
        if hashlib.sha256(frames).digest() == record["sha256"].tobytes():
            self.write(row, 0, frames)
            self.mark_done(row, *(record[name] for name in FOUND))

    def write(self, row: Any, first: int, frames: bytes | np.ndarray) -> None:
        """Write bytes of frames, from frame `first` of a recording on, to their place."""
        left = self.n_frames - row.first_frame - first
        try:
            with open(self.folder / "frames.npy", "r+b") as file:
                file.seek(-left * self.frame_bytes, os.SEEK_END)
                file.write(frames)
        except OSError as error:
            reason = disk.reason(error)
            raise InputError(
                f"{self.folder} cannot be written ({reason}); what was done is kept: mend this "
                "and run again."
            ) from error

    def mark_done(self, row: Any, *found: Any) -> None:
        """Note that a recording is done, and what was found (see `FOUND`)."""
        for name, value in zip(FOUND, found, strict=True):
            self.records[name][row.Index] = value

    def save(self) -> None:
        """Write down what is done; the frames themselves first, should the power fail."""
        with open(self.folder / "frames.npy", "r+b") as file:
            os.fsync(file)
        with atomic(self.folder / "records.npy") as place:
            np.save(place, self.records)


def read(folder: Path, features: Features) -> np.ndarray | None:
    """The records of a part of the same features; None where there is none, or a damaged one."""
    try:
        plan = json.loads((folder / "plan.json").read_text())
        records = np.load(folder / "records.npy")
        frames = np.load(folder / "frames.npy", mmap_mode="r")
    except (OSError, ValueError):
        return None
    if plan != _plan(features) or records.dtype != RECORD or frames.dtype != np.float16:
        return None
    return records if frames.shape == (records["n_frames"].sum(), features.n_mels) else None


def _plan(features):
    """What all frames of a store depend on, beside the sound."""
    return {"format": FORMAT, "features": asdict(features)}


def empty(corpus: Corpus, rows: pd.DataFrame) -> np.ndarray:
    """Records of recordings, rows of a store's index, of which none is done yet."""
    records = np.zeros(len(rows), RECORD)
    records["n_frames"] = rows.n_frames
    for record, row in zip(records, rows.itertuples(), strict=True):
        about = json.dumps([row.path, row.start, row.duration, row.channel, row.n_frames])
        record["key"] = hashlib.sha256(about.encode()).digest()
        path = corpus.path(row)
        if path.is_file():
            file = path.stat()
            record["bytes"], record["changed"] = file.st_size, file.st_mtime_ns
    return records


def unchanged(
    now: np.ndarray | np.void, before: np.ndarray | np.void, other_rows: bool = False
) -> np.ndarray | np.bool:
    """Whether recordings are still read from the same files; one that is gone did not change."""
    same = now["bytes"] == before["bytes"]
    if not other_rows:
        same &= now["changed"] == before["changed"]
    return same | (now["bytes"] == 0)


def _reserve(path):
    """Take a file's disk space now: a disk that is too small is better known at once."""
    if hasattr(os, "posix_fallocate"):
        with open(path, "r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
