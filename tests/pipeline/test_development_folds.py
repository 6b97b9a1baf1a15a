"""A SINS folder that holds the development set alone: what is scored, and what it is called."""

import json

import command_line
import numpy as np
import pytest
from corpora import ROOT, noise, sins_lists, tone, write

from thesis_lib.datasets import registry
from thesis_lib.pipeline import stages
from thesis_lib.pipeline.execute import execute
from thesis_lib.pipeline.places import run_folder
from thesis_lib.pipeline.run import Run

said = pytest.fixture(command_line.said)
LABELS = ("cooking", "eating", "working")
DEV = [
    (node, session, position, LABELS[session // 4 - 1])
    for session in range(4, 16)
    for position in (1, 2)
    for node in (1, 2)
]


def sound(label, seed):
    """Tones of another height for each class, in noise, on four microphones."""
    base = 300 * (1 + LABELS.index(label)) * (1 + seed % 5 / 10)
    mono = tone(10, base, level=0.2) + noise(10, seed)
    return np.stack([mono] * 4, axis=1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A session of each class in each official fold, on two nodes."""
    folder = tmp_path_factory.mktemp("sins") / "development"
    for number, path in enumerate(sins_lists(folder, DEV)):
        write(path, sound(DEV[number][3], number))
    return folder


@pytest.fixture(scope="module")
def run(folder, tiny_run):
    """Its run, not trained, beside the tiny run of music."""
    place = run_folder("sins", folder, tiny_run.folder.parents[1])
    stages.corpus("sins", folder, place, "smoke, home", seeds=2)
    for stage in (stages.features, stages.ours):
        stage(place)
    return Run(place)


def test_four_folds_are_scored_and_fold_1_is_not_called_known(
    run, folder, tiny_run, tiny_music, tmp_path
):
    execute(
        ROOT / "notebooks" / "08_f1_results.ipynb", tmp_path / "done.ipynb",
        {"home": "sins", "music": "music"}, home_folder=folder, music_folder=tiny_music,
        work=tiny_run.folder.parents[1], out=tmp_path,
    )  # fmt: skip
    numbers = json.loads((tmp_path / "results" / "08_f1_results.json").read_text())["numbers"]
    what = {row["what"] for row in numbers["macro_f1"] if row["what"].startswith("home")}
    assert "home: 10 s segment, fold 1 of the development set" in what
    assert not any("known" in one for one in what)
    assert set(numbers["folds"]) == {"ours", "statistics"}
    for value, low, high in numbers["folds"].values():
        assert 0 <= low <= value <= high <= 1
    here = [row for row in numbers["challenge"] if row["source"].startswith("here")]
    assert [row["known"] for row in here] == [row["unknown"] for row in here] == [None, None]
    found = [100 * value for value, _, _ in numbers["folds"].values()]
    assert [row["folds"] for row in here] == pytest.approx(found)


def test_the_command_holds_out_each_fold_once(folder, tmp_path, said, capsys):
    """Vectors that are right in folds 2 to 4 and mixed up in fold 1: a fourth is wrong."""
    corpus = registry.in_all_folds("sins", folder)
    assert sorted(corpus.table.split.unique()) == list("0123")
    code = {label: number for number, label in enumerate(LABELS)}
    number = corpus.table.label.map(code).to_numpy()
    number = np.where(corpus.table.split == "0", (number + 1) % 3, number)
    vectors = np.eye(3)[number] + np.random.default_rng(0).normal(0, 0.01, (len(number), 3))
    np.savez(tmp_path / "x.npz", path=corpus.table.path.to_numpy(str), vectors=vectors)
    assert said("probe", "--embeddings", tmp_path / "x.npz", "--sins", folder) is None
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    found = next(float(line[1]) for line in lines if line and line[0] == "macro_f1")
    assert found == pytest.approx(0.75, abs=0.01)
