"""Scores in words."""

import numpy as np
import pandas as pd
import pytest

from thesis_lib.analysis.clusters import agreement
from thesis_lib.analysis.comparison import (
    FEWEST,
    as_text,
    describe_differences,
    differences,
    scores,
)
from thesis_lib.analysis.intervals import f1_interval
from thesis_lib.analysis.linear_probe import macro_f1
from thesis_lib.util.errors import InputError


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
    assert np.isnan(found.difference[0]) and found.place[0] == "beside"


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


def test_a_class_is_in_every_draw_of_every_test():
    """Three tests of two songs a class, all songs of a class alike."""
    tested = {}
    for seed in (1, 2, 3):
        label = np.repeat(list("abc"), 8)
        group = np.repeat([f"{seed}{number}" for number in range(6)], 4)
        answer = {"ours": label, "trained": np.tile(["a", "b", "c", "c"], 6)}
        for name, said in answer.items():
            tested[name, seed] = pd.DataFrame({"label": label, "answer": said, "group": group})
    (row,) = differences(tested, "ours").itertuples()
    assert row.low == pytest.approx(row.high) == pytest.approx(row.difference)
    assert row.difference == pytest.approx(1 - macro_f1(label, said))


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


def test_a_score_is_that_of_all_seeds_and_has_its_interval():
    right = {1: items(3), 2: items(2)}
    found = scores(
        {"one": {("ours", 1): items(4), **{("trained", k): t for k, t in right.items()}}}
    )
    assert found.columns.tolist() == ["what", "embedding", "value", "low", "high"]
    ours, trained = found.itertuples(index=False)
    assert ours == ("one", "ours", 1.0, 1.0, 1.0)
    both = pd.concat([table.assign(fold=seed) for seed, table in right.items()])
    alone = f1_interval(both.label, both.answer, both.group, fold=both.fold)
    assert trained[:3] == ("one", "trained", pytest.approx(alone.value))
    assert trained.low == pytest.approx(alone.low)  # groups are alike: strata change nothing
    assert as_text(found, 1, 100).to_dict()["one", "ours"] == "100.0 (100.0 to 100.0)"


def test_too_few_groups_have_a_score_and_no_interval():
    found = scores({"one": {("ours", 1): items(3, 1)}})
    assert found.value[0] == pytest.approx(macro_f1(items(3, 1).label, items(3, 1).answer))
    assert found[["low", "high"]].isna().all(axis=None)
    assert as_text(found).tolist() == ["0.73"]


def clustered(noise, seed, songs=30):
    """Tiles of songs of three classes; so many of them in a cluster drawn at random."""
    rng = np.random.default_rng(seed)
    group, label = np.repeat(np.arange(songs), 8), np.repeat(np.arange(songs) % 3, 8)
    drawn = rng.integers(3, size=len(label))
    cluster = np.where(rng.random(len(label)) < noise, drawn, label)
    return pd.DataFrame(
        {"label": label.astype(str), "group": group.astype(str), "cluster": cluster}
    )


@pytest.mark.parametrize("score", ["ari", "nmi", "purity"])
def test_clusters_are_compared_by_their_agreement_around_the_score(score):
    tested = {("ours", seed): clustered(0.2, seed) for seed in (1, 2)}
    tested |= {("trained", seed): clustered(0.8, 10 + seed) for seed in (1, 2)}
    found = scores({"one": tested}, score).set_index("embedding")
    for name in ("ours", "trained"):
        own = [
            agreement(t.label, t.cluster)[score] for (kind, _), t in tested.items() if kind == name
        ]
        assert found.value[name] == pytest.approx(np.mean(own))
        assert found.low[name] < found.value[name] < found.high[name]
    (row,) = differences(tested, "ours", score).itertuples()
    assert row.place == "above" and row.low < row.difference < row.high
    assert row.difference == pytest.approx(found.value["ours"] - found.value["trained"])


def test_an_interval_ends_where_scores_do():
    """Clusters drawn at random: moved draws go below 0, where no mutual information is."""
    found = scores({"one": {("ours", 1): clustered(1.0, 3)}}, "nmi")
    assert found.low[0] == 0 < found.value[0] < found.high[0]


def ranked(faulty, sessions=20):
    """Of each session ten items, in the first ones a fault that stands first or last."""
    rows = [(f"s{s}", s < faulty and i == 0, i * (-1) ** s) for s in range(sessions)
            for i in range(10)]  # fmt: skip
    return pd.DataFrame(rows, columns=["group", "fault", "order"])


def test_a_ranking_has_an_interval_where_enough_sessions_hold_a_fault():
    many, few = ({("ours", 1): ranked(n)} for n in (FEWEST, FEWEST - 1))
    found = scores({"many": many, "few": few})
    assert found.low.notna().tolist() == [True, False]
    assert 0 <= found.low[0] < found.value[0] < found.high[0] <= 1
    few |= {("statistics", 1): ranked(FEWEST - 1)}
    assert "too few sessions" in describe_differences({"x": differences(few, "ours")}, "ours")
