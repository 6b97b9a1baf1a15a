"""Many methods against one: the same draws as of two, corrected chances by hand."""

import numpy as np
import pytest

from thesis_lib.analysis.bootstrap import draw_scores, strata_of
from thesis_lib.analysis.intervals import (
    f1_interval,
    f1_parts,
    mean_f1,
    mean_interval,
    mean_parts,
    mean_value,
)
from thesis_lib.analysis.significance import compare_methods, holm, p_value, recovered_share
from thesis_lib.util.errors import InputError

RNG = np.random.default_rng(0)
GROUP = np.repeat(np.arange(12), 5)
TRUTH = RNG.integers(3, size=60)


def answers(right):
    """As the truth with such a chance."""
    return np.where(RNG.random(60) < right, TRUTH, RNG.integers(3, size=60))


SAID = {"ours": answers(0.8), "close": answers(0.75), "poor": answers(0.1)}


def table(**more):
    parts = f1_parts(TRUTH, list(SAID.values()), GROUP)
    return compare_methods(parts, mean_f1, list(SAID), "ours", draws=2000, **more)


def test_scores_and_differences_are_those_of_two():
    for row in table().itertuples():
        one = f1_interval(TRUTH, SAID[row.method], GROUP, draws=2000)
        assert (row.mean, row.ci_low, row.ci_high) == pytest.approx(one)
        if row.method != "ours":
            pair = f1_interval(TRUTH, SAID[row.method], GROUP, other=SAID["ours"], draws=2000)
            assert (row.diff, row.diff_low, row.diff_high) == pytest.approx(pair)
            assert (row.p < 0.05) == pair.excludes_zero


def test_the_reference_differs_from_itself_in_nothing():
    own = table().iloc[0]
    assert own["diff"] == own.diff_low == own.diff_high == 0 and np.isnan(own.p)
    with pytest.raises(InputError, match="'theirs' is none of the methods"):
        compare_methods(f1_parts(TRUTH, [TRUTH], GROUP), mean_f1, ["ours"], "theirs")


@pytest.mark.parametrize("shift", [0.1, 0.25, 0.4])
def test_a_chance_is_below_that_of_a_level_where_its_interval_excludes_zero(shift):
    values = np.random.default_rng(3).normal(shift, 1, 40)
    _, drawn = draw_scores(mean_parts([values], np.arange(40)), mean_value, 5000)
    chance = p_value(drawn[:, 0], 40)
    wide = mean_interval(values, np.arange(40), level=1 - 0.9 * chance)
    narrow = mean_interval(values, np.arange(40), level=1 - 1.1 * chance)
    assert narrow.excludes_zero and not wide.excludes_zero


def test_holms_correction_by_hand():
    """The smallest of four times four, the next times three, never less than the one before."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.6, 0.5]) == pytest.approx([1.0, 1.0])
    found = holm([np.nan, 0.02])
    assert np.isnan(found[0]) and found[1] == pytest.approx(0.02)


def test_each_stratum_keeps_its_number_of_groups():
    """A mean over strata of which one has all ones and one all zeros does not vary at all."""
    values, label = np.repeat([1.0, 0.0], [3, 9]), np.repeat(["a", "b"], [3, 9])
    parts = mean_parts([values], np.arange(12))
    _, free = draw_scores(parts, mean_value, 200)
    _, nested = draw_scores(parts, mean_value, 200, stratum=label)
    assert free.std() > 0.05 and nested == pytest.approx(np.full((200, 1), 0.25))
    with pytest.raises(InputError, match="stratum"):
        compare_methods(parts, mean_value, ["a"], "a", stratum=np.arange(12))


def test_strata_are_the_values_of_the_groups_in_order_of_names():
    found = strata_of(["y", "x", "y", "z", "x"], ["b", "a", "b", "b", "a"])
    assert found.tolist() == ["a", "b", "b"]


def test_with_few_sessions_a_class_strata_hold_the_truth_and_plain_draws_lie_too_low():
    """Nine classes of five sessions; the true macro-F1 is 0.6: right with 0.6, wrong evenly."""
    held, off, plain_off = [], [], []  # by how much the interval's middle is not the score
    group, truth = np.repeat(np.arange(45), 4), np.repeat(np.arange(9), 20)
    for seed in range(1000, 1150):
        rng = np.random.default_rng(seed)
        right = rng.random(180) < rng.beta(3, 2, 45)[group]
        said = np.where(right, truth, (truth + rng.integers(1, 9, 180)) % 9)
        plain = f1_interval(truth, said, group, draws=400)
        found = f1_interval(truth, said, group, draws=400, stratum=strata_of(group, truth))
        held.append(found.low < 0.6 < found.high)
        for where, one in ((off, found), (plain_off, plain)):
            where.append((one.low + one.high) / 2 - one.value)
    assert 0.89 <= np.mean(held) <= 0.99  # 0.95, and 150 trials' standard error 0.018
    assert np.mean(plain_off) < -0.02 and abs(np.mean(off)) < 0.01


def test_the_share_of_the_way_to_the_ceiling():
    floor, ceiling = np.full(12, 0.2), np.full(12, 0.6)
    parts = mean_parts([floor, np.full(12, 0.5), ceiling], np.arange(12))
    share, low, high = recovered_share(parts, mean_value, 0, 2, draws=100)
    for found in (share, low, high):  # nothing varies
        assert found == pytest.approx([0, 0.75, 1])
    values = np.random.default_rng(0).random((2, 12))
    parts = mean_parts(list(values), np.arange(12))
    assert all(np.isnan(one).all() for one in recovered_share(parts, mean_value, 0, 1, draws=100))
