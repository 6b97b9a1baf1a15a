"""A training of seconds: eight short recordings, a small network, and ways to stop it.

`folder`, `store` and `whole` are for a test module to make fixtures of:
``store = pytest.fixture(scope="module")(toy_training.store)``.
"""

import numpy as np
import torch
from corpora import corpus_of, tone

from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import Recipe
from thesis_lib.spectrogram import Features
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import train

CPU = torch.device("cpu")
SECONDS = 2.0
RECIPE = Recipe(
    name="toy",
    features=Features(n_mels=16),
    tile=0.2,
    neighbour_range=0.4,
    width=2,
    embedding=4,
    learning_rate=1e-2,
    batch=16,
    epochs=3,
)
ANCHORS = 6 * 10  # six recordings of ten tiles


def melody(seed):
    """A recording with a timbre of its own whose level jumps about: alike in time, not in level."""
    rng = np.random.default_rng(seed)
    pitch = 300 * 1.3**seed
    level = np.repeat(10 ** rng.uniform(-3, 0, round(SECONDS / 0.1)), 1600)
    noise = 1e-4 * rng.standard_normal(len(level))
    return level * tone(SECONDS, pitch) + noise


def folder(tmp_path_factory):
    """A store of six recordings for training and two for the test."""
    folder = tmp_path_factory.mktemp("toy")
    split = ["train"] * 3 + ["test"] + ["train"] * 3 + ["test"]
    corpus = corpus_of(folder / "audio", [melody(i) for i in range(8)], split)
    store_builder.build(corpus, RECIPE.features, folder / "store", progress=False)
    return folder


def store(folder):
    return SpectrogramStore.open(folder / "store")


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
