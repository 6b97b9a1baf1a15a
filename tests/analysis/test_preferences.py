"""What answers to blind trials say: against values by hand, scipy, scikit-learn and simulation.

All answers here are made up to test the arithmetic; no person has given them.
"""

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from thesis_lib.analysis.preferences import (
    ONE,
    SEVERAL,
    agreement_between,
    agreement_within,
    enough,
    power,
    shares,
    trials_needed,
    wilson,
)
from thesis_lib.analysis.significance import holm
from thesis_lib.util.errors import InputError


def answers(wins, comparison="random", who=None):
    """A table of answers, from an array of wins: (listeners, queries)."""
    wins = np.atleast_2d(np.asarray(wins, float))
    people = who or [f"p{number}" for number in range(len(wins))]
    rows = [(name, trial, -1, comparison, win) for name, own in zip(people, wins, strict=True)
            for trial, win in enumerate(own) if not np.isnan(win)]  # fmt: skip
    return pd.DataFrame(rows, columns=["who", "trial", "repeats", "comparison", "win"])


def test_wilsons_interval_is_scipys_and_by_hand():
    """2 in 10: (0.2 + 0.192 -+ 1.96 sqrt(0.016 + 0.0096)) / 1.384 = 0.0567, 0.5098."""
    assert wilson(2, 10) == pytest.approx((0.0567, 0.5098), abs=1e-4)
    for wins, trials in [(0, 7), (7, 7), (19, 40), (150, 200)]:
        found = stats.binomtest(wins, trials).proportion_ci(method="wilson")
        assert wilson(wins, trials) == pytest.approx((found.low, found.high), abs=1e-9)
    assert wilson(7, 10) < wilson(7.5, 10) < wilson(8, 10) and wilson(0, 0) == (0, 1)


@pytest.mark.parametrize("truth", [0.5, 0.6, 0.7, 0.8])
def test_wilsons_interval_holds_the_truth_as_often_as_it_says(truth):
    """All numbers of wins in 60, each as likely as it is: no simulation."""
    ends = np.array([wilson(wins, 60) for wins in range(61)])
    held = (ends[:, 0] <= truth) & (truth <= ends[:, 1])
    assert 0.93 < stats.binom.pmf(np.arange(61), 60, truth)[held].sum() < 0.975


def test_one_listener_by_hand():
    """Seven wins, two losses, one "cannot tell": 0.75; of nine, 7 or more in (36 + 9 + 1) / 512."""
    (row,) = shares(answers([1] * 7 + [0, 0, 0.5])).itertuples()
    assert (row.share, row.trials, row.listeners, row.interval) == (0.75, 10, 1, ONE)
    assert (row.ci_low, row.ci_high) == wilson(7.5, 10)
    assert row.p == pytest.approx(2 * 46 / 512) and row.p_holm == row.p
    (row,) = shares(answers([0.5] * 4)).itertuples()
    assert row.share == 0.5 and row.p == 1


def test_what_is_asked_again_is_no_second_piece_of_evidence():
    table = answers([1, 1, 0])
    again = table.assign(repeats=table.trial, trial=table.trial + 3)
    assert shares(pd.concat([table, again])).equals(shares(table))
    assert shares(again).empty


def test_chances_are_corrected_for_the_number_of_comparisons():
    parts = [answers([1] * wins + [0] * (20 - wins), name) for wins, name in
             [(16, "random"), (15, "same class"), (10, "log-Mel")]]  # fmt: skip
    found = shares(pd.concat(parts))
    assert found.comparison.tolist() == ["random", "same class", "log-Mel"]
    expected = [stats.binomtest(wins, 20).pvalue for wins in (16, 15, 10)]
    assert found.p.tolist() == pytest.approx(expected)
    assert found.p_holm.tolist() == pytest.approx(holm(expected))
    assert found.p[1] < 0.05 < found.p_holm[1]


def test_listeners_and_queries_are_both_drawn():
    apart = shares(answers([[1] * 30, [0] * 30])).iloc[0]  # two say nothing
    assert (apart.share, apart.ci_low, apart.ci_high, apart.interval) == (0.5, 0, 1, SEVERAL)
    one = answers([1] * 28 + [0] * 12)
    alike = shares(answers([[1] * 28 + [0] * 12] * 5)).iloc[0]  # 40 queries, not 200
    width = alike.ci_high - alike.ci_low
    assert width == pytest.approx(np.diff(wilson(28, 40))[0], rel=0.1)
    assert alike.p == pytest.approx(shares(one).p[0], rel=0.5) and alike.share == 0.7
    sure = shares(answers(np.ones((3, 10)))).iloc[0]  # nothing varies: still no certainty
    assert (sure.ci_low, sure.ci_high) == wilson(30, 30)
    none = shares(answers([[1, 0, np.nan, np.nan], [np.nan, np.nan, 1, 1]])).iloc[0]
    assert (none.trials, none.share) == (4, 0.75) and none.ci_low < 0.5 < none.ci_high


@pytest.mark.parametrize("by_listener, by_query, tie", [(0, 0, 0), (0.3, 0.5, 0.2), (0.6, 1.0, 0)])
def test_of_several_listeners_the_interval_holds_the_truth(by_listener, by_query, tie):
    """Six simulated listeners, 30 queries, wins more or less likely by both; the truth is 0.7."""
    held, trials, truth = 0, 150, 0.7
    middle = stats.norm.ppf(truth) * np.sqrt(1 + by_listener**2 + by_query**2)
    for seed in range(trials):
        rng = np.random.default_rng([7, seed])
        by = by_listener * rng.normal(size=(6, 1)) + by_query * rng.normal(size=30)
        wins = (rng.random((6, 30)) < stats.norm.cdf(middle + by)).astype(float)
        wins[rng.random((6, 30)) < tie] = 0.5
        row = shares(answers(wins), draws=400).iloc[0]
        held += row.ci_low <= truth * (1 - tie) + tie / 2 <= row.ci_high
    error = np.sqrt(0.95 * 0.05 / trials)
    assert held / trials > 0.95 - 3 * error


def chosen(*people):
    """Answers by side, each person's a string of l, r, c; the last four repeat the first."""
    rows = [(f"p{number}", trial, -1 if trial < 4 else trial - 4, side)
            for number, own in enumerate(people) for trial, side in enumerate(own)]  # fmt: skip
    return pd.DataFrame(rows, columns=["who", "trial", "repeats", "chosen"])


def test_agreement_within_a_listener_by_hand():
    """Three of four the same, by chance 0.5 x 0.75 + 0.5 x 0.25 = 0.5: kappa 0.5."""
    found = agreement_within(chosen("llrrllrl", "llllrrrr", "cccccccc", "llrr"))
    assert found.who.tolist() == ["p0", "p1", "p2"] and (found.trials == 4).all()
    assert found.same.tolist() == [0.75, 0, 1]
    assert found.kappa[:2].tolist() == [0.5, 0] and np.isnan(found.kappa[2])


def test_agreement_between_listeners_is_cohens_kappa_of_what_both_answered():
    found = agreement_between(chosen("llrrllrl", "lrrcrrrr", "ll"))
    assert found[["one", "other", "trials"]].to_numpy().tolist() == [
        ["p0", "p1", 4], ["p0", "p2", 2], ["p1", "p2", 2],
    ]  # fmt: skip
    assert found.same.tolist() == [0.5, 1, 0.5]
    assert found.kappa[0] == pytest.approx(cohen_kappa_score(list("llrr"), list("lrrc")))
    assert np.isnan(found.kappa[1])
    alone = chosen("ll")
    assert agreement_between(alone).empty and agreement_within(alone).empty


def test_power_by_hand_by_scipy_and_by_simulation():
    """Of five, nothing is below 0.05; of six only all or none are: 0.8^6 + 0.2^6."""
    assert power(0.8, 5) == 0 and power(0.8, 6) == pytest.approx(0.8**6 + 0.2**6)
    wins = np.arange(31)
    p = np.array([stats.binomtest(int(one), 30).pvalue for one in wins])
    expected = stats.binom.pmf(wins, 30, 0.7)
    for level in (0.05, 0.01):
        assert power(0.7, 30, level) == pytest.approx(expected[p <= level].sum())
    drawn = np.random.default_rng(0).binomial(30, 0.7, 4000)
    assert (p[drawn] <= 0.05).mean() == pytest.approx(power(0.7, 30), abs=3 * np.sqrt(0.25 / 4000))


def test_enough_trials_are_the_fewest_from_which_on_the_power_stays():
    needed = [trials_needed(share) for share in (0.6, 0.7, 0.8)]
    assert needed == [210, 54, 23]
    for share, trials in zip((0.6, 0.7, 0.8), needed, strict=True):
        assert power(share, trials - 1) < 0.8
        assert min(power(share, trials + more) for more in range(60)) >= 0.8
    assert trials_needed(0.2) == trials_needed(0.8)
    with pytest.raises(InputError, match="0.501 is too close to one half"):
        trials_needed(0.501)
    found = enough(20, comparisons=5).set_index("share")
    assert found.power[0.8] == power(0.8, 20) and found.power_holm[0.8] == power(0.8, 20, 0.01)
    assert found.needed.tolist() == needed and found.needed_holm[0.8] == trials_needed(
        0.8, 0.8, 0.01
    )
