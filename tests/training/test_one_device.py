"""A training step on a device that is not the CPU: torch's `meta`, whose tensors hold no numbers.

What would fail on a GPU fails there too: tensors of two devices in one operation, or a step that
looks at a number and so makes the processor wait for the device.
"""

import copy
from contextlib import nullcontext
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from thesis_lib.contrastive import method
from thesis_lib.embed import vectors
from thesis_lib.recipe import OURS_HOME, SMALL_HOME, THESIS_MUSIC
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import new_model, step
from thesis_lib.training import loader
from thesis_lib.training.objective import make_objective

META = torch.device("meta")
COPIES = ("aten::_to_copy", "aten::copy_")


class OneDevice(TorchDispatchMode):
    """Every operation on tensors of one device only, but for copies from one to another."""

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        tensors = [x for x in tree_leaves((args, kwargs)) if isinstance(x, torch.Tensor)]
        devices = {tensor.device.type for tensor in tensors if tensor.dim()}
        assert len(devices) < 2 or operation.name().startswith(COPIES), operation
        return operation(*args, **(kwargs or {}))


@pytest.fixture
def on_meta(monkeypatch):
    """The device has no memory to ask for, no random generator and no autocast."""
    without = SimpleNamespace(**vars(torch))
    without.Generator = lambda device=None: torch.Generator()
    monkeypatch.setattr(method, "torch", without)
    monkeypatch.setattr(loader, "fits", lambda store, device: True)
    monkeypatch.setattr(torch, "autocast", lambda *args, **kwargs: nullcontext())


def store(features, seconds=60, recordings=8):
    frames = round(seconds * features.frame_rate)
    number = np.arange(recordings)
    index = pd.DataFrame({"split": "train", "group": number // 2, "position": number % 2,
                          "first_frame": number * frames, "n_frames": frames})  # fmt: skip
    noise = np.zeros((recordings * frames, features.n_mels), np.float16)
    return SpectrogramStore(noise, index, features, {"mean": -40.0, "std": 10.0})


def training(recipe):
    held = store(recipe.features)
    model = new_model(recipe, held, 1).to(META, memory_format=torch.channels_last).train()
    optimiser = torch.optim.SGD(model.parameters())  # ours is fused, which no `meta` can do
    return model, optimiser, make_objective(held, recipe, META)


@pytest.mark.parametrize("recipe", [SMALL_HOME, OURS_HOME, THESIS_MUSIC], ids=lambda r: r.name)
def test_a_step_stays_on_its_device_and_looks_at_no_number(recipe, on_meta):
    recipe = replace(recipe, batch=8, width=4)
    model, optimiser, objective = training(recipe)
    batches = iter(objective.batches(1, 0))
    for _ in range(2):
        batch = next(batches)
        with OneDevice():
            found = step(model, optimiser, objective, batch, 1e-3)
        assert found.device == batch.tiles.device == META
        assert all(weight.grad.device == META for weight in model.parameters())


@pytest.mark.parametrize("recipe", [SMALL_HOME, OURS_HOME], ids=lambda r: r.name)
def test_a_gpu_gets_the_network_as_one_graph(recipe):
    """Compiled as for a GPU, but by a backend that only traces: no break, and no second time."""
    recipe, counted = replace(recipe, width=4), torch._dynamo.utils.counters["stats"]
    torch._dynamo.reset()
    counted.clear()
    model = new_model(recipe, store(recipe.features, 2, 2), 1).train()
    plain, tiles = copy.deepcopy(model), torch.randn(6, 1, recipe.tile_frames, 64) - 40
    model.compile(dynamic=False, fullgraph=True, backend="aot_eager")
    for _ in range(3):
        found, wanted = vectors(model, tiles, recipe), vectors(plain, tiles, recipe)
        assert torch.equal(found, wanted)
        for z in (found, wanted):
            z.square().sum().backward()
    assert counted["unique_graphs"] == 1
    for one, other in zip(model.parameters(), plain.parameters(), strict=True):
        torch.testing.assert_close(one.grad, other.grad)


@pytest.mark.parametrize(
    "wrong",
    [lambda z: z.gather(0, torch.zeros(1, 4, dtype=torch.int64)), lambda z: z[torch.arange(2)],
     lambda z: z + torch.zeros(4, 4), lambda z: z.sum().item()],
    ids=["index", "rows", "sum", "number"],
)  # fmt: skip
def test_what_it_is_there_to_find(wrong):
    with pytest.raises((AssertionError, RuntimeError)), OneDevice():
        wrong(torch.zeros(4, 4, device=META))
