"""What a training leaves on disk, so that a stopped one is resumed: all of an epoch, or nothing."""

import sys
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import nn
from torch.optim import Optimizer

from thesis_lib.recipe import Recipe
from thesis_lib.store import SpectrogramStore
from thesis_lib.training.distributed import ALONE, World
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic

HISTORY = ["epoch", "loss", "near", "far", "active"]


def make_plan(
    store: SpectrogramStore, recipe: Recipe, seed: int, world: World = ALONE
) -> dict[str, Any]:
    """What weights depend on; a checkpoint is resumed only under the same plan."""
    plan = {"recipe": asdict(recipe), "seed": seed} | {
        key: store.meta.get(key) for key in ("hash", "fold")
    }
    return plan if world.size == 1 else plan | {"number of processes": world.size}


def plan_of(folder: Path | str) -> dict[str, Any] | None:
    """The plan under which the checkpoint in `folder` was made; None where there is none."""
    path = Path(folder) / "checkpoint.pt"
    return _read(path, torch.device("cpu"), "plan")["plan"] if path.exists() else None


def save(
    folder: Path,
    plan: dict[str, Any],
    epoch: int,
    model: nn.Module,
    optimiser: Optimizer,
    history: list[list[float]],
) -> None:
    """Write what an epoch ends with: the network under `snapshots/`, curves, checkpoint."""
    weights = model.state_dict()
    state = {"model": weights, "optimiser": optimiser.state_dict(), "history": history}
    _write_snapshot(folder, plan, epoch, weights)
    with atomic(folder / "history.csv") as part:
        pd.DataFrame(history, columns=HISTORY).to_csv(part, index=False)
    _write(state | {"plan": plan, "epoch": epoch}, folder / "checkpoint.pt")


def _write_snapshot(folder, plan, epoch, weights):
    about = {"epoch": epoch, "method": plan["recipe"]["method"]}
    _write({"model": weights} | about, snapshot(folder, epoch))


def _write(state, path):
    with atomic(path) as part, open(part, "wb") as file:
        torch.save(state, file)  # into a file of ours: a full disk is then an OSError


def snapshot(folder: Path | str, epoch: int) -> Path:
    """The file of the network as it was after `epoch` epochs."""
    return Path(folder) / "snapshots" / f"epoch_{epoch:03d}.pt"


def resume(
    folder: Path,
    plan: dict[str, Any],
    model: nn.Module,
    optimiser: Optimizer,
    device: torch.device,
    world: World,
) -> tuple[int, list[list[float]]]:
    """Bring model and optimiser to where an earlier run stopped: epochs done, history."""
    path = folder / "checkpoint.pt"
    if not world.broadcast(path.exists()):
        if world.is_main:
            _write_snapshot(folder, plan, 0, model.state_dict())
        return 0, []
    state = world.broadcast(_read(path, device, "plan") if world.is_main else None)
    before = state["plan"]
    other = [key for key in plan | before if plan.get(key) != before.get(key)]
    if other:
        raise InputError(
            f"{path} is of another {', '.join(other)}; move {folder} away to train again."
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


def load_model(path: Path | str, device: torch.device) -> nn.Module:
    """A network from a snapshot or a checkpoint, ready to embed.

    Parameters
    ----------
    path : Path
    device : torch.device

    Returns
    -------
    Module
        That of the method it was trained by, in evaluation mode.

    Raises
    ------
    InputError
        The file is missing or damaged, or of a network that this library no longer has.
    """
    if not Path(path).is_file():
        raise InputError(f"{path} is missing; run `make figures` first.")
    state = _read(path, device)
    try:
        method = state["method"] if "method" in state else state["plan"]["recipe"]["method"]
        if not method.startswith("thesis_lib.") and method not in sys.modules:
            raise ImportError(method)  # a file does not choose what is imported
        model = import_module(method).from_weights(state["model"])
        model.load_state_dict(state["model"])
    except (KeyError, RuntimeError, ImportError):
        raise InputError(f"{path} is of another network; delete it and train again.") from None
    return model.to(device, memory_format=torch.channels_last).eval()
