"""The probe, its report, and the pooling of segments."""

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import classification_report, confusion_matrix, f1_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from thesis_lib.analysis.linear_probe import (
    FOLDS,
    STRENGTHS,
    chance_f1,
    confusion_table,
    cross_validated,
    fit,
    macro_f1,
    pool,
    report,
)
from thesis_lib.util.errors import InputError


def clouds(n=300, spread=1.0, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.choice(["cooking", "eating", "working"], n, p=[0.6, 0.3, 0.1])
    places = {"cooking": (3, 0), "eating": (0, 3), "working": (0, 0)}
    vectors = np.array([places[label] for label in labels]) + spread * rng.normal(size=(n, 2))
    return (vectors * [1, 1000] + [0, 1e4]).astype(np.float32), labels  # scales must not matter


def test_clouds_apart_are_told_apart():
    vectors, labels = clouds(spread=0.3)
    probe = fit(vectors[:200], pd.Series(labels[:200]))
    assert macro_f1(labels[200:], probe.predict(vectors[200:])) > 0.97
    assert probe.classes_.tolist() == ["cooking", "eating", "working"]


def test_each_fold_is_answered_by_a_probe_of_the_others():
    vectors, labels = clouds(240, spread=0.5)
    fold = np.random.default_rng(1).permutation(240) % 4
    segment = np.arange(240) // 2  # two vectors of one label each
    labels[1::2], vectors[1::2], fold[1::2] = labels[::2], vectors[::2], fold[::2]
    by = pd.DataFrame({"segment": segment, "label": labels})
    found = cross_validated(vectors, labels, fold, by)
    assert len(found) == 120 and not found.segment.duplicated().any()
    for number in range(4):
        known = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
        known.fit(vectors[fold != number], labels[fold != number])
        own = found[found.fold == number].set_index("segment").answer
        want = pd.Series(known.predict(vectors[fold == number]), segment[fold == number])
        assert own.to_dict() == want.to_dict()


def test_shuffled_labels_teach_nothing():
    rng = np.random.default_rng(1)
    labels = rng.choice(list("abc"), 3000)
    vectors = rng.normal(size=(3000, 8))
    predicted = fit(vectors[:2000], labels[:2000]).predict(vectors[2000:])
    assert macro_f1(labels[2000:], predicted) == pytest.approx(1 / 3, abs=0.05)


def test_the_fit_is_the_minimum_of_its_loss():
    """Gradient of the logistic loss plus L2 (C = 1), written out, is nought."""
    vectors, labels = clouds()
    probe = fit(vectors.astype(np.float64), labels)
    x = (vectors - vectors.mean(axis=0, dtype=np.float64)) / vectors.std(axis=0, dtype=np.float64)
    surplus = probe.predict_proba(vectors.astype(np.float64)) - (labels[:, None] == probe.classes_)
    gradient = (surplus.T @ x + probe[-1].coef_) / len(x)
    start = (1 / 3 - (labels[:, None] == probe.classes_)).T @ x / len(x)
    assert abs(gradient).max() < 1e-3 * abs(start).max()


def test_the_same_probe_each_time_without_a_warning():
    vectors, labels = clouds()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        first, second = fit(vectors, labels, seed=1), fit(vectors, labels, seed=1)
    assert np.array_equal(first[-1].coef_, second[-1].coef_)


def test_not_even_one_of_convergence(monkeypatch):
    monkeypatch.setattr("thesis_lib.analysis.linear_probe.STEPS", 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        probe = fit(*clouds())
    assert probe[-1].n_iter_ == 1


def test_classes_weigh_by_how_frequent_they_are_unless_balanced():
    vectors, labels = clouds(n=2000, spread=2.5)
    plain, balanced = fit(vectors, labels), fit(vectors, labels, class_weight="balanced")
    rare = [(probe.predict(vectors) == "working").mean() for probe in (plain, balanced)]
    assert rare[0] < 0.1 < rare[1]


def test_report_by_hand():
    table = report(list("aaab"), list("aabb")).set_index("class")
    assert table.loc["a"].tolist() == pytest.approx([1, 2 / 3, 0.8, 3])
    assert table.loc["b"].tolist() == pytest.approx([1 / 2, 1, 2 / 3, 1])
    mean = [(1 + 1 / 2) / 2, (2 / 3 + 1) / 2, (0.8 + 2 / 3) / 2, 4]
    assert table.loc["macro average"].tolist() == pytest.approx(mean)
    assert table.support.tolist() == [3, 1, 4]
    assert pd.api.types.is_integer_dtype(table.support)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.sampled_from("abcd")), min_size=1))
def test_report_as_scikit_learns_own(pairs):
    truth, predicted = zip(*pairs, strict=True)
    expected = classification_report(truth, predicted, output_dict=True, zero_division=0)
    table = report(truth, predicted).set_index("class")
    for name in [*sorted(set(truth) | set(predicted)), "macro average"]:
        row = expected["macro avg" if name == "macro average" else name]
        want = [row["precision"], row["recall"], row["f1-score"], row["support"]]
        assert table.loc[name].tolist() == pytest.approx(want)
    assert macro_f1(truth, predicted) == pytest.approx(table.loc["macro average", "f1"])


def test_the_classes_that_count_can_be_named():
    table = report(list("aab"), list("aac"), labels=["a", "b"])
    assert table["class"].tolist() == ["a", "b", "macro average"]
    assert macro_f1(list("aab"), list("aac"), labels=["a", "b"]) == 1 / 2
    assert macro_f1(list("aab"), list("aac")) == pytest.approx(1 / 3)


def test_pool_by_hand():
    posteriors = np.array([[1.0, 0], [0, 1], [0.4, 0.6], [0.8, 0.2], [0.6, 0.4]])
    tiles = pd.DataFrame({"group": list("tssts"), "position": [0, 1, 1, 0, 0]})
    pooled, keys = pool(posteriors, tiles)
    assert keys.to_numpy().tolist() == [["t", 0], ["s", 1], ["s", 0]]
    np.testing.assert_allclose(pooled, [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    assert keys.columns.tolist() == ["group", "position"]
    same, _ = pool(posteriors, [tiles.group, tiles.position.to_numpy()])
    assert np.array_equal(same, pooled)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=30))
def test_pooled_posteriors_against_a_loop(keys):
    posteriors = np.random.default_rng(len(keys)).dirichlet(np.ones(4), len(keys))
    group, node = np.array(keys).T
    pooled, table = pool(posteriors, [group, node])
    assert [tuple(row) for row in table.to_numpy()] == list(dict.fromkeys(keys))
    np.testing.assert_allclose(pooled.sum(axis=1), 1)
    for (own_group, own_node), row in zip(dict.fromkeys(keys), pooled, strict=True):
        rows = [i for i, key in enumerate(keys) if key == (own_group, own_node)]
        np.testing.assert_allclose(row, posteriors[rows].mean(axis=0))


@pytest.mark.parametrize(
    "call, message",
    [
        (
            lambda: fit(np.eye(3), ["a"] * 3),
            r"labels: holds only \['a'\]; give tiles of at least 2",
        ),
        (lambda: fit(np.eye(3), ["a", None, "b"]), r"labels: 1 of 3 .* missing .* row 1\)"),
        (lambda: fit(np.eye(3), ["a", "b"]), r"labels: has shape \(2,\)"),
        (lambda: fit([[np.inf], [0]], ["a", "b"]), "vectors: 1 of 2 rows hold NaN or infinity"),
        (lambda: report(["a"], ["a", "b"]), r"predicted: has shape \(2,\); give one .* 1 rows"),
        (lambda: report([], []), "truth: is empty"),
        (lambda: report(["a", "b"], [0, 1]), "predicted: holds int64 and truth <U1"),
        (lambda: macro_f1(["a"], ["a"], labels=["z"]), r"labels: none of \['z'\] occurs in truth"),
        (lambda: pool([[0.5, 0.5]], []), "by: is empty"),
        (lambda: pool([[0.5, 0.5]], [["a", "b"]]), r"by\[0\]: has shape \(2,\)"),
        (lambda: pool([[0.5, np.nan]], [["a"]]), "posteriors: 1 of 1 rows hold NaN"),
    ],
)
def test_bad_input_is_one_sentence(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_with_groups_the_penalty_is_the_one_that_serves_groups_left_out():
    """Each group has a mark of its own in many dimensions, which says nothing of other groups."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(24), 10)
    labels = np.where(group % 2, "a", "b")
    mark = rng.standard_normal((24, 200))[group]
    vectors = mark + 0.1 * rng.standard_normal((240, 200))
    vectors[:, 0] += 2 * (labels == "a")
    learn = group < 16
    chosen = fit(vectors[learn], labels[learn], group=group[learn])
    best = chosen.best_params_["logisticregression__C"]
    by_hand = {}
    for strength in STRENGTHS:
        scores = []
        folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
        for one, other in folds.split(vectors[learn], labels[learn], group[learn]):
            probe = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))
            probe.fit(vectors[learn][one], labels[learn][one])
            said = probe.predict(vectors[learn][other])
            scores.append(f1_score(labels[learn][other], said, average="macro"))
        by_hand[strength] = np.mean(scores)
    assert by_hand[best] == max(by_hand.values())
    assert set(group[learn][one]).isdisjoint(group[learn][other])


def test_chance_is_the_score_of_permuted_answers():
    truth = np.repeat(list("abc"), [600, 300, 100])
    assert chance_f1(truth, truth) == pytest.approx(1 / 3, abs=0.02)  # F1 of a class: its share
    always = np.repeat("a", 1000)  # nothing changes when equal answers are permuted
    assert chance_f1(truth, always) == macro_f1(truth, always, ["a", "b", "c"])


def test_confusions_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    truth, predicted = rng.choice(list("abc"), 50), rng.choice(list("abcd"), 50)
    table = confusion_table(truth, predicted)
    assert table.index.tolist() == list("abc") and table.columns.tolist() == list("abcd")
    expected = confusion_matrix(truth, predicted, labels=list("abcd"))[:3]
    assert (table.to_numpy() == expected).all()
