"""Tiles to vectors: by a network, or by the plain statistics it has to beat."""

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

BATCH = 256
KEPT = ["path", "label", "group", "node", "position", "channel", "split", "known"]


@dataclass(frozen=True)
class Embeddings:
    """Vectors and what they are vectors of (05_embedding_space).

    Attributes
    ----------
    vectors : float32 array, shape (n, d)
    tiles : DataFrame, n rows
        recording (row of the store's index), start (s, in the file), duration (s), and the
        recording's path, label, group, node, position, channel, split, known.
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

    def embed_batch(batch):
        return vectors(model, gather(frames, batch, recipe.tile_frames), recipe)

    with torch.inference_mode():
        parts = _each(embed_batch, torch.from_numpy(starts).to(device), bar)
    return Embeddings(torch.cat(parts).cpu().numpy(), table)


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
    parts = []
    for batch in starts.split(BATCH):
        parts.append(function(batch))
        if bar is not None:
            bar.update(len(batch))
    return parts
