"""The table of captions: filled with what is given."""

from types import SimpleNamespace

import pytest
from matplotlib import pyplot as plt

from thesis_lib.reporting import captions
from thesis_lib.reporting.notebook_record import Record
from thesis_lib.util.errors import InputError

SONGS = SimpleNamespace(corpus=SimpleNamespace(name="mini music", note=""), unit="song")
SOUNDS = SimpleNamespace(corpus=SimpleNamespace(name="esc10", note=""), unit="recording")


def test_names_and_captions_are_filled_and_none_may_be_missing(tmp_path, monkeypatch):
    template = "{corpus}: {share:.0f} % of {machine.name}"
    monkeypatch.setattr(captions, "CAPTIONS", {"bars_{domain}.png": template})
    monkeypatch.setattr(captions, "THESIS", {"bars_{domain}.png": "bars of {domain}"})
    record = Record("05_space", tmp_path, {})
    about = {"domain": "home", "share": 12.4, "machine": SimpleNamespace(name="{a}")}
    record.figure(plt.figure(), "bars_{domain}", [SONGS], **about)
    found = record.figures["bars_home.png"]
    assert found["caption"] == "mini music: 12 % of {a}" and found["thesis"] == "bars of home"
    with pytest.raises(InputError, match="y.png has no caption; write one into .*captions.py"):
        record.figure(plt.figure(), "y")
    plt.close("all")


def test_a_caption_names_the_embedding_of_what_it_shows(tmp_path, monkeypatch):
    names = ("one", "other", "both", "given")
    monkeypatch.setattr(captions, "CAPTIONS", {f"{name}.png": "Of {embedding}." for name in names})
    home = SimpleNamespace(corpus=SimpleNamespace(name="mini home", note=""), unit="session")
    record = Record("05_space", tmp_path, {})
    with pytest.raises(KeyError, match="embedding"):  # nobody has said which, so no caption says it
        record.figure(plt.figure(), "one", [SONGS])
    record.number("embedding", {"mini music": "ours", "mini home": "trained"})
    for name, runs in (("one", [SONGS]), ("other", [home]), ("both", [SONGS, home])):
        record.figure(plt.figure(), name, runs)
    record.figure(plt.figure(), "given", [SONGS], embedding="statistics")
    said = [record.figures[f"{name}.png"]["caption"] for name in names]
    assert said == ["Of ours.", "Of trained.", "Of ours and trained.", "Of statistics."]
    plt.close("all")


def test_what_nobody_calls_music_is_not_called_so(tmp_path):
    """Nor does the thesis's figure stand beside it."""
    record = Record("06_errors", tmp_path, {})
    record.number("embedding", {run.corpus.name: "ours" for run in (SONGS, SOUNDS)})
    for run, words, theirs in ((SONGS, "songs", True), (SOUNDS, "recordings", False)):
        record.figures.clear()
        record.figure(plt.figure(), "suspect_music", [run])
        found = record.figures["suspect_music.png"]
        assert found["caption"].endswith(f"from other {words}.")
        assert bool(found["thesis"]) == theirs
    plt.close("all")
