"""Scores in words."""

import numpy as np
import pandas as pd
import pytest

from thesis_lib.analysis.comparison import (
    compare,
    compare_scores,
    describe_differences,
    describe_scores,
    differences,
)
from thesis_lib.analysis.linear_probe import macro_f1
from thesis_lib.util.errors import InputError


@pytest.mark.parametrize(
    "mean, other, place",
    [(0.61, 0.5, "above"), (0.59, 0.5, "level"), (0.41, 0.5, "level"), (0.39, 0.5, "below")],
)
def test_two_means_differ_by_more_than_the_spread_of_the_difference(mean, other, place):
    assert compare(mean - other, np.hypot(0.06, 0.08)) == place  # sqrt(0.06² + 0.08²) = 0.1


def test_seeds_are_compared_one_by_one():
    ours, other = pd.Series([0.3, 0.5, 0.7]), pd.Series([0.2, 0.4, 0.6])
    assert compare_scores(ours, other) == "above"  # each seed by 0.1, far less than between them
    assert compare_scores(ours, other[:1]) == "above"
    assert compare_scores(ours, pd.Series([0.45])) == "level"
    assert compare_scores(ours[:1], other) == "level"  # one value without a seed
    assert compare_scores(pd.Series([0.9]), other) == "above"
    assert compare_scores(ours[:1], other[:1]) == "beside"  # nothing is known of chance


def test_any_embedding_can_stand_first():
    rows = [("one", "ours", 1, 0.9), ("one", "trained", 1, 0.4), ("one", "trained", 2, 0.6)]
    scores = pd.DataFrame(rows, columns=["what", "embedding", "seed", "value"])
    said = "- one: ours **0.90**, above the network trained here (0.50 ± 0.14)."
    assert describe_scores(scores, "ours") == said


def items(right, groups=20):
    """Of each group four items of two classes, as many of them right as `right` says."""
    label = np.tile(list("aabb"), groups)
    wrong = np.tile(np.arange(4) >= right, groups)
    answer = np.where(wrong, np.where(label == "a", "b", "a"), label)
    group = np.repeat([f"g{i}" for i in range(groups)], 4)
    return pd.DataFrame({"label": label, "answer": answer, "group": group})


def test_a_difference_is_that_of_the_scores_and_every_seed_counts():
    tested = {("ours", 1): items(4), ("trained", 1): items(3), ("trained", 2): items(2)}
    (row,) = differences(tested, "ours").itertuples()
    scores = [macro_f1(items(right).label, items(right).answer) for right in (4, 3, 2)]
    assert row.other == "trained" and row.place == "above" and row.low > 0
    assert row.difference == pytest.approx(scores[0] - np.mean(scores[1:]))


def test_the_same_answers_are_level_and_a_single_group_says_nothing():
    (row,) = differences({("ours", 1): items(3), ("statistics", 1): items(3)}, "ours").itertuples()
    assert (row.difference, row.low, row.high, row.place) == (0, 0, 0, "level with")
    found = differences({("ours", 1): items(4, 1), ("statistics", 1): items(2, 1)}, "ours")
    assert np.isnan(found.difference[0]) and found.place[0] == "level with"


def test_a_value_of_each_item_is_compared_by_its_mean():
    ours, other = (items(4)[["label", "group"]].assign(value=value) for value in (0.75, 0.5))
    found = differences({("ours", 1): ours, ("untrained", 1): other}, "ours")
    assert found.difference[0] == pytest.approx(0.25)
    text = describe_differences({"what": found}, "ours")
    other = "the network trained here, before its training"
    assert text == f"- what: ours is above {other} (+0.25, 95 % +0.25 to +0.25)."


def test_a_class_of_few_groups_is_in_every_draw():
    """Groups of a class are alike here, so draws differ only where one lacks a class."""
    rare = pd.DataFrame({"label": "c", "answer": "c", "group": ["x", "y"]})
    ours, other = (pd.concat([items(right), rare], ignore_index=True) for right in (4, 3))
    other["answer"] = np.where(other.answer == other.label, other.answer, "c")
    (row,) = differences({("ours", 1): ours, ("trained", 1): other}, "ours").itertuples()
    scores = [macro_f1(table.label, table.answer) for table in (ours, other)]
    assert row.difference == pytest.approx(scores[0] - scores[1])
    assert row.low == pytest.approx(row.high) == pytest.approx(row.difference)


def test_what_cannot_be_told_is_said():
    one_each = pd.DataFrame({"label": list("aabb"), "answer": list("abbb"), "group": list("xxyy")})
    found = differences({("ours", 1): one_each, ("trained", 1): one_each}, "ours")
    assert found[["difference", "low", "high"]].isna().all(axis=None)
    said = describe_differences({"what": found}, "ours")
    other = "the network trained here (too few sessions or songs to tell)"
    assert said == f"- what: ours is beside {other}."


def test_other_items_cannot_be_compared():
    with pytest.raises(InputError, match="those of 'ours' and 'trained' differ"):
        differences({("ours", 1): items(4), ("trained", 1): items(4)[::-1]}, "ours")
