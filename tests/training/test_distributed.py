"""Several processes, one training: the loss is that of one process with the whole batch."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from corpora import corpus_of, noise, on_one_thread, tone
from toy_team import AGAIN, CPU, RECIPES, SEED, double_precision

from thesis_lib.pipeline import store_builder
from thesis_lib.store import SpectrogramStore, assign_processes
from thesis_lib.train import (
    HISTORY,
    _points,
    new_model,
    step,
    train,
)  # fmt: skip
from thesis_lib.training.checkpoint import load_model, plan_of, snapshot
from thesis_lib.training.distributed import World
from thesis_lib.training.method import method_of
from thesis_lib.training.objective import Batch, make_objective
from thesis_lib.util.errors import InputError

SCRIPT = Path(__file__).parent / "toy_team.py"
one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A store of twelve recordings, all for training but two, each a group of its own."""
    folder = tmp_path_factory.mktemp("toy")
    waves = [tone(4, 150 * 1.25**i) + noise(4, i, level=0.05) for i in range(12)]
    split = ["train"] * 5 + ["test"] + ["train"] * 5 + ["test"]
    corpus = corpus_of(folder / "audio", waves, split)
    store_builder.build(corpus, RECIPES["pairs"].features, folder / "store", progress=False)
    return folder / "store"


@pytest.fixture(scope="module")
def store(folder):
    return SpectrogramStore.open(folder)


def torchrun(*arguments):
    """Two processes on this machine, as `torchrun` starts them."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    found = subprocess.run(
        [*command, *map(str, arguments)], capture_output=True, text=True, env=environment,
        timeout=300,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr[-3000:]
    return found


@pytest.fixture(scope="module")
def together(folder, tmp_path_factory):
    """What two processes left, a folder a kind of training."""
    place = tmp_path_factory.mktemp("together")
    torchrun(SCRIPT, folder, place)
    return place


class Half(World):
    """One of two processes, of which this one plays both: no one to talk to."""

    def gather(self, z):
        return z

    def sum(self, number):
        return 2 * number

    def max(self, number):
        return number


def in_one(store, recipe):
    """The same batches, whole, through one network in one process: its curves, its weights."""
    halves = [make_objective(store, recipe, CPU, Half(rank, 2)) for rank in (0, 1)]
    whole = make_objective(store, recipe, CPU)
    model = new_model(recipe, store, SEED).train()
    optimiser, history = method_of(recipe).optimiser(model, recipe), []
    for epoch in range(recipe.epochs):
        steps, seen = [], 0
        for one, other in zip(*(half.batches(SEED, epoch) for half in halves), strict=True):
            batch = Batch(
                torch.cat([one.starts, other.starts], 1),
                None if one.group is None else torch.cat([one.group, other.group]),
                tiles=torch.cat([one.tiles, other.tiles], 1),
            )
            progress = (epoch + seen / halves[0].size) / recipe.epochs
            rate = method_of(recipe).learning_rate(recipe, progress)
            steps.append(step(model, optimiser, whole, batch, rate))
            seen += batch.anchors
        history += _points(torch.stack(steps).numpy(), epoch)
    return pd.DataFrame(history, columns=HISTORY), model


@pytest.mark.parametrize("kind", RECIPES)
def test_two_processes_have_the_curves_of_one_with_the_whole_batch(store, kind, together):
    recipe, place = RECIPES[kind], together / kind
    found = pd.read_csv(place / "history.csv")
    with double_precision():
        curves, model = in_one(store, recipe)
        trained = load_model(snapshot(place, recipe.epochs), CPU)
        x = 10 * torch.randn(8, 1, recipe.tile_frames, 32) - 40
        with torch.inference_mode():
            want, have = model.eval()(x), trained(x)
    np.testing.assert_allclose(found, curves, rtol=1e-8, atol=1e-11)
    assert curves.loss.iloc[-1] < 0.9 * curves.loss.iloc[0]  # it was no flat line
    assert (have - want).norm() < 1e-8 * want.norm()


def test_a_second_call_finds_all_done_and_leaves_it(together):
    once, twice = (
        {path.relative_to(place): path.read_bytes() for path in place.rglob("*") if path.is_file()}
        for place in (together / "once", together / AGAIN)
    )
    assert once == twice
    assert plan_of(together / AGAIN)["number of processes"] == 2


def test_one_process_does_not_go_on_with_what_two_did(store, together):
    with pytest.raises(InputError, match="is of another number of processes"):
        train(store, RECIPES[AGAIN], together / AGAIN, SEED, CPU)


def test_the_shares_are_whole_groups_and_together_everything():
    rng = np.random.default_rng(0)
    rows = pd.DataFrame({"group": rng.integers(0, 30, 400), "n_frames": rng.integers(50, 900, 400)})
    to = assign_processes(rows, 4)
    assert (to.groupby(rows.group).nunique() == 1).all()
    assert set(to) == {0, 1, 2, 3}
    frames = rows.n_frames.groupby(to).sum()
    assert frames.max() < 1.1 * frames.min()


def test_a_share_holds_the_same_spectrograms_and_no_more(store):
    parts = [store.share(number, 3) for number in range(3)]
    train_rows = store.index[store.index.split == "train"]
    assert sum(len(part.frames) for part in parts) == train_rows.n_frames.sum()
    assert sorted(path for part in parts for path in part.index.path) == sorted(train_rows.path)
    for part in parts:
        for number, row in enumerate(part.index.itertuples()):
            whole = store.spectrogram(store.index.path.tolist().index(row.path))
            np.testing.assert_array_equal(part.spectrogram(number), whole)


def test_too_many_processes_for_the_sessions(store):
    with pytest.raises(InputError, match="start fewer processes"):
        store.share(10, 11)


def test_a_batch_that_cannot_be_shared(store):
    with pytest.raises(InputError, match="a batch of 16 cannot be shared by 3 processes"):
        make_objective(store, RECIPES["pairs"], CPU, World(0, 3))
