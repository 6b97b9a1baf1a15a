"""What can go wrong in a training without an error is said; what goes well is left alone."""

import logging
from dataclasses import replace

import numpy as np
import pytest
import torch
from corpora import corpus_of, noise, on_one_thread

from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import CONTRASTIVE, Contrast, Recipe
from thesis_lib.spectrogram import Features
from thesis_lib.train import train
from thesis_lib.training import loader
from thesis_lib.training.diagnostics import diagnose
from thesis_lib.util.errors import InputError

CPU = torch.device("cpu")
TRIPLETS = Recipe(
    name="toy", features=Features(n_mels=16, hop_length=800), tile=0.5, neighbour_range=1.0,
    width=2, embedding=8,
    learning_rate=1e-3, weight_decay=0.0, batch=8, epochs=3,
)  # fmt: skip
PAIRS = replace(
    TRIPLETS, features=Features(n_mels=64, hop_length=320), tile=1.0, neighbour_range=2.0,
    method=CONTRASTIVE, contrast=Contrast(),
)  # fmt: skip

one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)


@pytest.fixture(scope="module", params=[TRIPLETS, PAIRS], ids=["triplets", "pairs"])
def recipe(request):
    return request.param


@pytest.fixture
def store(recipe, tmp_path):
    """Hums and hisses, which even a toy learns to tell apart."""
    time = np.arange(4 * 16000) / 16000
    hums = [0.2 * np.sin(2 * np.pi * 200 * (i + 1) * time) for i in range(4)]
    waves = [np.float32(wave) + noise(4, i, level=0.01) for i, wave in enumerate(hums)]
    corpus = corpus_of(tmp_path / "audio", waves + [noise(4, 9 + i) for i in range(4)])
    return store_builder.build(corpus, recipe.features, tmp_path / "store", progress=False)


def said(caplog, store, recipe, folder):
    with caplog.at_level(logging.WARNING):
        train(store, recipe, folder, 1, CPU)
    return caplog.text


def test_a_training_that_learns_is_left_alone(caplog, store, recipe, tmp_path):
    assert said(caplog, store, replace(recipe, epochs=8), tmp_path / "train") == ""


@pytest.mark.parametrize("recipe", [TRIPLETS], ids=["triplets"], indirect=True)
def test_weight_decay_alone_pulls_all_tiles_into_one_place(caplog, store, recipe, tmp_path):
    strange = replace(recipe, weight_decay=1e3, learning_rate=0.1, epochs=12)
    assert "the embedding has collapsed" in said(caplog, store, strange, tmp_path / "train")


@pytest.mark.parametrize(
    "numbers, expected",
    [
        ((1.0, 0.5, 0.5, 1.0), "stays at the margin"),
        ((1.0, 1e-9, 1e-9, 1.0), "has collapsed"),
        ((1.6, 2.0, 9.0, 0.4), None),
        ((0.2, 0.3, 2.0, 0.1), None),
    ],
)
def test_complaints_of_triplets(numbers, expected):
    found = diagnose(np.tile(numbers, (50, 1)), TRIPLETS)
    assert (found is None) if expected is None else (expected in found)


@pytest.mark.parametrize(
    "numbers, expected",
    [
        ((np.log(15), 1.9, 1.9, 0.9), "vectors which say nothing"),
        ((np.log(15), 1e-6, 1e-6, 0.9), "has collapsed"),
        ((1.5, 0.5, 1.8, 0.4), None),
    ],
)
def test_complaints_of_pairs(numbers, expected):
    found = diagnose(np.tile(numbers, (50, 1)), PAIRS)
    assert (found is None) if expected is None else (expected in found)


def test_only_the_end_of_the_epoch_counts():
    steps = np.vstack(
        [np.tile((1.0, 0.5, 0.5, 1.0), (80, 1)), np.tile((0.5, 0.3, 2, 0.2), (20, 1))]
    )
    assert diagnose(steps, TRIPLETS) is None


@pytest.mark.parametrize(
    "room, says", [(8, "a batch of 8 fits"), (5, "a batch of 4 fits"), (1, "not even one of 2")]
)
def test_a_batch_too_large_for_the_memory(store, recipe, tmp_path, monkeypatch, room, says):
    true = loader.cut_tiles

    def small(frames, starts, length):
        if len(starts) > room * (2 if recipe.contrast else 3):
            raise torch.OutOfMemoryError("out of memory")
        return true(frames, starts, length)

    monkeypatch.setattr(loader, "cut_tiles", small)
    large = replace(recipe, batch=16)
    with pytest.raises(InputError, match=f"a batch of 16 does not fit.*{says}"):
        train(store, large, tmp_path / "train", 1, CPU)
