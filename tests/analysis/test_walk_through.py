"""Walks that play no sound twice: against all ways to share sounds out, and by hand."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thesis_lib.analysis.walk import walk_through
from thesis_lib.util.errors import InputError

LINE = np.arange(11.0)[:, None]


def test_on_a_line_all_sounds_come_in_order():
    way = walk_through(LINE, [0, 10], 11)
    assert way["item"].tolist() == list(range(11)) and way.step.tolist() == list(range(11))
    np.testing.assert_allclose(way.along, np.arange(11) / 10)
    np.testing.assert_allclose(way.distance, 0, atol=1e-12)
    assert way.stop.tolist() == [0, *[-1] * 9, 1]
    assert walk_through(LINE, [10, 0], 11)["item"].tolist() == list(range(10, -1, -1))


def test_by_hand_through_a_place_and_back():
    way = walk_through(LINE, [0, [4.3], 1], 6)  # places 0, 1.43, 2.87, 4.3, 2.65, 1
    assert way.stop.tolist() == [0, -1, -1, 1, -1, 2]
    np.testing.assert_allclose(way.along, [0, 43 / 228, 43 / 114, 43 / 76, 119 / 152, 1])
    assert way["item"].tolist()[0] == 0 and way["item"].tolist()[-1] == 1
    # 2, 3, 4 and one more for four places: 2, 3, 4 with 5 is 0.57 + 0.13 + 0.7 + 0.35.
    assert set(way["item"]) == {0, 1, 2, 3, 4, 5} and way["item"].is_unique
    assert way.distance.sum() == pytest.approx(
        best_by_hand([1.43333, 2.86667, 4.3, 2.65]), abs=1e-4
    )


def best_by_hand(places):
    some = permutations([2, 3, 4, 5, 6, 7], len(places))
    return min(sum(abs(np.array(one) - places)) for one in some)


def test_greedy_is_not_enough():
    """The first place is a little nearer to 1.0, which the second place needs far more."""
    vectors = np.array([[0.0], [1.0], [0.1], [9.0], [3.0]])
    way = walk_through(vectors, [0, [0.8], [1.2], 4], 4)
    # 0.8 would take 1.0 (0.2) and leave 0.1 (1.1) to 1.2: 1.3 in all; the other way it is 0.9.
    assert way["item"].tolist() == [0, 2, 1, 4]
    np.testing.assert_allclose(way.distance, [0, 0.7, 0.2, 0])


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_the_sum_of_distances_is_the_least_there_is(seed):
    vectors = np.random.default_rng(seed).normal(size=(8, 3))
    way = walk_through(vectors, [0, 7], 5)
    assert way["item"].iloc[[0, -1]].tolist() == [0, 7] and way["item"].is_unique
    places = np.linspace(vectors[0], vectors[7], 5)
    gaps = np.linalg.norm(vectors[None] - places[:, None], axis=2)
    np.testing.assert_allclose(way.distance, gaps[np.arange(5), way["item"]], atol=1e-9)
    best = min(gaps[[1, 2, 3], list(some)].sum() for some in permutations(range(1, 7), 3))
    assert way.distance.sum() == pytest.approx(best)


def test_with_a_group_each_sound_is_of_another_song_but_for_the_stops():
    song = np.array([0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 0])
    way = walk_through(LINE, [0, 10], 6, group=song)  # places 0, 2, 4, 6, 8, 10
    assert way["item"].tolist() == [0, 3, 5, 7, 9, 10]


def test_as_many_steps_as_stops_are_the_stops():
    assert walk_through(LINE, [7, 2, 5], 3)["item"].tolist() == [7, 2, 5]


def test_stops_at_one_place_share_the_steps_evenly():
    same = np.zeros((6, 2))
    way = walk_through(same, [0, 3, 5], 5)
    assert way.stop.tolist() == [0, -1, 1, -1, 2] and way["item"].is_unique


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: walk_through(LINE, [0, 10], 12), "steps: is 12, but only 9 sounds or songs are"),
        (lambda: walk_through(LINE, [0, 3, 10], 2), "steps: is 2; give a whole number from 3"),
        (lambda: walk_through(LINE, [0], 2), "stops: a walk needs two at least"),
        (lambda: walk_through(LINE, [0, 3, 0], 5), "stops: .* hold a sound twice"),
        (lambda: walk_through(LINE, [0, 11], 5), "stop 1: is 11; give a whole number from 0 to 10"),
        (lambda: walk_through(LINE, [0, [np.nan]], 5), "stop 1: 1 of 1 rows hold NaN"),
        (lambda: walk_through(LINE, [0, 9], 4, ["a"] * 11), "only 0 sounds or songs are there"),
    ],
)
def test_bad_input_is_one_sentence(call, message):
    with pytest.raises(InputError, match=message):
        call()
