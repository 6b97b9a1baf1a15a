"""What answers teach about other labels: the ridge's own equations, and what follows by reason."""

import numpy as np
import pytest
from scipy.special import expit

from thesis_lib.analysis import active_order


def made_up():
    rng = np.random.default_rng(0)
    label, other = rng.choice(list("abc"), 60), rng.choice(list("abc"), 60)
    return rng.random(60), label, other, np.arange(60) // 5


def test_features_are_the_odds_of_the_score_and_one_of_each_name():
    score, label, other, group = made_up()
    found = active_order.features(score, label, other, group).toarray()
    odds = active_order.WEIGHT * np.log(score / (1 - score))
    assert found[:, 0] == pytest.approx(odds)
    assert (found[:, 1:].sum(axis=1) == 4).all() and set(np.unique(found[:, 1:])) == {0, 1}
    same = (label[:, None] == label).astype(int) + (other[:, None] == other)
    same += (label[:, None] == label) & (other[:, None] == other)
    same += (label[:, None] == label) & (group[:, None] == group)
    assert found[:, 1:] @ found[:, 1:].T == pytest.approx(same)


def test_scores_at_the_ends_and_none_stay_finite():
    found = active_order.features([0.0, 1.0, np.nan], *[["a", "b", "a"]] * 3).toarray()
    assert np.isfinite(found).all() and found[0, 0] == found[2, 0] < found[1, 0]


def test_nothing_is_learned_from_answers_that_are_all_the_same():
    features = active_order.features(*made_up())
    assert active_order.suspicion(features, [], []) is None
    assert active_order.suspicion(features, [1, 2], [True, True]) is None


def test_it_is_the_penalised_likelihood_at_its_maximum():
    """There the gradient by each weight is 0: sum (y - p) x = w / C."""
    features = active_order.features(*made_up())
    asked, rng = np.arange(40), np.random.default_rng(1)
    wrong = rng.random(40) < 0.4
    found = active_order.suspicion(features, asked, wrong)
    design = features.toarray()
    weights, *_ = np.linalg.lstsq(np.c_[design, np.ones(60)], found, rcond=None)
    assert np.c_[design, np.ones(60)] @ weights == pytest.approx(found, abs=1e-6)
    # The weights in the span of what was asked; the intercept has no penalty.
    residual = wrong - expit(found[asked])
    assert residual.sum() == pytest.approx(0, abs=0.002)
    slopes = active_order.STRENGTH * design[asked].T @ residual
    again = design @ slopes
    assert again - again.mean() == pytest.approx(found - found.mean(), abs=0.01)
