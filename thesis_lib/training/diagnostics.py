"""Is a training going anywhere? What can go wrong without an error, noticed and said."""

from dataclasses import replace

import numpy as np
import torch
from torch import nn

from thesis_lib.recipe import Recipe
from thesis_lib.store import SpectrogramStore
from thesis_lib.training.distributed import World
from thesis_lib.training.method import method_of
from thesis_lib.training.objective import make_objective
from thesis_lib.util.errors import InputError

ALIKE = 1e-3  # mean squared distance, in units of the margin or on the unit sphere, that is none


def diagnose(steps: np.ndarray, recipe: Recipe) -> str | None:
    """What is wrong with an epoch, as a sentence; None where nothing is.

    Parameters
    ----------
    steps : (n, 4) array
        Of each step loss, near, far and active, as `checkpoint.HISTORY` names them.
    recipe : Recipe

    Returns
    -------
    str or None
    """
    loss, near, far, _ = steps[-max(1, len(steps) // 5) :].mean(axis=0).tolist()
    method = method_of(recipe)
    unit = method.distance_unit(recipe)
    if far < ALIKE * unit:
        return (
            f"{recipe.name}: the embedding has collapsed, all tiles are in one place (mean squared "
            f"distance {far:.1e}); lower the weight decay, {recipe.weight_decay:g}, or the "
            f"learning rate, {recipe.learning_rate:g}."
        )
    what = method.stuck(recipe, loss, near, far)
    if what:
        return (
            f"{recipe.name}: the loss, {loss:.3f}, stays at {what}: opposites are no farther away "
            f"than neighbours; try a higher learning rate than {recipe.learning_rate:g}, or longer "
            "training."
        )
    return None


def too_large(
    store: SpectrogramStore, recipe: Recipe, device: torch.device, model: nn.Module, world: World
) -> InputError:
    """The error to raise where a batch does not fit into the GPU's memory: it names one that does.

    Parameters
    ----------
    store : SpectrogramStore
    recipe : Recipe
        Whose batch was too large.
    device : torch.device
    model : Module
    world : World
        What fits is tried on the part of the batch that this process has.

    Returns
    -------
    InputError
    """
    size = recipe.batch // world.size // 2
    while size > 1 and not _fits(store, replace(recipe, batch=size), device, model):
        size //= 2
    advice = (
        f"a batch of {size * world.size} fits"
        if size > 1
        else "not even one of 2 does: narrow the network"
    )
    return InputError(
        f"{recipe.name}: a batch of {recipe.batch} does not fit into the memory of {device}; "
        f"{advice}."
    )


def _fits(store, recipe, device, model):
    model.zero_grad(set_to_none=True)
    try:
        objective = make_objective(store, recipe, device)
        objective.loss(model, next(iter(objective.batches(0, 0)))).loss.backward()
    except torch.OutOfMemoryError:
        return False
    return True
