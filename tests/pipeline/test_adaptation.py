"""The suite's network trained further on a corpus: where it begins, and what is said of it."""

import json
import shutil
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from thesis_lib.contrastive import pretrained
from thesis_lib.embed import Embeddings
from thesis_lib.pipeline import adaptation
from thesis_lib.pipeline.run import Run
from thesis_lib.recipe import THESIS_MUSIC
from thesis_lib.training.checkpoint import load_model, snapshot
from thesis_lib.util.errors import InputError


@pytest.fixture(scope="module")
def adapted_run(tiny_run, tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapted") / "music"
    shutil.copytree(tiny_run.folder, folder)
    adaptation.adaptation(folder)
    return Run(folder)


def test_it_begins_with_the_weights_that_come_with_the_suite(adapted_run):
    first, begun = pretrained.load(), adapted_run.folder / "adapted" / "seed_1234"
    start = load_model(snapshot(begun, 0), torch.device("cpu"))
    for name, weight in first.state_dict().items():
        torch.testing.assert_close(start.state_dict()[name], weight, rtol=0, atol=0)
    end = load_model(snapshot(begun, adaptation.EPOCHS), torch.device("cpu"))
    moved = [(a - b).abs().max() for a, b in zip(end.parameters(), first.parameters(), strict=True)]
    assert max(moved) > 1e-4


def test_it_is_an_embedding_beside_the_others(adapted_run):
    assert adapted_run.embedded == [
        "ours", "adapted", "ours_untrained", "trained", "untrained", "statistics",
    ]  # fmt: skip
    ours, adapted = (adapted_run.embeddings(name) for name in ("ours", "adapted"))
    assert adapted.tiles.equals(ours.tiles)
    assert np.abs(adapted.vectors - ours.vectors).max() > 1e-3
    about = json.loads((adapted_run.folder / "embeddings" / "adapted.json").read_text())
    assert "adapted is " in about["helped"] and "95 %" in about["helped"]


def space(vectors, label="ab"):
    """Ten tiles of each of two classes, each of a recording of its own, all tested."""
    tiles = {"label": np.repeat(list(label), 10), "group": np.arange(20).astype(str)}
    return Embeddings(np.float32(vectors), pd.DataFrame(tiles | {"split": "test"}))


def run_with(ours, adapted, **more):
    found = {"ours": space(ours, **more), "adapted": space(adapted, **more)}
    about = {"seeds": [1], "unit": "recording", "corpus": SimpleNamespace(name="mine")}
    return SimpleNamespace(embeddings=lambda name, seed: found[name], **about)


def test_what_helped_is_said_and_what_harmed_too():
    """One space holds the classes apart; in the other each tile is among those of the other."""
    apart = np.repeat([[0.0], [100.0]], 10, axis=0) + np.arange(20)[:, None]
    mixed = np.arange(20)[:, None] % 10 * 50.0 + np.repeat([[0.0], [1.0]], 10, axis=0)
    assert "adapted is above the network" in adaptation.helped(run_with(mixed, apart))
    assert "adapted is below the network" in adaptation.helped(run_with(apart, mixed))
    assert "adapted is level with the network" in adaptation.helped(run_with(apart, apart))


def test_without_classes_it_cannot_be_told():
    vectors = np.arange(20)[:, None]
    assert "cannot be told" in adaptation.helped(run_with(vectors, vectors, label="aa"))


def test_other_spectrograms_are_refused(adapted_run, monkeypatch):
    monkeypatch.setattr(Run, "recipe", THESIS_MUSIC)
    with pytest.raises(InputError, match="'thesis, music' has other spectrograms"):
        adaptation.adaptation(adapted_run.folder)
