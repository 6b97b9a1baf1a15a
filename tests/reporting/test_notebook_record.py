"""What a notebook leaves behind: figures, sounds, tables, numbers, and where each came from."""

import json
import os
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import soundfile
from corpora import fill_disk, listing, tone
from matplotlib import pyplot as plt
from matplotlib.animation import FuncAnimation
from PIL import Image

from thesis_lib.reporting import captions
from thesis_lib.reporting import notebook_record as record_module
from thesis_lib.reporting.notebook_record import Record
from thesis_lib.util.errors import InputError, NothingToShow
from thesis_lib.util.files import write_json


def run_of(name, note, **about):
    """What `Record` wants to know of a run."""
    corpus = SimpleNamespace(name=name, note=note)
    unit = "session" if note else "song"
    return SimpleNamespace(corpus=corpus, unit=unit, fingerprint=lambda learned=True: about)


HOME = run_of("mini home", "simulated", store="aa11")
SONGS = run_of("mini music", "", store="bb22")


@pytest.fixture(autouse=True)
def made_up_captions(monkeypatch):
    """Every caption is the `text` that is given."""
    names = ("space", "x", "turn", "clip", "report", "t", "latin", "speed", "picture_{notebook}")
    files = [name + ending for name in names for ending in (".png", ".gif", ".mp3", ".csv")]
    monkeypatch.setattr(captions, "CAPTIONS", dict.fromkeys(files, "{text}"))
    monkeypatch.setattr(captions, "THESIS", {"space.png": "figure 5.1"})


@pytest.fixture
def record(tmp_path):
    return Record("05_space", tmp_path, {"seed": 1234}, [HOME, SONGS])


def drawing(height=2.0):
    figure, axes = plt.subplots(figsize=(4, height))
    axes.plot([1, 3, 2])
    return figure


def test_a_figure_is_written_and_shown(record, tmp_path):
    shown = record.figure(drawing(), "space", text="Three tiles.")
    path = tmp_path / "figures" / "space.png"
    assert shown.data == path.read_bytes()
    assert np.asarray(Image.open(path)).std() > 0
    assert plt.get_fignums() == []


def test_a_figure_made_again_is_the_same_to_the_byte(tmp_path):
    made = []
    for place in ("one", "two"):
        record = Record("05_space", tmp_path / place, {})
        record.figure(drawing(), "space", text="Three tiles.")
        made.append((tmp_path / place / "figures" / "space.png").read_bytes())
    assert made[0] == made[1]
    record = Record("05_space", tmp_path / "three", {})
    record.figure(drawing(), "space", text="Other tiles.")
    assert (tmp_path / "three" / "figures" / "space.png").read_bytes() != made[0]


def test_an_animation_made_again_is_the_same_to_the_byte(tmp_path):
    made = []
    for place in ("one", "two"):
        figure, axes = plt.subplots(figsize=(1, 1))
        (line,) = axes.plot([0, 1])
        turning = FuncAnimation(figure, lambda i, line=line: line.set_ydata([i, 1]), frames=3)
        shown = Record("x", tmp_path / place, {}).animation(turning, "turn", text="It turns.")
        made.append((tmp_path / place / "figures" / "turn.gif").read_bytes())
        assert shown.data == made[-1]
    assert made[0] == made[1]
    assert Image.open(tmp_path / "one" / "figures" / "turn.gif").n_frames == 3


def test_a_sound_is_written_and_made_again_the_same(tmp_path):
    made = []
    for place in ("one", "two"):
        Record("05_space", tmp_path / place, {}).sound(tone(1, 440), 16000, "clip", text="A tone.")
        made.append((tmp_path / place / "figures" / "clip.mp3").read_bytes())
    assert made[0] == made[1]
    wave, rate = soundfile.read(tmp_path / "one" / "figures" / "clip.mp3")
    assert rate == 16000 and len(wave) == 16000
    assert np.abs(np.fft.rfft(wave)).argmax() == 440


def test_a_table_is_written(record, tmp_path):
    table = pd.DataFrame({"F1": [0.5, 0.25]}, index=["eating", "absence"])
    shown = record.table(table, "report", text="F1 of each class.", runs=[HOME])
    again = pd.read_csv(tmp_path / "figures" / "report.csv", index_col=0)
    pd.testing.assert_frame_equal(again, table)
    assert "0.25" in shown.data and "simulated" in shown.data


def test_names_in_tables_and_captions_are_plain_text(record, tmp_path):
    name = "<img src=x onerror=alert(1)> A$AP & Ke$ha \\(x\\)"
    shown = record.table(pd.DataFrame({name: [name]}, index=[name]), "t", text=f"Of {name}.")
    assert "<img" not in shown.data and "$" not in shown.data.replace("<span>$</span>", "")
    assert shown.data.count("&lt;img src=x onerror=alert(1)&gt; A<span>$</span>AP &amp;") == 4
    again = pd.read_csv(tmp_path / "figures" / "t.csv", index_col=0)
    assert again.loc[name, name] == name  # as it is
    latin = b"caf\xe9".decode("utf-8", "surrogateescape")
    record.table(pd.DataFrame({"a": [latin]}), "latin", text=latin)
    assert b"caf\xe9" in (tmp_path / "figures" / "latin.csv").read_bytes()


def test_a_part_that_is_left_out_keeps_what_came_before(record, tmp_path):
    record.figure(drawing(), "space", text="Some.")
    with pytest.raises(NothingToShow, match="the rest of 05_space is left out: no label is known"):
        record.leave_out("no label is known")
    result = json.loads((tmp_path / "results" / "05_space.json").read_text())
    assert list(result["figures"]) == ["space.png"]
    assert result["numbers"]["left_out"] == "no label is known"


@pytest.mark.parametrize(
    "of, caption",
    [
        ((), "Tiles (of 5.) here."),
        ([SONGS], "Tiles (of 5.) here."),
        ([HOME], "Tiles (of 5.) here. (mini home: simulated data)"),
        ([SONGS, HOME], "Tiles (of 5.) here. (mini home: simulated data)"),
    ],
)
def test_captions_say_what_is_simulated(record, of, caption):
    record.figure(drawing(), "space", text="Tiles (of 5.) here.", runs=of)
    assert record.figures["space.png"]["caption"] == caption


def test_the_caption_is_in_the_picture(tmp_path):
    heights = []
    for caption in ("Short.", "Long. " * 60):
        record = Record("05_space", tmp_path, {})
        record.figure(drawing(), "space", text=caption)
        heights.append(Image.open(tmp_path / "figures" / "space.png").height)
    assert heights[1] > heights[0] + 50


@pytest.mark.parametrize("kind", ["figure", "sound", "table"])
def test_the_same_name_twice_is_refused(record, tmp_path, kind):
    make = {
        "figure": lambda: record.figure(drawing(), "x", text="Some."),
        "sound": lambda: record.sound(tone(0.1, 440), 16000, "x", text="Some."),
        "table": lambda: record.table(pd.DataFrame({"a": [1]}), "x", text="Some."),
    }[kind]
    make()
    before = listing(tmp_path)
    with pytest.raises(InputError, match=r"'x\.\w+' is made twice in 05_space; rename one"):
        make()
    assert listing(tmp_path) == before
    plt.close("all")


def test_a_number_is_given_back_and_written_down_once(record):
    assert record.number("f1", np.float32(0.5)) == 0.5
    with pytest.raises(InputError, match="the number 'f1' is recorded twice in 05_space"):
        record.number("f1", 0.6)


def test_what_is_left_behind(record, tmp_path):
    record.figure(drawing(), "space", text="Tiles.", runs=[HOME])
    record.number("f1", np.float64(0.5))
    record.number("counts", np.arange(3))
    record.compare("F1", 62.19, 50.0, "data", "%")
    assert not (tmp_path / "results").exists()  # a notebook that fails before leaves none
    record.close()
    result = json.loads((tmp_path / "results" / "05_space.json").read_text())
    assert result["notebook"] == "05_space"
    assert result["numbers"] == {"f1": 0.5, "counts": [0, 1, 2]}
    assert result["thesis_vs_here"] == [
        {"what": "F1", "thesis": 62.19, "here": 50.0, "unit": "%", "differs": "data"}
    ]
    about = result["figures"]["space.png"]
    assert about["notebook"] == "05_space" and about["thesis"] == "figure 5.1"
    assert about["parameters"] == {"seed": 1234}
    assert about["inputs"] == {"mini home": {"store": "aa11"}, "mini music": {"store": "bb22"}}
    assert about["device"].startswith("Computing on the ")
    assert about["packages"]["numpy"] == np.__version__


def test_what_is_drawn_from_measurements_names_their_files_and_no_run(tmp_path):
    measured = tmp_path / "speed.json"
    measured.write_text("[]")
    record = Record("04_training", tmp_path, {}, [HOME])
    record.figure(drawing(), "speed", text="Tiles a second.", sources=[measured])
    record.table(pd.DataFrame({"f1": [0.5]}), "speed", text="The same.", sources=[measured])
    digest = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"  # of "[]"
    for name in ("speed.png", "speed.csv"):
        assert record.figures[name]["inputs"] == {"speed.json": digest}


@pytest.mark.parametrize("file", ["x.png", "x.gif", "x.mp3", "x.csv", "05_space.json"])
def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch, file):
    def make(number):
        record = Record("05_space", tmp_path, {})
        if file == "x.png":
            record.figure(drawing(2 + number), "x", text="Some.")
        elif file == "x.gif":
            figure = drawing(1 + number)
            turning = FuncAnimation(figure, lambda i: figure.axes, frames=2)
            record.animation(turning, "x", text="Some.")
        elif file == "x.mp3":
            record.sound(tone(0.1 + number, 440), 16000, "x", text="Some.")
        elif file == "x.csv":
            record.table(pd.DataFrame({"a": [number]}), "x", text="Some.")
        else:
            record.number("n", number)
            record.close()

    make(0)
    before = listing(tmp_path)
    fill_disk(monkeypatch, file)
    with pytest.raises(InputError, match=rf"{file}: the disk is full"):
        make(1)
    monkeypatch.undo()
    assert listing(tmp_path) == before
    plt.close("all")


def test_json_takes_numpy_numbers_and_paths(tmp_path):
    content = {"a": np.int64(3), "b": np.bool_(True), "c": tmp_path, "d": np.ones((2, 2))}
    write_json(tmp_path / "x.json", content)
    want = {"a": 3, "b": True, "c": str(tmp_path), "d": [[1, 1], [1, 1]]}
    assert json.loads((tmp_path / "x.json").read_text()) == want
    assert os.listdir(tmp_path) == ["x.json"]


def test_the_cell_that_runs_is_noted(record, monkeypatch):
    monkeypatch.setattr(record_module, "get_ipython", lambda: SimpleNamespace(execution_count=7))
    record.figure(drawing(), "space", text="Tiles.")
    assert record.figures["space.png"]["cell"] == 7
