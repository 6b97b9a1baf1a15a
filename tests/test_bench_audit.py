"""The benchmark of the audit: what is planted, how rankings are scored, what is written."""

import json

import numpy as np
import pandas as pd
import pytest
from corpora import ROOT, on_one_thread
from sklearn.metrics import (
    average_precision_score,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

single = pytest.fixture(scope="module", autouse=True)(on_one_thread)


@pytest.fixture
def part(bench):
    """A function that imports a module of `bench/evaluation/`."""
    return lambda name: bench(f"evaluation.{name}")


def items(part, count=200):
    rng = np.random.default_rng(0)
    label = np.array(list("abcd"))[np.arange(count) % 4]
    group = np.array([f"g{number // 5}" for number in range(count)])
    table = pd.DataFrame({"label": label, "heard": label, "group": group, "level": 0.0})
    vectors = {"some": rng.normal(size=(count, 3)).astype(np.float32)}
    return part("label_planting").Items(table, vectors)


def more(part):
    return {"foreign": items(part, 80), "taken_for": dict(zip("abcd", "bcda", strict=True))}


def test_as_many_labels_are_wrong_as_are_asked_for_and_no_other_is_changed(part):
    planting, before = part("label_planting"), items(part)
    for name, (plant, share) in planting.PLANTED.items():
        after = plant(before, share, np.random.default_rng(1), more(part))
        count = len(before.table)
        kept = after.table[:count]
        assert kept.heard.equals(before.table.heard)
        assert after.wrong.sum() == pytest.approx(share * count, abs=5 if "whole" in name else 0)
        assert len(after.vectors["some"]) == len(after.table)
        is_added = name.startswith(("foreign", "near"))
        assert len(after.table) - count == (round(share * count) if is_added else 0)
        assert (kept.label == before.table.label).all() == is_added


def test_confusable_pairs_and_whole_sessions_and_copies(part):
    planting, before, rng = part("label_planting"), items(part), np.random.default_rng(1)
    pairs = planting.confusable(before, 0.05, rng, more(part)).table
    wrong = pairs[pairs.label != pairs.heard]
    assert (wrong.label == wrong.heard.map(more(part)["taken_for"])).all()
    whole = planting.whole_groups(before, 0.05, rng, {}).table
    shares = (whole.label != whole.heard).groupby(whole.group).mean()
    assert set(shares) == {0.0, 1.0} or shares[shares > 0].min() >= 0.75  # of mixed classes
    copies = planting.near_duplicates(before, 0.05, rng, {})
    vectors = copies.vectors["some"]
    apart = np.linalg.norm(vectors[200:, None] - vectors[None, :200], axis=2).min(axis=1)
    assert (apart > 0).all() and (apart < 0.3).all()


def test_rankings_are_scored_as_scikit_learn_does_with_weights(part):
    rankings, rng = part("rankings"), np.random.default_rng(0)
    wrong = rng.random(300) < 0.1
    order = rng.random(300) + 0.5 * wrong
    weight = rankings.weights(np.arange(300) // 3, 20, rng)
    assert (weight[0] == 1).all() and (weight[1:].sum(axis=1) == 300).all()
    found = rankings.scores(wrong, order, weight, rng)
    for row, own in zip(found, weight, strict=True):
        values = dict(zip(rankings.METRICS, row, strict=True))
        about = {"y_true": wrong, "y_score": order, "sample_weight": own}
        wanted = average_precision_score(**about)
        assert values["average_precision"] == pytest.approx(wanted, abs=1e-5)
        assert values["auroc"] == pytest.approx(roc_auc_score(**about), abs=1e-5)


def test_the_other_scores_of_a_ranking_by_hand(part):
    """Wrong: first, third and tenth of a hundred."""
    rankings, rng = part("rankings"), np.random.default_rng(0)
    wrong = np.zeros(100, bool)
    wrong[[0, 2, 9]] = True
    found = rankings.scores(wrong, -np.arange(100.0), np.ones((1, 100)), rng)[0]
    values = dict(zip(rankings.METRICS, found, strict=True))
    assert values["precision_at_k"] == pytest.approx(2 / 3)
    assert values["recall_at_1_percent"] == pytest.approx(1 / 3)  # 97 are right: none is let pass
    assert values["clips_until_80_percent"] == 10  # 0.8 * 3 = 2.4: all three have to be heard
    none = rankings.scores(np.zeros(5, bool), np.arange(5.0), np.ones((1, 5)), rng)
    assert np.isnan(none).all()


def test_curves_go_through_the_points_that_scikit_learn_has(part):
    rankings, rng = part("rankings"), np.random.default_rng(0)
    wrong = rng.random(300) < 0.1
    order = rng.random(300) + 0.5 * wrong
    found, grids = rankings.curves(wrong, order, rng), rankings.GRIDS
    precision, recall, _ = precision_recall_curve(wrong, order)
    for at, value in zip(grids["precision at recall"], found["precision at recall"], strict=True):
        least = recall[recall >= at - 1e-9].min()
        assert value == pytest.approx(precision[recall == least].max())
    alarms, hits, _ = roc_curve(wrong, order, drop_intermediate=False)
    at, value = grids["recall at false alarms"], found["recall at false alarms"]
    assert value == pytest.approx([hits[alarms <= one + 1e-9].max() for one in at])
    assert value[-1] == 1 and np.trapezoid(value, at) == pytest.approx(
        roc_auc_score(wrong, order), abs=0.03
    )


def test_a_curve_by_hand_and_what_cannot_be_judged_comes_last(part):
    """Wrong: first and third of four; the third is not judged."""
    rankings, rng = part("rankings"), np.random.default_rng(0)
    order = np.array([3.0, 2.0, np.nan, 1.0])
    found = rankings.curves(np.array([True, False, True, False]), order, rng)
    assert found["precision at recall"][[0, 9, 10, -1]].tolist() == [1, 1, 0.5, 0.5]
    assert found["recall at false alarms"][[0, -2, -1]].tolist() == [0.5, 0.5, 1]


def test_it_runs_and_what_is_kept_has_its_rows(bench, tmp_path):
    bench("audit").main(["--quick", "--out", str(tmp_path)])
    *rows, machine = json.loads((tmp_path / "audit.json").read_text())
    table = pd.DataFrame(rows)
    assert machine["quick"] and set(table.planted) == set(
        bench("evaluation.label_planting").PLANTED
    )
    assert (table.ci_low <= table.ci_high).all() and table["mean"].ge(0).all()
    kept = pd.DataFrame(json.loads((ROOT / "bench/results/audit.json").read_text())[:-1])
    assert set(table.columns) <= set(kept.columns)
    assert set(kept.corpus) == {"homes", "esc10", "mini music"}
    assert (kept[kept.decisions.isna()].seeds == 25).all()
    for folder in (tmp_path, ROOT / "bench/results"):
        *rows, about = json.loads((folder / "audit_curves.json").read_text())
        curves = pd.DataFrame(rows)
        assert set(curves.metric) == set(bench("evaluation.rankings").GRIDS)
        assert (curves["at"].map(len) == curves["mean"].map(len)).all()
        assert np.concatenate(curves["mean"]).max() <= 1 and (curves.seeds == about["draws"]).all()
    assert set(curves.corpus) <= set(kept.corpus) and "ours: self-confidence" in set(curves.method)
