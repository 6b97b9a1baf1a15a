"""`make lab` on somebody's own folder: notebooks that name it."""

import re

import nbformat
import pytest

from thesis_lib.pipeline import lab
from thesis_lib.pipeline.job import Job

NOTEBOOKS = sorted(path.name for path in (lab.ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture
def opened(monkeypatch):
    """What JupyterLab would show."""
    shown = []
    monkeypatch.setattr(lab, "open_in_lab", shown.append)
    return shown


@pytest.fixture
def job(tiny_run):
    """The job that the tiny run is of."""
    folder, runs = tiny_run.corpus.root, tiny_run.folder.parents[1]
    job = Job({"music": ("music", str(folder))}, runs=str(runs))
    assert job.run["music"] == str(tiny_run.folder)
    return job


def links(path):
    """Where the links of a notebook lead, and which lead nowhere."""
    text = "".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    found = [path.parent / link for link in re.findall(r"\]\(([^)#]+)\)", text) if ":" not in link]
    return {one.resolve() for one in found}, [one for one in found if not one.exists()]


def parameters(path):
    cells = nbformat.read(path, as_version=4).cells
    (cell,) = (c for c in cells if "injected-parameters" in c.metadata.get("tags", ()))
    found = {}
    exec(cell.source, found)
    return found


def test_without_a_folder_the_suites_own_notebooks_are_opened(opened):
    lab.lab(Job())
    assert opened == [lab.ROOT / "notebooks" / "00_start_here.ipynb"]


def test_the_notebooks_of_a_folder_name_it(job, opened):
    lab.lab(job)
    (front,) = opened
    assert front.name == "00_start_here.ipynb" and front.is_relative_to(job.runs)
    assert sorted(path.name for path in front.parent.iterdir()) == NOTEBOOKS
    room = parameters(front.with_name("09_listening_room.ipynb"))
    assert (room["music"], room["music_folder"]) == job.given["music"]
    assert room["out"] == job.out and room["work"] == job.runs
    assert room["home"] == "mini_home"
    for path in front.parent.iterdir():
        targets, dead = links(path)
        assert dead == [] and any(target.suffix == ".py" for target in targets)
    assert front.with_name("01_the_data.ipynb").resolve() in links(front)[0]  # the copy


def test_a_copy_that_somebody_wrote_in_stays(job, opened, monkeypatch):
    lab.lab(job)
    (front,) = opened
    notebook = nbformat.read(front, as_version=4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("my own thoughts"))
    nbformat.write(notebook, front)
    lab.lab(job)
    assert "my own thoughts" in front.read_text()
    notebook.metadata["copy_of"] = "a notebook of before"
    nbformat.write(notebook, front)
    lab.lab(job)  # the suite's has changed since
    assert "my own thoughts" not in front.read_text()
    assert "my own thoughts" in front.with_stem("00_start_here_before").read_text()
