"""Our method: pairs of changed tiles, all others of the batch as opposites, an `Encoder`, AdamW.

After SimCLR (Chen et al., 2020), on sound after COLA (Saeed et al., 2021). See 10_experiments.
"""

import math
from typing import Any, cast

import torch
from torch import nn
from torch.optim import Optimizer

from thesis_lib import sampler
from thesis_lib.contrastive.augment import augment
from thesis_lib.contrastive.encoder import STAGE_SIZE, Encoder
from thesis_lib.contrastive.nt_xent import contrastive_loss
from thesis_lib.contrastive.pair_sampler import PairSampler
from thesis_lib.recipe import Recipe
from thesis_lib.store import SpectrogramStore
from thesis_lib.training.distributed import World, plain
from thesis_lib.training.loader import tile_loader
from thesis_lib.training.objective import Batch, Objective, places, training_tiles
from thesis_lib.util.errors import InputError

STUCK = 0.01  # share of itself by which a loss may differ from that of a guess
OWN = 2**32  # groups are numbered by each process; so far apart are the numbers of two


def network(recipe: Recipe, store: SpectrogramStore) -> Encoder:
    """An `Encoder`; the store's mean level is kept with its weights."""
    return Encoder(recipe.width, store.features.n_mels, store.meta["mean"])


def from_weights(weights: dict[str, torch.Tensor]) -> Encoder:
    """The `Encoder` that has these weights' sizes."""
    return Encoder(len(weights["conv.weight"]), len(weights["bands.running_mean"]))


def optimiser(model: nn.Module, recipe: Recipe) -> Optimizer:
    """AdamW: the L2 penalty is apart from the gradients."""
    return torch.optim.AdamW(
        model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay, fused=True
    )


def learning_rate(recipe: Recipe, progress: float) -> float:
    """It rises in a straight line, then falls along a cosine to 0."""
    rising = min(1.0, 0.01 + progress / max(_contrast(recipe).warm_up, 1e-9))
    return recipe.learning_rate * rising * (1 + math.cos(math.pi * min(progress, 1.0))) / 2


def objective(
    store: SpectrogramStore, recipe: Recipe, device: torch.device, world: World
) -> Objective:
    """Two changed views of what belongs together, all others of the batch as opposites."""
    contrast = _contrast(recipe)
    draw = PairSampler(
        store.index, recipe.tile_frames, round(recipe.neighbour_range * store.features.frame_rate),
        contrast.cross_recording_prob, contrast.position_decay,
    )  # fmt: skip
    load, rng = tile_loader(store, recipe.tile_frames, device), torch.Generator(device)
    size = world.sum(len(training_tiles(store, recipe)))
    if world.sum(draw.group.unique().numel()) < 2:
        raise InputError("all tiles are of one session or song; add a second one for opposites.")

    def drawn(seed, epoch):
        own = sampler.generator(seed, epoch, world.rank)
        for _ in range(-(-size // recipe.batch)):
            anchor, neighbour, group = draw.batch(recipe.batch // world.size, own)
            change = int(torch.randint(2**62, (), generator=own))
            yield Batch(torch.stack([anchor, neighbour]), group + world.rank * OWN, change)

    def batches(seed, epoch):
        for batch in load(drawn(seed, epoch)):
            rng.manual_seed(batch.seed)
            assert batch.tiles is not None, "a tile loader puts them there"
            tiles = batch.tiles.flatten(0, 1)
            changed = augment(tiles, contrast.gain_db, contrast.equaliser_db, rng)
            yield batch._replace(tiles=changed.view_as(batch.tiles))

    def loss(model, batch):
        z = world.gather(places(model, batch, recipe))  # (2, n, 64 * width)
        assert batch.group is not None, "see `drawn`"
        group = world.gather(batch.group.to(device)[None, :, None])[0, :, 0]  # (n,)
        z = cast(Encoder, plain(model)).project(z.flatten(0, 1))  # (2 n, d)
        anchor, neighbour = z.chunk(2)
        return contrastive_loss(anchor, neighbour, group, contrast.temperature)

    return Objective(size, batches, loss)


def distance_unit(recipe: Recipe) -> float:
    """The radius of the sphere that the vectors are on."""
    return 1.0


def stuck(recipe: Recipe, loss: float, near: float, far: float) -> str | None:
    """At that of a guess: each of the batch's other tiles is as likely as the neighbour."""
    guess = math.log(2 * recipe.batch - 1)
    return "that of vectors which say nothing" if abs(loss - guess) < STUCK * guess else None


def numbers(recipe: Recipe) -> dict[str, Any]:
    """What only this method has, by names for readers."""
    contrast = _contrast(recipe)
    return {
        "dimensions of the embedding": 8 * STAGE_SIZE * recipe.width,
        "margin": "none: all others are opposites",
        "mean of the loss over": "tiles",
        "optimiser": "AdamW",
        "in a step": f"{recipe.batch} pairs",
        "temperature": contrast.temperature,
        "chance of a neighbour in another recording": contrast.cross_recording_prob,
        "decay over a session (recordings)": contrast.position_decay,
        "random gain / equaliser (dB)": f"{contrast.gain_db:g} / {contrast.equaliser_db:g}",
        "warm-up, then a cosine (share of steps)": contrast.warm_up,
    }


def _contrast(recipe):
    """What a recipe of this method has beside the others."""
    if recipe.contrast is None:
        raise InputError(f"recipe {recipe.name!r} has no `contrast`; its method needs one.")
    return recipe.contrast
