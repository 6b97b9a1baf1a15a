"""The GPU against the CPU: one step, whole trainings, embeddings. Where there is one."""

import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from toy_training import same

from thesis_lib.embed import embed
from thesis_lib.recipe import OURS_HOME, SMALL_HOME
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import new_model, step, train
from thesis_lib.training import loader
from thesis_lib.training.method import method_of
from thesis_lib.training.objective import make_objective
from thesis_lib.util.device import choose

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="torch sees no GPU here")
CPU = torch.device("cpu")
RECIPES = [replace(r, batch=16, width=8, epochs=2, bfloat16=False) for r in (SMALL_HOME, OURS_HOME)]
recipes = pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)


@pytest.fixture(scope="module")
def store():
    """Noise of 12 recordings of 20 s, each with a level and a colour of its own."""
    features, rng, number = OURS_HOME.features, np.random.default_rng(1), np.arange(12)
    length = round(20 * features.frame_rate)
    frames = rng.normal(-40, 6, (12, length, features.n_mels)) + rng.normal(0, 5, (12, 1, 64))
    index = pd.DataFrame(
        {"path": [f"{i}.wav" for i in number], "label": "", "node": "", "channel": 0, "start": 0.0,
         "known": True, "split": "train", "group": number // 2, "position": number % 2,
         "first_frame": number * length, "n_frames": length}
    )  # fmt: skip
    frames = frames.reshape(-1, features.n_mels).astype(np.float16)
    return SpectrogramStore(frames, index, features, {"mean": -40.0, "std": 8.0, "hash": "noise"})


@pytest.fixture
def single_precision(monkeypatch):
    """Convolutions with all bits of float32, as on the CPU."""
    monkeypatch.setattr(torch.backends.cudnn, "allow_tf32", False)


@pytest.mark.parametrize(
    ("recipe", "dtype", "most"),
    [(RECIPES[0], torch.float64, 1e-4), (RECIPES[1], torch.float32, 1e-3)],
    ids=lambda value: getattr(value, "name", str(value)),
)
def test_a_step_has_the_gradients_of_the_cpu(recipe, dtype, most, store, single_precision):
    """In single precision eighteen normalised layers make one per cent out of the rounding."""
    gpu, models = choose(), {}
    begin = new_model(recipe, store, 1).to(dtype)
    batch = next(iter(make_objective(store, recipe, CPU).batches(1, 0)))
    for device in (CPU, gpu):
        model = copy.deepcopy(begin).to(device, memory_format=torch.channels_last).train()
        optimiser = method_of(recipe).optimiser(model, recipe)
        moved = batch._replace(tiles=batch.tiles.to(device, dtype))
        step(model, optimiser, make_objective(store, recipe, device), moved, 1e-3)
        models[device.type] = model
    for (name, on_cpu), on_gpu in zip(
        models["cpu"].named_parameters(), models["cuda"].parameters(), strict=True
    ):
        apart = (on_gpu.grad.cpu() - on_cpu.grad).norm() / on_cpu.grad.norm().clamp(min=1e-6)
        assert apart < most, (name, float(apart))


@recipes
def test_the_same_seed_gives_the_same_weights(recipe, store, tmp_path):
    found = [train(store, recipe, tmp_path / str(i), 1, choose())[0].state_dict() for i in range(2)]
    assert same(*found)
    assert not same(found[0], new_model(recipe, store, 1).to(choose()).state_dict())


def test_a_store_that_does_not_fit_is_streamed_to_the_same_weights(store, tmp_path, monkeypatch):
    recipe = RECIPES[1]
    inside, _ = train(store, recipe, tmp_path / "inside", 1, choose())
    monkeypatch.setattr(loader, "fits", lambda store, device: False)
    streamed, _ = train(store, recipe, tmp_path / "streamed", 1, choose())
    assert same(inside.state_dict(), streamed.state_dict())


@recipes
def test_embeddings_are_those_of_the_cpu(recipe, store, single_precision):
    model = new_model(recipe, store, 1).eval()
    want = embed(model, store, recipe, CPU).vectors
    found = embed(model.to(choose()), store, recipe, choose()).vectors
    np.testing.assert_allclose(found, want, atol=1e-3 * np.abs(want).max())
    assert np.std(want, axis=0).max() > 10 * 1e-3 * np.abs(want).max()  # else all would pass


def test_bfloat16_learns_as_float32_does(store, tmp_path):
    recipe, losses = RECIPES[1], {}
    for half in (False, True):
        place = tmp_path / str(half)
        _, history = train(store, replace(recipe, bfloat16=half), place, 1, choose())
        losses[half] = history.loss.to_numpy()
    assert not np.array_equal(*losses.values())
    assert abs(losses[True].mean() / losses[False].mean() - 1) < 0.05
