"""The training loop: triplets of tiles in, a network that places tiles near in time near by out.

Nothing in here knows of labels: it is given frames, where recordings lie in them, and numbers.
"""

from dataclasses import asdict
from pathlib import Path
from threading import Lock

import numpy as np
import pandas as pd
import torch
from tqdm.auto import tqdm

from thesis_lib import sampler
from thesis_lib.errors import InputError
from thesis_lib.files import atomic
from thesis_lib.resnet import ResNet18
from thesis_lib.store import gather
from thesis_lib.triplet_loss import triplet_loss

POINTS = 20  # of the recorded curves, an epoch
HISTORY = ["epoch", "loss", "near", "far", "active"]
RANDOM = Lock()  # torch has one random generator for all threads: one at a time draws weights


def train(store, recipe, folder, seed, device, bar=None):
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

    Returns
    -------
    model : ResNet18
    history : DataFrame
        `POINTS` rows an epoch: epoch (as a fraction), loss, near, far (squared distances), active.

    Raises
    ------
    InputError
        The recordings give no triplets, the checkpoint is another recipe's, or the loss is not
        finite.
    """
    tiles, draw = _triplets(store, recipe)
    model = new_model(recipe, store.made, seed).to(device, memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe.rate, weight_decay=recipe.l2)
    plan = make_plan(store, recipe, seed)
    done, history = _resume(Path(folder), plan, model, optimiser, device)
    starts, frames = torch.from_numpy(tiles.start).to(device), store.on(device)
    bar = bar or tqdm(disable=True)
    bar.update(done * len(draw.anchors))
    for epoch in range(done, recipe.epochs):
        triplets = draw.epoch(seed, epoch)
        steps = _epoch(model, optimiser, frames, starts, triplets.to(device), recipe, bar)
        history += _points(steps, epoch)
        _save(Path(folder), plan, epoch + 1, model, optimiser, history)
    return model, pd.DataFrame(history, columns=HISTORY)


def make_plan(store, recipe, seed):
    """What weights depend on; a checkpoint is gone on from only under the same plan."""
    return {"recipe": asdict(recipe), "seed": seed} | {
        key: store.made.get(key) for key in ("hash", "trial")
    }


def plan_of(folder):
    """The plan under which the checkpoint in `folder` was made; None where there is none."""
    path = Path(folder) / "checkpoint.pt"
    return _read(path, torch.device("cpu"), "plan")["plan"] if path.exists() else None


def count_triplets(store, recipe):
    """How many triplets one whole training takes; also checks that there are any."""
    return len(_triplets(store, recipe)[1].anchors) * recipe.epochs


def _triplets(store, recipe):
    rows = store.index[store.index.split == "train"]
    tiles = sampler.cut(rows.first_frame, rows.n_frames, recipe.length, recipe.hop)
    return tiles, sampler.TripletSampler(tiles, recipe.reach_tiles)


def new_model(recipe, made, seed):
    """A network with the first weights that `seed` gives; `made` holds the input's mean and std."""
    with RANDOM, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return ResNet18(1, recipe.width, recipe.embedding, made["mean"], made["std"])


def _epoch(model, optimiser, frames, starts, triplets, recipe, bar):
    """One step for each batch of triplets; returns what `HISTORY` names, for each step."""
    model.train()
    steps = []
    for batch in triplets.split(recipe.batch):
        step = _step(model, optimiser, frames, starts[batch.T.flatten()], recipe)
        steps.append(torch.stack(step).detach())
        bar.update(len(batch))
    steps = torch.stack(steps).cpu().numpy()  # one transfer an epoch, not one a step
    if not np.isfinite(steps).all():
        raise InputError(
            f"the loss is not finite in recipe {recipe.name!r}; "
            f"choose a learning rate below {recipe.rate:g}."
        )
    return steps


def _step(model, optimiser, frames, starts, recipe):
    x = gather(frames, starts, recipe.length)  # (3 n, 1, length, mels)
    with torch.autocast(x.device.type, torch.bfloat16, enabled=recipe.bfloat16):
        z = model(x.contiguous(memory_format=torch.channels_last))  # (3 n, embedding)
    loss = triplet_loss(*z.float().chunk(3), recipe.margin, recipe.reduction)
    optimiser.zero_grad()
    loss.loss.backward()
    optimiser.step()
    return loss


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


def _resume(folder, plan, model, optimiser, device):
    """Bring model and optimiser to where an earlier run stopped: epochs done, history."""
    path = folder / "checkpoint.pt"
    if not path.exists():
        _write(model.state_dict() | {"epoch": 0}, snapshot(folder, 0))
        return 0, []
    state = _read(path, device, "plan")
    other = [key for key, value in plan.items() if state["plan"].get(key) != value]
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
    ResNet18
        In evaluation mode; its sizes are read off its weights.

    Raises
    ------
    InputError
        The file is missing or damaged.
    """
    if not Path(path).is_file():
        raise InputError(f"{path} is missing; run `make figures` first.")
    weights = _read(path, device)
    weights = weights.get("model", weights)
    weights.pop("epoch", None)
    width, channels = weights["conv.weight"].shape[:2]
    model = ResNet18(channels, width, len(weights["head.bias"]))
    model.load_state_dict(weights)
    return model.to(device, memory_format=torch.channels_last).eval()
