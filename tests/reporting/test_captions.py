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


def test_what_nobody_calls_music_is_not_called_so(tmp_path):
    """Nor does the thesis's figure stand beside it."""
    record = Record("06_errors", tmp_path, {})
    for run, words, theirs in ((SONGS, "songs", True), (SOUNDS, "recordings", False)):
        record.figures.clear()
        record.figure(plt.figure(), "suspect_music", [run])
        found = record.figures["suspect_music.png"]
        assert found["caption"].endswith(f"from other {words}.")
        assert bool(found["thesis"]) == theirs
    plt.close("all")
