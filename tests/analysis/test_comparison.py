"""Scores in words."""

import numpy as np
import pandas as pd
import pytest

from thesis_lib.analysis.comparison import compare, compare_scores


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
