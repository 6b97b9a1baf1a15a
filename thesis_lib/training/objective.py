"""What a training step asks of the network: batches of tiles that belong together, and their loss.

An objective knows which tiles belong together and what their vectors should be like. The training
loop knows neither; it is given the loss of one batch after another.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import nn

from thesis_lib import sampler
from thesis_lib.embed import vectors
from thesis_lib.recipe import Recipe
from thesis_lib.store import SpectrogramStore
from thesis_lib.training.distributed import ALONE, World
from thesis_lib.training.method import method_of
from thesis_lib.util.errors import InputError


class Batch(NamedTuple):
    """Tiles that belong together, as views of the same anchors: n anchors, so n columns.

    Attributes
    ----------
    starts : int64 tensor, shape (views, n), on the CPU
        First frames: of anchors, neighbours and, for triplets, opposites.
    group : int64 tensor, shape (n,), or None
        Session, song or source of each anchor.
    seed : int
        Of how the tiles are changed.
    tiles : float32 tensor, shape (views, n, 1, length, n_mels), dB, or None
        On the device, changed.
    """

    starts: torch.Tensor
    group: torch.Tensor | None = None
    seed: int = 0
    tiles: torch.Tensor | None = None

    @property
    def anchors(self) -> int:
        """How many there are."""
        return self.starts.shape[1]


class Objective(NamedTuple):
    """What to train for.

    Attributes
    ----------
    size : int
        Anchors in an epoch: the tiles of the training part, of all processes.
    batches : function of (seed, epoch)
        The batches of one epoch, the same for the same two numbers.
    loss : function of (model, batch)
        A named tuple whose `loss` is to fall, and `near`, `far`, `active` to be watched.
    """

    size: int
    batches: Callable
    loss: Callable


def make_objective(
    store: SpectrogramStore, recipe: Recipe, device: torch.device, world: World = ALONE
) -> Objective:
    """The objective of a recipe on the recordings of a store that are for training.

    Parameters
    ----------
    store : SpectrogramStore
    recipe : Recipe
        Its batch is that of all processes together.
    device : torch.device
    world : World
        Of several processes each draws its part of a batch from its share of the store.

    Raises
    ------
    InputError
        The recordings give no triplets or pairs, or cannot be shared among so many processes.
    """
    if recipe.batch % world.size:
        raise InputError(
            f"a batch of {recipe.batch} cannot be shared by {world.size} processes; choose a "
            "multiple of their number."
        )
    share = store.share(world.rank, world.size)
    return method_of(recipe).objective(share, recipe, device, world)


def places(model: nn.Module, batch: Batch, recipe: Recipe) -> torch.Tensor:
    """The vectors of a batch's tiles: (views, n, d)."""
    assert batch.tiles is not None, "a tile loader puts them there"
    return vectors(model, batch.tiles.flatten(0, 1), recipe).unflatten(0, batch.starts.shape)


def training_tiles(store: SpectrogramStore, recipe: Recipe) -> sampler.Tiles:
    """The tiles of a store that end to end cover its recordings: `sampler.Tiles`."""
    rows = store.index
    return sampler.cut(rows.first_frame, rows.n_frames, recipe.tile_frames, recipe.tile_hop)
