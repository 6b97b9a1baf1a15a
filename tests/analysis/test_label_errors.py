"""Scores of labels: by hand, against cleanlab and scikit-learn, and where nothing can be judged."""

import numpy as np
import pandas as pd
import pytest
from cleanlab.rank import get_self_confidence_for_each_label
from sklearn.metrics import average_precision_score

from thesis_lib.analysis import label_errors
from thesis_lib.util.errors import InputError

WAYS = {  # votes by fewer neighbours than a class has items
    "both": {}, "self_confidence": {}, "soft_vote": {"k": 10}, "hard_vote": {"k": 10},
    "distance_ratio": {},
}  # fmt: skip


def clusters(wrong=(), groups=12, size=5, seed=0):
    """Three clear classes in groups of `size` items; the labels of `wrong` are turned."""
    rng = np.random.default_rng(seed)
    truth = np.repeat(np.arange(3), groups // 3 * size)
    vectors = 4 * np.eye(3)[truth] @ rng.normal(size=(3, 16)) + rng.normal(size=(len(truth), 16))
    label = np.array(list("abc"))[truth]
    label[list(wrong)] = np.array(list("bca"))[truth[list(wrong)]]
    group = np.repeat([f"s{number}" for number in range(groups)], size)
    return vectors.astype(np.float32), label, group


@pytest.mark.parametrize("way", WAYS)
def test_every_way_puts_what_is_wrong_in_clear_classes_first(way):
    wrong = [0, 21, 33, 50]
    vectors, label, group = clusters(wrong)
    found = getattr(label_errors, way)(vectors, label, group, **WAYS[way])
    assert found.shape == label.shape and ((found >= 0) & (found <= 1)).all()
    assert set(np.argsort(-found)[:4]) == set(wrong)


@pytest.mark.parametrize("way", WAYS)
def test_what_the_own_group_says_is_no_evidence(way):
    """A session that agrees with itself and with nobody else is as suspect as a single item."""
    vectors, label, group = clusters()
    label[group == "s0"] = "b"  # of class a, all five items
    found = getattr(label_errors, way)(vectors, label, group, **WAYS[way])
    assert set(np.argsort(-found)[:5]) == set(np.flatnonzero(group == "s0"))


@pytest.mark.parametrize("way", WAYS)
def test_a_label_of_a_single_group_cannot_be_judged(way):
    vectors, label, group = clusters()
    label[:3] = "only here"
    found = getattr(label_errors, way)(vectors, label, group, **WAYS[way])
    assert np.isnan(found[:3]).all() and not np.isnan(found[3:]).any()


def test_self_confidence_is_cleanlabs_of_probabilities_that_never_saw_the_group():
    vectors, label, group = clusters([7])
    names, chance = label_errors.out_of_fold(vectors, label, group)
    np.testing.assert_allclose(chance.sum(axis=1), 1)
    given = np.searchsorted(names, label)
    theirs = get_self_confidence_for_each_label(given, chance)
    np.testing.assert_allclose(label_errors.self_confidence(vectors, label, group), 1 - theirs)
    changed = label.copy()
    changed[group == "s3"] = np.roll(label, 20)[group == "s3"]
    _, other = label_errors.out_of_fold(vectors, changed, group)
    same = group == "s3"  # the folds may be others; but no own label reaches these rows
    assert np.abs(chance[same].argmax(1) - other[same].argmax(1)).max() == 0


def test_votes_and_ratio_by_hand():
    """Four groups on a circle; 0 degrees asks 10, 20 and 170."""
    angle = np.radians([0, 10, 20, 170])
    unit = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    labels, group = np.array(list("abab")), np.arange(4)
    label_errors_unit = pytest.MonkeyPatch()
    label_errors_unit.setattr(label_errors, "directions", lambda vectors: vectors)
    try:
        hard = label_errors.hard_vote(unit, labels, group, 3)
        soft = label_errors.soft_vote(unit, labels, group, 3)
        ratio = label_errors.distance_ratio(unit, labels, group)
    finally:
        label_errors_unit.undo()
    weight = np.exp(np.cos(np.radians([10, 20, 170])) / label_errors.TEMPERATURE)
    assert hard[0] == pytest.approx(2 / 3)
    assert soft[0] == pytest.approx((weight[0] + weight[2]) / weight.sum(), abs=1e-6)
    same, other = 2 * np.sin(np.radians(10)), 2 * np.sin(np.radians(5))
    assert ratio[0] == pytest.approx(same / (same + other), abs=1e-6)


def test_confident_learning_finds_about_as_many_as_there_are():
    wrong = [0, 21, 33, 50]
    vectors, label, group = clusters(wrong)
    found = label_errors.confident_issues(label, *label_errors.out_of_fold(vectors, label, group))
    assert found.dtype == bool and set(wrong) <= set(np.flatnonzero(found)) and found.sum() <= 6


def test_a_session_is_judged_by_all_of_its_items():
    vectors, label, group = clusters()
    label[group == "s0"] = "b"
    label[20] = "c"  # a single item of s4
    table = label_errors.sessions(label, group, *label_errors.out_of_fold(vectors, label, group))
    assert isinstance(table, pd.DataFrame) and table["items"].sum() == len(label)
    suspects = table.set_index(["group", "label"]).loc[[("s0", "b"), ("s4", "c")]]
    assert suspects["items"].tolist() == [5, 1] and suspects.other.tolist() == ["a", "b"]
    wrong = (table.group == "s0") | (table["items"] == 1)
    assert average_precision_score(wrong, table.score) == 1


@pytest.mark.parametrize("labels, group", [("aaaa", "wxyz"), ("abab", "wwww")])
def test_one_class_or_one_group_is_refused(labels, group):
    with pytest.raises(InputError, match="too few to judge labels by"):
        label_errors.self_confidence(np.eye(4), list(labels), list(group))
