"""Retrieval: against scikit-learn's average precision, and rankings counted by hand."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from thesis_lib.analysis.neighbours import nearest
from thesis_lib.analysis.retrieval import candidates, retrieve
from thesis_lib.util.errors import InputError

LINE = np.array([[0.0], [1.0], [2.5], [4.5], [7.0], [10.0]])  # no two distances from 0 are equal


def test_a_ranking_by_hand():
    """From the first: b a a b a, of which the last is of the query's own group."""
    labels, group = list("abaaba"), ["x", "u", "v", "w", "u", "x"]
    queries = [0]
    found = retrieve(LINE, labels, queries, candidates(group, queries), k=3)
    assert found.precision == pytest.approx([2 / 3])
    assert found.average_precision == pytest.approx([(1 / 2 + 2 / 3) / 2])
    assert found.r_precision == pytest.approx([1 / 2])  # two are relevant: b and a come first


def test_average_precision_is_scikit_learns():
    rng = np.random.default_rng(0)
    vectors, labels = rng.normal(size=(60, 4)), rng.integers(4, size=60)
    group, queries = rng.integers(15, size=60), np.arange(0, 60, 3)
    among = candidates(group, queries)
    found = retrieve(vectors, labels, queries, among)
    for row, query in enumerate(queries):
        distances = np.linalg.norm(vectors - vectors[query], axis=1)[among[row]]
        truth = labels[among[row]] == labels[query]
        assert found.average_precision[row] == pytest.approx(
            average_precision_score(truth, -distances)
        )
        best = np.argsort(distances)
        assert found.r_precision[row] == pytest.approx(truth[best[: truth.sum()]].mean())


def test_precision_is_that_of_the_nearest():
    rng = np.random.default_rng(1)
    vectors, labels, group = rng.normal(size=(40, 3)), rng.integers(3, size=40), np.arange(40) // 4
    near, _ = nearest(vectors, 10, group)
    expected = (labels[near] == labels[:, None]).mean(axis=1)
    queries = np.arange(40)
    found = retrieve(vectors, labels, queries, candidates(group, queries))
    assert found.precision == pytest.approx(expected)


def test_across_microphones_neither_the_own_node_nor_the_own_session_is_found():
    group, node = list("aabbc"), list("12123")
    assert candidates(group, [0, 3], node).tolist() == [
        [False, False, False, True, True],
        [True, False, False, False, True],
    ]
    assert candidates(group, [0]).tolist() == [[False, False, True, True, True]]


def test_what_no_candidate_is_like_cannot_be_found():
    found = retrieve(LINE, list("abbbbb"), [0], candidates(range(6), [0]), k=2)
    assert all(np.isnan(values).all() for values in found)
    with pytest.raises(InputError, match="row 1 has only 4 candidates"):
        retrieve(LINE, list("abbbbb"), [0, 1], candidates(list("xyyuvw"), [0, 1]), k=5)
