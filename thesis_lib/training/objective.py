"""What a training step asks of the network: the thesis's triplets, or pairs with many opposites.

An objective knows which tiles belong together and what their vectors shall be like. The training
loop knows neither; it is given the loss of one batch after another.
"""

from collections.abc import Callable
from typing import NamedTuple

import torch

from thesis_lib import sampler
from thesis_lib.contrastive.augment import augment
from thesis_lib.contrastive.nt_xent import contrastive_loss
from thesis_lib.contrastive.pair_sampler import PairSampler
from thesis_lib.embed import vectors
from thesis_lib.training.distributed import ALONE, plain
from thesis_lib.training.loader import feeder
from thesis_lib.triplet_loss import triplet_loss
from thesis_lib.util.errors import InputError

OWN = 2**32  # groups are numbered by each process; so many lie between the numbers of two


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
    tiles : float32 tensor, shape (views, n, 1, length, mels), dB, or None
        On the device, changed.
    """

    starts: torch.Tensor
    group: torch.Tensor | None = None
    seed: int = 0
    tiles: torch.Tensor | None = None

    @property
    def anchors(self):
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


def objective(store, recipe, device, team=ALONE):
    """The objective of a recipe on the recordings of a store that are for training.

    Parameters
    ----------
    store : SpectrogramStore
    recipe : Recipe
        Its batch is that of all processes together.
    device : torch.device
    team : Team
        Of several processes each draws its part of a batch from its share of the store.

    Raises
    ------
    InputError
        The recordings give no triplets or pairs, or cannot be shared among so many processes.
    """
    if recipe.batch % team.size:
        raise InputError(
            f"a batch of {recipe.batch} cannot be shared by {team.size} processes; choose a "
            "multiple of their number."
        )
    make = triplets if recipe.contrast is None else pairs
    return make(store.share(team.rank, team.size), recipe, device, team)


def triplets(store, recipe, device, team):
    """Anchor, neighbour, opposite (thesis): three views, each tile a part of the loss once."""
    tiles = _tiles(store, recipe)
    draw = sampler.TripletSampler(tiles, recipe.reach_tiles)
    starts, feed = torch.from_numpy(tiles.start), feeder(store, recipe.length, device)
    size, most = team.total(len(draw.anchors)), team.most(len(draw.anchors))

    def drawn(seed, epoch):
        order = draw.epoch(seed, epoch, team.rank)
        order = order[torch.arange(most) % len(order)]  # equally many for each process
        return (Batch(starts[part.T]) for part in order.split(recipe.batch // team.size))

    def loss(model, batch):
        z = team.gather(places(model, batch, recipe))  # (3, n, embedding)
        return triplet_loss(*z, recipe.margin, recipe.reduction)

    return Objective(size, lambda seed, epoch: feed(drawn(seed, epoch)), loss)


def pairs(store, recipe, device, team):
    """Two changed views of what belongs together, all others of the batch as opposites."""
    contrast, reach = recipe.contrast, round(recipe.reach * store.features.rate)
    level, colour = contrast.level, contrast.colour
    draw = PairSampler(store.index, recipe.length, reach, contrast.elsewhere, contrast.decay)
    feed, rng = feeder(store, recipe.length, device), torch.Generator(device)
    size = team.total(len(_tiles(store, recipe)))
    if team.total(draw.group.unique().numel()) < 2:
        raise InputError("all tiles are of one session or song; add a second one for opposites.")

    def drawn(seed, epoch):
        own = sampler.generator(seed, epoch, team.rank)
        for _ in range(-(-size // recipe.batch)):
            anchor, neighbour, group = draw.batch(recipe.batch // team.size, own)
            change = int(torch.randint(2**62, (), generator=own))
            yield Batch(torch.stack([anchor, neighbour]), group + team.rank * OWN, change)

    def batches(seed, epoch):
        for batch in feed(drawn(seed, epoch)):
            rng.manual_seed(batch.seed)
            changed = augment(batch.tiles.flatten(0, 1), level, colour, rng)
            yield batch._replace(tiles=changed.view_as(batch.tiles))

    def loss(model, batch):
        z = team.gather(places(model, batch, recipe))  # (2, n, 64 * width)
        group = team.gather(batch.group.to(device)[None, :, None])[0, :, 0]  # (n,)
        z = plain(model).project(z.flatten(0, 1))  # (2 n, d)
        return contrastive_loss(*z.chunk(2), group, contrast.temperature)

    return Objective(size, batches, loss)


def places(model, batch, recipe):
    """The vectors of a batch's tiles: (views, n, d)."""
    return vectors(model, batch.tiles.flatten(0, 1), recipe).unflatten(0, batch.starts.shape)


def _tiles(store, recipe):
    rows = store.index
    return sampler.cut(rows.first_frame, rows.n_frames, recipe.length, recipe.hop)
