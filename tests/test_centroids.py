"""Centroids, typical tiles and sums with places: by hand on a line and in a plane."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from thesis_lib.analysis.centroids import arithmetic, centroid_distances, centroids, typical
from thesis_lib.util.errors import InputError

# On a line: a's at 0, 1, 2 and one astray at 10; b's at 11, 12, 13.
LINE = np.array([[0.0], [1], [2], [10], [11], [12], [13]])
LABELS = list("aaaabbb")


def test_only_tiles_among_their_own_kind_count():
    centres, made_of = centroids(LINE, LABELS, agree=2, least=1)
    # The two nearest of 10 are b's; those of 11 are 10 (an a) and 12; 12 and 13 lie among b's.
    assert centres.loc["a"].tolist() == [1.0]
    assert centres.loc["b"].tolist() == [12.5]
    assert made_of.to_numpy().tolist() == [["a", 4, 3, 3, ""], ["b", 3, 2, 2, ""]]


def test_a_class_that_is_never_among_its_own_kind_takes_all_and_says_so():
    centres, made_of = centroids(LINE, list("aaaabcb"), agree=2, least=1)
    assert centres.loc["b"].tolist() == [12.0]
    assert centres.loc["c"].tolist() == [12.0]
    notes = made_of.set_index("label").note
    assert notes["a"] == ""
    assert notes["b"] == notes["c"]
    assert notes["c"].startswith("only 0 with 2 neighbours of their own label")


def test_a_class_with_few_such_tiles_takes_all_too():
    centres, made_of = centroids(LINE, LABELS, agree=2, least=3)
    assert centres[0].tolist() == [1.0, 12.0]
    assert made_of[["inside", "used"]].to_numpy().tolist() == [[3, 3], [2, 3]]
    assert made_of.note.tolist()[0] == "" and made_of.note[1].startswith("only 2 with 2 neighb")


def test_thesis_rule_against_scikit_learn():
    rng = np.random.default_rng(0)
    labels = rng.choice(list("abc"), 150)
    vectors = (
        rng.normal(size=(150, 3)) + 2.0 * np.array([list("abc").index(i) for i in labels])[:, None]
    )
    _, six = NearestNeighbors(n_neighbors=6).fit(vectors).kneighbors(vectors)
    centres, made_of = centroids(vectors, labels)
    for label in "abc":
        rows = [row for row in range(150) if (labels[six[row]] == label).all()]
        assert 0 < len(rows) < (labels == label).sum()
        np.testing.assert_allclose(centres.loc[label], vectors[rows].mean(axis=0))
        assert made_of.set_index("label").used[label] == len(rows)


def test_neighbours_given_or_a_group_take_the_place_of_the_plain_ones():
    group = list("uuvwxyz")  # 0 and 1 are of one song: the two nearest of 0 are then 2 and 10
    by_group, used = centroids(LINE, LABELS, agree=2, group=group, least=1)
    assert used.used.tolist() == [3, 2]
    given = np.array([[1, 4, 0]] * 3 + [[0, 1, 2]] + [[3, 5, 6]] + [[4, 6, 0], [4, 5, 0]])
    centres, used = centroids(LINE, LABELS, given, agree=2, least=1)
    assert used.used.tolist() == [1, 2]  # only 10 has a's, only 12 and 13 have b's
    assert centres[0].tolist() == [10.0, 12.5]


def test_distances_between_centroids():
    centres = pd.DataFrame([[0.0, 0], [3, 4], [0, 8]], index=pd.Index(list("abc"), name="label"))
    table = centroid_distances(centres)
    assert table.loc["a", "b"] == pytest.approx(5)
    np.testing.assert_allclose(table, [[0, 5, 8], [5, 0, 5], [8, 5, 0]], atol=1e-7)
    assert table.index.tolist() == table.columns.tolist() == list("abc")


def test_typical_tiles_are_the_nearest_and_keep_their_own_label():
    centres = pd.DataFrame([[1.2], [10.9]], index=list("ab"))
    table = typical(LINE, LABELS, centres, k=2)
    assert table.label.tolist() == list("aabb")
    assert table["rank"].tolist() == [1, 2, 1, 2]
    assert table.tile.tolist() == [1, 2, 4, 3]
    assert table.tile_label.tolist() == list("aaba")
    np.testing.assert_allclose(table.distance, [0.2, 0.8, 0.1, 0.9], rtol=1e-5)
    one_a_song = typical(LINE, LABELS, centres, k=2, group=list("uvvwwxx"))
    assert one_a_song.tile.tolist() == [1, 0, 4, 5]


def test_typical_tiles_of_the_class_itself_alone():
    centres = pd.DataFrame([[11.2], [10.1]], index=list("ab"))
    table = typical(LINE, LABELS, centres, k=2, own=True)
    assert table.tile.tolist() == [3, 2, 4, 5] and table.tile_label.tolist() == list("aabb")
    few = typical(LINE, LABELS, centres, k=2, group=list("uvwxyyy"), own=True)
    assert few.tile.tolist() == [3, 2, 4]  # all b's are of one song


def test_arithmetic_by_hand():
    centres = pd.DataFrame([[0.0, 1], [5, 1], [5, 0]], index=list("abc"))
    table = arithmetic(centres).set_index(["a", "b"])
    assert len(table) == 6
    assert table.nearest["b", "a"] == "c"  # (5, 1) - (0, 1) = (5, 0)
    assert table.distance["b", "a"] == pytest.approx(0, abs=1e-6)
    assert table.nearest["b", "c"] == "a"  # (0, 1)
    assert table.nearest["c", "b"] == "a"  # (0, -1)
    assert table.distance["c", "b"] == pytest.approx(2)


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 9), st.integers(0, 10**6))
def test_every_ordered_pair_once_and_the_nearest_is_nearest(classes, seed):
    places = np.random.default_rng(seed).normal(size=(classes, 4))
    centres = pd.DataFrame(places, index=[f"c{i}" for i in range(classes)])
    table = arithmetic(centres)
    assert len(table) == classes * (classes - 1) == len(table[["a", "b"]].drop_duplicates())
    for row in table.itertuples():
        gaps = np.linalg.norm(centres.loc[row.a] - centres.loc[row.b] - centres, axis=1)
        assert row.a != row.b
        assert row.distance == pytest.approx(gaps.min())
        assert gaps[centres.index.get_loc(row.nearest)] == pytest.approx(gaps.min())


def test_seven_genres_make_42_differences():
    assert len(arithmetic(pd.DataFrame(np.eye(7)))) == 42


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: centroids(LINE, LABELS[:6]), r"labels: has shape \(6,\); give one .* 7 rows"),
        (lambda: centroids(LINE, [*LABELS[:6], None]), "labels: 1 of 7 entries are missing"),
        (lambda: centroids(LINE, LABELS, agree=7), "k: is 7, but row 0 has only 6 tiles"),
        (lambda: centroids(LINE, LABELS, [[0]] * 7), "agree: is 5; give .* from 1 to 1"),
        (lambda: centroids(LINE[:6], LABELS[:6], [[6]] * 6), "indices: points at rows 6 to 6"),
        (lambda: arithmetic(pd.DataFrame([[1.0]])), r"centres: holds 1 class\(es\)"),
        (
            lambda: typical(LINE, LABELS, pd.DataFrame([[0.0]]), k=3, group=list("uuuuvvv")),
            "k: is 3; give a whole number from 1 to 2",
        ),
        (lambda: typical(LINE, LABELS, pd.DataFrame([[0.0, 1]])), "points: have 2 dimensions and"),
        (lambda: centroid_distances(pd.DataFrame([[np.nan]])), "centres: 1 of 1 rows hold NaN"),
    ],
)
def test_bad_input_is_one_sentence(call, message):
    with pytest.raises(InputError, match=message):
        call()
