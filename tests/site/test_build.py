"""The site: its files, its links, what it leaves out, and what it leaves alone."""

import json
import re
import tomllib
from importlib.metadata import version
from urllib.parse import unquote, urlsplit

import pytest
from bs4 import BeautifulSoup
from corpora import ROOT

from thesis_lib.site.build import STATIC, build, summary
from thesis_lib.site.landing import findings
from thesis_lib.site.shelf import Shelf
from thesis_lib.util.errors import InputError

MB = 1e6


def pages(site):
    return {
        path.name: BeautifulSoup(path.read_text(), "html.parser") for path in site.glob("*.html")
    }


def test_every_link_and_every_source_is_a_file_of_the_site(site):
    found = pages(site)
    assert {"index.html", "00_first.html", "01_second.html"} < found.keys()
    for name, page in found.items():
        for attribute in ("href", "src"):
            for tag in page.select(f"[{attribute}]"):
                parts = urlsplit(tag[attribute])
                if parts.scheme != "data" and parts.path:
                    assert not parts.netloc and (site / unquote(parts.path)).is_file(), (name, tag)


def test_links_of_a_text_lead_to_pages_and_what_is_not_there_is_no_link(site):
    page = pages(site)["00_first.html"]
    links = {link.get_text(): link["href"] for link in page.select("main a[href]")}
    assert links["the next"] == "01_second.html#there"
    assert links["a module"] == "thesis_lib.util.errors.py.html"
    assert "what is not there" not in links and "what is not there" in page.get_text()
    module = pages(site)["thesis_lib.util.errors.py.html"]
    assert "class InputError(ValueError):" in module.get_text()


def test_what_is_embedded_twice_is_one_file(site):
    page = pages(site)["00_first.html"]
    shown = [tag["src"] for tag in page.select("img")]
    assert len(shown) == 2 and len(set(shown)) == 1
    (sound,) = page.select("audio")
    state = page.find("script", type="application/vnd.jupyter.widget-state+json").string
    models = json.loads(state)["state"].values()
    (table,) = (one["state"]["value"] for one in models if one["model_name"] == "HTMLModel")
    assert BeautifulSoup(table, "html.parser").audio["src"] == sound["src"]
    assert len(list((site / "files").iterdir())) == 2
    assert "base64" not in (site / "00_first.html").read_text()


def test_names_are_text_and_folders_of_a_machine_are_left_out(site):
    found = pages(site)
    assert found["00_first.html"].title.get_text() == "Is <this> a question? | Deep embedded music"
    contents = found["index.html"].select(".contents a")
    assert [(link.get_text(), link["href"]) for link in contents] == [
        ("Is <this> a question?", "00_first.html"),
        ("The second", "01_second.html"),
    ]
    (door,) = found["index.html"].select(".doors a")
    assert door.get_text() == "The map of tiny <music>" and (site / door["href"]).is_file()
    assert "/home/somebody" not in (site / "00_first.html").read_text()


def test_a_widget_says_what_makes_it_live(site):
    notes = pages(site)["00_first.html"].select(".note")
    assert len(notes) == 2 and all("make listen" in note.get_text() for note in notes)
    assert not pages(site)["01_second.html"].select(".note, script[src*=widgets]")


def test_a_room_is_shown_by_its_page(site):
    page = pages(site)["00_first.html"]
    (frame,) = page.select("iframe.room")
    assert frame["src"] == "room_tiny_music/index.html"
    state = page.find("script", type="application/vnd.jupyter.widget-state+json").string
    assert "drawn without a kernel" in state and "waits for a kernel" not in state


def test_it_is_small_and_its_sizes_are_written_down(site):
    sizes = json.loads((site / "site.json").read_text())
    assert sizes == {
        path.relative_to(site).as_posix(): path.stat().st_size
        for path in site.rglob("*")
        if path.is_file() and path.name != "site.json"
    }
    assert sum(size for name, size in sizes.items() if name.startswith("shared/")) < 5 * MB
    assert max(size for name, size in sizes.items() if name.endswith(".html")) < 8 * MB
    assert summary({"a.html": 2000000, "shared/x.js": 500000, "files/y": 1500000}) == (
        "1 pages, 4.0 MB in all: 0.5 MB scripts and styles for all of them; the largest page has "
        "2.00 MB (a.html)"
    )


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    notebook = tmp_path / "00.ipynb"
    with pytest.raises(InputError, match="no site of this suite"):
        build([notebook], tmp_path, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "mine"
    with pytest.raises(InputError, match="make figures"):
        build([], tmp_path, tmp_path / "site")


def test_a_file_is_kept_once_by_its_content(tmp_path):
    shelf = Shelf(tmp_path)
    address = shelf.put(b"abc", "image/png")
    assert address == "files/ba7816bf8f01cfea.png"  # of the SHA-256 that FIPS 180 gives for it
    assert shelf.put_address("data:image/png;base64,YWJj") == address
    assert shelf.emptied('<img src="data:image/png;base64,YWJj">') == f'<img src="{address}"/>'
    assert shelf.emptied("<p>a < b</p>") == "<p>a < b</p>"
    assert [path.read_bytes() for path in (tmp_path / "files").iterdir()] == [b"abc"]


def test_findings_are_the_numbers_of_the_notebooks():
    def row(embedding, value, score="precision@10"):
        return {"corpus": "tiny", "score": score, "embedding": embedding, "value": value}

    rows = [row("ours", 0.5), row("statistics", 0.25), row("ours", 0.9, "silhouette")]
    agree = [
        {"what": f"ARI, {n}", "embedding": "ours", "value": v} for n, v in (("a", 0.1), ("b", 0.2))
    ]
    said = findings(
        {
            "05_embedding_space": {
                "embedding": {"tiny": "ours"},
                "space_scores": rows,
                "chance of precision@10": {"tiny": 0.125},
            },
            "06_error_analysis_sins": {
                "found, wrong label": [2, 3],
                "suspect_moments": 5,
                "moments": 70,
            },
            "07_genre_clusters": {"embedding": {"tiny": "ours"}, "intervals": agree},
        }
    )
    assert len(said) == 3
    assert re.findall(r"\d+ %", said[0]) == ["50 %", "12 %", "25 %"]
    assert re.findall(r"\d+", said[1]) == ["3", "2", "5", "70"]
    assert "0.20" in said[2]
    assert findings({}) == []


def test_the_bundled_scripts_are_those_of_what_is_installed():
    licences = (STATIC / "vendor" / "licences.txt").read_text()
    assert f"anywidget {version('anywidget')}: MIT" in licences
    asked = json.loads((ROOT / "thesis_lib" / "site" / "scripts" / "package.json").read_text())
    for name, number in asked["dependencies"].items():
        assert f"{name} {number}: " in licences
    assert "undefined" not in licences


def test_what_is_no_python_is_part_of_the_package():
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    assert tools["package-data"]["thesis_lib.site"] == ["static/**", "templates/**"]
    assert tools["package-data"]["thesis_lib.pipeline"] == ["jupyter/**"]
