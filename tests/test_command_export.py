"""`thesis export`: from a run, a folder, or a file of vectors to what other tools open."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from command_line import one_sentence, said
from PIL import Image

from thesis_lib.embed import pool
from thesis_lib.listening import decisions
from thesis_lib.pipeline.export import export

said = pytest.fixture(said)


@pytest.mark.parametrize(("unit", "count"), [("recording", 12), ("tile", 36)])
def test_a_run_goes_to_the_projector(unit, count, tiny_run, tmp_path, said, capsys):
    out = tmp_path / "out"
    more = ("--to", "tensorboard", "--out", out, "--unit", unit)
    assert said("export", tiny_run.folder, *more) is None
    assert f"{out} has {count} sounds of tiny music." in capsys.readouterr().out
    found = tiny_run.embeddings("ours")
    wanted = pool(found, ["recording"]) if unit == "recording" else found
    np.testing.assert_allclose(np.loadtxt(out / "vectors.tsv"), wanted.vectors, rtol=1e-5)
    table = pd.read_csv(out / "metadata.tsv", sep="\t")
    assert table.label.tolist() == wanted.tiles.label.tolist()
    assert set(table.duration) == ({6} if unit == "recording" else {2})
    side = int(np.ceil(np.sqrt(count)))
    assert Image.open(out / "sprite.png").size == (64 * side, 64 * -(-count // side))


def test_a_folder_goes_to_raven_and_label_studio_without_being_embedded(tiny_music, tmp_path, said):
    file = decisions.file_of(tmp_path, "ann")
    about = {"who": "ann", "path": "hum/song1.wav", "start": 0.0, "label": "hum"}
    decisions.append(file, answer="wrong label", detail="hiss", **about)
    for to in ("raven", "labelstudio"):
        more = ("--to", to, "--out", tmp_path / to, "--decisions", file)
        assert said("export", tiny_music, *more, "--runs", tmp_path / "none") is None
    table = pd.read_csv(tmp_path / "raven" / "hum_song1_wav.Table.1.selections.txt", sep="\t")
    assert table[["Annotation", "Decision", "Detail"]].iloc[0].tolist() == [
        "hum", "wrong label", "hiss",
    ]  # fmt: skip
    assert len(list((tmp_path / "raven").iterdir())) == 12
    tasks = json.loads((tmp_path / "labelstudio" / "tasks.json").read_text())
    assert [len(one["annotations"]) for one in tasks].count(1) == 1 and len(tasks) == 12


def a_file(place, paths, **more):
    np.savez(place, path=paths, vectors=np.eye(len(paths)), **more)
    return place


def test_vectors_of_any_model_go_out_with_what_is_known(tiny_music, tmp_path):
    paths = ["hum/song0.wav", "hum/song1.wav", "gone.wav", "tick"]
    paths[3] = "ticks/song2.wav"
    file = a_file(tmp_path / "x.npz", paths, start=[0, 2, 0, 0], label=["a", "b", "c", "d"])
    printed = export(tiny_music, "tensorboard", tmp_path / "out", embeddings=file)
    assert any("1 of 4 sounds are left out" in one and "gone.wav" in one for one in printed)
    table = pd.read_csv(tmp_path / "out" / "metadata.tsv", sep="\t")
    assert table.label.tolist() == ["a", "b", "d"] and table.duration.tolist() == [6, 4, 6]
    assert np.loadtxt(tmp_path / "out" / "vectors.tsv").shape == (3, 4)


def test_what_cannot_be_exported_is_a_sentence(tiny_music, tiny_run, tmp_path, said):
    def ends(place, *more, to="tensorboard", out=tmp_path / "out"):
        message = said("export", place, "--to", to, "--out", out, *more)
        assert one_sentence(message) and not (tmp_path / "out").exists()
        return message

    assert "not embedded yet" in ends(tiny_music, "--runs", tmp_path / "none")
    assert "holds something already" in ends(tiny_run.folder, out=Path(tiny_run.folder))
    assert "no place for decisions" in ends(tiny_run.folder, "--decisions", "x.csv")
    assert "does not exist" in ends(tiny_run.folder, "--decisions", tmp_path / "x.csv", to="raven")
    outside = a_file(tmp_path / "x.npz", ["../secret.wav"])
    assert "is not below" in ends(tiny_music, "--embeddings", outside)
    missing = a_file(tmp_path / "y.npz", ["gone.wav"])
    assert "none of the files" in ends(tiny_music, "--embeddings", missing)
    assert "is not a folder" in ends(tmp_path / "nowhere", "--embeddings", missing)
