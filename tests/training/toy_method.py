"""A third method, as small as one can be: what is played next should be as loud.

All that the training loop needs of a method is in this one file.
"""

from typing import NamedTuple

import torch
from torch import nn

from thesis_lib.training.loader import tile_loader
from thesis_lib.training.objective import Batch, Objective, places, training_tiles


class Losses(NamedTuple):
    loss: torch.Tensor
    near: torch.Tensor
    far: torch.Tensor
    active: torch.Tensor


class Level(nn.Module):
    """A tile's mean level over its first bands, times a weight."""

    def __init__(self, size):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(size))

    def forward(self, x):
        return x.mean(dim=(1, 2))[:, : len(self.weight)] * self.weight


def network(recipe, store):
    return Level(recipe.embedding)


def from_weights(weights):
    return Level(len(weights["weight"]))


def optimiser(model, recipe):
    return torch.optim.SGD(model.parameters(), lr=recipe.learning_rate)


def learning_rate(recipe, progress):
    return recipe.learning_rate * (1 - progress)


def objective(store, recipe, device, world):
    starts = torch.from_numpy(training_tiles(store, recipe).start)
    load = tile_loader(store, recipe.tile_frames, device)

    def batches(seed, epoch):
        order = torch.randperm(len(starts) - 1, generator=torch.Generator().manual_seed(seed))
        return load(Batch(torch.stack([starts[k], starts[k + 1]])) for k in order.split(8))

    def loss(model, batch):
        here, then = places(model, batch, recipe)
        near = (here - then).square().sum(1).mean()
        return Losses(near, near, near + 1, torch.ones(()))

    return Objective(len(starts) - 1, batches, loss)


def distance_unit(recipe):
    return 1.0


def stuck(recipe, loss, near, far):
    return None


def numbers(recipe):
    return {"optimiser": "SGD"}
