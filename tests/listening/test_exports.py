"""Exports, read back by what did not write them: csv, json, an XML parser, Pillow, pyarrow."""

import csv
import importlib.util
import io
import json
import re
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import soundfile
from corpora import noise, tone, write
from PIL import Image

from thesis_lib.datasets import vector_file
from thesis_lib.listening import decisions
from thesis_lib.listening.exports import atlas, label_studio, opinions, raven, tensorboard
from thesis_lib.listening.exports.sounds import Sounds
from thesis_lib.util.errors import InputError

PATHS = ["one.wav", "one.wav", "sub/two & <three>.wav", "missing.wav"]
AUDIT = ["what", "path", "start", "session", "node", "label", "other", "score", "why"]


@pytest.fixture
def sounds(tmp_path):
    """Two sounds of one file, one whole file, and one whose file is gone; the second is loud."""
    write(tmp_path / "music" / PATHS[0], tone(5.0, 440))
    write(tmp_path / "music" / PATHS[2], noise(2.0, channels=2))
    table = pd.DataFrame(
        {
            "path": PATHS,
            "start": [0.0, 3.0, 0.0, 0.0],
            "duration": [1.0, 1.5, 2.0, 2.0],
            "sample_rate": 16000,
            "channel": [-1, 0, 1, -1],
            "label": ["a", "a", 'b "<&>', ""],
            "group": ["s1", "s1", "s2", "s3"],
            "node": "",
            "name": ["One", "One", "Two\tand\nthree", "Gone"],
        }
    )
    vectors = np.arange(12, dtype=np.float32).reshape(4, 3) / 7
    pictures = [np.full((50, 64), -80.0 + 80 * (row == 1)) for row in range(4)]
    pictures[2][:, :32] = 0  # loud in low bands alone
    return Sounds("some music", tmp_path / "music", table, vectors, pictures.__getitem__)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def thought(sounds, tmp_path):
    """What an audit suspects and two reviewers decided."""
    place = tmp_path / "review"
    place.mkdir()
    about = {"shown": "suspect", "score": 0.9, "label": "a"}
    first = {"path": "one.wav", "start": 3.0, **about}
    for who, answer, detail in (("ann", "wrong label", "c"), ("bob", "broken", "crackles\there")):
        file = decisions.file_of(place, who)
        decisions.append(file, who=who, answer=answer, detail=detail, **first)
    other = {"path": "one.wav", "start": 0.0, **about}
    decisions.append(decisions.file_of(place, "ann"), who="ann", answer="keep", **other)
    gone = {"path": "elsewhere.wav", "start": 0.0, **about}
    decisions.append(decisions.file_of(place, "ann"), who="ann", answer="keep", **gone)
    rows = [["wrong label", "one.wav", 3.0, "s1", "", "a", 'b "<&>', 0.75, "why"]]
    rows += [["silence", "one.wav", 0.0, "s1", "", "a", "", 1.0, "why"]]
    pd.DataFrame(rows, columns=AUDIT).to_csv(tmp_path / "audit.csv", index=False)
    return opinions.gather(sounds.table, place, tmp_path / "audit.csv")


def lines(path):
    """A file of tabs, quotation marks as they are."""
    text = path.read_text(encoding="utf-8")
    return list(csv.reader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def test_the_projector_finds_vectors_names_and_pictures(sounds, folder):
    said = tensorboard.write(sounds, folder)
    np.testing.assert_allclose(np.loadtxt(folder / "vectors.tsv"), sounds.vectors, rtol=1e-6)
    head, *rows = lines(folder / "metadata.tsv")
    assert head[:2] == ["name", "label"] and len(rows) == 4
    assert {len(row) for row in rows} == {len(head)}
    assert rows[2][:2] == ["Two and three", 'b "<&>'] and rows[1][4:6] == ["3.000000", "1.500000"]
    assert any("1 name(s) held tabs" in one for one in said)
    config = dict(
        re.findall(r'(\w+): "?([^"\n]+)', (folder / "projector_config.pbtxt").read_text())
    )
    assert all(
        (folder / config[f"{name}_path"]).is_file() for name in ("tensor", "metadata", "image")
    )
    assert config["single_image_dim"] == "64"


def test_each_picture_is_in_its_place_low_bands_at_the_bottom(sounds, folder):
    tensorboard.write(sounds, folder)
    image = np.asarray(Image.open(folder / "sprite.png"), int).sum(axis=2)
    assert image.shape == (128, 128)  # two by two
    assert image[:64, 64:].min() > 400 > 20 > image[:64, :64].max() == image[64:, 64:].max()
    assert image[96:, :64].min() > 400 > 20 > image[64:96, :64].max()


@pytest.mark.parametrize(("count", "side"), [(1, 64), (16384, 64), (16385, 63), (73000, 30)])
def test_a_sprite_is_no_wider_than_browsers_draw(count, side):
    assert tensorboard.side_of(count) == side
    assert side * int(np.ceil(np.sqrt(count))) <= 8192


def test_without_pictures_there_is_no_sprite(sounds, folder):
    said = tensorboard.write(Sounds("x", sounds.root, sounds.table, sounds.vectors), folder)
    assert any("no sprite" in one for one in said)
    assert "sprite" not in (folder / "projector_config.pbtxt").read_text()


def test_without_vectors_there_is_nothing_to_project(sounds, folder):
    with pytest.raises(InputError, match="has no vectors"):
        tensorboard.write(Sounds("x", sounds.root, sounds.table), folder)


def test_raven_has_a_table_a_file_and_a_line_a_reviewer(sounds, folder, thought):
    said = raven.write(sounds, folder, thought)
    assert len(list(folder.iterdir())) == 3
    table = pd.read_csv(folder / "one_wav.Table.1.selections.txt", sep="\t", keep_default_na=False)
    assert table.Selection.tolist() == [1, 2, 3] and set(table["Begin File"]) == {"one.wav"}
    times = table[["Begin Time (s)", "End Time (s)", "High Freq (Hz)"]].to_numpy().tolist()
    assert times == [[0, 1, 8000], [3, 4.5, 8000], [3, 4.5, 8000]]
    assert table.Decision.tolist() == ["keep", "wrong label", "broken"]
    assert table.Detail.tolist() == ["", "c", "crackles here"]
    assert table.Reviewer.tolist() == ["ann", "ann", "bob"]
    assert table.Score.tolist() == ["", "0.750000", "0.750000"]
    assert set(table.Channel) == {1} and set(table.View) == {"Spectrogram 1"}
    assert any("elsewhere.wav" in one for one in said)
    other = lines(folder / next(p.name for p in folder.iterdir() if "two" in p.name))
    found = dict(zip(*other, strict=True))
    assert found["Channel"] == "2" and found["Annotation"] == 'b "<&>'
    assert found["Begin File"] == "two & <three>.wav"


def results(opinion):
    return {one["from_name"]: one["value"] for one in opinion["result"]}


def test_label_studio_has_tasks_predictions_and_annotations(sounds, folder, thought):
    said = label_studio.write(sounds, folder, thought)
    tasks = json.loads((folder / "tasks.json").read_text())
    assert [unquote(one["data"]["audio"].partition("?d=")[2]) for one in tasks] == PATHS
    corpus, audit = tasks[1]["predictions"]
    assert results(corpus)["label"] == {"choices": ["a"]}
    assert results(corpus)["part"] == {
        "start": 3.0,
        "end": 4.5,
        "channel": 0,
        "labels": ["this sound"],
    }
    assert audit["score"] == 0.75 and results(audit)["label"] == {"choices": ['b "<&>']}
    ann, bob = map(results, tasks[1]["annotations"])
    assert (ann["answer"], ann["label"]) == ({"choices": ["wrong label"]}, {"choices": ["c"]})
    assert (bob["answer"], bob["detail"]) == ({"choices": ["broken"]}, {"text": ["crackles here"]})
    assert (ann["who"], bob["who"]) == ({"text": ["ann"]}, {"text": ["bob"]})
    assert results(tasks[0]["annotations"][0])["label"] == {"choices": ["a"]}
    assert tasks[3]["predictions"] == tasks[3]["annotations"] == []
    assert any("DOCUMENT_ROOT" in one for one in said)


def test_every_result_is_of_a_control_that_offers_it(sounds, folder, thought):
    label_studio.write(sounds, folder, thought)
    view = ElementTree.parse(folder / "config.xml").getroot()
    offered = {one.get("name"): {v.get("value") for v in one} for one in view if one.get("toName")}
    assert view.find("Audio").get("name") == "audio" and offered["label"] == {"a", 'b "<&>', "c"}
    for task in json.loads((folder / "tasks.json").read_text()):
        for opinion in task["predictions"] + task["annotations"]:
            for name, value in results(opinion).items():
                chosen = value.get("choices") or value.get("labels") or []
                assert name in offered and set(chosen) <= offered[name]


def test_opinions_on_other_sounds_are_refused(sounds, tmp_path):
    pd.DataFrame([["label", "x.wav", 0, "", "", "a", "b", 0.5, ""]], columns=AUDIT).to_csv(
        tmp_path / "audit.csv", index=False
    )
    with pytest.raises(InputError, match="x.wav at 0 s is not in this export"):
        opinions.gather(sounds.table, audit=tmp_path / "audit.csv")
    (tmp_path / "no.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no.csv lacks columns"):
        opinions.gather(sounds.table, audit=tmp_path / "no.csv")


def test_parquet_holds_the_sounds_themselves(sounds, folder):
    if importlib.util.find_spec("pyarrow") is None:
        with pytest.raises(InputError, match="pip install pyarrow"):
            atlas.write(sounds, folder)
        return
    from pyarrow import parquet

    said = atlas.write(sounds, folder)
    rows = parquet.read_table(folder / "sounds.parquet").to_pylist()
    assert [row["path"] for row in rows] == PATHS and rows[2]["name"] == "Two and three"
    wave, rate = soundfile.read(io.BytesIO(rows[1]["audio"]["bytes"]))
    peak = np.argmax(np.abs(np.fft.rfft(wave))) * rate / len(wave)
    assert abs(len(wave) / rate - 1.5) < 0.1 and abs(peak - 440) < 2
    assert rows[3]["audio"] is None and any("missing.wav" in one for one in said)
    assert all(np.isfinite([row["map_x"], row["map_y"]]).all() for row in rows)
    table, vectors = vector_file.units(Path(folder) / "sounds.parquet")
    assert np.array_equal(vectors, sounds.vectors)
    assert table.start.tolist() == [0, 3, 0, 0] and table.label.tolist() == ["a", "a", 'b "<&>', ""]
