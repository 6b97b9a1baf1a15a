"""Neighbours against scikit-learn's brute force search with the group taken out by hand."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from thesis_lib.analysis import shortlist
from thesis_lib.analysis.neighbours import (
    available,
    chance_precision,
    label_agreement,
    nearest,
    nearest_to,
    precision_at,
)
from thesis_lib.util.errors import InputError


def reference(vectors, k, group):
    """All neighbours of every row, those of its own group struck out one by one."""
    every = NearestNeighbors(n_neighbors=len(vectors), algorithm="brute").fit(vectors)
    distances, indices = every.kneighbors(vectors.astype(np.float64))
    kept = [
        [(i, d) for i, d in zip(*row, strict=True) if group[i] != g][:k]
        for *row, g in zip(indices, distances, group, strict=True)
    ]
    kept = np.array(kept)
    return kept[..., 0].astype(int), kept[..., 1]


@pytest.mark.parametrize("groups", [None, 3, 40])
def test_same_as_scikit_learn_with_the_group_struck_out(groups, monkeypatch):
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(200, 16)).astype(np.float32)
    group = np.arange(200) if groups is None else rng.integers(0, groups, 200)
    names = None if groups is None else pd.Series([f"s{g}" for g in group])
    indices, distances = nearest(vectors, k=20, group=names)
    expected, expected_distances = reference(vectors, 20, group)
    assert np.array_equal(indices, expected)
    np.testing.assert_allclose(distances, expected_distances, rtol=1e-6)
    assert (indices.dtype, distances.dtype) == (np.int64, np.float32)

    monkeypatch.setattr(shortlist, "BLOCK", 0.02)  # MB: some 70 rows and columns a block
    small = nearest(vectors, k=20, group=names)
    assert np.array_equal(small[0], indices)


@pytest.mark.parametrize("common, scale", [(1e3, 1.0), (0.0, 1e25), (0.0, 1e-25), (-50.0, 1e-3)])
def test_neither_scale_nor_a_common_part_costs_a_neighbour(common, scale):
    rng = np.random.default_rng(3)
    vectors, group = scale * (common + rng.normal(size=(300, 32))), rng.integers(0, 20, 300)
    indices, distances = nearest(vectors, 10, group)
    assert np.array_equal(indices, reference(vectors / scale - common, 10, group)[0])
    asked = np.linalg.norm(vectors[indices[:, 9]] - vectors, axis=1)
    np.testing.assert_allclose(distances[:, 9], asked, rtol=1e-6)


def test_vectors_of_16_bits_are_compared_in_32():
    vectors = np.random.default_rng(4).normal(size=(100, 64)).astype(np.float16)
    halves, whole = nearest(vectors, 5), nearest(vectors.astype(np.float32), 5)
    assert all(np.array_equal(one, other) for one, other in zip(halves, whole, strict=True))


def test_asking_for_some_rows_gives_their_rows():
    rng = np.random.default_rng(2)
    vectors, group = rng.normal(size=(60, 4)), rng.integers(0, 5, 60)
    queries = np.array([50, 3, 3, 17])
    indices, distances = nearest(vectors, 7, group, queries)
    every = nearest(vectors, 7, group)
    assert np.array_equal(indices, every[0][queries])
    np.testing.assert_allclose(distances, every[1][queries], rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_never_itself_never_its_group_sorted_and_none_closer(data):
    n = data.draw(st.integers(4, 30))
    group = np.array(data.draw(st.lists(st.integers(0, 4), min_size=n, max_size=n)))
    room = n - np.bincount(group).max()
    if room == 0:
        with pytest.raises(InputError, match="outside its own group"):
            nearest(np.eye(n), 1, group)
        return
    k = data.draw(st.integers(1, int(room)))
    # Whole numbers: distances are exact and many of them equal.
    vectors = np.array(data.draw(st.lists(st.integers(-3, 3), min_size=n, max_size=n)))[:, None]
    indices, distances = nearest(vectors, k, group)
    assert (group[indices] != group[:, None]).all()
    assert all(len(set(row)) == k for row in indices)
    assert (np.diff(distances, axis=1) >= 0).all()
    assert np.array_equal(distances, abs(vectors - vectors[indices][..., 0]))
    for row in range(n):
        left_out = np.setdiff1d(np.flatnonzero(group != group[row]), indices[row])
        assert (abs(vectors[left_out] - vectors[row]) >= distances[row, -1]).all()


def test_far_from_the_origin_close_tiles_are_still_told_apart():
    vectors = np.array([[1000.0, 0], [1000.001, 0], [1000.003, 0], [1000.007, 0]])
    indices, distances = nearest(vectors, k=3)
    assert indices[0].tolist() == [1, 2, 3]
    np.testing.assert_allclose(distances[0], [0.001, 0.003, 0.007], rtol=1e-3)


def test_precision_by_hand():
    labels = ["a", "a", "b", "b"]
    indices = np.array([[1, 2], [2, 0], [3, 1], [0, 1]])
    assert precision_at(labels, indices, k=1) == 2 / 4  # rows 0 and 2
    assert precision_at(labels, indices, k=2) == 3 / 8
    assert precision_at(labels, indices[[3, 0]], k=2, queries=[3, 0]) == 1 / 4


def test_chance_is_what_random_vectors_reach():
    rng = np.random.default_rng(3)
    group = np.repeat(np.arange(30), 40)
    labels = np.array(["rare", "common", "common"])[group % 3]
    indices, _ = nearest(rng.normal(size=(1200, 8)), 20, group)
    chance = chance_precision(labels, group)
    # By hand: 400 rare, 800 common, and 40 of the own label left out of 1160 candidates.
    assert chance == pytest.approx((400 * 360 + 800 * 760) / 1200 / 1160)
    assert precision_at(labels, indices, 20) == pytest.approx(chance, abs=0.02)
    assert chance_precision(["a", "a", "b"]) == pytest.approx((1 / 2 + 1 / 2 + 0) / 3)


def test_nearest_to_points():
    vectors = np.array([[0.0], [1], [2], [10], [11]])
    indices, distances = nearest_to([[0.4], [10.2]], vectors, k=3)
    assert indices.tolist() == [[0, 1, 2], [3, 4, 2]]
    np.testing.assert_allclose(distances, [[0.4, 0.6, 1.6], [0.2, 0.8, 8.2]], rtol=1e-6)
    indices, _ = nearest_to([[0.4]], vectors, k=3, group=list("aabbc"))
    assert indices.tolist() == [[0, 2, 4]]


@pytest.mark.parametrize(
    "arguments, message",
    [
        (dict(vectors=[[0.0], [np.nan], [1]], k=1), r"vectors: 1 of 3 rows hold NaN .* row 1\)"),
        (dict(vectors=np.zeros((0, 4)), k=1), r"vectors: has shape \(0, 4\)"),
        (dict(vectors=np.zeros(4), k=1), r"vectors: has shape \(4,\)"),
        (dict(vectors=[["a"], ["b"]], k=1), "vectors: holds <U1, not numbers"),
        (dict(vectors=np.eye(5), k=5), "k: is 5, but row 0 has only 4 tiles outside"),
        (dict(vectors=np.eye(5), k=0), "k: is 0; give a whole number from 1"),
        (dict(vectors=np.eye(5), k=1.5), "k: is 1.5; give a whole number"),
        (dict(vectors=np.eye(5), k=3, group=list("aabbb")), "k: is 3, but row 2 has only 2 tiles"),
        (dict(vectors=np.eye(3), k=1, group=["a", None, "b"]), "group: 1 of 3 entries are missing"),
        (dict(vectors=np.eye(3), k=1, group=["a", "b"]), r"group: has shape \(2,\)"),
        (
            dict(vectors=np.eye(3), k=1, queries=[3]),
            "queries: points at rows 3 to 3 of a table of 3",
        ),
    ],
)
def test_bad_input_is_one_sentence(arguments, message):
    with pytest.raises(InputError, match=message):
        nearest(**arguments)


def test_neighbours_of_another_table_are_refused():
    with pytest.raises(InputError, match="indices: has 2 rows for 3 tiles"):
        precision_at(["a", "b", "a"], [[1], [0]], k=1)
    with pytest.raises(InputError, match="indices: points at rows 0 to 5 of a table of 2 rows"):
        precision_at(["a", "b"], [[5], [0]], k=1)
    with pytest.raises(InputError, match="k: is 2; give a whole number from 1 to 1"):
        precision_at(["a", "b"], [[1], [0]], k=2)
    with pytest.raises(InputError, match="points: have 3 dimensions and vectors 2"):
        nearest_to(np.eye(3), np.eye(2), k=1)


@pytest.mark.parametrize(
    "group, most", [("aab", 1), ("aabb", 2), ("abc", 2), ("aaaab", 1), ("aaa", 0), ("", 0)]
)
def test_as_many_neighbours_as_every_tile_can_have(group, most):
    group = list(group)
    assert available(group) == most
    vectors = np.arange(len(group), dtype=float)[:, None]
    if most:
        assert nearest(vectors, most, group)[0].shape == (len(group), most)
    if len(group):
        with pytest.raises(InputError, match="k: is"):
            nearest(vectors, most + 1, group)


def test_label_agreement_is_precision_one_by_one():
    """Its mean is that of `precision_at`; each value counts neighbours of other groups alone."""
    rng = np.random.default_rng(0)
    vectors, labels = rng.normal(size=(60, 3)), rng.choice(list("ab"), 60)
    group = np.repeat(np.arange(20), 3)
    found = label_agreement(vectors, labels, group, k=5)
    indices, _ = nearest(vectors, 5, group)
    assert found.value.mean() == pytest.approx(precision_at(labels, indices, 5))
    assert sorted(found.group) == sorted(group)
    assert len(label_agreement(vectors, labels, group, sample=7)) == 7
    assert label_agreement(vectors[:4], labels[:4], group[:4], k=9).value.notna().all()
