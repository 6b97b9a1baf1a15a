"""Suspects, silence and broken microphones: by hand, and on faults that were put there."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.neighbors import KNeighborsClassifier

from thesis_lib.analysis.label_audit import (
    above_floor,
    disagreement,
    knn_distance,
    node_deviation,
    score,
    suspects,
)
from thesis_lib.analysis.neighbours import nearest
from thesis_lib.util.errors import InputError

TILES = pd.DataFrame({"label": list("aaabbb"), "path": [f"{i}.wav" for i in range(6)]})
INDICES = np.array([[3, 4, 5], [3, 4, 2], [0, 1, 3], [0, 1, 2], [0, 5, 1], [3, 4, 0]])


def test_disagreement_by_hand():
    assert disagreement(TILES.label, INDICES).tolist() == [3, 2, 1, 3, 2, 1]
    assert disagreement(TILES.label, INDICES[[4, 0]], queries=[4, 0]).tolist() == [2, 3]


def test_disagreement_as_scikit_learn_counts_votes():
    rng = np.random.default_rng(0)
    vectors, labels = rng.normal(size=(40, 5)), rng.choice(list("abc"), 40)
    indices, _ = nearest(vectors, k=9)
    for row in range(40):
        rest = np.arange(40) != row
        vote = KNeighborsClassifier(9, algorithm="brute").fit(vectors[rest], labels[rest])
        share = dict(zip(vote.classes_, vote.predict_proba(vectors[[row]])[0], strict=True))
        expected = round(9 * (1 - share[labels[row]]))
        assert disagreement(labels, indices)[row] == expected


def test_suspects_are_ordered_and_keep_the_columns_of_the_table():
    table = suspects(TILES.set_index("path", drop=False), INDICES, at_least=2)
    assert table.columns.tolist() == [
        "tile",
        "disagree",
        "neighbour_label",
        "votes",
        "label",
        "path",
    ]
    assert table.tile.tolist() == [0, 3, 1, 4]
    assert table.disagree.tolist() == [3, 3, 2, 2]
    assert table.neighbour_label.tolist() == ["b", "a", "b", "a"]
    assert table.path.tolist() == ["0.wav", "3.wav", "1.wav", "4.wav"]


def test_without_a_number_all_neighbours_must_disagree():
    assert suspects(TILES, INDICES).tile.tolist() == [0, 3]


def test_of_equal_suspects_the_one_in_closer_company_goes_first():
    distances = np.repeat([[2.0], [1], [1], [1], [0.5], [1]], 3, axis=1)
    assert suspects(TILES, INDICES, 2, distances).tile.tolist() == [3, 0, 4, 1]
    assert suspects(TILES, INDICES, 2).tile.tolist() == [0, 3, 1, 4]


def test_the_more_agree_on_another_label_the_more_suspect():
    tiles = pd.DataFrame({"label": list("xbcaaa")})
    indices = [[3, 4, 5], [0, 2, 3], [3, 4, 0], [4, 5, 0], [3, 5, 0], [3, 4, 0]]
    table = suspects(tiles, np.array(indices))
    assert table[["tile", "votes"]].to_numpy().tolist() == [[0, 3], [2, 2], [1, 1]]


def test_other_labels_than_the_tables_own():
    assert suspects(TILES, INDICES, 1, labels=["a"] * 6).empty
    assert len(suspects(TILES, INDICES, 1)) == 6


def test_swapped_labels_are_found_among_two_clouds():
    rng = np.random.default_rng(4)
    label = np.repeat(["cooking", "eating"], 100)
    vectors = rng.normal(size=(200, 3)) + 20 * (label == "cooking")[:, None]
    wrong = rng.choice(200, 6, replace=False)
    given_label = label.copy()
    given_label[wrong] = np.where(label[wrong] == "cooking", "eating", "cooking")
    indices, _ = nearest(vectors, k=30, group=np.tile(np.arange(50), 4))
    table = suspects(pd.DataFrame({"label": given_label}), indices, at_least=24)
    assert sorted(table.tile) == sorted(wrong)
    assert (table.neighbour_label == label[table.tile]).all()


def test_loneliness_by_hand():
    assert knn_distance([[1.0, 3], [2, 2.5]]).tolist() == [2, 2.25]


def test_each_node_has_its_own_floor():
    rng = np.random.default_rng(5)
    node = np.repeat(["1", "2"], 100)
    quiet = np.tile(np.arange(100) < 30, 2)
    levels = rng.normal(0, 0.5, (200, 50)) + np.where(node == "1", -60, -40)[:, None]
    levels += np.where(quiet, 0, 25)[:, None]
    assert ((above_floor(levels, node) <= 6) == quiet).all()
    # Node 2's floor is above node 1's activity - 6 dB.
    assert not ((above_floor(levels) <= 6) == quiet).all()
    np.testing.assert_allclose(above_floor(levels, node)[~quiet], 25, atol=1)
    np.testing.assert_allclose(above_floor(levels + 7, node), above_floor(levels, node))


def test_one_level_a_tile_will_do_and_one_short_sound_is_heard():
    np.testing.assert_allclose(above_floor([-60.0, -58, -30, -60]), [0, 2, 30, 0])
    click = np.full((3, 100), -60.0)
    click[1, :10] = -20  # a tenth of the tile
    np.testing.assert_allclose(above_floor(click), [0, 40, 0])


def heard_by_all(rng, moments=60, nodes=4, channels=2):
    """Every node hears each moment, from its own place (offset) and with its own noise."""
    moment, node, channel = (part.ravel() for part in np.indices((moments, nodes, channels)))
    vectors = rng.normal(size=(moments, 6))[moment] * 5 + rng.normal(size=(nodes, 6))[node]
    vectors += rng.normal(size=vectors.shape) * 0.2 * (1 + node)[:, None]
    return vectors, moment // 20, moment % 20, np.array(["n1", "n2", "n3", "n4"])[node]


def test_a_broken_microphone_deviates_and_the_others_are_not():
    vectors, group, position, node = heard_by_all(np.random.default_rng(6))
    broken = (group == 1) & (position < 4) & (node == "n3")
    vectors[broken] = 30
    deviation = node_deviation(vectors, group, position, node)
    assert deviation[broken].min() > 10
    assert deviation[~broken].max() < 10
    for name in np.unique(node):  # usual is 0, and a robust sigma is 1, by definition
        assert np.median(deviation[node == name]) == pytest.approx(0, abs=1e-9)
        assert 1.4826 * np.median(abs(deviation[node == name])) == pytest.approx(1)


def test_deviation_by_hand():
    # Three nodes on a line, each 0, 1, 3; at the last moment node c jumps to 9.
    vectors = np.array([[0.0, 1, 3]] * 4 + [[0, 2, 3]] * 2 + [[0, 1, 9]]).reshape(-1, 1)
    moment, node = np.repeat(np.arange(7), 3), np.tile(list("abc"), 7)
    deviation = node_deviation(vectors, np.zeros(21), moment, node).reshape(7, 3)
    # b: distances to a and c are 1 and 2 (median 1.5), 2 and 1 (1.5), at the end 1 and 8 (4.5).
    # a: 1 and 3 (2), 2 and 3 (2.5), at the end 1 and 9 (5); median 2, MAD 0 -> floor.
    assert deviation[:6, 1].tolist() == [0] * 6
    assert deviation[6, 1] > 1000
    # c: 3 and 2 (2.5) four times, 3 and 1 (2) twice, 9 and 8 (8.5); median 2.5, MAD 0.
    assert (np.sign(deviation[:, 2]) == [0, 0, 0, 0, -1, -1, 1]).all()
    assert deviation[6, 2] / deviation[4, 2] == pytest.approx(6 / -0.5)


def test_a_moment_that_one_node_alone_heard_is_nan():
    vectors, group, position, node = heard_by_all(np.random.default_rng(7))
    alone = (group == 2) & (position == 5)
    keep = ~alone | (node == "n1")
    deviation = node_deviation(vectors[keep], group[keep], position[keep], node[keep])
    assert np.array_equal(np.isnan(deviation), alone[keep])


def test_deviation_does_not_depend_on_the_order_of_the_rows():
    vectors, group, position, node = heard_by_all(np.random.default_rng(8))
    rows = np.random.default_rng(9).permutation(len(vectors))
    deviation = node_deviation(vectors, group, position, node)
    shuffled = node_deviation(vectors[rows], group[rows], position[rows], node[rows])
    np.testing.assert_allclose(shuffled, deviation[rows], atol=1e-9)


def test_score_by_hand():
    found = np.array([True, True, False, False, False])
    truth = np.array([True, False, True, False, False])
    assert score(found, truth) == {
        "found": 2, "true": 2, "right": 1, "precision": 0.5, "recall": 0.5, "chance": 0.4,
    }  # fmt: skip
    # Ranked: true, false, true -> precision 1 at the first, 2/3 at the second true one.
    ordered = score(found, truth, order=[5, 4, 3, 2, 1])
    assert ordered["average_precision"] == pytest.approx((1 + 2 / 3) / 2)
    nothing = score(np.zeros(5, bool), truth)
    assert (nothing["precision"], nothing["recall"]) == (0, 0)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=30))
def test_score_counts(pairs):
    found, truth = np.array(pairs).T
    if not truth.any():
        with pytest.raises(InputError, match="truth: is nowhere True"):
            score(found, truth)
        return
    result = score(found, truth, order=found.astype(float))
    assert result["right"] <= min(result["found"], result["true"])
    assert result["precision"] * result["found"] == pytest.approx(result["right"])
    assert result["recall"] * result["true"] == pytest.approx(result["right"])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: suspects(TILES, INDICES, at_least=4), "at_least: is 4; give .* from 1 to 3"),
        (
            lambda: suspects(TILES.head(5), INDICES),
            "indices: points at rows 0 to 5 of a table of 5",
        ),
        (lambda: suspects(TILES, INDICES[:5]), "indices: has 5 rows for 6 tiles"),
        (lambda: suspects(TILES, INDICES, 1, np.ones((5, 3))), "distances: has 5 rows for 6 tiles"),
        (
            lambda: suspects(TILES.assign(label=["a", None, "b", "b", "b", "b"]), INDICES),
            "labels: 1 of 6 entries are missing",
        ),
        (lambda: above_floor([[-60.0, -np.inf]]), "levels_db: 1 of 1 rows hold NaN or infinity"),
        (lambda: above_floor([-60.0, -50], node=["1"]), r"node: has shape \(1,\)"),
        (
            lambda: node_deviation(np.eye(3), [0, 0, 0], [0, 1, 2], list("abc")),
            r"node: no moment was recorded by two of the nodes \['a', 'b', 'c'\]",
        ),
        (
            lambda: node_deviation(np.eye(2), [0, 0], [0, 0], ["a", "a"]),
            r"node: no moment was recorded by two of the nodes \['a'\]",
        ),
        (lambda: score([1, 0], [True, False]), "found: holds int64; give True or False"),
        (lambda: score([True], [True, False]), r"found: has shape \(1,\)"),
        (lambda: score([True], [True], order=[np.nan]), "order: 1 of 1 rows hold NaN"),
        (lambda: score([True], [True], order=[1, 2]), "order: has 2 rows for 1 tiles"),
    ],
)
def test_bad_input_is_one_sentence(call, message):
    with pytest.raises(InputError, match=message):
        call()
