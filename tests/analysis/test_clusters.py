"""Clusters: on clouds whose number and place are known, and by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thesis_lib.analysis.clusters import (
    agreement,
    bend,
    cluster_table,
    elbow,
    kmeans,
    neighbour_map,
    principal,
    silhouette,
    silhouette_by_class,
    silhouette_of_tiles,
)
from thesis_lib.util.errors import InputError

PLACES = 30.0 * np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]])
SIZES = [40, 30, 20, 10]


def clouds(seed=0):
    """Four round clouds, 40 down to 10 points, and which point is of which, shuffled."""
    rng = np.random.default_rng(seed)
    own = rng.permutation(np.repeat(range(4), SIZES))
    return PLACES[own] + rng.normal(size=(100, 3)), own


def test_principal_components_against_the_eigenvalues_of_the_covariance():
    rng = np.random.default_rng(1)
    vectors = (rng.normal(size=(300, 6)) * [9, 5, 3, 1, 1, 1]) @ rng.normal(size=(6, 6)) + 100
    points, explained = principal(vectors.astype(np.float32), k=3)
    values, directions = np.linalg.eigh(np.cov(vectors.T))
    np.testing.assert_allclose(explained, values[::-1][:3] / values.sum(), rtol=1e-4)
    expected = (vectors - vectors.mean(axis=0)) @ directions[:, ::-1][:, :3]
    np.testing.assert_allclose(abs(points), abs(expected), atol=1e-3)


def test_principal_components_are_the_same_each_time():
    vectors = np.random.default_rng(2).normal(size=(600, 501))  # large: a random solver
    assert np.array_equal(principal(vectors)[0], principal(vectors)[0])


@pytest.mark.parametrize("seed", range(3))
def test_kmeans_finds_the_clouds_largest_first(seed):
    points, own = clouds(seed)
    clusters, centres = kmeans(points, 4, seed=seed)
    assert np.array_equal(clusters, own)
    expected = [points[own == cloud].mean(axis=0) for cloud in range(4)]
    np.testing.assert_allclose(centres, expected, rtol=1e-6)


def test_kmeans_is_the_same_for_the_same_seed():
    points = np.random.default_rng(3).normal(size=(400, 3))
    first, second = kmeans(points, 6, seed=5), kmeans(points, 6, seed=5)
    assert np.array_equal(first[0], second[0]) and np.array_equal(first[1], second[1])


def test_elbow_bends_at_the_number_of_clouds():
    points, own = clouds()
    table = elbow(points, range(1, 9), seed=0)
    assert table["k"].tolist() == list(range(1, 9))
    assert (table["inertia"].diff().dropna() < 0).all()
    assert bend(table) == 4
    by_hand = sum(((points[own == c] - points[own == c].mean(axis=0)) ** 2).sum() for c in range(4))
    assert table.set_index("k").inertia[4] == pytest.approx(by_hand)
    assert table.inertia[0] == pytest.approx(((points - points.mean(axis=0)) ** 2).sum())


def test_bend_by_hand():
    # Line from (2, 100) to (6, 0); below it at k = 3, 4, 5: 75 - 40, 50 - 10, 25 - 5.
    table = pd.DataFrame({"k": [2, 3, 4, 5, 6], "inertia": [100.0, 40, 10, 5, 0]})
    assert bend(table) == 4
    assert bend(table.assign(inertia=table.inertia * 1e6 + 3)) == 4
    assert bend(table.assign(inertia=[100.0, 40, 20, 5, 0])) == 3


def test_cluster_table_by_hand():
    table = cluster_table(["a", "b", "a", "a"], [0, 0, 1, 1])
    assert table.to_dict() == {"a": {0: 1, 1: 2}, "b": {0: 1, 1: 0}}


def test_agreement_by_hand():
    result = agreement(list("aabb"), [0, 0, 0, 1])
    assert result["purity"] == 3 / 4
    assert result["one_cluster"] == 2 / 4
    assert result["ari"] == pytest.approx(rand_by_pairs(list("aabb"), [0, 0, 0, 1]))
    same = agreement(list("aabb"), [7, 7, 3, 3])
    assert same == pytest.approx({"ari": 1, "nmi": 1, "purity": 1, "one_cluster": 0.5})


def rand_by_pairs(labels, clusters):
    """Adjusted Rand index from its definition, pair by pair (Hubert and Arabie, 1985)."""
    pairs = list(itertools.combinations(range(len(labels)), 2))
    by_label = np.array([labels[i] == labels[j] for i, j in pairs])
    by_cluster = np.array([clusters[i] == clusters[j] for i, j in pairs])
    both, one, two = (by_label & by_cluster).sum(), by_label.sum(), by_cluster.sum()
    chance = one * two / len(pairs)
    return (both - chance) / ((one + two) / 2 - chance)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), min_size=1, max_size=40))
def test_agreement_of_any_lists(pairs):
    labels, clusters = zip(*pairs, strict=True)
    result = agreement(labels, clusters)
    assert result["one_cluster"] <= result["purity"] <= 1
    assert cluster_table(labels, clusters).to_numpy().sum() == len(pairs)
    renamed = agreement([{"a": "z", "b": "y", "c": "x"}[name] for name in labels], clusters)
    assert renamed == pytest.approx(result)


def test_silhouette_by_hand():
    vectors, labels = np.array([[0.0], [1], [4], [6]]), list("aabb")
    # (b - a) / max(a, b), a: mean distance to the own class, b: to the other one.
    each = [(5 - 1) / 5, (4 - 1) / 4, (3.5 - 2) / 3.5, (5.5 - 2) / 5.5]
    assert silhouette(vectors, labels) == pytest.approx(np.mean(each))


def test_silhouette_of_a_sample_is_near_that_of_all_and_seeded():
    rng = np.random.default_rng(6)
    vectors, labels = rng.normal(size=(2000, 4)), rng.integers(0, 3, 2000)
    vectors += 1.5 * labels[:, None]
    every = silhouette(vectors, labels, sample=2000)
    some = silhouette(vectors, labels, sample=500, seed=1)
    assert every > 0.2
    assert some == pytest.approx(every, abs=0.05)
    assert some == silhouette(vectors, labels, sample=500, seed=1)
    assert some != silhouette(vectors, labels, sample=500, seed=2)


def test_the_silhouette_of_a_class_is_the_mean_of_its_own():
    """On a line, by hand: a at 0 and 2, b at 3 and 3."""
    found = silhouette_by_class(np.float32([[0], [2], [3], [3]]), list("aabb"))
    # a: (3 - 2) / 3 and (1 - 2) / 2; b: 0 from its own, 2 from the others on average.
    assert found.to_dict() == {"b": pytest.approx(1), "a": pytest.approx((1 / 3 - 1 / 2) / 2)}
    assert found.index.tolist() == ["b", "a"], "the highest first"


def test_neighbours_stay_neighbours_on_a_map():
    points, own = clouds()
    placed = neighbour_map(np.pad(points, ((0, 0), (0, 60))))
    assert placed.shape == (100, 2)
    assert silhouette(placed, own) > 0.5
    np.testing.assert_array_equal(placed, neighbour_map(np.pad(points, ((0, 0), (0, 60)))))
    assert neighbour_map(points[:3]).shape == (3, 2)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: principal(np.eye(3)[:, :2], k=3), "k: is 3; give a whole number from 1 to 2"),
        (lambda: principal(np.ones((5, 4))), "vectors: are all the same"),
        (lambda: kmeans(np.eye(3), 4), "k: is 4; give a whole number from 1 to 3"),
        (lambda: kmeans(np.ones((5, 2)), 2), "k: is 2, more than there are different points"),
        (lambda: kmeans([[np.nan, 0]], 1), "points: 1 of 1 rows hold NaN"),
        (lambda: elbow(np.eye(3), [2, 9]), "ks: is 9; give a whole number from 1 to 3"),
        (lambda: elbow(np.eye(3), []), "ks: is empty"),
        (lambda: bend(pd.DataFrame({"k": [2, 3], "inertia": [2, 1]})), "table: has 2 values of k"),
        (
            lambda: bend(pd.DataFrame({"k": [2, 3, 4], "inertia": [3, 2, 1]})),
            "table: the inertia does not bend",
        ),
        (lambda: cluster_table(["a", "b"], [0]), r"clusters: has shape \(1,\)"),
        (lambda: agreement(["a", None], [0, 1]), "labels: 1 of 2 entries are missing"),
        (lambda: silhouette(np.eye(4), ["a"] * 4), r"labels: holds only \['a'\]"),
        (lambda: silhouette(np.eye(4), list("abcd")), "labels: 4 different ones on the 4 tiles"),
        (lambda: silhouette(np.eye(4), list("aabb"), sample=1), "sample: is 1; give"),
    ],
)
def test_bad_input_is_one_sentence(call, message):
    with pytest.raises(InputError, match=message):
        call()


def test_the_silhouettes_of_tiles_have_the_mean_of_all():
    vectors, labels = np.random.default_rng(0).normal(size=(60, 3)), np.repeat(list("ab"), 30)
    found = silhouette_of_tiles(vectors, labels, np.arange(60) // 5, sample=40)
    assert len(found) == 40 and set(found.label[found.group < 6]) == {"a"}
    assert found.value.mean() == pytest.approx(silhouette(vectors, labels, 40))
