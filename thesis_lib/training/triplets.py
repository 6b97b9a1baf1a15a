"""The thesis's method: anchor, neighbour and opposite, a ResNet18, Adam."""

import torch

from thesis_lib.resnet import ResNet18
from thesis_lib.sampler import TripletSampler
from thesis_lib.training.loader import tile_loader
from thesis_lib.training.objective import Batch, Objective, places, training_tiles
from thesis_lib.triplet_loss import triplet_loss

STUCK = 0.01  # share of itself by which a loss may differ from that of vectors that say nothing


def network(recipe, store):
    """ResNet18 for tiles of one channel, the store's levels kept with its weights."""
    return ResNet18(1, recipe.width, recipe.embedding, store.meta["mean"], store.meta["std"])


def from_weights(weights):
    """The ResNet18 that has these weights' sizes."""
    width, channels = weights["conv.weight"].shape[:2]
    return ResNet18(channels, width, len(weights["head.bias"]))


def optimiser(model, recipe):
    """Adam, the L2 penalty as the thesis has it: a part of the gradients."""
    return torch.optim.Adam(
        model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.l2, fused=True
    )


def learning_rate(recipe, progress):
    """The same at every step."""
    return recipe.learning_rate


def objective(store, recipe, device, world):
    """Anchor, neighbour, opposite (thesis): three views, each tile a part of the loss once."""
    tiles = training_tiles(store, recipe)
    draw = TripletSampler(tiles, recipe.neighbour_range_tiles)
    starts, load = torch.from_numpy(tiles.start), tile_loader(store, recipe.length, device)
    size, most = world.sum(len(draw.anchors)), world.max(len(draw.anchors))

    def drawn(seed, epoch):
        order = draw.epoch(seed, epoch, world.rank)
        order = order[torch.arange(most) % len(order)]  # equally many for each process
        return (Batch(starts[part.T]) for part in order.split(recipe.batch // world.size))

    def loss(model, batch):
        z = world.gather(places(model, batch, recipe))  # (3, n, embedding)
        return triplet_loss(*z, recipe.margin, recipe.reduction)

    return Objective(size, lambda seed, epoch: load(drawn(seed, epoch)), loss)


def distance_unit(recipe):
    """The margin."""
    return recipe.margin


def stuck(recipe, loss, near, far):
    """At the margin, where neighbours and opposites are equally far away."""
    alike = abs(near - far) < STUCK * recipe.margin
    return "the margin" if alike and abs(loss - recipe.margin) < STUCK * recipe.margin else None


def numbers(recipe):
    """What only this method has, by names for readers."""
    return {
        "dimensions of the embedding": recipe.embedding,
        "margin": recipe.margin,
        "mean of the loss over": f"{recipe.reduction} triplets",
        "optimiser": "Adam",
        "in a step": f"{recipe.batch} triplets",
    }
