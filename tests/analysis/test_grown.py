"""Lists that grow from seeds, on a line."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thesis_lib.analysis.grown import grow
from thesis_lib.util.errors import InputError

LINE = np.array([0, 1, 2, 3, 10, 11, 30.0])[:, None]


def test_by_hand():
    table = grow(LINE, [1], 2)
    assert table["item"].tolist() == [1, 0, 2, 3] and table.distance.tolist() == [0, 1, 1, 2]
    assert table.nearest.eq(1).all() and table.chosen.tolist() == [True, False, False, False]


def test_what_joined_takes_no_others_in_until_it_is_kept():
    assert grow(LINE, [0], 1)["item"].tolist() == [0, 1]
    assert grow(LINE, [0], 1, keep=[1])["item"].tolist() == [0, 1, 2]
    kept = grow(LINE, [0], 1, keep=[4])
    assert kept["item"].tolist() == [0, 4, 1, 5] and kept.nearest.tolist() == [0, 4, 0, 4]


def test_what_is_excluded_never_joins():
    assert grow(LINE, [1], 2, exclude=[0, 3])["item"].tolist() == [1, 2]


@given(st.integers(0, 10**6), st.floats(0, 3), st.floats(0, 3))
def test_a_larger_threshold_only_adds(seed, one, other):
    vectors = np.random.default_rng(seed).normal(size=(12, 2))
    small, large = (set(grow(vectors, [0, 5], t)["item"]) for t in sorted([one, other]))
    assert {0, 5} <= small <= large


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: grow(LINE, [], 1), "seeds: are empty"),
        (lambda: grow(LINE, [0], np.nan), "threshold: is nan; give a distance of 0 or more"),
        (lambda: grow(LINE, [7], 1), "seeds, keep, exclude: name row 7 of 7 sounds"),
        (lambda: grow(LINE, [0], 1, exclude=[0]), "exclude: names row 0, which is a seed or kept"),
    ],
)
def test_bad_input_is_one_sentence(call, message):
    with pytest.raises(InputError, match=message):
        call()
