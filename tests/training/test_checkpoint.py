"""A training that is stopped, killed or damaged, and what is kept of one that ends."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pandas as pd
import pytest
import torch
import toy_training
from corpora import ROOT, fill_disk, listing, on_one_thread
from toy_training import ANCHORS, CPU, RECIPE, Bar, Stopped, same

from thesis_lib import train as train_module
from thesis_lib.train import train
from thesis_lib.training import checkpoint, triplets
from thesis_lib.training.checkpoint import load_model, make_plan, plan_of, snapshot
from thesis_lib.util.errors import InputError

one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)
folder = pytest.fixture(scope="module")(toy_training.folder)
store = pytest.fixture(scope="module")(toy_training.store)
whole = pytest.fixture(scope="module")(toy_training.whole)


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
    true, count = checkpoint.atomic, {"checkpoint.pt": 0, "history.csv": 0, "epoch_002.pt": 1}

    def stopping(path):
        if path.name == file:
            count[file] += 1
            if count[file] == 2:
                raise Stopped
        return true(path)

    monkeypatch.setattr(checkpoint, "atomic", stopping)
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
from toy_training import ANCHORS, CPU, RECIPE, Bar
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
        tests=str(ROOT / "tests"),
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


def test_the_checkpoint_holds_nothing_but_tensors_and_numbers(whole):
    for path in (whole[0] / "checkpoint.pt", snapshot(whole[0], 0)):
        assert torch.load(path, weights_only=True)["epoch"] in (0, 3)


def test_a_loss_that_is_not_finite_leaves_the_checkpoint_before_it(store, tmp_path, monkeypatch):
    with pytest.raises(Stopped):
        train(store, RECIPE, tmp_path, 1, CPU, Bar(1.5 * ANCHORS))
    before = listing(tmp_path)
    true = triplets.triplet_loss

    def strange(*args):
        found = true(*args)
        return found._replace(loss=found.loss * float("inf"))

    monkeypatch.setattr(triplets, "triplet_loss", strange)
    with pytest.raises(InputError, match=r"not finite.*choose a learning rate below 0\.01"):
        train(store, RECIPE, tmp_path, 1, CPU)
    assert listing(tmp_path) == before


@pytest.mark.parametrize("change", ["recipe", "seed", "hash"])
def test_a_checkpoint_of_something_else_is_not_gone_on_from(store, whole, change):
    recipe, seed = RECIPE, 1
    if change == "recipe":
        recipe = replace(RECIPE, margin=2.0)
    elif change == "seed":
        seed = 2
    else:
        store = replace(store, meta=store.meta | {"hash": "another"})
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
    state = torch.load(snapshot(whole[0], 1), weights_only=True)
    state["model"]["stage1.2.conv1.weight"] = state["model"].pop("stage1.1.conv1.weight")
    torch.save(state, tmp_path / "other.pt")
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
