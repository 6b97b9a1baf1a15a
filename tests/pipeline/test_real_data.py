"""The command on real recordings: the same stages, from files to embeddings."""

import sys

import numpy as np
import pytest
from corpora import on_one_thread, real

from thesis_lib import __main__ as command
from thesis_lib.pipeline.run import Run
from thesis_lib.recipe import SMOKE_MUSIC

one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)


@pytest.fixture
def thesis(monkeypatch):
    """Run the command."""

    def run(*args):
        monkeypatch.setattr(sys, "argv", ["thesis", *map(str, args)])
        command.main()

    return run


def test_real_clips_from_files_to_embeddings(thesis, tmp_path):
    """Two originals a class and part; what is learned in so short a time means nothing."""
    folder, brief = tmp_path / "run", ["--seeds", 1, "--limit", 2]
    thesis("corpus", "music", real("esc10"), folder, "--recipe", SMOKE_MUSIC.name, *brief)
    for stage in ("features", "ours", "training", "embeddings"):
        thesis(stage, folder)
    run = Run(folder)
    assert len(run.corpus.labels) == 10
    untrained, trained = (run.embeddings(kind) for kind in ("untrained", "trained"))
    assert set(trained.tiles.label) == set(run.corpus.labels)
    assert set(trained.tiles.split) == {"train", "test"}
    for found in (untrained, trained, run.embeddings("statistics"), run.embeddings("ours")):
        assert np.isfinite(found.vectors).all() and found.vectors.std() > 0
    assert np.abs(trained.vectors - untrained.vectors).max() > 1e-3
    sources = trained.tiles.path.str.extract(r"/\d+-(\d+)-[A-Z]\.ogg$")[0]
    split = trained.tiles.split
    assert not set(sources[split == "train"]) & set(sources[split == "test"])


def test_real_segments_of_a_home(thesis, tmp_path):
    """No labels, no lists, one node too many: read, checked and turned into spectrograms."""
    folder = tmp_path / "run"
    thesis("corpus", "sins", real("sins"), folder, "--recipe", "thesis, SINS", "--seeds", 1)
    thesis("features", folder)
    store = Run(folder).store
    assert store.index.n_frames.tolist() == [998] * 5
    assert store.frames.shape == (5 * 998, 128)
    assert np.isfinite(store.frames).all()
    assert sorted(set(store.index.node)) == ["1", "2", "3", "6"]
    for i in range(5):
        assert store.spectrogram(i).std() > 1  # dB: none of them is silence
