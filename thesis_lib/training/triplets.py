"""The thesis's method: anchor, neighbour and opposite, a ResNet18, Adam."""

from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from thesis_lib.recipe import Recipe
from thesis_lib.resnet import ResNet18
from thesis_lib.sampler import TripletSampler
from thesis_lib.store import SpectrogramStore
from thesis_lib.training.distributed import World
from thesis_lib.training.loader import tile_loader
from thesis_lib.training.objective import Batch, Objective, places, training_tiles
from thesis_lib.triplet_loss import triplet_loss

STUCK = 0.01  # share of itself by which a loss may differ from that of vectors that say nothing


def network(recipe: Recipe, store: SpectrogramStore) -> ResNet18:
    """ResNet18 for tiles of one channel, the store's levels kept with its weights."""
    return ResNet18(1, recipe.width, recipe.embedding, store.meta["mean"], store.meta["std"])


def from_weights(weights: dict[str, torch.Tensor]) -> ResNet18:
    """The ResNet18 that has these weights' sizes."""
    width, channels = weights["conv.weight"].shape[:2]
    return ResNet18(channels, width, len(weights["head.bias"]))


def optimiser(model: nn.Module, recipe: Recipe) -> Optimizer:
    """Adam, the L2 penalty as the thesis has it: a part of the gradients."""
    return torch.optim.Adam(
        model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
    )


def learning_rate(recipe: Recipe, progress: float) -> float:
    """The same at every step."""
    return recipe.learning_rate


def objective(
    store: SpectrogramStore, recipe: Recipe, device: torch.device, world: World
) -> Objective:
    """Anchor, neighbour, opposite (thesis): three views, each tile a part of the loss once."""
    tiles = training_tiles(store, recipe)
    draw = TripletSampler(tiles, recipe.neighbour_range_tiles)
    starts, load = torch.from_numpy(tiles.start), tile_loader(store, recipe.tile_frames, device)
    size, most = world.sum(len(draw.anchors)), world.max(len(draw.anchors))

    def drawn(seed, epoch):
        order = draw.epoch(seed, epoch, world.rank)
        order = order[torch.arange(most) % len(order)]  # equally many for each process
        return (Batch(starts[part.T]) for part in order.split(recipe.batch // world.size))

    def loss(model, batch):
        z = world.gather(places(model, batch, recipe))  # (3, n, embedding)
        anchor, neighbour, opposite = z
        return triplet_loss(anchor, neighbour, opposite, recipe.margin, recipe.reduction)

    return Objective(size, lambda seed, epoch: load(drawn(seed, epoch)), loss)


def distance_unit(recipe: Recipe) -> float:
    """The margin."""
    return recipe.margin


def stuck(recipe: Recipe, loss: float, near: float, far: float) -> str | None:
    """At the margin, where neighbours and opposites are equally far away."""
    alike = abs(near - far) < STUCK * recipe.margin
    return "the margin" if alike and abs(loss - recipe.margin) < STUCK * recipe.margin else None


def numbers(recipe: Recipe) -> dict[str, Any]:
    """What only this method has, by names for readers."""
    return {
        "dimensions of the embedding": recipe.embedding,
        "margin": recipe.margin,
        "mean of the loss over": f"{recipe.reduction} triplets",
        "optimiser": "Adam",
        "in a step": f"{recipe.batch} triplets",
    }
