"""Orders that flow: against every order there is, against the given one, and by hand."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thesis_lib.analysis import ordering
from thesis_lib.util.errors import InputError

LINE = np.arange(9.0)[:, None]


def test_points_on_a_line_come_one_after_the_other():
    shuffled = np.random.default_rng(0).permutation(9)
    found = shuffled[ordering.order(LINE[shuffled])]
    assert found.tolist() in ([*range(9)], [*range(8, -1, -1)])
    assert ordering.length(LINE, found) == 8


def test_a_start_and_an_end_are_kept():
    # Down from 5 to 0, then back past it to 8: 5 + 8.
    found = ordering.order(LINE, start=5)
    assert found[0] == 5 and ordering.length(LINE, found) == 3 + 8
    found = ordering.order(LINE, end=3)
    assert found[-1] == 3 and ordering.length(LINE, found) == 3 + 8
    found = ordering.order(LINE, start=2, end=6)  # 2 to 0, 0 to 8, 8 to 6
    assert (found[0], found[-1]) == (2, 6) and ordering.length(LINE, found) == 2 + 8 + 2


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_of_few_sounds_it_is_the_shortest_of_all(seed, dimensions):
    vectors = np.random.default_rng(seed).normal(size=(6, dimensions))
    every = [ordering.length(vectors, one) for one in permutations(range(6))]
    found = ordering.order(vectors)
    assert sorted(found) == [*range(6)]
    assert ordering.length(vectors, found) <= min(every) * 1.02  # a heuristic: mostly the shortest


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 40))
def test_it_is_never_longer_than_the_given_one_and_the_same_each_time(seed, n):
    rng = np.random.default_rng(seed)
    vectors, given = rng.normal(size=(n, 3)), rng.permutation(n)
    found = ordering.order(vectors, given=given)
    assert sorted(found) == [*range(n)]
    assert ordering.length(vectors, found) <= ordering.length(vectors, given) + 1e-9
    assert found.tolist() == ordering.order(vectors, given=given).tolist()


def test_a_good_order_that_the_nearest_first_would_not_find_is_kept():
    best = min(permutations(range(7)), key=lambda one: ordering.length(SPREAD, one))
    found = ordering.order(SPREAD, given=np.array(best))
    assert ordering.length(SPREAD, found) == pytest.approx(ordering.length(SPREAD, best))


SPREAD = np.random.default_rng(7).normal(size=(7, 2))


def test_it_is_shorter_than_the_paths_of_networkx():
    nx = pytest.importorskip("networkx", reason="networkx, which torch brings, is not here")
    vectors = np.random.default_rng(3).normal(size=(40, 8))
    gaps = np.linalg.norm(vectors[:, None] - vectors, axis=2)
    graph = nx.from_numpy_array(gaps)
    way = nx.approximation.traveling_salesman_problem(graph, cycle=False)
    assert ordering.length(vectors, ordering.order(vectors)) < ordering.length(vectors, way)


def test_transitions_and_the_weakest_by_hand():
    table = ordering.transitions(LINE, [0, 1, 7, 8])
    assert table.to_numpy().tolist() == [[0, 0, 1, 1], [1, 1, 7, 6], [2, 7, 8, 1]]
    worst = ordering.weakest(LINE, [0, 1, 7, 8], k=2)
    assert worst.position.tolist() == [1, 0] and worst.distance.tolist() == [6, 1]
    assert worst.bridge.tolist() == [4, -1]  # 3 from both; between 0 and 1 there is nothing
    assert worst.by_bridge[0] == 3 and np.isnan(worst.by_bridge[1])
    assert ordering.weakest(LINE, np.arange(9)).bridge.eq(-1).all()  # nothing is outside


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: ordering.order(LINE, start=9), "start, end: is 9; give a whole number from 0"),
        (lambda: ordering.order(LINE, start=2, end=2), "end: is 2, as start"),
        (lambda: ordering.order(LINE, given=np.zeros(9, int)), "given: is no order of 9 sounds"),
        (lambda: ordering.order(np.zeros((5001, 1))), "sounds: is 5001; .* from 1 to 5000"),
        (lambda: ordering.weakest(LINE, np.array([3])), r"order: holds 1 sound\(s\)"),
        (lambda: ordering.transitions(LINE, [0, 9]), "order: points at rows 0 to 9"),
    ],
)
def test_bad_input_is_one_sentence(call, message):
    with pytest.raises(InputError, match=message):
        call()
