"""What a training step asks of the network: the thesis's triplets, or pairs with many opposites.

An objective knows which tiles belong together and what their vectors shall be like. The training
loop knows neither; it is given the loss of one batch after another.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch

from thesis_lib import sampler
from thesis_lib.augment import augment
from thesis_lib.contrastive_loss import contrastive_loss
from thesis_lib.embed import vectors
from thesis_lib.errors import InputError
from thesis_lib.pairs import PairSampler
from thesis_lib.store import gather
from thesis_lib.triplet_loss import triplet_loss


class Objective(NamedTuple):
    """What to train for.

    Attributes
    ----------
    size : int
        Anchors in an epoch: the tiles of the training part.
    batches : function of (seed, epoch)
        The batches of one epoch, the same for the same two numbers; `len()` of one is its anchors.
    loss : function of (model, batch)
        A named tuple whose `loss` is to fall, and `near`, `far`, `active` to be watched.
    """

    size: int
    batches: Callable
    loss: Callable


def objective(store, recipe, device):
    """The objective of a recipe on the recordings of a store that are for training.

    Raises
    ------
    InputError
        The recordings give no triplets or pairs.
    """
    make = triplets if recipe.contrast is None else pairs
    return make(store, recipe, device)


def triplets(store, recipe, device):
    """Anchor, neighbour, opposite (thesis): a batch are tile numbers, (n, 3)."""
    rows = _rows(store)
    tiles = sampler.cut(rows.first_frame, rows.n_frames, recipe.length, recipe.hop)
    draw = sampler.TripletSampler(tiles, recipe.reach_tiles)
    starts, frames = torch.from_numpy(tiles.start).to(device), store.on(device)

    def batches(seed, epoch):
        return draw.epoch(seed, epoch).to(device).split(recipe.batch)

    def loss(model, batch):
        x = gather(frames, starts[batch.T.flatten()], recipe.length)  # (3 n, 1, length, mels)
        z = vectors(model, x, recipe)  # (3 n, embedding)
        return triplet_loss(*z.chunk(3), recipe.margin, recipe.reduction)

    return Objective(len(draw.anchors), batches, loss)


def pairs(store, recipe, device):
    """Two changed views of what belongs together, all others as opposites: batches are `Pairs`."""
    rows, contrast = _rows(store), recipe.contrast
    reach = round(recipe.reach * store.features.rate)
    draw = PairSampler(rows, recipe.length, reach, contrast.elsewhere)
    size = len(sampler.cut(rows.first_frame, rows.n_frames, recipe.length, recipe.hop))
    frames, rng = store.on(device), torch.Generator(device)
    if draw.group.unique().numel() < 2:
        raise InputError("all tiles are of one session or song; add a second one for opposites.")

    def batches(seed, epoch):
        own = sampler.generator(seed, epoch)
        for _ in range(-(-size // recipe.batch)):
            yield Pairs(
                *draw.batch(recipe.batch, own), int(torch.randint(2**62, (), generator=own))
            )

    def loss(model, batch):
        rng.manual_seed(batch.seed)
        starts = torch.cat([batch.anchor, batch.neighbour]).to(device)
        x = augment(gather(frames, starts, recipe.length), contrast, rng)
        z = model.project(vectors(model, x, recipe))  # (2 n, d)
        return contrastive_loss(*z.chunk(2), batch.group.to(device), contrast.temperature)

    return Objective(size, batches, loss)


class Pairs(NamedTuple):
    """A batch of pairs: first frames, groups, and the seed of how they are changed."""

    anchor: torch.Tensor
    neighbour: torch.Tensor
    group: torch.Tensor
    seed: int

    def __len__(self):
        return len(self.anchor)


def _rows(store):
    return store.index[store.index.split == "train"]
