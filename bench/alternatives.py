"""What was tried in place of parts of ours, measured by `ablation.py` and not taken.

A loss takes the projected tiles z, (2 n, d), all anchors and then all neighbours, and the group of
each pair, (n,); it gives a scalar. Tiles of one group are never opposites.
"""

import copy
from dataclasses import replace

import torch
from embedding import CPU, Told
from pytorch_metric_learning.losses import MultiSimilarityLoss, VICRegLoss
from torch import nn
from torch.nn import functional as F

from thesis_lib.contrastive_loss import own_group
from thesis_lib.embed import vectors
from thesis_lib.encoder import Encoder
from thesis_lib.objectives import objective


def opposites(group):
    """The row of each tile's neighbour, (2 n,), and who are opposites, bool (2 n, 2 n)."""
    match = torch.arange(2 * len(group)).roll(len(group))
    apart = ~own_group(group.repeat(2), match)
    return match, apart.scatter(1, match[:, None], False)


def semi_hard(z, group, margin=0.3):
    """The nearest opposite beyond the neighbour, else the farthest one (FaceNet, 2015)."""
    z = F.normalize(z, dim=1)
    match, apart = opposites(group)
    squared = 2 - 2 * z @ z.T  # (2 n, 2 n)
    near = squared.gather(1, match[:, None])
    beyond = torch.where(apart & (squared > near), squared, torch.inf).amin(1, keepdim=True)
    last = torch.where(apart, squared, -torch.inf).amax(1, keepdim=True)
    losses = F.relu(near - torch.where(beyond.isfinite(), beyond, last) + margin)
    return losses.sum() / (losses > 0).sum().clamp(min=1)


def multi_similarity(z, group):
    """The nearer an opposite, the more it weighs (Wang et al., 2019)."""
    match, apart = opposites(group)
    rows = torch.arange(len(z))
    chosen = rows, match, *apart.nonzero(as_tuple=True)
    return MultiSimilarityLoss(alpha=2, beta=40, base=0.5)(z, rows, chosen)


def vicreg(z, _group):
    """No opposites: neighbours alike, no dimension idle or told twice (Bardes et al., 2022)."""
    anchor, neighbour = z.chunk(2)
    return VICRegLoss()(anchor, ref_emb=neighbour)


def asked(store, recipe, measure):
    """The objective of ours with another loss: `measure` of (model, tiles, group)."""

    def loss(model, batch):
        return Told(measure(model, batch.tiles.flatten(0, 1), batch.group))

    return objective(store, recipe, CPU)._replace(loss=loss)


def with_loss(store, recipe, loss):
    """The objective of ours, but for the loss of the projected tiles."""
    return asked(store, recipe, lambda model, x, group: loss(projected(model, x, recipe), group))


def projected(model, tiles, recipe):
    return model.project(vectors(model, tiles, recipe))


def own_teacher(store, recipe, model, guess):
    """No opposites: foretell what a slow copy of oneself says of the other tile (BYOL-A, 2021).

    Parameters
    ----------
    guess : nn.Module
        From a tile's projection to its neighbour's, both (n, d); trained beside the network.
    """
    teacher = copy.deepcopy(model)

    def measure(model, x, _group):
        with torch.no_grad():
            for slow, fast in zip(teacher.parameters(), model.parameters(), strict=True):
                slow.lerp_(fast, 0.02)
            want = projected(teacher, x, recipe).roll(len(x) // 2, 0)  # of each tile's neighbour
        return 2 - 2 * F.cosine_similarity(guess(projected(model, x, recipe)), want).mean()

    return asked(store, recipe, measure)


def guesser(size=128, hidden=256):
    """A small network from projections to projections, for `own_teacher`."""
    return nn.Sequential(
        nn.Linear(size, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, size)
    )


def several_lengths(store, recipe, seconds=(0.7, 1.0, 1.5, 2.0)):
    """The objective of ours with each batch of another length of tile."""
    aims = [objective(store, replace(recipe, tile=tile), CPU) for tile in seconds]

    def batches(seed, epoch):
        for together in zip(*(aim.batches(seed, epoch) for aim in aims), strict=False):
            yield from enumerate(together)

    def loss(model, batch):
        number, pairs = batch
        return aims[number].loss(model, pairs)

    return aims[0]._replace(batches=batches, loss=loss)


class NotCentred(Encoder):
    """The mean spectrum of a tile as it is."""

    centre = 0.0


class WhollyCentred(Encoder):
    """Nothing of the mean spectrum of a tile."""

    centre = 1.0


class Pcen(NotCentred):
    """Per-channel energy normalisation in place of decibels (Wang et al., 2017)."""

    def __init__(self, width, mean, std):
        super().__init__(width, torch.zeros(len(mean)), torch.ones(len(mean)))
        self.level = nn.BatchNorm1d(len(mean), affine=False)

    def forward(self, x):
        x = self.level(pcen(x)[:, 0].transpose(1, 2)).transpose(1, 2)  # (n, frames, mels)
        return super().forward(x[:, None])


def pcen(x, smooth=0.04, gain=0.8, bias=2.0, power=0.5):
    """Tiles in dB, (n, 1, frames, mels), each band over its own slow mean, and compressed."""
    energy = 10 ** ((x + 60) / 10)
    age = torch.arange(x.shape[2])[:, None] - torch.arange(x.shape[2])  # (frames, frames)
    weight = torch.where(age >= 0, smooth * (1 - smooth) ** age.clamp(min=0), 0.0)
    weight[:, 0] /= smooth  # the mean begins with the first frame
    return (energy / (1e-6 + weight @ energy) ** gain + bias) ** power - bias**power
