"""`make site`: what is out of date is made first, then the pages and the rooms."""

import json
from pathlib import Path

import nbformat
import pytest

from thesis_lib.pipeline import site
from thesis_lib.pipeline.job import Job
from thesis_lib.util.errors import InputError


@pytest.fixture
def job(tiny_run):
    """The job that the tiny run is of."""
    runs = str(tiny_run.folder.parents[1])
    return Job({"music": ("music", str(tiny_run.corpus.root))}, runs=runs)


def test_the_site_has_the_notebooks_and_a_room_of_each_corpus(job, tmp_path, monkeypatch):
    def make(asked, *targets):  # as the pipeline does
        assert asked is job and targets == ()
        cells = [nbformat.v4.new_markdown_cell("# What is near?")]
        path = Path(job.notebooks, "09_listening_room.ipynb")
        path.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)

    monkeypatch.setattr(site, "pipeline", make)
    monkeypatch.setattr(site, "MOST", 5)
    said = site.site(job, tmp_path / "site")
    assert said.startswith("3 pages, ")
    assert "What is near?" in (tmp_path / "site" / "09_listening_room.html").read_text()
    room = tmp_path / "site" / "room_tiny_music"
    assert "5 of 36 tiles of tiny music" in (room / "index.html").read_text()
    assert "room_tiny_music/index.html" in (tmp_path / "site" / "index.html").read_text()
    assert len(list((room / "sounds").glob("*.js"))) == 5
    sizes = json.loads((tmp_path / "site" / "site.json").read_text())
    assert {"room_tiny_music/index.html", "room_tiny_music/traits.js"} < sizes.keys()


def test_a_folder_of_something_else_is_refused_before_anything_is_made(job, tmp_path, monkeypatch):
    monkeypatch.setattr(site, "pipeline", lambda *asked: pytest.fail("computed"))
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(InputError, match="no site of this suite"):
        site.site(job, tmp_path)
