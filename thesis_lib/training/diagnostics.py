"""Is a training going anywhere? What can go wrong without an error, noticed and said."""

import math
from dataclasses import replace

import torch

from thesis_lib.training.objective import objective
from thesis_lib.util.errors import InputError

ALIKE = 1e-3  # mean squared distance, in units of the margin or on the unit sphere, that is none
NEAR = 0.01  # share of itself by which a loss may differ from that of vectors that say nothing


def complaint(steps, recipe):
    """What is wrong with an epoch, as a sentence; None where nothing is.

    Parameters
    ----------
    steps : (n, 4) array
        Of each step loss, near, far and active, as the losses of `objectives` name them.
    recipe : Recipe

    Returns
    -------
    str or None
    """
    last = steps[-max(1, len(steps) // 5) :].mean(axis=0)
    loss, near, far, _ = last
    unit = recipe.margin if recipe.contrast is None else 1.0
    if far < ALIKE * unit:
        return (
            f"{recipe.name}: the embedding has collapsed, all tiles lie in one place (mean squared "
            f"distance {far:.1e}); lower the L2 factor, {recipe.l2:g}, or the learning rate, "
            f"{recipe.rate:g}."
        )
    if recipe.contrast is None:
        nothing, what = recipe.margin, "the margin"
        stuck = abs(near - far) < NEAR * unit and abs(loss - nothing) < NEAR * nothing
    else:
        nothing, what = math.log(2 * recipe.batch - 1), "that of vectors which say nothing"
        stuck = abs(loss - nothing) < NEAR * nothing
    if stuck:
        return (
            f"{recipe.name}: the loss, {loss:.3f}, stays at {what}: opposites are no farther away "
            f"than neighbours; try a higher learning rate than {recipe.rate:g}, or longer training."
        )
    return None


def too_large(store, recipe, device, model, team):
    """The error to raise where a batch does not fit into the GPU's memory: it names one that does.

    Parameters
    ----------
    store : SpectrogramStore
    recipe : Recipe
        Whose batch was too large.
    device : torch.device
    model : Module
    team : Team
        What fits is tried on the part of the batch that this process has.

    Returns
    -------
    InputError
    """
    size = recipe.batch // team.size // 2
    while size > 1 and not _fits(store, replace(recipe, batch=size), device, model):
        size //= 2
    advice = (
        f"a batch of {size * team.size} fits"
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
        aim = objective(store, recipe, device)
        aim.loss(model, next(iter(aim.batches(0, 0)))).loss.backward()
    except torch.OutOfMemoryError:
        return False
    return True
