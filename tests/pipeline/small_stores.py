"""Stores of twelve short recordings, and a build that breaks off.

`corpus`, `whole` and `decoded` are for a test module to make fixtures of:
``corpus = pytest.fixture(small_stores.corpus)``.
"""

import pytest
from corpora import corpus_of, noise

from thesis_lib.audio import decode
from thesis_lib.pipeline import store_builder
from thesis_lib.spectrogram import Features
from thesis_lib.util.errors import InputError

FEATURES = Features(n_mels=32)


def corpus(tmp_path):
    """Twelve recordings of different lengths."""
    return corpus_of(tmp_path / "audio", [noise(0.3 + 0.2 * i, seed=i) for i in range(12)])


def build(corpus, folder, shard=None):
    return store_builder.build(corpus, FEATURES, folder, shard, progress=False)


def whole(corpus, tmp_path):
    """The files of a store made in one go."""
    build(corpus, tmp_path / "whole")
    return contents(tmp_path / "whole")


def contents(folder):
    """The files of a store; `records.npy` tells when its sounds were written, and may differ."""
    files = {path.name: path.read_bytes() for path in folder.iterdir()}  # and nothing else
    assert files.pop("records.npy")
    return files


def decoded(monkeypatch):
    """The names of the files that are read from now on."""
    names, opened = [], decode.opened

    def noted(path, *args, **kwargs):
        names.append(path.name)
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(decode, "opened", noted)
    return names


def broken_off(corpus, folder, after):
    """Build until a recording cannot be read, then mend it."""
    path = corpus.root / f"{after:02d}.wav"
    good = path.read_bytes()
    path.write_bytes(good[:-40])
    with pytest.raises(InputError, match=path.name):
        build(corpus, folder)
    path.write_bytes(good)
