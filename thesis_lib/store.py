"""The spectrogram store: every recording's log-Mel spectrogram once, in one memory-mapped array.

Tiles are never stored. A tile is a stretch of frames of one recording, cut when it is needed.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import torch

from thesis_lib.corpus import apply_fold, held_out, read_table
from thesis_lib.spectrogram import Features
from thesis_lib.util.errors import InputError

FORMAT = 4  # counts up when stores are made differently


@dataclass(frozen=True)
class SpectrogramStore:
    """Log-Mel spectrograms of a corpus (02_preprocessing).

    Attributes
    ----------
    frames : memory-mapped float16 array, shape (all frames, n_mels), dB
        The recordings' spectrograms, one after the other.
    index : DataFrame
        The corpus's table, with `first_frame` and `n_frames` of each recording; without `name`:
        another spelling makes no other store.
    features : Features
        How the spectrograms were made.
    meta : dict
        What the store was made of: corpus, note, features, `hash`, and `mean` and `std` (dB) over
        all recordings but the official test set, in `folds` over those each fold trains on.
    """

    frames: np.ndarray
    index: pd.DataFrame
    features: Features
    meta: dict

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """Open a store that was built before; nothing is read until it is looked at."""
        folder = Path(folder)
        if not (folder / "meta.json").is_file():
            raise InputError(f"{folder} holds no spectrogram store yet; run `make figures` first.")
        meta = json.loads((folder / "meta.json").read_text())
        if meta.get("format") != FORMAT:
            raise InputError(f"{folder} is a store of another version; delete it to build another.")
        frames = np.load(folder / "frames.npy", mmap_mode="c")  # torch wants it writable
        return cls(frames, read_table(folder / "index.csv"), Features(**meta["features"]), meta)

    @staticmethod
    def is_there(folder: Path | str) -> bool:
        """Whether a folder holds a store that this version of the library can open."""
        path = Path(folder) / "meta.json"
        return path.is_file() and json.loads(path.read_text()).get("format") == FORMAT

    def fold(self, number: int) -> "SpectrogramStore":
        """The same store with recordings marked `train` or `test` as in one fold."""
        level = self.meta["folds"].get(held_out(self.index, number), {})
        meta = self.meta | level | {"fold": number}
        return SpectrogramStore(self.frames, apply_fold(self.index, number), self.features, meta)

    def spectrogram(self, recording: int) -> np.ndarray:
        """One recording: float32 array, shape (n_frames, n_mels), dB."""
        row = self.index.iloc[recording]
        return np.asarray(self.frames[row.first_frame :][: row.n_frames], np.float32)

    def share(self, number: int, count: int) -> "SpectrogramStore":
        """What one of several processes holds: of the training part some groups, with their frames.

        Parameters
        ----------
        number, count : int
            This process, from 0, and how many there are.

        Returns
        -------
        SpectrogramStore
            For count > 1 its frames are in memory, and are all that it holds.
        """
        rows = self.index[self.index.split == "train"]
        if count == 1:
            return SpectrogramStore(self.frames, rows, self.features, self.meta)
        rows = rows[(assign_processes(rows, count) == number).to_numpy()]
        if rows.empty:
            raise InputError(
                f"{count} processes cannot share {self.index.group.nunique()} sessions or songs; "
                "start fewer processes."
            )
        frames = np.concatenate(
            [self.frames[row.first_frame :][: row.n_frames] for row in rows.itertuples()]
        )
        rows = rows.assign(first_frame=rows.n_frames.cumsum() - rows.n_frames)
        return SpectrogramStore(frames, rows, self.features, self.meta)

    def on(self, device: torch.device) -> torch.Tensor:
        """All frames as one tensor on a device; on the CPU it shares the mapped memory."""
        frames = torch.from_numpy(np.asarray(self.frames))
        return frames if device.type == "cpu" else frames.to(device)


def join(stores: dict[str, SpectrogramStore]) -> SpectrogramStore:
    """One store of several corpora, all of it in memory (11_open_questions).

    Parameters
    ----------
    stores : dict, name -> SpectrogramStore

    Returns
    -------
    SpectrogramStore
        Its index has one more column, `corpus`; groups are named after their corpus, so that none
        are mixed up. `mean` and `std` weigh the training parts by their frames.

    Raises
    ------
    InputError
        Their spectrograms are of different kinds.
    """
    if len({store.features for store in stores.values()}) > 1:
        raise InputError(f"the spectrograms of {', '.join(stores)} are of different kinds.")
    tables, first = [], 0
    for name, store in stores.items():
        index = store.index
        own = {"group": name + "/" + index.group, "first_frame": index.first_frame + first}
        tables.append(index.assign(corpus=name, **own))
        first += len(store.frames)
    index, metas = pd.concat(tables, ignore_index=True), [store.meta for store in stores.values()]
    weights = index[index.split == "train"].groupby("corpus").n_frames.sum().reindex(stores)
    mean = np.average([meta["mean"] for meta in metas], weights=weights)
    power = np.average([meta["std"] ** 2 + meta["mean"] ** 2 for meta in metas], weights=weights)
    levels = {"mean": float(mean), "std": float((power - mean**2) ** 0.5)}
    meta = levels | {"hash": " ".join(str(one.get("hash")) for one in metas)}
    frames = np.concatenate([np.asarray(store.frames) for store in stores.values()])
    return SpectrogramStore(frames, index, next(iter(stores.values())).features, meta)


def lengthen(store: SpectrogramStore, count: int) -> SpectrogramStore:
    """The same store, each recording of fewer frames repeated until it has `count`.

    See 02_preprocessing.
    """
    index = store.index
    if (index.n_frames >= count).all():
        return store
    frames = [
        np.resize(own, (max(len(own), count), own.shape[1]))
        for own in map(store.spectrogram, range(len(index)))
    ]
    n_frames = index.n_frames.clip(lower=count)
    index = index.assign(n_frames=n_frames, first_frame=n_frames.cumsum() - n_frames)
    return replace(store, frames=np.concatenate(frames).astype(np.float16), index=index)


def assign_processes(rows: pd.DataFrame, count: int) -> pd.Series:
    """Assign recordings to processes, groups whole: the longest first, each to the shortest share.

    Parameters
    ----------
    rows : DataFrame
        Of a store's index: group, n_frames.
    count : int

    Returns
    -------
    Series of int, 0 to count - 1, one per row
    """
    held, place = np.zeros(count, np.int64), {}
    for group, frames in rows.groupby("group").n_frames.sum().sort_values(ascending=False).items():
        place[group] = int(held.argmin())
        held[place[group]] += frames
    return rows.group.map(place)


def gather(frames: torch.Tensor, starts: torch.Tensor, length: int) -> torch.Tensor:
    """Tiles out of a store's frames, ready to compute with: `cut_tiles` as float32.

    See 02_preprocessing.
    """
    return cut_tiles(frames, starts, length).float()


def cut_tiles(frames: torch.Tensor, starts: torch.Tensor, length: int) -> torch.Tensor:
    """Cut tiles out of a store's frames.

    Parameters
    ----------
    frames : tensor, shape (all frames, n_mels)
    starts : int64 tensor, shape (n,), on the same device
        First frame of each tile.
    length : int
        Frames in a tile.

    Returns
    -------
    tiles : tensor of the same kind, shape (n, 1, length, n_mels)
    """
    # Seen as one long row for each place a tile may start at, a tile is copied in one piece.
    count, n_mels = frames.shape
    rows = frames.as_strided((count - length + 1, length * n_mels), (n_mels, 1))
    return rows.index_select(0, starts).view(len(starts), 1, length, n_mels)
