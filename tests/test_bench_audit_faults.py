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
RATE = 16000


@pytest.fixture
def planting(bench):
    return bench("evaluation.fault_planting")


def noise():
    wave = 0.02 * np.random.default_rng(0).standard_normal((4, 3 * RATE))
    return (np.round(wave * 32768) / 32768).astype(np.float32)


def test_every_kind_at_every_strength_once_and_the_same_each_time(planting):
    plan = planting.plan(np.arange(100, 200), 4, (7, 0))
    assert len(plan) == 36 and plan.recording.is_unique and plan.recording.between(100, 199).all()
    assert set(plan.kind) == set(planting.AMOUNTS) == set(CAUSES)
    assert (plan.groupby("kind").strength.nunique() == 3).all()
    pd.testing.assert_frame_equal(plan, planting.plan(np.arange(100, 200), 4, (7, 0)))
    both = pd.concat([plan, planting.plan(np.arange(100, 200), 4, (7, 1))])
    alone = both.kind.isin(planting.ALONE)
    assert not both.whole[alone].any() and both.whole[~alone].mean() == 0.5
    assert (both.channels[both.kind == "swapped"].map(len) == 2).all()


def test_only_the_channels_that_are_named_change_and_the_original_does_not(planting):
    wave = noise()
    before = wave.copy()
    for kind in planting.AMOUNTS:
        hit = (1, 2) if kind == "swapped" else (2,)
        found = planting.plant(wave, RATE, kind, "strong", hit, (1,))
        changed = np.flatnonzero((found != wave).any(axis=1))
        assert changed.tolist() == list(hit), kind
        assert found.shape == wave.shape and found.dtype == np.float32
        assert np.array_equal(found, planting.plant(wave, RATE, kind, "strong", hit, (1,)))
    assert np.array_equal(wave, before)


@pytest.mark.parametrize("strength, place", [("weak", 0), ("middle", 1), ("strong", 2)])
def test_amounts_are_in_physical_units(planting, strength, place):
    wave, amounts = noise(), {kind: each[place] for kind, each in planting.AMOUNTS.items()}

    def planted(kind):
        return planting.plant(wave, RATE, kind, strength, (0,), (3,))[0].astype(float)

    original = wave[0].astype(float)
    level = 10 * np.log10(np.mean(original**2))
    clipped = planted("clipped")
    at_rail = (clipped == clipped.max()) | (clipped == clipped.min())
    assert at_rail.mean() == pytest.approx(amounts["clipped"], rel=0.3)
    shift = np.median(planted("offset") - original)
    assert abs(shift) == pytest.approx(amounts["offset"], abs=1e-4)
    hum = planted("humming") - original
    assert 10 * np.log10(np.mean(hum**2)) == pytest.approx(amounts["humming"], abs=0.5)
    quiet = planted("quiet")
    assert 10 * np.log10(np.mean(quiet**2)) - level == pytest.approx(amounts["quiet"], abs=0.1)
    lost = planted("intermittent") != original
    assert lost.mean() == pytest.approx(amounts["intermittent"], abs=0.01)
    held = np.diff(planted("stuck")) == 0
    assert held.sum() / RATE == pytest.approx(min(amounts["stuck"], 3.0), abs=0.05)


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
