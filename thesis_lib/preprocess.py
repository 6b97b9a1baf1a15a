"""Waveforms to a spectrogram store: streaming, on all cores, gone on with after a kill, in shards.

What is made lies beside the store, in `<store>.partial`, until it is whole: the frames, and a
record of each recording that is done. A build that was killed finds them there and goes on. A
shard, made by another process or machine, is such a folder too, `<store>.shard_2_of_8`; a build
takes over what the shards beside it have done. Memory does not grow with the corpus: frames are
written, not mapped, and all that is known of them at the end are sums and checksums.
"""

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from joblib import Parallel, delayed
from numpy.lib.format import open_memmap
from tqdm.auto import tqdm

from thesis_lib import audio
from thesis_lib.errors import InputError
from thesis_lib.files import atomic
from thesis_lib.record import write_json
from thesis_lib.spectrogram import Features, log_mel
from thesis_lib.store import FORMAT, SpectrogramStore

CHUNK = 60000  # frames computed at a time: ten minutes; only longer recordings are read in pieces
SAVED = 256  # recordings after which what is done is written down
RECORD = np.dtype(
    [("done", "?"), ("sum", "f8"), ("squares", "f8"), ("sha256", "V32")]  # of float16 dB
)


def build(corpus, features, folder, shard=None, progress=True):
    """Make the store of a corpus, or go on making it; the same to the byte however it is made.

    Parameters
    ----------
    corpus : Corpus
    features : Features
    folder : Path
        Of the store; it appears when it is whole.
    shard : (int, int), optional
        (2, 8): make the second of eight shards of it only.
    progress : bool
        Show a bar.

    Returns
    -------
    SpectrogramStore, or None of a shard

    Raises
    ------
    InputError
        A recording cannot be read, or is shorter than one frame; what was done is kept.
    """
    folder, index = Path(folder), _index(corpus, features)
    part = Part.begin(_part_folder(folder, shard), index, features, _range(index, shard))
    if shard is None:
        for other in sorted(folder.parent.glob(f"{folder.name}.shard_*_of_*")):
            part.take_over(other)
    part.fill(corpus, progress)
    if shard is not None:
        return None
    part.finish(folder, corpus)
    for other in folder.parent.glob(f"{folder.name}.shard_*_of_*"):
        shutil.rmtree(other)
    return SpectrogramStore.open(folder)


def _index(corpus, features):
    count = corpus.table.duration.map(features.frames)
    if (count == 0).any():
        row = corpus.table[count == 0].iloc[0]
        raise InputError(
            f"{corpus.path(row)} lasts {row.duration:.3f} s, less than one frame; leave it out."
        )
    table = corpus.table.drop(columns="name").reset_index(drop=True)
    return table.assign(first_frame=count.cumsum() - count, n_frames=count)


def _part_folder(folder, shard):
    if shard is None:
        return folder.with_name(f"{folder.name}.partial")
    return folder.with_name(f"{folder.name}.shard_{shard[0]}_of_{shard[1]}")


def _range(index, shard):
    """The recordings of a shard, first and behind the last: shards hold equally many frames."""
    if shard is None:
        return 0, len(index)
    number, of = shard
    if not 1 <= number <= of:
        raise InputError(f"shard {number}/{of} does not exist; choose 1/{of} to {of}/{of}.")
    ends = index.n_frames.cumsum().to_numpy()
    bounds = np.searchsorted(ends, ends[-1] * np.array([number - 1, number]) / of, side="left")
    return int(bounds[0]), int(bounds[1]) if number < of else len(index)


@dataclass(frozen=True)
class Part:
    """A store, or a range of its recordings, in the making.

    Attributes
    ----------
    folder : Path
        Holds `plan.json`, `frames.npy` and `records.npy`.
    index : DataFrame
        Of the whole store.
    features : Features
    first : int
        The recording that the range begins with.
    start, count : int
        The first frame of the range in the store, and how many it has.
    records : array of RECORD
        A record for each recording of the range.
    """

    folder: Path
    index: pd.DataFrame
    features: Features
    first: int
    start: int
    count: int
    records: np.ndarray

    @classmethod
    def begin(cls, folder, index, features, bounds):
        """Open what an earlier build of the same plan has left, or begin anew."""
        rows = index.iloc[slice(*bounds)]
        start = int(rows.first_frame.min()) if len(rows) else 0
        count, records = int(rows.n_frames.sum()), np.zeros(len(rows), RECORD)
        part = cls(folder, index, features, bounds[0], start, count, records)
        plan = part._plan()
        if _read(folder) == (plan, len(part.records)):
            part.records[:] = np.load(folder / "records.npy")
            return part
        shutil.rmtree(folder, ignore_errors=True)
        with atomic(folder) as place:
            place.mkdir(parents=True)
            open_memmap(place / "frames.npy", "w+", np.float16, (count, features.mels)).flush()
            _reserve(place / "frames.npy")
            np.save(place / "records.npy", part.records)
            (place / "plan.json").write_text(json.dumps(plan))
        return part

    def _plan(self):
        """What the frames depend on, as a checksum; not where the corpus lies, nor its labels."""
        columns = ["path", "start", "duration", "channel", "n_frames"]
        about = json.dumps({"format": FORMAT, "features": asdict(self.features)}, sort_keys=True)
        digest = hashlib.sha256(about.encode())
        digest.update(self.index[columns].to_csv(index=False).encode())
        return {"sha256": digest.hexdigest(), "first": self.first, "start": self.start}

    def take_over(self, folder):
        """Copy the frames of recordings that a shard of the same plan has done."""
        found = _read(folder)
        if found is None or found[0]["sha256"] != self._plan()["sha256"]:
            return
        first, start = found[0]["first"], found[0]["start"]
        records = np.load(folder / "records.npy")
        frames = np.load(folder / "frames.npy", mmap_mode="r")
        for row in self.index.iloc[first:][: len(records)][records["done"]].itertuples():
            at = row.first_frame - start
            self._write(row, 0, frames[at : at + row.n_frames])
            self.records[row.Index] = records[row.Index - first]
        self._save()

    def fill(self, corpus, progress):
        """Compute what is not done yet, on all cores; recordings that fail are told at the end."""
        rows = self.index.iloc[self.first :][: len(self.records)]
        todo, faults = rows[~self.records["done"]], []

        def one(row):
            torch.set_num_threads(1)  # the recordings share the cores
            try:
                return row.Index - self.first, self._one(corpus, row)
            except InputError as error:
                faults.append(str(error))
                return row.Index - self.first, None

        work = Parallel(n_jobs=-1, require="sharedmem", return_as="generator_unordered")
        done = work(delayed(one)(row) for row in todo.itertuples())
        show = {"total": len(self.records), "initial": len(self.records) - len(todo)}
        bar = tqdm(done, f"spectrograms of {corpus.name}", disable=not progress, **show)
        try:
            for count, (number, record) in enumerate(bar, 1):
                if record is not None:
                    self.records[number] = record
                if count % SAVED == 0:
                    self._save()
        finally:
            self._save()
        if faults:
            more = f" (And {len(faults) - 1} more like this.)" if len(faults) > 1 else ""
            raise InputError(f"{min(faults)}{more} All others are done and kept.")

    def _one(self, corpus, row):
        """Write the frames of one recording; returns its record."""
        total, squares, digest = 0.0, 0.0, hashlib.sha256()
        for first in range(0, row.n_frames, CHUNK):
            frames = self._frames(corpus, row, first, min(CHUNK, row.n_frames - first))
            self._write(row, first, frames.numpy())
            values = frames.float()
            total += values.sum(dtype=torch.float64).item()
            squares += values.square_().sum(dtype=torch.float64).item()
            digest.update(frames.numpy())
        return True, total, squares, digest.digest()

    def _frames(self, corpus, row, first, count):
        """Some frames of one recording: float16 tensor, shape (count, mels)."""
        features = self.features
        start, duration = row.start + first / features.rate, row.duration
        if row.n_frames > CHUNK:
            duration = ((count - 1) * features.step + features.frame) / features.sample_rate
        wave = audio.read(corpus.path(row), features.sample_rate, row.channel, start, duration)
        # Single precision errs less than the rounding to float16 wherever anything is heard.
        return log_mel(wave, features, torch.float32)[:count].half()

    def _write(self, row, first, frames):
        """Write frames to their place in the file, whichever thread comes first."""
        left = self.count - (row.first_frame - self.start + first)  # frames from here to the end
        with open(self.folder / "frames.npy", "r+b") as file:
            file.seek(-left * self.features.mels * frames.itemsize, os.SEEK_END)
            file.write(np.ascontiguousarray(frames))

    def _save(self):
        """Write down what is done; the frames themselves first, should the power fail."""
        with open(self.folder / "frames.npy", "r+b") as file:
            os.fsync(file)
        with atomic(self.folder / "records.npy") as place:
            np.save(place, self.records)

    def finish(self, folder, corpus):
        """Turn what is done into the store."""
        made = _made(corpus, self.index, self.features, self.records)
        with atomic(self.folder / "index.csv") as place:
            self.index.to_csv(place, index=False)
        write_json(self.folder / "made.json", made)
        with atomic(folder) as place:
            os.rename(self.folder, place)
            for name in ("plan.json", "records.npy"):
                (place / name).unlink()


def _read(folder):
    """Plan and number of recordings of a part that was begun; None where there is none."""
    try:
        plan = json.loads((folder / "plan.json").read_text())
        records = np.load(folder / "records.npy")
        np.load(folder / "frames.npy", mmap_mode="r")
    except (OSError, ValueError):
        return None
    return plan, len(records)


def _reserve(path):
    """Take a file's disk space now: a disk that is too small is better known at once."""
    if hasattr(os, "posix_fallocate"):
        with open(path, "r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def _made(corpus, index, features, records):
    made = {
        "format": FORMAT,
        "corpus": corpus.name,
        "note": corpus.note,
        "features": asdict(features),
        "trials": {
            part: _level(~index.split.isin(["test", part]), index, features, records)
            for part in sorted({*index.split} - {"train", "test"})
        },
    }
    made |= _level(index.split != "test", index, features, records)
    return made | {"hash": _hash(made, index, records)}


def _level(rows, index, features, records):
    """Mean and standard deviation (dB) of some recordings; of all where there are none."""
    rows = rows.to_numpy() if rows.any() else slice(None)
    count = int(index.n_frames.to_numpy()[rows].sum()) * features.mels
    mean = records["sum"][rows].sum() / count
    variance = records["squares"][rows].sum() / count - mean**2
    return {"mean": float(mean), "std": float(max(variance, 0) ** 0.5)}


def _hash(made, index, records):
    """sha256 of how the store was made, of its index and of every frame in it."""
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode())
    digest.update(index.to_csv(index=False).encode())
    digest.update(records["sha256"].tobytes())
    return digest.hexdigest()
