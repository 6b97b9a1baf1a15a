"""The training loop: tiles in, a network that places tiles near in time near by out.

Nothing in here reads labels: it gets frames, where recordings are in them, and numbers.
"""

import logging
from pathlib import Path
from threading import Lock

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.optim import Optimizer
from tqdm.auto import tqdm

from thesis_lib.recipe import Recipe
from thesis_lib.store import SpectrogramStore
from thesis_lib.training.checkpoint import HISTORY, make_plan, resume, save
from thesis_lib.training.diagnostics import diagnose, too_large
from thesis_lib.training.distributed import ALONE, World
from thesis_lib.training.method import method_of
from thesis_lib.training.objective import Batch, Objective, make_objective
from thesis_lib.util.errors import InputError

POINTS = 20  # of the recorded curves, an epoch
log = logging.getLogger(__name__)
RANDOM = Lock()  # torch has one random generator for all threads: one at a time draws weights


def train(
    store: SpectrogramStore,
    recipe: Recipe,
    folder: Path | str,
    seed: int,
    device: torch.device,
    bar: tqdm | None = None,
    world: World = ALONE,
    start: nn.Module | None = None,
) -> tuple[nn.Module, pd.DataFrame]:
    """Train a network, or go on where an earlier run was stopped (04_gpu_training).

    Recordings with split "train" take part. After each epoch `folder` holds a checkpoint that a
    later call goes on from, ending with the same weights as a run that was never stopped, and the
    network as it was, under `snapshots/`.

    Parameters
    ----------
    store : SpectrogramStore
    recipe : Recipe
    folder : Path
        For `checkpoint.pt`, `snapshots/epoch_000.pt` ..., `history.csv`.
    seed : int
        Of the first weights and of the triplets.
    device : torch.device
    bar : tqdm, optional
        Advanced by the triplets of each step.
    world : World
        Of several processes that train together all call this; the leading one writes.
    start : Module, optional
        A network of the recipe's method that is trained further, in place of first weights.

    Returns
    -------
    model : Module
    history : DataFrame
        At most `POINTS` rows an epoch: epoch (as a fraction), loss, near, far (squared distances),
        active.

    Raises
    ------
    InputError
        The recordings give no triplets, the checkpoint is another recipe's, the loss is not
        finite, or a batch does not fit into the GPU's memory. A training that ends with all
        vectors alike, or with a loss that never moved, is only warned of.
    """
    objective = make_objective(store, recipe, device, world)
    model = new_model(recipe, store, seed) if start is None else start
    # torch's own hints of `Module.to` leave out the layout.
    model = model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    if device.type == "cuda":
        model.compile(dynamic=False)
    wrapped = world.wrap(model)
    optimiser = method_of(recipe).optimiser(model, recipe)
    plan = make_plan(store, recipe, seed, world)
    done, history = resume(Path(folder), plan, model, optimiser, device, world)
    bar = tqdm(disable=True) if bar is None else bar
    bar.update(done * objective.size)
    for epoch in range(done, recipe.epochs):
        try:
            steps = _epoch(wrapped, optimiser, objective, recipe, seed, epoch, bar, world)
        except torch.OutOfMemoryError:
            steps = None  # the error would keep what fills the memory until it is left
        if steps is None:
            raise too_large(store, recipe, device, model, world)
        history += _points(steps, epoch)
        if world.is_main:
            save(Path(folder), plan, epoch + 1, model, optimiser, history)
    if done < recipe.epochs and world.is_main and (wrong := diagnose(steps, recipe)):
        log.warning(wrong)
    return model, pd.DataFrame(history, columns=HISTORY)


def count_anchors(store: SpectrogramStore, recipe: Recipe, world: World = ALONE) -> int:
    """How many anchors one whole training takes; also checks that there are any."""
    return make_objective(store, recipe, torch.device("cpu"), world).size * recipe.epochs


def new_model(recipe: Recipe, store: SpectrogramStore, seed: int) -> nn.Module:
    """The network of a recipe with the first weights that `seed` gives (04_gpu_training).

    Parameters
    ----------
    recipe : Recipe
    store : SpectrogramStore
        Its levels over the training part are kept with the weights.
    seed : int

    Returns
    -------
    Module, as the recipe's method has it
    """
    with RANDOM, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return method_of(recipe).network(recipe, store)


def step(
    model: nn.Module, optimiser: Optimizer, objective: Objective, batch: Batch, learning_rate: float
) -> torch.Tensor:
    """One step of the training: what the loss of the batch was made of, as one tensor (4,).

    See 04_gpu_training.
    """
    for group in optimiser.param_groups:
        group["lr"] = learning_rate
    found = objective.loss(model, batch)
    optimiser.zero_grad()
    found.loss.backward()
    optimiser.step()
    return torch.stack(found).detach()


def _epoch(model, optimiser, objective, recipe, seed, epoch, bar, world):
    """One step for each batch; returns what `HISTORY` names, for each step."""
    model.train()
    steps, seen, schedule = [], 0, method_of(recipe).learning_rate
    for batch in objective.batches(seed, epoch):
        learning_rate = schedule(recipe, (epoch + seen / objective.size) / recipe.epochs)
        steps.append(step(model, optimiser, objective, batch, learning_rate))
        new = min(batch.anchors * world.size, objective.size - seen)
        seen += new
        bar.update(new)
    found = torch.stack(steps).cpu().numpy()  # one transfer an epoch, not one a step
    if not np.isfinite(found).all():
        raise InputError(
            f"the loss is not finite in recipe {recipe.name!r}; "
            f"choose a learning rate below {recipe.learning_rate:g}."
        )
    return found


def _points(steps, epoch):
    """Average the steps of an epoch to a few points of the curves: plain lists of floats."""
    parts = np.array_split(steps, min(POINTS, len(steps)))
    return [
        [epoch + (i + 1) / len(parts), *map(float, part.mean(axis=0))]
        for i, part in enumerate(parts)
    ]
