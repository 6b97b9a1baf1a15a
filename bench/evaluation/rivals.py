"""What others learn without labels: COLA and BYOL-A, on our network's frame and for our seconds.

Both get the network of ours (the same width, blocks and pooling) with the input their papers have,
log-Mel less its mean; both are optimised as ours is. What differs is what they learn from.
"""

import copy

import embedding
import torch
from torch import nn
from torch.nn import functional as F

from evaluation.recordings import of_network
from thesis_lib.contrastive.encoder import STAGE_SIZE, Encoder
from thesis_lib.contrastive.pair_sampler import PairSampler
from thesis_lib.recipe import RECIPES
from thesis_lib.spectrogram import OCTAVES
from thesis_lib.store import gather
from thesis_lib.training.objective import Objective, training_tiles

MOMENTUM = 0.99  # of BYOL-A's teacher
MIXED = 0.4  # most of another tile that BYOL-A mixes in
STRETCH = 0.6, 1.5  # of a tile's time and bands, from which BYOL-A's views are cut


class PlainEncoder(Encoder):
    """Our network with log-Mel less its mean, over its deviation, as input."""

    def preprocess(self, x):
        """Tiles in dB as the first convolution gets them."""
        return (x - self.mean) / self.std


def plain_encoder(store, recipe, seed):
    """A fresh network for a store, and the size of its vectors."""
    torch.manual_seed(seed)
    model = PlainEncoder(recipe.width, store.features.n_mels, store.meta["mean"])
    model.std.fill_(store.meta["std"])
    return model, 8 * STAGE_SIZE * recipe.width


def cola(material, training):
    """Two stretches of one recording belong together, by a bilinear likeness (Saeed et al., 2021).

    No stretch is changed; all other recordings of the batch are opposites.
    """
    store, recipe = material.stores[0], _recipe(material, training)
    model, size = plain_encoder(store, recipe, training.seed)
    project = nn.Sequential(nn.Linear(size, 512), nn.LayerNorm(512), nn.Tanh())
    likeness = nn.Linear(512, 512, bias=False)
    head = nn.ModuleList([project, likeness])

    def loss(model, tiles):
        anchor, neighbour = project(model(tiles.flatten(0, 1))).chunk(2)
        return F.cross_entropy(likeness(anchor) @ neighbour.T, torch.arange(len(anchor)))

    whole = int(store.index.n_frames.max())
    return _learned(material, training, recipe, model, head, _objective(store, recipe, loss, whole))


def byol_a(material, training):
    """Foretell what a slow copy of oneself makes of the same tile, changed otherwise.

    Niizumi et al. (2021): another tile plays softly along (mixup), and the view is cut out of the
    tile and stretched (random resize crop), twice each; no opposites.
    """
    store, recipe = material.stores[0], _recipe(material, training)
    model, size = plain_encoder(store, recipe, training.seed)
    project, predict = _mlp(size), _mlp(256)
    teacher = copy.deepcopy(nn.ModuleList([model, project]))

    def follow():
        own = [*model.parameters(), *project.parameters()]
        with torch.no_grad():
            for slow, fast in zip(teacher.parameters(), own, strict=True):
                slow.lerp_(fast, 1 - MOMENTUM)

    def loss(model, tiles):
        follow()
        level = model.mean
        views = torch.cat([resized(mixed(one, MIXED), level) for one in tiles])  # (2 n, ...)
        with torch.no_grad():
            want = teacher[1](teacher[0](views)).roll(len(views) // 2, 0)  # of the other view
        guess = predict(project(model(views)))
        return 2 - 2 * F.cosine_similarity(guess, want).mean()

    head = nn.ModuleList([project, predict])
    return _learned(material, training, recipe, model, head, _objective(store, recipe, loss, 0))


def mixed(tiles, most):
    """Powers are added; at most such a share of the sum is another tile's (n, 1, frames, mels)."""
    share = most * torch.rand(len(tiles), 1, 1, 1)
    power = torch.exp2(tiles * OCTAVES)
    other = power.index_select(0, torch.randperm(len(tiles)))
    return torch.lerp(power, other, share).log2() / OCTAVES


def resized(tiles, level):
    """A random part of each tile at the tile's size; beyond its ends is the mean level, dB.

    Its length is 0.6 to 1.5 of the tile's, within half a tile around it; its bands are 0.6 to 1 of
    the tile's.
    """
    n, _, frames, mels = tiles.shape
    low, high = STRETCH
    time = low + (high - low) * torch.rand(n, 1)
    bands = (low + (high - low) * torch.rand(n, 1)).clamp(max=1.0)
    rows = _coordinates(frames, time, 1.5 - time)
    columns = _coordinates(mels, bands, 1.0 - bands)
    grid = [columns[:, None].expand(n, frames, mels), rows[:, :, None].expand(n, frames, mels)]
    grid = torch.stack(grid, dim=3)  # (n, frames, mels, 2)
    return level + F.grid_sample(tiles - level, grid, "bicubic", "zeros", align_corners=False)


def _coordinates(count, size, room):
    """Places of a part so large, its middle at random within `room`, where a tile is -1 to 1.

    Sizes and room are (n, 1), places (n, count).
    """
    middle = room * (2 * torch.rand(len(size), 1) - 1)
    return middle + size * ((2 * torch.arange(count) + 1) / count - 1)


def _mlp(size, hidden=1024, out=256):
    return nn.Sequential(
        nn.Linear(size, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, out)
    )


def _recipe(material, training):
    """Batch, tile, width and learning rate of ours."""
    _, recipe = embedding.recipes(material.domain, training.quick)
    return recipe


def _objective(store, recipe, loss, neighbour_range):
    """Pairs of tiles of one recording, at most so many frames apart; a loss of (model, tiles)."""
    rows = store.index[store.index.split == "train"]
    draw, frames = (
        PairSampler(rows, recipe.tile_frames, neighbour_range, 0.0, 1.0),
        store.on(embedding.CPU),
    )

    def batches(seed, epoch):
        rng = torch.Generator().manual_seed(1000 * seed + epoch)
        for _ in range(100):
            yield draw.batch(2 * recipe.batch, rng)  # as many tiles as a batch of ours has

    def told(model, batch):
        pair = torch.stack([gather(frames, start, recipe.tile_frames) for start in batch[:2]])
        return embedding.Told(loss(model, pair))

    return Objective(len(training_tiles(store, recipe).recording), batches, told)


def _learned(material, training, recipe, model, head, objective):
    model = embedding.trained(
        material.stores[0], recipe, training.seed, training.seconds, objective, model, [head]
    )
    return of_network(material, model, RECIPES[f"ours, {material.domain}"])
