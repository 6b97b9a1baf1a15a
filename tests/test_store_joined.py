"""Stores of several corpora as one."""

import numpy as np
import pytest
from corpora import corpus_of, noise

from thesis_lib.pipeline import store_builder
from thesis_lib.spectrogram import Features
from thesis_lib.store import join
from thesis_lib.util.errors import InputError

FEATURES = Features(n_mels=32)


def build(corpus, folder, features=FEATURES):
    return store_builder.build(corpus, features, folder, progress=False)


def test_joined_stores_hold_every_recording_of_each(tmp_path):
    stores = {}
    for name, level in (("quiet", 0.01), ("loud", 1.0)):
        waves = [level * noise(s, seed=i) for i, s in enumerate((1.0, 0.5, 0.7))]
        one = corpus_of(tmp_path / name, waves, ["train", "train", "test"])
        stores[name] = build(one, tmp_path / f"{name}_store")
    both = join(stores)
    assert both.index.corpus.tolist() == 3 * ["quiet"] + 3 * ["loud"]
    for i, (name, row) in enumerate((name, row) for name in stores for row in range(3)):
        np.testing.assert_array_equal(both.spectrogram(i), stores[name].spectrogram(row))
        assert both.index.group[i] == f"{name}/{stores[name].index.group[row]}"
    heard = np.concatenate([both.spectrogram(i) for i in (0, 1, 3, 4)])
    assert both.meta["mean"] == pytest.approx(heard.mean(), abs=1e-3)
    assert both.meta["std"] == pytest.approx(heard.std(), abs=1e-3)


def test_stores_of_different_kinds_are_not_joined(tmp_path):
    corpus = corpus_of(tmp_path / "audio", [noise(1.0)], ["train"])
    stores = {
        str(mels): build(corpus, tmp_path / str(mels), Features(n_mels=mels)) for mels in (32, 64)
    }
    with pytest.raises(InputError, match="32, 64 are of different kinds"):
        join(stores)
