"""Walks: equal steps, and at each step the nearest tiles."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thesis_lib.analysis.walk import walk
from thesis_lib.util.errors import InputError

LINE = np.arange(11.0)[:, None]


def test_on_a_line_a_walk_passes_one_tile_after_the_other():
    way = walk(LINE, [0.0], [10.0], steps=11, k=1)
    assert way.tile.tolist() == list(range(11))
    assert way.step.tolist() == list(range(11))
    np.testing.assert_allclose(way.along, np.arange(11) / 10)
    np.testing.assert_allclose(way.distance, 0, atol=1e-6)
    assert walk(LINE, [10.0], [0.0], steps=11, k=1).tile.tolist() == list(range(10, -1, -1))


def test_by_hand():
    way = walk(LINE, [0.1], [4.3], steps=3, k=2)  # places 0.1, 2.2, 4.3
    assert way.columns.tolist() == ["step", "along", "rank", "tile", "distance"]
    assert way[["step", "rank", "tile"]].to_numpy().tolist() == [
        [0, 1, 0], [0, 2, 1], [1, 1, 2], [1, 2, 3], [2, 1, 4], [2, 2, 5],
    ]  # fmt: skip
    np.testing.assert_allclose(way.distance, [0.1, 0.9, 0.2, 0.8, 0.3, 0.7], rtol=1e-5)
    assert way.along.tolist() == [0, 0, 0.5, 0.5, 1, 1]


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 12), st.integers(1, 6), st.integers(0, 10**6))
def test_each_step_against_all_distances_written_out(steps, k, seed):
    rng = np.random.default_rng(seed)
    vectors, start, end = rng.normal(size=(40, 5)), rng.normal(size=5), rng.normal(size=5)
    way = walk(vectors, pd.Series(start), end, steps, k)
    for step in range(steps):
        place = start + (end - start) * step / (steps - 1)
        gaps = np.linalg.norm(vectors - place, axis=1)
        here = way[way.step == step]
        assert here.tile.tolist() == np.argsort(gaps)[:k].tolist()
        np.testing.assert_allclose(here.distance, np.sort(gaps)[:k], rtol=1e-5)


def test_with_a_group_each_step_has_its_tiles_from_different_songs():
    song = np.arange(11) // 3
    way = walk(LINE, [0.1], [9.0], steps=4, k=3, group=song)
    assert (way.groupby("step").tile.agg(lambda tiles: len(set(song[tiles]))) == 3).all()
    assert way[way.step == 0].tile.tolist() == [0, 3, 6]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: walk(LINE, [0.0], [1.0, 2]), "end: has 2 dimensions and start 1"),
        (lambda: walk(LINE, [0.0, 1], [1.0, 2]), "points: have 2 dimensions and vectors 1"),
        (lambda: walk(LINE, [np.nan], [1.0]), "start: 1 of 1 rows hold NaN"),
        (lambda: walk(LINE, [0.0], [1.0], steps=1), "steps: is 1; give a whole number from 2"),
        (lambda: walk(LINE, [0.0], [1.0], k=12), "k: is 12; give a whole number from 1 to 11"),
        (lambda: walk(LINE, [0.0], [1.0], group=list("aaaaabbbbbb")), "k: is 3; .* from 1 to 2"),
    ],
)
def test_bad_input_is_one_sentence(call, message):
    with pytest.raises(InputError, match=message):
        call()
