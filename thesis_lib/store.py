"""The spectrogram store: every recording's log-Mel spectrogram once, in one memory-mapped array.

Tiles are never stored. A tile is a stretch of frames of one recording, cut when it is needed.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from joblib import Parallel, delayed
from numpy.lib.format import open_memmap
from tqdm.auto import tqdm

from thesis_lib import audio
from thesis_lib.corpus import in_trial, read_table
from thesis_lib.errors import InputError
from thesis_lib.files import atomic
from thesis_lib.spectrogram import Features, log_mel

FORMAT = 2  # counts up when stores are made differently


@dataclass(frozen=True)
class SpectrogramStore:
    """Log-Mel spectrograms of a corpus.

    Attributes
    ----------
    frames : memory-mapped float16 array, shape (all frames, mels), dB
        The recordings' spectrograms, one after the other.
    index : DataFrame
        The corpus's table, with `first_frame` and `n_frames` of each recording; without `name`:
        another spelling makes no other store.
    features : Features
        How the spectrograms were made.
    made : dict
        What the store was made of: corpus, note, features, `hash`, and `mean` and `std` (dB) over
        all recordings but the official test set, in `trials` over those each trial trains on.
    """

    frames: np.ndarray
    index: pd.DataFrame
    features: Features
    made: dict

    @classmethod
    def build(cls, corpus, features, folder, progress=True):
        """Make the store of a corpus in `folder`, all or nothing.

        Parameters
        ----------
        corpus : Corpus
        features : Features
        folder : Path
        progress : bool
            Show a bar.

        Returns
        -------
        SpectrogramStore

        Raises
        ------
        InputError
            A recording cannot be read, or is shorter than one frame.
        """
        index = _index(corpus, features)
        with atomic(Path(folder)) as part:
            part.mkdir(parents=True)
            shape = (int(index.n_frames.sum()), features.mels)
            frames = open_memmap(part / "frames.npy", "w+", np.float16, shape)
            _reserve(part / "frames.npy")
            _fill(frames, corpus, index, features, progress)
            frames.flush()
            index.to_csv(part / "index.csv", index=False)
            (part / "made.json").write_text(
                json.dumps(_made(corpus, index, features, frames), indent=1)
            )
        return cls.open(folder)

    @classmethod
    def open(cls, folder):
        """Open a store that was built before; nothing is read until it is looked at."""
        folder = Path(folder)
        if not (folder / "made.json").is_file():
            raise InputError(f"{folder} holds no spectrogram store yet; run `make figures` first.")
        made = json.loads((folder / "made.json").read_text())
        if made.get("format") != FORMAT:
            raise InputError(f"{folder} is a store of another version; delete it to build it anew.")
        frames = np.load(folder / "frames.npy", mmap_mode="c")  # torch wants it writable
        return cls(frames, read_table(folder / "index.csv"), Features(**made["features"]), made)

    def trial(self, number):
        """The same store with recordings marked `train` or `test` as in one trial."""
        made = self.made | self.made["trials"].get(str(number), {}) | {"trial": number}
        return SpectrogramStore(self.frames, in_trial(self.index, number), self.features, made)

    def spectrogram(self, recording):
        """One recording: float32 array, shape (n_frames, mels), dB."""
        row = self.index.iloc[recording]
        return np.asarray(self.frames[row.first_frame :][: row.n_frames], np.float32)

    def on(self, device):
        """All frames as one tensor on a device; on the CPU it shares the mapped memory."""
        frames = torch.from_numpy(np.asarray(self.frames))
        return frames if device.type == "cpu" else frames.to(device)


def gather(frames, starts, length):
    """Cut tiles out of a store's frames.

    Parameters
    ----------
    frames : tensor, shape (all frames, mels)
    starts : int64 tensor, shape (n,), on the same device
        First frame of each tile.
    length : int
        Frames in a tile.

    Returns
    -------
    tiles : float32 tensor, shape (n, 1, length, mels)
    """
    rows = starts[:, None] + torch.arange(length, device=starts.device)  # (n, length)
    tiles = frames.index_select(0, rows.flatten()).view(len(starts), 1, length, -1)
    return tiles.float()


def _index(corpus, features):
    count = corpus.table.duration.map(features.frames)
    if (count == 0).any():
        row = corpus.table[count == 0].iloc[0]
        raise InputError(
            f"{corpus.path(row)} lasts {row.duration:.3f} s, less than one frame; leave it out."
        )
    table = corpus.table.drop(columns="name")
    return table.assign(first_frame=count.cumsum() - count, n_frames=count)


def _reserve(path):
    """Take a memory-mapped file's disk space now: where a disk fills up later, the process dies."""
    if hasattr(os, "posix_fallocate"):
        with open(path, "r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def _fill(frames, corpus, index, features, progress):
    def one(row):
        wave = audio.read(
            corpus.path(row), features.sample_rate, row.channel, row.start, row.duration
        )
        frames[row.first_frame :][: row.n_frames] = log_mel(wave, features)[: row.n_frames].numpy()

    jobs = (delayed(one)(row) for row in index.itertuples())
    work = Parallel(n_jobs=-1, require="sharedmem", return_as="generator_unordered")(jobs)
    for _ in tqdm(work, f"spectrograms of {corpus.name}", len(index), disable=not progress):
        pass


def _made(corpus, index, features, frames):
    made = {
        "format": FORMAT,
        "corpus": corpus.name,
        "note": corpus.note,
        "features": asdict(features),
        "trials": {
            part: _level(index[~index.split.isin(["test", part])], frames)
            for part in sorted({*index.split} - {"train", "test"})
        },
    }
    made |= _level(index[index.split != "test"], frames)
    return made | {"hash": _hash(made, index, frames)}


def _level(rows, frames):
    """Mean and standard deviation (dB) of some recordings; of all where there are none."""
    heard = [frames[row.first_frame :][: row.n_frames] for row in rows.itertuples()]
    heard = np.concatenate(heard or [frames])
    return {"mean": float(heard.mean(dtype=np.float64)), "std": float(heard.std(dtype=np.float64))}


def _hash(made, index, frames):
    """sha256 of how the store was made, of its index and of every frame in it."""
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode())
    digest.update(index.to_csv(index=False).encode())
    digest.update(frames)
    return digest.hexdigest()
