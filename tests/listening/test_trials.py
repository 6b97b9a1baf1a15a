"""The trials of a listening test: what is asked, how it is balanced, and what is not asked."""

import numpy as np
import pandas as pd
import pytest

from thesis_lib.listening.trials import FIRST, GAP, RANDOM, SAME_CLASS, design
from thesis_lib.util.errors import InputError

RNG = np.random.default_rng(5)
LABEL = np.repeat(["a", "b", "c"], 40)
GROUP = np.array([f"{label}{number % 8}" for number, label in enumerate(LABEL)])
VECTORS, OTHER = RNG.normal(size=(120, 4)), RNG.normal(size=(120, 7))
KEYS = [f"{number}.wav" for number in range(120)]
BY_OTHER = "the neighbour by another"


def drawn(**more):
    given = {"others": {BY_OTHER: OTHER}, "keys": KEYS, "each": 21, "repeated": 0.2} | more
    return design(VECTORS, LABEL, GROUP, **given)


def neighbour(vectors, query):
    """By all distances to sounds of other groups."""
    apart = np.linalg.norm(vectors - vectors[query], axis=1)
    return int(np.where(GROUP == GROUP[query], np.inf, apart).argmin())


def firsts(found):
    return found.trials[found.trials.repeats == FIRST]


def candidates(row):
    """Of a trial, the sound under test and the other one."""
    sides = (row.left, row.right)
    return sides if row.tested == "left" else sides[::-1]


def test_the_neighbour_stands_against_what_the_comparison_says():
    for row in drawn().trials.itertuples():
        tested, other = candidates(row)
        assert tested == neighbour(VECTORS, row.query) and other != tested
        assert GROUP[row.query] not in GROUP[[tested, other]]
        assert row.label == LABEL[row.query]
        if row.comparison == SAME_CLASS:
            assert LABEL[other] == row.label
        elif row.comparison == BY_OTHER:
            assert other == neighbour(OTHER, row.query)


def test_comparisons_classes_and_sides_are_balanced_and_no_sound_is_asked_about_twice():
    table = firsts(drawn())
    assert table.comparison.value_counts().to_dict() == dict.fromkeys(
        [RANDOM, SAME_CLASS, BY_OTHER], 21
    )
    assert (table.groupby(["comparison", "label"]).size() == 7).all()
    assert table["query"].is_unique  # 63 of 120 sounds
    for keys in ("comparison", ["comparison", "label"]):
        left = table.tested.eq("left").groupby([table[key] for key in np.atleast_1d(keys)])
        assert ((2 * left.sum() - left.size()).abs() <= 1).all()
    per_group = GROUP[table["query"]]
    assert pd.Series(per_group).value_counts().between(2, 3).all()  # of 24 groups


def test_with_few_sounds_another_comparison_asks_about_them_too_but_none_twice():
    found = design(VECTORS[::10], LABEL[::10], np.arange(12), each=10)
    own = firsts(found).groupby("comparison")["query"]
    assert own.size().tolist() == [10, 10] and (own.nunique() == own.size()).all()


def test_a_share_is_asked_again_later_with_the_sides_swapped():
    found = drawn().trials
    again = found[found.repeats != FIRST]
    assert again.comparison.value_counts().tolist() == [4, 4, 4]  # a fifth of 21
    assert again.repeats.is_unique
    for trial, row in again.iterrows():
        first = found.loc[row.repeats]
        assert first.repeats == FIRST and trial - row.repeats > GAP
        assert (row["query"], row.left, row.right) == (first["query"], first.right, first.left)
        assert row.tested != first.tested and row.comparison == first.comparison
    assert (drawn(repeated=0).trials.repeats == FIRST).all()


def test_whoever_stops_half_way_has_heard_half_of_each_comparison():
    table = firsts(drawn())
    half = table.iloc[: len(table) // 2].comparison.value_counts()
    assert half.between(9, 12).all() and len(half) == 3


def test_the_seed_decides_and_the_name_tells_designs_apart():
    one, same = drawn(seed=3), drawn(seed=3)
    assert one.trials.equals(same.trials) and one.name == same.name
    others = [drawn(seed=4), drawn(seed=3, each=20), drawn(seed=3, keys=[f"x/{k}" for k in KEYS])]
    assert len({one.name, *(other.name for other in others)}) == 4


def test_the_neighbour_is_first_on_each_side_equally_often_over_seeds():
    left = [drawn(seed=seed, each=3).trials.tested[0] == "left" for seed in range(36)]
    assert 3 <= sum(left) <= 33  # 18, and five standard deviations are 15


def test_where_both_candidates_are_the_same_sound_nobody_is_asked():
    near = OTHER.copy()
    near[:80] = 0  # all the same: their neighbours by this say nothing of what follows
    near[:80, :4] = VECTORS[:80]
    found = drawn(others={"copy": VECTORS * 2, "partly": near}).not_asked.set_index("comparison")
    assert (found.asked["copy"], found.same["copy"]) == (0, 120)
    partly = sum(neighbour(near, row) == neighbour(VECTORS, row) for row in range(120))
    assert found.same["partly"] == partly and (found.looked_at == 120).all()
    assert 0 < partly < 99 and found.asked["partly"] == 21
    moment = np.arange(120) // 2  # two sounds of one moment, both of other groups than the query
    trials = drawn(moment=moment, each=40).trials
    assert (moment[trials.left] != moment[trials.right]).all()


def test_sounds_without_a_class_are_not_compared_within_one():
    found = design(VECTORS, [""] * 120, GROUP, each=10)
    assert set(found.trials.comparison) == {RANDOM}
    own = found.not_asked.set_index("comparison").loc[SAME_CLASS]
    assert (own.asked, own.without) == (0, 120)


@pytest.mark.parametrize(
    "rows, more, sentence",
    [
        (2, {}, "are of 2 sounds; a trial needs three"),
        (8, {"group": ["s1"] * 8}, "all 8 sounds are of 's1'"),
        (8, {"others": {"theirs": OTHER}}, "theirs: has 120 rows for 8 sounds"),
        (8, {"each": 0}, "each: is 0"),
        (8, {"repeated": 0.7}, "repeated: is 0.7"),
        (8, {"label": ["a"]}, "label: has shape"),
        (8, {"moment": [0] * 8}, "both candidates are the same sound"),
    ],
)
def test_what_cannot_be_asked_is_said_in_one_sentence(rows, more, sentence):
    given = {"vectors": VECTORS[:rows], "label": LABEL[:rows], "group": GROUP[:rows]} | more
    with pytest.raises(InputError, match=sentence) as refused:
        design(**given)
    assert str(refused.value).count(". ") == 0
