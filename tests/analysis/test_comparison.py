"""Scores in words."""

import pandas as pd
import pytest

from thesis_lib.analysis.comparison import beside_floor, compared


@pytest.mark.parametrize(
    "mean, floor, place",
    [(0.61, 0.5, "above"), (0.59, 0.5, "level"), (0.41, 0.5, "level"), (0.39, 0.5, "below")],
)
def test_a_floor_is_left_by_the_spread_of_the_difference(mean, floor, place):
    assert beside_floor(mean, 0.06, floor, 0.08) == place  # sqrt(0.06² + 0.08²) = 0.1


def test_seeds_are_compared_one_by_one():
    ours, other = pd.Series([0.3, 0.5, 0.7]), pd.Series([0.2, 0.4, 0.6])
    assert compared(ours, other) == "above"  # each seed by 0.1, far less than between the seeds
    assert compared(ours, other[:1]) == "above"
    assert compared(ours, pd.Series([0.45])) == "level with"
