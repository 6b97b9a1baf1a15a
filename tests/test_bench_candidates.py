"""The candidates for the network that comes with the suite: what is trained on, what is written."""

import json

import pandas as pd
import pytest
from corpora import ROOT, on_one_thread

from thesis_lib.datasets import open_music
from thesis_lib.recipe import PRETRAINED

single = pytest.fixture(scope="module", autouse=True)(on_one_thread)


def test_they_run_and_are_compared_with_the_first(bench, tmp_path):
    candidates = bench("candidates")
    candidates.main(["--quick", "--out", str(tmp_path)])
    *rows, machine = json.loads((tmp_path / "candidates.json").read_text())
    table = pd.DataFrame(rows)
    assert machine["quick"] and set(table.method) == set(candidates.OPTIONS["only"][1].split(","))
    assert (table[table.method == "batch 64"].diff_to_ours == 0).all()
    scores = table[["mean", "ci_low", "ci_high"]]
    assert scores.ge(0).all(axis=None) and scores.le(1).all(axis=None)


def test_the_first_is_the_recipe_that_is_shipped_and_the_kept_out_games_exist(bench):
    candidates = bench("candidates")
    first = next(iter(candidates.CANDIDATES.values()))
    assert first == candidates.Candidate() and PRETRAINED.batch == 64
    assert set(candidates.KEPT_OUT) < set(open_music.tracks().label)


def test_what_was_chosen_by_is_kept(bench):
    *rows, about = json.loads((ROOT / "bench/results/first_candidates.json").read_text())
    table = pd.DataFrame(rows)
    own = table[table.corpus.str.startswith("home")].groupby(["method", "metric"])["mean"].mean()
    both = "read out of the shipped network: embedding and hidden layer of the head"
    alone = "read out of the shipped network: embedding alone"
    for metric in ("macro_f1", "precision_at_10"):
        assert own[both, metric] > own[alone, metric] > own["untrained", metric]
    assert "no intervals" in about["note"]


def test_what_is_said_of_one_microphone_is_what_was_measured(bench):
    *rows, about = json.loads((ROOT / "bench/results/candidates.json").read_text())
    table = pd.DataFrame(rows).query("method == 'opposites of one microphone'")
    better = table.set_index(["corpus", "metric"]).better
    for metric in ("macro_f1", "precision_at_10", "microphone_share_at_10"):
        assert better["homes", metric] == "opposites of one microphone"
    music = better["kept-out music"]
    assert music["macro_f1"] == music["precision_at_10"] == ""
    assert music["map"] == music["r_precision"] == "batch 64" and about["training_seconds"] == 180
