"""The training loop: tiles in, a network that places tiles near in time near by out.

Nothing in here knows of labels: it is given frames, where recordings lie in them, and numbers.
"""

import logging
import math
from dataclasses import asdict
from pathlib import Path
from threading import Lock

import numpy as np
import pandas as pd
import torch
from tqdm.auto import tqdm

from thesis_lib.contrastive.encoder import Encoder
from thesis_lib.resnet import ResNet18
from thesis_lib.training.diagnostics import complaint, too_large
from thesis_lib.training.distributed import ALONE
from thesis_lib.training.objective import objective
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic

POINTS = 20  # of the recorded curves, an epoch
HISTORY = ["epoch", "loss", "near", "far", "active"]
log = logging.getLogger(__name__)
RANDOM = Lock()  # torch has one random generator for all threads: one at a time draws weights


def train(store, recipe, folder, seed, device, bar=None, team=ALONE):
    """Train a network, or go on where an earlier run was stopped.

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
    team : Team
        Of several processes that train together all call this; the leading one writes.

    Returns
    -------
    model : ResNet18 or Encoder
    history : DataFrame
        `POINTS` rows an epoch: epoch (as a fraction), loss, near, far (squared distances), active.

    Raises
    ------
    InputError
        The recordings give no triplets, the checkpoint is another recipe's, the loss is not
        finite, or a batch does not fit into the GPU's memory. A training that ends with all
        vectors alike, or with a loss that never moved, is only warned of.
    """
    aim = objective(store, recipe, device, team)
    model = new_model(recipe, store, seed).to(device, memory_format=torch.channels_last)
    if device.type == "cuda":
        model.compile(dynamic=False)
    wrapped = team.join(model)
    optimiser = new_optimiser(model, recipe)
    plan = make_plan(store, recipe, seed, team)
    done, history = _resume(Path(folder), plan, model, optimiser, device, team)
    bar = bar or tqdm(disable=True)
    bar.update(done * aim.size)
    for epoch in range(done, recipe.epochs):
        try:
            steps = _epoch(wrapped, optimiser, aim, recipe, seed, epoch, bar, team)
        except torch.OutOfMemoryError:
            steps = None  # the error would keep what fills the memory until it is left
        if steps is None:
            raise too_large(store, recipe, device, model, team)
        history += _points(steps, epoch)
        if team.leads:
            _save(Path(folder), plan, epoch + 1, model, optimiser, history)
    if done < recipe.epochs and team.leads and (wrong := complaint(steps, recipe)):
        log.warning(wrong)
    return model, pd.DataFrame(history, columns=HISTORY)


def make_plan(store, recipe, seed, team=ALONE):
    """What weights depend on; a checkpoint is gone on from only under the same plan."""
    plan = {"recipe": asdict(recipe), "seed": seed} | {
        key: store.made.get(key) for key in ("hash", "trial")
    }
    return plan if team.size == 1 else plan | {"number of processes": team.size}


def plan_of(folder):
    """The plan under which the checkpoint in `folder` was made; None where there is none."""
    path = Path(folder) / "checkpoint.pt"
    return _read(path, torch.device("cpu"), "plan")["plan"] if path.exists() else None


def count_anchors(store, recipe, team=ALONE):
    """How many anchors one whole training takes; also checks that there are any."""
    return objective(store, recipe, torch.device("cpu"), team).size * recipe.epochs


def new_model(recipe, store, seed):
    """The network of a recipe with the first weights that `seed` gives.

    Parameters
    ----------
    recipe : Recipe
    store : SpectrogramStore
        Its levels over the training part are kept with the weights.
    seed : int

    Returns
    -------
    ResNet18, or Encoder where the recipe asks for many opposites
    """
    with RANDOM, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        made = store.made
        if recipe.contrast is None:
            return ResNet18(1, recipe.width, recipe.embedding, made["mean"], made["std"])
        return Encoder(recipe.width, store.features.mels, made["mean"])


def new_optimiser(model, recipe):
    """Adam; the L2 penalty as the thesis had it, or apart from the gradients (AdamW)."""
    kind = torch.optim.Adam if recipe.contrast is None else torch.optim.AdamW
    return kind(model.parameters(), lr=recipe.rate, weight_decay=recipe.l2, fused=True)


def rate_at(recipe, progress):
    """The learning rate after a share of the training: constant, or up and down a cosine.

    Parameters
    ----------
    progress : float
        0 at the first step, 1 behind the last.

    Returns
    -------
    float
    """
    if recipe.contrast is None:
        return recipe.rate
    rising = min(1.0, 0.01 + progress / max(recipe.contrast.warm_up, 1e-9))
    return recipe.rate * rising * (1 + math.cos(math.pi * min(progress, 1.0))) / 2


def step(model, optimiser, aim, batch, rate):
    """One step of the training: what the loss of the batch was made of, as one tensor (4,)."""
    for group in optimiser.param_groups:
        group["lr"] = rate
    found = aim.loss(model, batch)
    optimiser.zero_grad()
    found.loss.backward()
    optimiser.step()
    return torch.stack(found).detach()


def _epoch(model, optimiser, aim, recipe, seed, epoch, bar, team):
    """One step for each batch; returns what `HISTORY` names, for each step."""
    model.train()
    steps, seen = [], 0
    for batch in aim.batches(seed, epoch):
        rate = rate_at(recipe, (epoch + seen / aim.size) / recipe.epochs)
        steps.append(step(model, optimiser, aim, batch, rate))
        new = min(batch.anchors * team.size, aim.size - seen)
        seen += new
        bar.update(new)
    steps = torch.stack(steps).cpu().numpy()  # one transfer an epoch, not one a step
    if not np.isfinite(steps).all():
        raise InputError(
            f"the loss is not finite in recipe {recipe.name!r}; "
            f"choose a learning rate below {recipe.rate:g}."
        )
    return steps


def _points(steps, epoch):
    """Average the steps of an epoch to a few points of the curves: plain lists of floats."""
    parts = np.array_split(steps, min(POINTS, len(steps)))
    return [
        [epoch + (i + 1) / len(parts), *map(float, part.mean(axis=0))]
        for i, part in enumerate(parts)
    ]


def _save(folder, plan, epoch, model, optimiser, history):
    weights = model.state_dict()
    state = {"model": weights, "optimiser": optimiser.state_dict(), "history": history}
    _write(weights | {"epoch": epoch}, snapshot(folder, epoch))
    with atomic(folder / "history.csv") as part:
        pd.DataFrame(history, columns=HISTORY).to_csv(part, index=False)
    _write(state | {"plan": plan, "epoch": epoch}, folder / "checkpoint.pt")


def _write(state, path):
    with atomic(path) as part, open(part, "wb") as file:
        torch.save(state, file)  # into a file of ours: a full disk is then an OSError


def snapshot(folder, epoch):
    """Where the network as it was after `epoch` epochs lies."""
    return Path(folder) / "snapshots" / f"epoch_{epoch:03d}.pt"


def _resume(folder, plan, model, optimiser, device, team):
    """Bring model and optimiser to where an earlier run stopped: epochs done, history."""
    path = folder / "checkpoint.pt"
    if not team.told(path.exists()):
        if team.leads:
            _write(model.state_dict() | {"epoch": 0}, snapshot(folder, 0))
        return 0, []
    state = team.told(_read(path, device, "plan") if team.leads else None)
    before = state["plan"]
    other = [key for key in plan | before if plan.get(key) != before.get(key)]
    if other:
        raise InputError(
            f"{path} is of another {', '.join(other)}; move {folder} away to train anew."
        )
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    return state["epoch"], state["history"]


def _read(path, device, key="epoch"):
    """Tensors and plain numbers only: opening a checkpoint never runs code."""
    try:
        state = torch.load(path, map_location=device, weights_only=True)
        state[key]  # some other file of torch's has none
        return state
    except Exception as error:  # torch raises many kinds for a damaged file
        raise InputError(
            f"{path} is not a whole checkpoint ({type(error).__name__}); "
            "delete it, training then starts from the beginning."
        ) from error


def load_model(path, device):
    """A network from a snapshot or a checkpoint, ready to embed.

    Parameters
    ----------
    path : Path
    device : torch.device

    Returns
    -------
    ResNet18 or Encoder
        In evaluation mode; its sizes are read off its weights.

    Raises
    ------
    InputError
        The file is missing or damaged, or of a network that this library no longer has.
    """
    if not Path(path).is_file():
        raise InputError(f"{path} is missing; run `make figures` first.")
    weights = _read(path, device)
    weights = weights.get("model", weights)
    weights.pop("epoch", None)
    width, channels = weights["conv.weight"].shape[:2]
    try:
        if "head.bias" in weights:
            model = ResNet18(channels, width, len(weights["head.bias"]))
        else:
            model = Encoder(width, len(weights["bands.running_mean"]))
        model.load_state_dict(weights)
    except (KeyError, RuntimeError):
        raise InputError(f"{path} is of another network; delete it and train anew.") from None
    return model.to(device, memory_format=torch.channels_last).eval()
