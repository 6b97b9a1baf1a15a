"""Training: the same weights each time; nothing but train recordings; it learns."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
import toy_training
from corpora import listing, on_one_thread
from toy_training import ANCHORS, CPU, RECIPE, Bar, same

from thesis_lib import train as train_module
from thesis_lib.train import count_anchors, new_model, train
from thesis_lib.training.checkpoint import load_model, snapshot
from thesis_lib.util.errors import InputError

one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)
folder = pytest.fixture(scope="module")(toy_training.folder)
store = pytest.fixture(scope="module")(toy_training.store)
whole = pytest.fixture(scope="module")(toy_training.whole)


def test_the_same_seed_gives_the_same_weights(store, whole, tmp_path):
    torch.manual_seed(7)  # torch's own generator does not matter
    model, history = train(store, RECIPE, tmp_path, 1, CPU)
    assert same(model.state_dict(), whole[1])
    pd.testing.assert_frame_equal(history, whole[2])


def test_another_seed_gives_other_weights(store, whole, tmp_path):
    model, _ = train(store, RECIPE, tmp_path, 2, CPU)
    assert not same(model.state_dict(), whole[1])
    first = torch.load(snapshot(tmp_path, 0))["model"]["conv.weight"]
    assert not torch.equal(first, torch.load(snapshot(whole[0], 0))["model"]["conv.weight"])


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
    assert last["epoch"] == 3 and same(last["model"], weights)


def test_an_epochs_points_are_means_of_its_steps():
    steps = np.arange(8.0).reshape(4, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(train_module, "POINTS", 2)
        assert train_module._points(steps, 5) == [[5.5, 1.0, 2.0], [6.0, 5.0, 6.0]]


def test_it_learns(store, tmp_path):
    """Tiles that differ in level alone draw near, tiles of other recordings far."""
    recipe = replace(RECIPE, epochs=12, width=8, learning_rate=3e-3)
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
        store.spectrogram(i)[at : at + recipe.tile_frames]
        for i in rows.index
        for at in range(0, 10 * recipe.tile_hop, recipe.tile_hop)
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


def test_a_rate_that_is_far_too_high_ends_in_a_sentence(store, tmp_path):
    with pytest.raises(InputError, match="the loss is not finite.*below 1e\\+20"):
        train(store, replace(RECIPE, learning_rate=1e20), tmp_path, 1, CPU)
    assert os.listdir(tmp_path / "snapshots") == ["epoch_000.pt"]


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
