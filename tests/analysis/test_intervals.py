"""Intervals of scores: against all draws there are, scipy's bootstrap, and a known truth."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from thesis_lib.analysis.bootstrap import share_inside
from thesis_lib.analysis.intervals import f1_interval, mean_interval
from thesis_lib.analysis.linear_probe import macro_f1
from thesis_lib.util.errors import InputError

RNG = np.random.default_rng(0)
GROUP = np.repeat(["x", "y", "z"], [6, 4, 5])
TRUTH = np.array(list("aaabbbbbccaccca"))  # no group has all three classes
OURS = np.array(list("aabbbbbcccacbca"))
OTHER = np.array(list("bbabcabbcaaccac"))
FOLD = RNG.integers(2, size=len(TRUTH))


def all_draws(score):
    """The score of each of the 27 draws of three groups, as rows that are drawn."""
    rows = {name: np.flatnonzero(GROUP == name) for name in "xyz"}
    drawn = product("xyz", repeat=3)
    return [score(np.concatenate([rows[name] for name in draw])) for draw in drawn]


def extremes(function, *args, **kwargs):
    """The scores of the draws that are lowest and highest, and that of the items as they are."""
    found = function(*args, GROUP, level=1.0, draws=500, **kwargs)
    return found.low, found.high, found.value


def f1(rows, said=OURS):
    return macro_f1(TRUTH[rows], said[rows])


def by_fold(rows):
    return np.mean([f1(part) for k in (0, 1) if len(part := rows[FOLD[rows] == k])])


@pytest.mark.parametrize(
    "score, kwargs",
    [
        (f1, {}),
        (by_fold, {"fold": FOLD}),
        (lambda rows: f1(rows) - f1(rows, OTHER), {"other": OTHER}),
    ],
    ids=["macro-F1", "mean of folds", "difference"],
)
def test_a_draw_of_groups_has_the_score_of_its_items(score, kwargs):
    drawn = all_draws(score)
    expected = min(drawn), max(drawn), score(np.arange(len(TRUTH)))
    assert extremes(f1_interval, TRUTH, OURS, **kwargs) == pytest.approx(expected)


def test_a_draw_of_groups_has_the_mean_of_its_items():
    ours, other = RNG.random((2, len(TRUTH)))
    drawn = all_draws(lambda rows: ours[rows].mean() - other[rows].mean())
    expected = min(drawn), max(drawn), ours.mean() - other.mean()
    assert extremes(mean_interval, ours, other=other) == pytest.approx(expected)


def test_two_groups_by_hand():
    """Of four draws one is the first group twice, two are both, one is the second twice."""
    values, group = [1, 1, 0], ["first", "first", "second"]
    assert mean_interval(values, group) == pytest.approx((2 / 3, 0, 1))
    middle = 2 * stats.t.cdf(stats.norm.ppf(0.7) / np.sqrt(2), 1) - 1
    assert share_inside(middle, 2) == pytest.approx(0.4)  # of the draws, all of both groups
    assert mean_interval(values, group, level=middle) == pytest.approx((2 / 3, 2 / 3, 2 / 3))
    # Second twice: F1 of a is 2/3, of b 0. Both: F1 of a is 4/5, of b 2/3.
    found = f1_interval(list("abab"), list("abaa"), ["first", "first", "second", "second"])
    assert found == pytest.approx((11 / 15, 1 / 3, 1))


def test_groups_of_one_item_are_what_scipy_draws():
    values, other = RNG.gamma(2, size=(2, 25))
    inside = share_inside(0.95, 25)
    for one, pair in ((values, None), (values - other, other)):
        theirs = stats.bootstrap(
            (one,), np.mean, confidence_level=inside, n_resamples=20000, method="percentile",
            rng=np.random.default_rng(1),
        )  # fmt: skip
        ours = mean_interval(values, np.arange(25), other=pair, draws=20000)
        # Each end is a quantile of 20000 draws, that far off at most in 4 standard errors.
        ends = np.array(ours[1:]) - theirs.confidence_interval
        assert np.abs(ends).max() < 4 * np.sqrt(2) * 0.024 * theirs.standard_error
        assert ours.value == pytest.approx(one.mean())


def simulated(seed, groups=20, items=5, gain=0.0):
    """Answers of two methods, mostly right in some groups and mostly wrong in others."""
    rng = np.random.default_rng(seed)
    group, truth = np.repeat(np.arange(groups), items), rng.integers(3, size=groups * items)
    chance = rng.beta(2, 1, groups)[group]

    def answers(gain):
        right = rng.random(len(truth)) < chance + gain * (1 - chance)
        return np.where(right, truth, (truth + rng.integers(1, 3, len(truth))) % 3)

    return truth, answers(gain), group, answers(0.0)


def test_intervals_hold_the_truth_as_often_as_they_say():
    """The true macro-F1 is 2/3: what is right with chance 2/3, and wrong evenly."""
    held, as_items = [], []
    for seed in range(200):
        truth, said, group, _ = simulated(seed)
        for found, groups in ((held, group), (as_items, np.arange(len(truth)))):
            one = f1_interval(truth, said, groups, draws=300, seed=seed)
            found.append(one.low < 2 / 3 < one.high)
    assert 0.91 <= np.mean(held) <= 0.98  # 0.95, and 200 trials' standard error 0.015
    assert np.mean(as_items) < 0.9  # items of one group are not independent


def test_paired_intervals_tell_apart_what_intervals_of_each_do_not():
    """Where there is no difference, few exclude 0; else most do, though these overlap."""
    wrong, right, apart = [], [], []
    for seed in range(100):
        for found, gain in ((wrong, 0.0), (right, 0.5)):
            truth, said, group, other = simulated(seed, gain=gain)
            pair = f1_interval(truth, said, group, other=other, draws=300, seed=seed)
            found.append(pair.excludes_zero)
        ours, theirs = (f1_interval(truth, one, group, draws=300) for one in (said, other))
        apart.append(ours.low > theirs.high)
    assert np.mean(wrong) <= 0.11  # 0.05, and 100 trials' standard error 0.022
    assert np.mean(right) > 0.75 > 2 * np.mean(apart)


def test_the_same_seed_gives_the_same_interval():
    one, same, another = (f1_interval(TRUTH, OURS, GROUP, level=0.5, seed=s) for s in (1, 1, 2))
    assert one == same and one.value == another.value


def test_one_group_has_no_interval():
    with pytest.raises(InputError, match="one group only"):
        mean_interval([0.5, 0.6], ["same", "same"])
    with pytest.raises(InputError, match="fold: has shape"):
        f1_interval(TRUTH, OURS, GROUP, fold=FOLD[:3])
