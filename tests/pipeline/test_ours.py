"""Embedding by the network that comes with the suite, as a stage: beside what is trained."""

import json
import shutil

import numpy as np
import pytest

from thesis_lib.contrastive import pretrained
from thesis_lib.pipeline import stages
from thesis_lib.pipeline.run import Run
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import sha256


@pytest.fixture
def untrained_run(tiny_run, tmp_path):
    """The tiny run as it is before any training, with what was embedded without one."""
    for part in ("run.json", "corpus", "store"):
        copy = shutil.copytree if (tiny_run.folder / part).is_dir() else shutil.copy
        copy(tiny_run.folder / part, tmp_path / part)
    stages.ours(tmp_path)
    return Run(tmp_path)


def test_it_embeds_the_tiles_that_the_others_embed(tiny_run):
    assert tiny_run.embedded == ["ours", "ours_untrained", "trained", "untrained", "statistics"]
    ours, trained = (tiny_run.embeddings(name) for name in ("ours", "trained"))
    assert ours.tiles.equals(trained.tiles)
    np.testing.assert_allclose(np.linalg.norm(ours.vectors, axis=1), 1, rtol=1e-3)
    assert np.ptp(ours.vectors, axis=0).max() > 0.01, "tiles differ"
    assert tiny_run.embedding_shown("ours") == "ours"
    for seed in tiny_run.seeds:
        again = tiny_run.embeddings("ours", seed)
        np.testing.assert_array_equal(again.vectors, ours.vectors)
    splits = [tiny_run.embeddings("ours", seed).tiles.split for seed in tiny_run.seeds]
    assert not splits[0].equals(splits[1]), "each seed has its own test"


def test_no_training_is_needed(untrained_run, tiny_run):
    assert untrained_run.is_embedded and untrained_run.embedded == ["ours", "statistics"]
    assert untrained_run.embedding_shown("trained") == "ours"
    for name in untrained_run.embedded:
        found, want = (run.embeddings(name).vectors for run in (untrained_run, tiny_run))
        np.testing.assert_allclose(found, want, rtol=1e-5, atol=1e-5)


def test_the_suites_network_stands_beside_itself_untrained(tiny_run):
    ours, fresh = (tiny_run.embeddings(name) for name in ("ours", "ours_untrained"))
    assert fresh.tiles.equals(ours.tiles) and fresh.vectors.shape == ours.vectors.shape
    np.testing.assert_allclose(np.linalg.norm(fresh.vectors, axis=1), 1, rtol=1e-3)
    assert np.ptp(fresh.vectors, axis=0).max() > 1e-3, "tiles differ"
    assert np.abs(fresh.vectors - ours.vectors).max() > 0.01


def test_figures_depend_on_the_network(tiny_run):
    about = tiny_run.fingerprint()
    assert about["network"] == sha256(pretrained.PATH)
    assert set(about["embeddings"]) == set(tiny_run.embedded)
    assert "network" not in tiny_run.fingerprint(learned=False)


def test_other_spectrograms_are_left_out_aloud(untrained_run, monkeypatch, caplog):
    monkeypatch.setattr(pretrained, "takes", lambda features: False)
    stages.ours(untrained_run.folder)
    assert untrained_run.embedded == ["statistics"] and not untrained_run.is_embedded
    assert "has other spectrograms than the network" in caplog.text
    about = json.loads((untrained_run.folder / "embeddings" / "ours.json").read_text())
    assert list(about) == ["left_out"]


def test_an_embedding_that_nobody_knows(tiny_run):
    with pytest.raises(InputError, match="embedding='best' is unknown; choose one of ours, "):
        tiny_run.embedding_shown("best")


def test_somebodys_folder_holds_recordings_not_songs(tiny_run):
    assert tiny_run.unit == "recording"
