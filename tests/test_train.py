"""Training: the same weights each time, stopped or not; nothing but train recordings; it learns."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from corpora import corpus_of, fill_disk, listing, on_one_thread, tone

from thesis_lib import train as train_module
from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import Recipe
from thesis_lib.spectrogram import Features
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import (
    count_anchors,
    load_model,
    make_plan,
    new_model,
    plan_of,
    snapshot,
    train,
)
from thesis_lib.training import objective
from thesis_lib.util.errors import InputError

CPU = torch.device("cpu")
one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)
SECONDS = 2.0
RECIPE = Recipe(
    name="toy",
    features=Features(mels=16),
    tile=0.2,
    reach=0.4,
    width=2,
    embedding=4,
    rate=1e-2,
    batch=16,
    epochs=3,
)


def melody(seed):
    """A recording with a timbre of its own whose level jumps about: alike in time, not in level."""
    rng = np.random.default_rng(seed)
    pitch = 300 * 1.3**seed
    level = np.repeat(10 ** rng.uniform(-3, 0, round(SECONDS / 0.1)), 1600)
    noise = 1e-4 * rng.standard_normal(len(level))
    return level * tone(SECONDS, pitch) + noise


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A store of six recordings for training and two for the test."""
    folder = tmp_path_factory.mktemp("toy")
    split = ["train"] * 3 + ["test"] + ["train"] * 3 + ["test"]
    corpus = corpus_of(folder / "audio", [melody(i) for i in range(8)], split)
    store_builder.build(corpus, RECIPE.features, folder / "store", progress=False)
    return folder


@pytest.fixture(scope="module")
def store(folder):
    return SpectrogramStore.open(folder / "store")


@pytest.fixture(scope="module")
def whole(store, tmp_path_factory):
    """A training that nothing disturbed: its folder, its weights, its history."""
    place = tmp_path_factory.mktemp("whole")
    model, history = train(store, RECIPE, place, 1, CPU)
    return place, model.state_dict(), history


def same(weights, others):
    return weights.keys() == others.keys() and all(
        torch.equal(weights[key], others[key]) for key in weights
    )


class Stopped(Exception):
    pass


class Bar:
    """A progress bar that stops the training after so many triplets."""

    def __init__(self, stop_after):
        self.left = stop_after

    def update(self, count):
        self.left -= count
        if self.left <= 0:
            self.stop()

    def stop(self):
        raise Stopped


ANCHORS = 6 * 10  # six recordings of ten tiles


def test_the_same_seed_gives_the_same_weights(store, whole, tmp_path):
    torch.manual_seed(7)  # torch's own generator does not matter
    model, history = train(store, RECIPE, tmp_path, 1, CPU)
    assert same(model.state_dict(), whole[1])
    pd.testing.assert_frame_equal(history, whole[2])


def test_another_seed_gives_other_weights(store, whole, tmp_path):
    model, _ = train(store, RECIPE, tmp_path, 2, CPU)
    assert not same(model.state_dict(), whole[1])
    first = torch.load(snapshot(tmp_path, 0))["conv.weight"]
    assert not torch.equal(first, torch.load(snapshot(whole[0], 0))["conv.weight"])


@pytest.mark.parametrize("epochs", [0.5, 1.5, 2.0, 2.9])
def test_stopped_in_the_middle_and_started_again(store, whole, tmp_path, epochs):
    with pytest.raises(Stopped):
        train(store, RECIPE, tmp_path, 1, CPU, Bar(epochs * ANCHORS))
    assert not snapshot(tmp_path, 3).exists()
    model, history = train(store, RECIPE, tmp_path, 1, CPU)
    assert same(model.state_dict(), whole[1])
    pd.testing.assert_frame_equal(history, whole[2])
    assert sorted(os.listdir(tmp_path / "snapshots")) == sorted(os.listdir(whole[0] / "snapshots"))


@pytest.mark.parametrize("file", ["epoch_002.pt", "history.csv", "checkpoint.pt"])
def test_stopped_while_it_saves_and_started_again(store, whole, tmp_path, monkeypatch, file):
    true, count = train_module.atomic, {"checkpoint.pt": 0, "history.csv": 0, "epoch_002.pt": 1}

    def stopping(path):
        if path.name == file:
            count[file] += 1
            if count[file] == 2:
                raise Stopped
        return true(path)

    monkeypatch.setattr(train_module, "atomic", stopping)
    with pytest.raises(Stopped):
        train(store, RECIPE, tmp_path, 1, CPU)
    assert torch.load(tmp_path / "checkpoint.pt")["epoch"] == 1
    monkeypatch.undo()
    model, history = train(store, RECIPE, tmp_path, 1, CPU)
    assert same(model.state_dict(), whole[1])
    pd.testing.assert_frame_equal(history, whole[2])


KILLED = """
import os, signal, sys
sys.path.insert(0, {tests!r})
import torch
from test_train import ANCHORS, CPU, RECIPE, Bar
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import train

class Killer(Bar):
    def stop(self):
        os.kill(os.getpid(), signal.SIGKILL)

torch.set_num_threads({threads})
train(SpectrogramStore.open({store!r}), RECIPE, {place!r}, 1, CPU, Killer(1.5 * ANCHORS))
"""


def test_killed_and_started_again(folder, store, whole, tmp_path):
    script = KILLED.format(
        tests=os.path.dirname(__file__),
        threads=torch.get_num_threads(),
        store=str(folder / "store"),
        place=str(tmp_path),
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert torch.load(tmp_path / "checkpoint.pt")["epoch"] == 1
    assert not snapshot(tmp_path, 2).exists()
    model, history = train(store, RECIPE, tmp_path, 1, CPU)
    assert same(model.state_dict(), whole[1])
    pd.testing.assert_frame_equal(history, whole[2])


def test_a_finished_training_is_not_done_again(store, whole, monkeypatch):
    monkeypatch.setattr(train_module, "_epoch", None)  # would fail if it were called
    before = listing(whole[0])
    model, history = train(store, RECIPE, whole[0], 1, CPU)
    assert same(model.state_dict(), whole[1])
    pd.testing.assert_frame_equal(history, whole[2])
    assert listing(whole[0]) == before


def test_the_bar_counts_every_triplet_once(store, tmp_path):
    bar = Bar(float("inf"))
    bar.left = 0
    bar.stop = lambda: None
    train(store, RECIPE, tmp_path, 1, CPU, bar)
    assert -bar.left == count_anchors(store, RECIPE) == ANCHORS * RECIPE.epochs
    bar.left = 0
    train(store, RECIPE, tmp_path, 1, CPU, bar)  # nothing left to do: all of it at once
    assert -bar.left == ANCHORS * RECIPE.epochs


def test_history_and_snapshots(whole):
    place, weights, history = whole
    assert sorted(os.listdir(place / "snapshots")) == [f"epoch_{i:03d}.pt" for i in range(4)]
    assert list(history) == ["epoch", "loss", "near", "far", "active"]
    steps = 4  # of 16, 16, 16 and 12 triplets
    want = np.arange(1, 3 * steps + 1) / steps
    np.testing.assert_allclose(history.epoch, want, atol=1e-12)
    assert history.active.between(0, 1).all()
    kept = pd.read_csv(place / "history.csv")
    pd.testing.assert_frame_equal(kept, history)
    last = torch.load(snapshot(place, 3))
    assert last.pop("epoch") == 3 and same(last, weights)


def test_an_epochs_points_are_means_of_its_steps():
    steps = np.arange(8.0).reshape(4, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_module, "POINTS", 2)
        assert train_module._points(steps, 5) == [[5.5, 1.0, 2.0], [6.0, 5.0, 6.0]]


def test_the_checkpoint_holds_nothing_but_tensors_and_numbers(whole):
    for path in (whole[0] / "checkpoint.pt", snapshot(whole[0], 0)):
        assert torch.load(path, weights_only=True)["epoch"] in (0, 3)


def test_it_learns(store, tmp_path):
    """Tiles that differ in level alone draw near, tiles of other recordings far."""
    recipe = replace(RECIPE, epochs=12, width=8, rate=3e-3)
    _, history = train(store, recipe, tmp_path, 1, CPU)
    first, last = history[history.epoch <= 1].mean(), history[history.epoch > 11].mean()
    assert last.active < first.active / 2
    assert last.near / last.far < first.near / first.far / 2
    before, after = (  # on all tiles, not on those of one step
        _near_to_far(load_model(snapshot(tmp_path, epoch), CPU), store, recipe) for epoch in (0, 12)
    )
    assert before > 0.4  # level says more than pitch to an untrained network
    assert after < before / 2


def _near_to_far(model, store, recipe):
    """Mean squared distance within a training recording, by that between two of them."""
    rows = store.index[store.index.split == "train"]
    tiles = [
        store.spectrogram(i)[at : at + recipe.length]
        for i in rows.index
        for at in range(0, 10 * recipe.hop, recipe.hop)
    ]
    with torch.no_grad():
        z = model(torch.from_numpy(np.stack(tiles))[:, None])
    distance = torch.cdist(z, z).square()
    own = torch.arange(len(z)) // 10
    alike = own[:, None] == own[None]
    near = distance[alike & ~torch.eye(len(z), dtype=bool)].mean()
    return (near / distance[~alike].mean()).item()


def test_labels_are_not_seen(store, whole, tmp_path):
    """Permuted, emptied, or not there at all: the same weights to the last bit."""
    rng = np.random.default_rng(0)
    tables = [
        store.index.assign(label=rng.permutation(store.index.label)),
        store.index.assign(label=""),
        store.index.drop(columns=["label", "group", "node", "position"]),
        store.index[["first_frame", "n_frames", "split"]],
    ]
    for i, table in enumerate(tables):
        model, _ = train(replace(store, index=table), RECIPE, tmp_path / str(i), 1, CPU)
        assert same(model.state_dict(), whole[1])


def test_recordings_of_the_test_are_not_heard(store, whole, tmp_path):
    frames = np.array(store.frames)
    for row in store.index[store.index.split == "test"].itertuples():
        frames[row.first_frame : row.first_frame + row.n_frames] = np.nan
    assert np.isnan(frames).mean() == 2 / 8
    model, _ = train(replace(store, frames=frames), RECIPE, tmp_path, 1, CPU)
    assert same(model.state_dict(), whole[1])


def test_a_recording_for_training_is_heard(store, tmp_path):
    frames = np.array(store.frames)
    frames[0] = np.nan
    with pytest.raises(InputError, match="the loss is not finite in recipe 'toy'"):
        train(replace(store, frames=frames), RECIPE, tmp_path, 1, CPU)


def test_a_loss_that_is_not_finite_leaves_the_checkpoint_before_it(store, tmp_path, monkeypatch):
    with pytest.raises(Stopped):
        train(store, RECIPE, tmp_path, 1, CPU, Bar(1.5 * ANCHORS))
    before = listing(tmp_path)
    true = objective.triplet_loss

    def strange(*args):
        found = true(*args)
        return found._replace(loss=found.loss * float("inf"))

    monkeypatch.setattr(objective, "triplet_loss", strange)
    with pytest.raises(InputError, match=r"not finite.*choose a learning rate below 0\.01"):
        train(store, RECIPE, tmp_path, 1, CPU)
    assert listing(tmp_path) == before


def test_a_rate_that_is_far_too_high_ends_in_a_sentence(store, tmp_path):
    with pytest.raises(InputError, match="the loss is not finite.*below 1e\\+20"):
        train(store, replace(RECIPE, rate=1e20), tmp_path, 1, CPU)
    assert os.listdir(tmp_path / "snapshots") == ["epoch_000.pt"]


@pytest.mark.parametrize("change", ["recipe", "seed", "hash"])
def test_a_checkpoint_of_something_else_is_not_gone_on_from(store, whole, change):
    recipe, seed = RECIPE, 1
    if change == "recipe":
        recipe = replace(RECIPE, margin=2.0)
    elif change == "seed":
        seed = 2
    else:
        store = replace(store, made=store.made | {"hash": "another"})
    before = listing(whole[0])
    with pytest.raises(
        InputError, match=rf"checkpoint\.pt is of another {change}; move {whole[0]}"
    ):
        train(store, recipe, whole[0], seed, CPU)
    assert listing(whole[0]) == before


@pytest.mark.parametrize("how", ["cut", "empty", "text", "another file of torch's", "a list"])
def test_a_damaged_checkpoint(store, whole, tmp_path, how):
    path = tmp_path / "checkpoint.pt"
    if how == "cut":
        content = (whole[0] / "checkpoint.pt").read_bytes()
        path.write_bytes(content[: len(content) // 2])
    elif how in ("empty", "text"):
        path.write_bytes(b"" if how == "empty" else b"no checkpoint")
    else:
        torch.save({"a": 1} if how != "a list" else [1, 2], path)
    for reader in (
        lambda: train(store, RECIPE, tmp_path, 1, CPU),
        lambda: plan_of(tmp_path),
        lambda: load_model(path, CPU),
    ):
        with pytest.raises(InputError, match=rf"{path} is not a whole checkpoint"):
            reader()
    assert os.listdir(tmp_path) == ["checkpoint.pt"]


class Evil:
    def __reduce__(self):
        return os.mkdir, ("evil",)


def test_opening_a_checkpoint_runs_no_code(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.save({"plan": Evil(), "epoch": 0}, "checkpoint.pt")
    with pytest.raises(InputError, match="is not a whole checkpoint"):
        plan_of(tmp_path)
    assert os.listdir() == ["checkpoint.pt"]


def test_a_missing_snapshot(tmp_path):
    with pytest.raises(InputError, match=r"epoch_007\.pt is missing"):
        load_model(snapshot(tmp_path, 7), CPU)


def test_a_snapshot_of_another_network(whole, tmp_path):
    weights = torch.load(snapshot(whole[0], 1), weights_only=True)
    weights["stage1.2.conv1.weight"] = weights.pop("stage1.1.conv1.weight")
    torch.save(weights, tmp_path / "other.pt")
    with pytest.raises(InputError, match=r"other\.pt is of another network; delete it"):
        load_model(tmp_path / "other.pt", CPU)


def test_the_plan_is_kept(store, whole, tmp_path):
    assert plan_of(whole[0]) == make_plan(store, RECIPE, 1)
    assert plan_of(tmp_path) is None


@pytest.mark.parametrize("name", ["checkpoint.pt", f"epoch_{3:03d}.pt"])
def test_a_model_is_what_was_trained(whole, name):
    path = whole[0] / name if name == "checkpoint.pt" else whole[0] / "snapshots" / name
    model = load_model(path, CPU)
    assert same(model.state_dict(), whole[1]) and not model.training


@pytest.mark.parametrize("file", ["checkpoint.pt", "history.csv", "epoch_002.pt"])
def test_a_full_disk_leaves_the_checkpoint_of_before(store, whole, tmp_path, monkeypatch, file):
    with pytest.raises(Stopped):
        train(store, RECIPE, tmp_path, 1, CPU, Bar(1.5 * ANCHORS))
    kept = (tmp_path / "checkpoint.pt").read_bytes()
    fill_disk(monkeypatch, file)
    with pytest.raises(InputError, match=rf"{file}: the disk is full"):
        train(store, RECIPE, tmp_path, 1, CPU)
    monkeypatch.undo()
    assert (tmp_path / "checkpoint.pt").read_bytes() == kept
    assert not [path for path in listing(tmp_path) if ".tmp" in path]
    model, history = train(store, RECIPE, tmp_path, 1, CPU)
    assert same(model.state_dict(), whole[1])
    pd.testing.assert_frame_equal(history, whole[2])


def test_too_few_recordings_for_triplets(store, tmp_path):
    alone = store.index.assign(split=["train"] + ["test"] * 7)
    with pytest.raises(InputError, match="all tiles are of one recording"):
        train(replace(store, index=alone), RECIPE, tmp_path, 1, CPU)
    with pytest.raises(InputError, match="no recording holds two tiles"):
        count_anchors(store, replace(RECIPE, tile=1.5))
    assert listing(tmp_path) == {}


def test_first_weights_are_the_same_when_seeds_are_trained_side_by_side(store):
    recipe = replace(RECIPE, width=16)
    with ThreadPoolExecutor(8) as pool:
        models = list(pool.map(lambda seed: new_model(recipe, store, seed), range(32)))
    for seed, model in enumerate(models):
        assert same(model.state_dict(), new_model(recipe, store, seed).state_dict())
