"""The benchmark of faults: what is planted, how it is scored, and that all of it runs."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from corpora import ROOT, on_one_thread
from sklearn.metrics import average_precision_score, roc_auc_score

from thesis_lib.analysis.channel_faults import CAUSES

single = pytest.fixture(scope="module", autouse=True)(on_one_thread)


def test_scores_are_those_of_scikit_learn(bench):
    detection = bench("evaluation.detection")
    rng = np.random.default_rng(0)
    broken = rng.random(400) < 0.2
    score = np.round(rng.normal(size=400) + broken, 1)  # with ties
    session = rng.integers(0, 40, 400)
    half = broken & (rng.random(400) < 0.5)
    right = {"right_cause": rng.random(400) < 0.5}
    rows = detection.rows(score, broken, session, {"all": broken, "half": half}, right, draws=200)
    found = pd.DataFrame(rows).set_index(["planted", "metric"])
    for name, own in {"all": broken, "half": half}.items():
        counted = own | ~broken
        truth, values = own[counted], score[counted]
        row = found.loc[name]
        assert row["mean"]["auroc"] == pytest.approx(roc_auc_score(truth, values))
        expected = average_precision_score(truth, values)
        assert row["mean"]["average_precision"] == pytest.approx(expected)
        alarms = np.array([(score[~broken] >= one).mean() for one in score[own]])
        hit = alarms <= 0.01
        assert row["mean"]["recall_at_1_percent"] == pytest.approx(hit.mean())
        assert row["mean"]["right_cause"] == pytest.approx(right["right_cause"][own][hit].mean())
        assert (row.ci_low <= row["mean"]).all() and (row["mean"] <= row.ci_high).all()
        assert row.number.tolist() == [own.sum()] * 4


def test_what_was_heard_is_kept_so_that_a_stopped_run_goes_on(bench, planting, tmp_path):
    listened = bench("evaluation.listened")
    corpus = SimpleNamespace(table=pd.DataFrame({"path": [f"{n}.wav" for n in range(40)]}))
    plan, heard = planting.plan(np.arange(40), 4, (3, 0)), []

    def hear(asked):
        heard.append(asked)
        return [(row.path, fault and fault.kind) for row, fault in asked]

    def once(plan, seed):
        return listened.all_heard(corpus, plan, seed, tmp_path, hear)

    sound, broken = once(None, (3,)), once(plan, (3, 0))
    assert sound == [(path, None) for path in corpus.table.path]
    assert [kind for _, kind in broken] == plan.kind.tolist() and len(heard) == 2
    assert once(None, (3,)) == sound and once(plan, (3, 0)) == broken and len(heard) == 2
    once(plan, (3, 1))
    assert len(heard) == 3


def test_it_runs_and_finds_more_than_chance(bench, tmp_path):
    bench("audit_faults").main(["--quick", "--out", str(tmp_path)])
    *rows, machine = json.loads((tmp_path / "audit_faults.json").read_text())
    table = pd.DataFrame(rows)
    assert machine["quick"] and machine["draws"] == 1 and set(machine["strengths"]) == set(CAUSES)
    assert {"random", "level alone", "spectra against siblings", "ours"} < set(table.method)
    assert set(table.planted) > {"all", "one channel", "whole node", "dead", "dead, weak"}
    scores = table[["mean", "ci_low", "ci_high"]].dropna()
    assert scores.ge(0).all(axis=None) and scores.le(1).all(axis=None)
    auroc = table[(table.planted == "all") & (table.metric == "auroc")].set_index("method")["mean"]
    assert auroc["ours"] > auroc["random"]


def test_the_result_in_the_repository_is_of_other_homes_than_were_chosen_by(bench):
    sets = bench("audit_faults").SETS
    assert not set(sets["development"]) & set(sets["reporting"])
    *rows, about = json.loads((ROOT / "bench/results/audit_faults.json").read_text())
    table = pd.DataFrame(rows)
    assert about["set"] == "reporting" and table.corpus.str.fullmatch(r"\d simulated homes").all()
    auroc = table[table.metric == "auroc"].pivot(index="planted", columns="method", values="mean")
    others = auroc.drop(columns=[name for name in auroc if name.startswith("ours")])
    assert auroc.ours["all"] > others.loc["all"].max()
