"""What was tried in place of parts of ours, measured by `ablation.py` and not taken.

A loss takes the projected tiles z, (2 n, d), all anchors and then all neighbours, and the group of
each pair, (n,); it gives a scalar. Tiles of one group are never opposites.
"""

import copy
from dataclasses import replace

import torch
from embedding import CPU, Told
from evaluation.rivals import mixed as mix
from pytorch_metric_learning.losses import MultiSimilarityLoss, VICRegLoss
from torch import nn
from torch.nn import functional as F

from thesis_lib.contrastive.encoder import PCEN_GAIN, Encoder, energy
from thesis_lib.contrastive.nt_xent import contrastive_loss, own_group
from thesis_lib.embed import vectors
from thesis_lib.spectrogram import OCTAVES
from thesis_lib.training.objective import make_objective


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


def own_as_opposites(z, group, temperature=0.2):
    """NT-Xent as it was published: tiles of the own session or song are opposites too."""
    return contrastive_loss(*z.chunk(2), torch.arange(len(group)), temperature).loss


def asked(store, recipe, measure):
    """The objective of ours with another loss: `measure` of (model, tiles, group)."""

    def loss(model, batch):
        return Told(measure(model, batch.tiles.flatten(0, 1), batch.group))

    return make_objective(store, recipe, CPU)._replace(loss=loss)


def with_loss(store, recipe, loss):
    """The objective of ours, but for the loss of the projected tiles."""
    return asked(store, recipe, lambda model, x, group: loss(projected(model, x, recipe), group))


def projected(model, tiles, recipe):
    return model.project(vectors(model, tiles, recipe))


def changed(store, recipe, change):
    """The objective of ours, with tiles that are changed once more."""

    def measure(model, x, group):
        z = projected(model, change(x), recipe)
        return contrastive_loss(*z.chunk(2), group, recipe.contrast.temperature).loss

    return asked(store, recipe, measure)


def mixed(store, recipe, most=0.3):
    """The objective of ours, with another tile playing softly along (BYOL-A, 2021, "Mixup")."""
    return changed(store, recipe, lambda x: mix(x, most))


def partly_hidden(store, recipe, most=0.2):
    """The objective of ours, with a stretch of time and one of bands hidden (SpecAugment, 2019)."""
    return changed(store, recipe, lambda x: hide(x, most))


def cropped(store, recipe, most=0.3):
    """The objective of ours, with a random stretch of each tile blown up (BYOL-A, 2021, "RRC")."""
    return changed(store, recipe, lambda x: crop(x, most))


def hide(tiles, most):
    """At most such a share of the frames, and of the bands, becomes the tile's mean."""
    mean = tiles.mean(dim=(2, 3), keepdim=True)
    around = tiles - mean
    for axis in (2, 3):
        size = tiles.shape[axis]
        width = most * size * torch.rand(len(tiles), 1, 1, 1)
        start = (size - width) * torch.rand(len(tiles), 1, 1, 1)
        place = torch.arange(size).view((-1, 1) if axis == 2 else (1, -1))
        around = around * ((place < start) | (place >= start + width))
    return mean + around


def crop(tiles, most):
    """All but at most such a share of the frames, and of the bands, at the tile's size."""
    n, _, *shape = tiles.shape
    places = []
    for count in shape:
        size = 1 - most * torch.rand(n, 1)  # the tile reaches from -1 to 1
        middle = (1 - size) * (2 * torch.rand(n, 1) - 1)
        places.append(((2 * torch.arange(count) + 1) / count - 1) * size + middle)  # (n, count)
    frames, bands = places
    grid = [bands[:, None].expand(n, *shape), frames[:, :, None].expand(n, *shape)]
    grid = torch.stack(grid, dim=3)  # (n, frames, n_mels, 2)
    return F.grid_sample(tiles, grid, align_corners=False, padding_mode="border")


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
    aims = [make_objective(store, replace(recipe, tile=tile), CPU) for tile in seconds]

    def batches(seed, epoch):
        for together in zip(*(objective.batches(seed, epoch) for objective in aims), strict=False):
            yield from enumerate(together)

    def loss(model, batch):
        number, pairs = batch
        return aims[number].loss(model, pairs)

    return aims[0]._replace(batches=batches, loss=loss)


def by_microphone(store, recipe):
    """The objective of ours with batches of which all anchors are of one microphone.

    So it is no help to tell microphones apart. All that has no node is of one.
    """
    aim, rows = make_objective(store, recipe, CPU), store.index.sort_values("first_frame")
    first = torch.tensor(rows.first_frame.to_numpy())
    where = torch.tensor(rows.groupby(["corpus", "node"], dropna=False).ngroup().tolist())
    waiting = {}  # the pairs of each, until they are enough

    def batches(seed, epoch):
        for batch in aim.batches(seed, epoch):
            own = where[torch.searchsorted(first, batch.starts[0], right=True) - 1]
            for one in own.unique().tolist():
                new = chosen(batch, own == one)
                pairs = together(waiting.pop(one), new) if one in waiting else new
                if pairs.anchors < recipe.batch:
                    waiting[one] = pairs
                else:
                    yield pairs

    return aim._replace(batches=batches)


def chosen(batch, which):
    """Some pairs of a batch, by a bool tensor (n,)."""
    starts, tiles = batch.starts[:, which], batch.tiles[:, which]
    return batch._replace(starts=starts, group=batch.group[which], tiles=tiles)


def together(one, other):
    """The pairs of two batches."""
    starts, tiles = (
        torch.cat([a, b], dim=1) for a, b in ((one.starts, other.starts), (one.tiles, other.tiles))
    )
    return one._replace(starts=starts, group=torch.cat([one.group, other.group]), tiles=tiles)


class Decibels(Encoder):
    """Tiles as they are, in dB."""

    centre = 0.0  # share that is taken away of how a tile's mean spectrum differs from `mean`

    def preprocess(self, x):
        x = x - self.centre * (x.mean(dim=2, keepdim=True) - self.mean)
        return (x - self.mean) / self.std


class HalfCentred(Decibels):
    """Half of the mean spectrum of a tile, in dB."""

    centre = 0.5


class WhollyCentred(Decibels):
    """Nothing of the mean spectrum of a tile, in dB."""

    centre = 1.0


class NotNormalised(Encoder):
    """Energy over its mean, but no band normalised."""

    def preprocess(self, x):
        return energy(x, self.mean)


class Pcen(Encoder):
    """Per-channel energy normalisation with a running mean and a root, as it was published."""

    def preprocess(self, x):
        return self.bands(pcen(x, self.mean).transpose(1, 3)).transpose(1, 3)


def pcen(x, level, smooth=0.04, gain=PCEN_GAIN, bias=2.0, root=0.5):
    """Each band over its own running mean, and compressed: PCEN (Wang et al., 2017)."""
    power = torch.exp2((x - level) * OCTAVES)
    age = torch.arange(x.shape[2])[:, None] - torch.arange(x.shape[2])  # (frames, frames)
    weight = torch.where(age >= 0, smooth * (1 - smooth) ** age.clamp(min=0), 0.0)
    weight[:, 0] /= smooth  # the mean begins with the first frame
    return (power / (weight @ power) ** gain + bias) ** root - bias**root
