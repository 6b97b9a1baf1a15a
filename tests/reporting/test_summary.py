"""What all notebooks recorded, gathered: indices of figures and numbers, pairs with the thesis."""

import hashlib
import json

import pytest
from corpora import fill_disk, listing
from matplotlib import pyplot as plt

from thesis_lib.reporting import captions
from thesis_lib.reporting.notebook_record import Record
from thesis_lib.reporting.summary import collect
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import write_json


@pytest.fixture(autouse=True)
def made_up_captions(monkeypatch):
    """Every caption is the `text` that is given."""
    files = ("space.png", "picture_{notebook}.png")
    monkeypatch.setattr(captions, "CAPTIONS", dict.fromkeys(files, "{text}"))


@pytest.fixture
def record(tmp_path):
    return Record("05_space", tmp_path, {})


def drawing():
    figure, axes = plt.subplots(figsize=(4, 2))
    axes.plot([1, 3, 2])
    return figure


def test_results_are_collected(tmp_path):
    for notebook in ("05_space", "08_f1"):
        record = Record(notebook, tmp_path, {})
        record.figure(drawing(), "picture_{notebook}", notebook=notebook, text="Tiles.")
        record.compare(f"F1 of {notebook}", 62.19, 50.0, "data", "%")
        record.close()
    write_json(tmp_path / "results" / "other.json", {"not": "a notebook's"})
    pairs = collect(tmp_path)
    assert [(pair["what"], pair["notebook"]) for pair in pairs] == [
        ("F1 of 05_space", "05_space"),
        ("F1 of 08_f1", "08_f1"),
    ]
    assert json.loads((tmp_path / "results" / "thesis_vs_here.json").read_text()) == pairs
    index = json.loads((tmp_path / "figures" / "index.json").read_text())
    assert list(index) == ["picture_05_space.png", "picture_08_f1.png"]
    for name, about in index.items():
        content = (tmp_path / "figures" / name).read_bytes()
        assert about["sha256"] == hashlib.sha256(content).hexdigest()


def test_collected_again_nothing_changes(record, tmp_path):
    record.figure(drawing(), "space", text="Tiles.")
    record.close()
    collect(tmp_path)
    before = listing(tmp_path)
    collect(tmp_path)
    assert listing(tmp_path) == before


def test_a_figure_that_is_gone_is_named(record, tmp_path):
    record.figure(drawing(), "space", text="Tiles.")
    record.close()
    (tmp_path / "figures" / "space.png").unlink()
    with pytest.raises(InputError, match=r"figures/space\.png is missing; run `make figures`"):
        collect(tmp_path)


def test_a_figure_of_two_notebooks_is_named(tmp_path):
    for notebook in ("05_space", "08_f1"):
        record = Record(notebook, tmp_path, {})
        record.figure(drawing(), "space", text="Tiles.")
        record.close()
    with pytest.raises(InputError, match=r"space\.png is made by both 05_space and 08_f1"):
        collect(tmp_path)


def test_a_full_disk_while_results_are_collected(record, tmp_path, monkeypatch):
    record.figure(drawing(), "space", text="Tiles.")
    record.close()
    collect(tmp_path)
    before = listing(tmp_path)
    fill_disk(monkeypatch, "index.json")
    with pytest.raises(InputError, match=r"index\.json: the disk is full"):
        collect(tmp_path)
    monkeypatch.undo()
    assert listing(tmp_path) == before
