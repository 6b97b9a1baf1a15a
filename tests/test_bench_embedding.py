"""What the comparison of embeddings rests on: who is tested, and who may be a neighbour."""

import numpy as np
import pandas as pd

from thesis_lib.analysis.held_out import answers, sides
from thesis_lib.recipe import SMALL_HOME
from thesis_lib.store import SpectrogramStore


def recordings(labels, groups, split, known=True):
    """The index of a store of such recordings, ten frames each."""
    index = pd.DataFrame({"label": labels, "group": groups, "split": split, "known": known})
    return index.assign(n_frames=10, first_frame=10 * np.arange(len(index)), start=0.0)


def store_of(index, level):
    frames = np.full((10 * len(index), 64), level, np.float16) + np.arange(10 * len(index))[:, None]
    made = {"mean": float(level), "std": 1.0}
    return SpectrogramStore(frames.astype(np.float16), index, SMALL_HOME.features, made)


def test_of_a_home_only_unknown_microphones_are_tested_on():
    index = recordings(["a", "a", "", "b", "b"], list("vwxyz"),
                       ["train", "test", "test", "test", "train"],
                       [True, True, False, False, False])  # fmt: skip
    labelled, train, test = sides(index)
    assert labelled.tolist() == [True, True, False, True, True]
    assert train.tolist() == [True, False, False, False, True]
    assert test.tolist() == [False, False, False, True, False]


def test_of_music_every_labelled_song_of_the_test_is_tested_on():
    index = recordings(["a", "b", "", "b"], list("wxyz"), ["train", "test", "test", "test"])
    assert sides(index)[2].tolist() == [False, True, False, True]


def test_twins_of_one_session_earn_no_precision():
    """Nearest are the twelve of the own session, then sessions of other classes."""
    rng = np.random.default_rng(0)
    labels, sessions = np.repeat(list("abcd"), 36), np.tile(np.repeat([0, 1, 2], 12), 4)
    places, own = rng.normal(size=(3, 30)), {label: rng.normal(0, 0.1, 30) for label in "abcd"}
    vectors = places[sessions] + np.stack([own[label] for label in labels])
    vectors += rng.normal(0, 1e-3, vectors.shape)
    index = recordings(labels, np.char.add(labels, sessions.astype(str)),
                       np.array(["train", "train", "test"])[sessions])  # fmt: skip
    index = index.assign(node="")
    assert answers(vectors, index).found.precision_at_10.mean() == 0
    alike = np.stack([100 * own[label] for label in labels]) + vectors
    found = answers(alike, index)
    assert (found.classes.label == found.classes.predicted).all()
    assert (found.found.precision_at_10 == 1).all()
