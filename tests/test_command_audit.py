"""`thesis audit`: a page and a CSV of what does not fit in a folder, by ours or by any vectors."""

import re

import chromium
import numpy as np
import pandas as pd
import pytest
from command_line import thesis
from corpora import noise, sins_lists, tone, write

from thesis_lib.datasets import registry

browser = pytest.fixture(scope="module")(chromium.browser)
page = pytest.fixture(chromium.page)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Low tones, high tones and noise, eight each; a noise is among the low tones."""
    root = tmp_path_factory.mktemp("audit") / "sounds & more"
    for number in range(8):
        write(root / "low" / f"low {number}.wav", tone(2.5, 200 + 10 * number))
        write(root / "high" / f"high {number}.wav", tone(2.5, 3000 + 100 * number))
        write(root / "noise" / f"noise {number}.wav", noise(2.5, number))
    write(root / "low" / "misplaced.wav", noise(2.5, 99))
    return root


@pytest.fixture(scope="module")
def audit(folder, tmp_path_factory):
    """Run an audit of a folder; its spectrograms are made once."""
    runs = tmp_path_factory.mktemp("runs")
    return lambda *more, of=folder: thesis("audit", of, "--runs", runs, *more)


@pytest.fixture(scope="module")
def audited(audit, tmp_path_factory):
    """The page and the table of an audit by the suite's own network."""
    out = tmp_path_factory.mktemp("report") / "report.html"
    done = audit("--out", out)
    assert done.returncode == 0, done.stderr
    return out, pd.read_csv(out.with_suffix(".csv"), keep_default_na=False), done.stdout


def test_what_is_misplaced_comes_first(audited):
    _, table, printed = audited
    first = table.iloc[0]
    assert (first.path, first.label, first.other) == ("low/misplaced.wav", "low", "noise")
    assert re.search(r"\d+ of 25 labels are called wrong", printed)
    assert len(table[table.what.isin(["label", "wrong label"])]) == 25  # every item is in the CSV


def test_the_page_needs_nothing_else_and_can_be_heard(audited):
    page = audited[0].read_text(encoding="utf-8")
    assert "sounds &amp; more" in page and "misplaced" in page
    sources = re.findall(r'(?:src|href)="([^"]{0,30})', page)
    assert sources and all(one.startswith("data:") for one in sources)
    assert page.count("<audio") >= 4 and "Not checked." in page


@chromium.needed
def test_a_suspect_is_heard_and_seen_in_a_browser_without_a_network(audited, page):
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(audited[0].as_uri())
    first = page.locator("audio").first
    assert "misplaced" in first.get_attribute("aria-label")
    first.evaluate("sound => { sound.muted = true; return sound.play(); }")
    page.wait_for_function("document.querySelector('audio').currentTime > 0.2")
    lengths = page.evaluate("[...document.querySelectorAll('audio')].map(one => one.duration)")
    assert all(length == pytest.approx(2.5, abs=0.2) for length in lengths if length)
    shown = page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth)")
    assert shown and not said


def test_it_fails_above_a_share(audit, tmp_path):
    done = audit("--out", tmp_path / "report.html", "--fail-above", "0")
    assert done.returncode == 3 and "more than --fail-above 0" in done.stderr
    assert (tmp_path / "report.html").is_file()


def test_vectors_of_any_other_model_do(audit, folder, tmp_path):
    table = registry.read("music", folder).table
    vectors = 6 * np.eye(6)[table.label.factorize()[0]]  # this model hears what the label says
    vectors += np.random.default_rng(0).normal(size=vectors.shape)
    np.savez(tmp_path / "vectors.npz", path=table.path.to_numpy(str), vectors=vectors)
    out = tmp_path / "report.html"
    done = audit("--out", out, "--embeddings", tmp_path / "vectors.npz")
    assert done.returncode == 0 and done.stdout.startswith("0 of 25 labels"), done.stderr
    assert "vectors.npz" in out.read_text(encoding="utf-8")


def test_a_folder_without_classes_is_audited_for_what_is_left(audit, folder, tmp_path):
    done = audit("--out", tmp_path / "report.html", of=folder / "low")
    assert done.returncode == 0 and "No label can be judged" in done.stdout, done.stderr
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "No label could be judged" in page and "too few" in page
    done = audit("--out", tmp_path / "report.html", "--fail-above", "0.1", of=folder / "low")
    assert done.returncode == 1 and "--fail-above needs labels" in done.stderr


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["--out", "report.pdf"], "report.pdf does not end in .html"),
        (["--out", "/dev/null/page.html"], "/dev/null is a device and no folder"),
        (["--fail-above", "5"], "'5' is no share; write a number from 0 to 1"),
        (["--embeddings", "nowhere.npz"], "nowhere.npz is no npz or parquet file of vectors"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(audit, arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = audit(*arguments)
    assert done.returncode in (1, 2) and sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_sins_as_it_is_unpacked_is_audited_with_what_the_thesis_names(tmp_path):
    """A generated tree in the official layout: two classes, two nodes, one moment silent."""
    classes, sessions = ("social_activity", "absence", "working"), (*range(1, 9), 53, 201)
    rows = [(n, s, k, classes[s % 3]) for s in sessions for k in (1, 10, 42) for n in (3, 4)]
    paths = sins_lists(tmp_path / "sins", rows)
    for path, (node, session, position, label) in zip(paths, rows, strict=True):
        silent = label == "absence" or (session, position) == (201, 10)
        wave = noise(10, session, channels=4, level=1e-4 if silent else 0.1)
        wave += tone(10, 300)[:, None] * (label == "social_activity" and not silent)
        wave += tone(10, 5000)[:, None] * ((node, session, position) == (3, 53, 42))
        write(path, wave)
    out = tmp_path / "sins.html"
    done = thesis("audit", tmp_path / "sins", "--runs", tmp_path / "runs", "--out", out)
    assert done.returncode == 0, done.stderr
    page = out.read_text(encoding="utf-8")
    assert "The recordings that the thesis names" in page
    assert "DevNode4_ex201_10" in page and "DevNode3_ex53_42" in page
    table = pd.read_csv(out.with_suffix(".csv"), keep_default_na=False)
    silent = table[table.what == "silence"]
    assert silent.session.tolist() == ["s201"] and silent.label.tolist() == ["social_activity"]
    odd = table[table.what == "microphone"]
    assert odd.path.tolist()[:1] == ["audio/DevNode3_ex53_42.wav"]
