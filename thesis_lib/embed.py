"""Tiles, segments and songs to vectors: by a network, or by the statistics it has to beat."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from torch import nn
from tqdm.auto import tqdm

from thesis_lib import sampler
from thesis_lib.corpus import read_table
from thesis_lib.recipe import Recipe
from thesis_lib.store import SpectrogramStore, gather
from thesis_lib.util.device import in_bfloat16
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic

BATCH = 64  # tiles; more do not fit into a processor's cache
FRAMES = 2**14  # of whole recordings that are embedded at a time
KEPT = ["path", "label", "group", "node", "position", "channel", "split", "known"]


@dataclass(frozen=True)
class Embeddings:
    """Vectors and what they are vectors of (05_embedding_space).

    Attributes
    ----------
    vectors : float32 array, shape (n, d)
    tiles : DataFrame, n rows
        Of tiles, or of whatever a vector is of: recording (row of the store's index), start (s, in
        the file), duration (s), and the recording's path, label, group, node, position, channel,
        split, known.
    """

    vectors: np.ndarray
    tiles: pd.DataFrame

    def subset(self, rows: ArrayLike) -> "Embeddings":
        """Those tiles that `rows`, a boolean array, selects."""
        rows = np.asarray(rows)
        return Embeddings(self.vectors[rows], self.tiles[rows].reset_index(drop=True))

    def save(self, folder: Path | str) -> None:
        """Write `vectors.npy` and `tiles.csv` into a folder, all or nothing."""
        with atomic(Path(folder)) as part:
            part.mkdir(parents=True)
            np.save(part / "vectors.npy", self.vectors)
            self.tiles.to_csv(part / "tiles.csv", index=False, errors="surrogateescape")

    @classmethod
    def open(cls, folder: Path | str) -> Self:
        """Read back what `save` wrote."""
        folder = Path(folder)
        if not (folder / "tiles.csv").is_file():
            raise InputError(f"{folder} holds no embeddings yet; run `make figures` first.")
        return cls(np.load(folder / "vectors.npy"), read_table(folder / "tiles.csv"))


def tile_table(store: SpectrogramStore, recipe: Recipe) -> tuple[np.ndarray, pd.DataFrame]:
    """Every tile of a store: its first frames (int64 array), and its row of `Embeddings.tiles`.

    See 03_triplets.
    """
    tiles = sampler.cut(
        store.index.first_frame, store.index.n_frames, recipe.tile_frames, recipe.tile_hop
    )
    rows = store.index.iloc[tiles.recording]
    table = rows[KEPT].reset_index(drop=True)
    offset = (tiles.start - rows.first_frame.to_numpy()) / store.features.frame_rate
    table.insert(0, "recording", tiles.recording)
    table.insert(1, "start", (rows.start.to_numpy() + offset).round(6))
    table.insert(2, "duration", recipe.tile)
    return tiles.start, table


def embed(
    model: nn.Module,
    store: SpectrogramStore,
    recipe: Recipe,
    device: torch.device,
    bar: tqdm | None = None,
) -> Embeddings:
    """Embed every tile of a store (04_gpu_training).

    Parameters
    ----------
    model : Module
        In evaluation mode, as `load_model` gives it; it is used as it is.
    store : SpectrogramStore
    recipe : Recipe
        For the length of a tile.
    device : torch.device
    bar : tqdm, optional
        Advanced by the tiles done.

    Returns
    -------
    Embeddings, d as the model's head
    """
    starts, table = tile_table(store, recipe)
    frames = store.on(device)

    @torch.inference_mode()
    def embed_batch(batch):
        return vectors(model, gather(frames, batch, recipe.tile_frames), recipe)

    parts = _each(embed_batch, torch.from_numpy(starts).to(device), bar)
    return Embeddings(torch.cat(parts).cpu().numpy(), table)


def embed_recordings(
    model: nn.Module, store: SpectrogramStore, recipe: Recipe, device: torch.device
) -> Embeddings:
    """Embed every recording of a store as a whole: of a home, segments of 10 s.

    See 08_f1_results.

    Parameters
    ----------
    model : Module
        One that takes tiles of any length, as `contrastive.encoder.Encoder` does.
    store, recipe, device
        As for `embed`; the length of a tile does not count.

    Returns
    -------
    Embeddings, a row of `tiles` for each recording
    """
    found = each_recording(lambda tiles: vectors(model, tiles, recipe), store, device)
    table = store.index[KEPT].reset_index(drop=True)
    for at, name in enumerate(("start", "duration")):
        table.insert(at, name, store.index[name].to_numpy())
    table.insert(0, "recording", np.arange(len(table)))
    return Embeddings(found, table)


def each_recording(
    function: Callable[[torch.Tensor], torch.Tensor], store: SpectrogramStore, device: torch.device
) -> np.ndarray:
    """What a function makes of each recording's whole spectrogram (08_f1_results).

    Parameters
    ----------
    function : of a tensor, shape (n, 1, frames, n_mels), dB -> (n, d)
        It gets recordings of equal length together.
    store : SpectrogramStore
    device : torch.device

    Returns
    -------
    float32 array, shape (recordings, d)
    """
    rows, parts, frames = [], [], store.on(device)
    first = torch.from_numpy(store.index.first_frame.to_numpy(copy=True)).to(device)
    for length, numbers in store.index.reset_index(drop=True).groupby("n_frames").groups.items():
        for part in np.array_split(np.asarray(numbers), -(-len(numbers) * length // FRAMES)):
            with torch.inference_mode():
                parts.append(function(gather(frames, first[part], length)).float().cpu().numpy())
            rows.append(part)
    return np.concatenate(parts)[np.argsort(np.concatenate(rows))]


def pool(found: Embeddings, by: Sequence[str]) -> Embeddings:
    """One vector for all rows that agree in some columns: the mean of their unit vectors.

    By ("path", "start") the microphones of a node become one segment, by ("group",) the recordings
    or tiles of a song become the song. See 08_f1_results.

    Parameters
    ----------
    found : Embeddings
    by : list of str
        Columns of `tiles`.

    Returns
    -------
    Embeddings
        In the order in which they first occur; `tiles` holds the first row of each.
    """
    number = found.tiles.groupby(list(by), sort=False).ngroup().to_numpy()
    length = np.linalg.norm(found.vectors, axis=1, keepdims=True)
    unit = found.vectors / np.maximum(length, np.finfo(np.float32).tiny)
    sums = np.zeros((number.max() + 1, unit.shape[1]), np.float32)
    np.add.at(sums, number, unit)
    table = found.tiles.drop_duplicates(list(by)).reset_index(drop=True)
    return Embeddings(sums / np.bincount(number)[:, None].astype(np.float32), table)


def vectors(model: nn.Module, tiles: torch.Tensor, recipe: Recipe) -> torch.Tensor:
    """Tiles through the network, in bfloat16 where recipe and device agree: (n, d), float32.

    The network stays in its mode. In training mode a tile's vector depends on the others of its
    batch; call `model.eval()` before vectors that are to be compared. See 04_gpu_training.
    """
    enabled = in_bfloat16(recipe, tiles.device)
    with torch.autocast(tiles.device.type, torch.bfloat16, enabled=enabled):
        return model(tiles.contiguous(memory_format=torch.channels_last)).float()


def statistics(store: SpectrogramStore, recipe: Recipe) -> Embeddings:
    """Mean and standard deviation over time of a tile's log-Mel bands, d = 2 * n_mels.

    See 00_start_here.

    The baseline: an embedding that is not above it has learned nothing useful.
    """
    starts, table = tile_table(store, recipe)
    frames = store.on(torch.device("cpu"))

    def mean_and_deviation(batch):
        tiles = gather(frames, batch, recipe.tile_frames)[:, 0]  # (n, length, n_mels)
        return torch.cat([tiles.mean(1), tiles.std(1)], dim=1)

    return Embeddings(torch.cat(_each(mean_and_deviation, torch.from_numpy(starts))).numpy(), table)


def _each(function, starts, bar=None):
    """What a function makes of each batch; on a CPU every core has batches of its own.

    Cores that share a batch wait for each other in each layer: ten times the processor time on a
    busy machine.
    """
    threads, parts = torch.get_num_threads(), []
    shared = threads > 1 and starts.device.type == "cpu"
    with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
        try:
            batches = starts.split(BATCH)
            found = pool.map(function, batches) if shared else map(function, batches)
            for batch, part in zip(batches, found, strict=True):
                parts.append(part)
                if bar is not None:
                    bar.update(len(batch))
        finally:  # Ctrl-C does not wait for all the others
            pool.shutdown(cancel_futures=True)
            torch.set_num_threads(threads)
    return parts
