"""The room's benchmark runs, in quick mode: its rows are those of the result that is kept."""

import json

import chromium
from corpora import ROOT

pytestmark = chromium.needed
KEPT = ROOT / "bench" / "results" / "room.json"


def test_it_measures_what_is_kept(bench, tmp_path):
    bench("room").main(["--quick", "--out", str(tmp_path)])
    *found, machine = json.loads((tmp_path / "room.json").read_text())
    *kept, about = json.loads(KEPT.read_text())
    assert [(one["method"], one["metric"]) for one in found] == [
        (one["method"], one["metric"]) for one in kept
    ]
    assert all(one["mean"] > 0 and one["seeds"] >= 1 for one in found)
    assert machine["quick"] and "quick" not in about
    assert machine["webgl"] == about["webgl"]


def test_what_is_kept_keeps_what_is_promised():
    *kept, _ = json.loads(KEPT.read_text())
    worked = [one for one in kept if one["metric"] == "processor ms" and "nearest" in one["method"]]
    assert len(worked) == 2 and all(one["corpus"] == "73000 x 256" for one in worked)
    assert all(one["mean"] < 200 for one in worked)
