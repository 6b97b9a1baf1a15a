"""What may be drawn and what was, counted on a few tiles by hand."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from thesis_lib import sampler
from thesis_lib.analysis import triplet_counts

# Three recordings of 5, 3 and 2 tiles; the first two are of one session.
TILES = sampler.cut([0, 5, 8], [5, 3, 2], 1, 1)
DRAW = sampler.TripletSampler(TILES, 2)
RECIPE = SimpleNamespace(neighbour_range_tiles=2, tile=0.5)
TABLE = pd.DataFrame(
    {
        "recording": TILES.recording,
        "start": [0.0, 0.5, 1, 1.5, 2, 10, 10.5, 11, 0, 0.5],
        "label": ["a"] * 5 + ["b"] * 3 + ["a"] * 2,
        "group": ["s1"] * 8 + ["s2"] * 2,
        "position": [0] * 5 + [1] * 3 + [0] * 2,
        "node": "",
    }
)


def test_roles_of_an_anchor_at_the_end_of_its_recording():
    near, far = ["neighbour"], ["opposite"]
    assert triplet_counts.roles(TILES, DRAW, 0).tolist() == ["anchor", *near * 2, "", "", *far * 5]
    assert triplet_counts.roles(TILES, DRAW, 6).tolist() == far * 5 + near + ["anchor"] + near + (
        far * 2
    )


def test_kin_is_one_recording_of_each_relation_from_its_own_start():
    found = triplet_counts.three_recordings(TABLE, triplet_counts.roles(TILES, DRAW, 0), 0)
    assert found.recording.unique().tolist() == [
        "its own recording", "same session or song", "another",
    ]  # fmt: skip
    assert found[found.recording == "same session or song"].start.tolist() == [0, 0.5, 1]


def test_an_epoch_of_the_sampler_passes_the_check():
    triplet_counts.check(DRAW.epoch(1, 0).numpy(), TILES, DRAW, RECIPE)


@pytest.mark.parametrize(
    ("column", "value"), [(0, 1), (1, 0), (1, 5), (1, 3), (2, 4)],
    ids=["an anchor twice", "itself", "another recording's", "too far away", "an own opposite"],
)  # fmt: skip
def test_a_triplet_that_breaks_a_rule_is_found(column, value):
    triplets = DRAW.epoch(1, 0).numpy()
    triplets[triplets[:, 0] == 0, column] = value
    with pytest.raises(AssertionError):
        triplet_counts.check(triplets, TILES, DRAW, RECIPE)


def test_expected_distances_are_those_counted_one_by_one():
    table = triplet_counts.distances(DRAW, RECIPE, seed=1, epochs=3)
    expected = dict.fromkeys([-1.0, -0.5, 0.5, 1.0], 0.0)
    for anchor in range(len(TILES)):
        near = [
            tile
            for tile in range(len(TILES))
            if TILES.recording[tile] == TILES.recording[anchor] and 1 <= abs(tile - anchor) <= 2
        ]
        for tile in near:
            expected[(tile - anchor) * 0.5] += 3 / len(near)
    assert dict(zip(table.seconds.tolist(), table.expected, strict=True)) == pytest.approx(expected)
    assert table.drawn.sum() == 3 * len(TILES)


def test_what_opposites_have_in_common():
    triplets = np.array([[0, 1, 5], [0, 1, 8], [5, 6, 0], [8, 9, 1]])
    found = triplet_counts.in_common(TABLE, triplets)
    assert found == {
        "the same label": 0.5,
        "the same group": 0.5,
        "the same moment, another node": 0,
    }
    nodes = TABLE.assign(position=0, node=TABLE.recording.astype(str))
    assert triplet_counts.in_common(nodes, triplets)["the same moment, another node"] == 0.5


def test_no_label_is_nobodys_own():
    found = triplet_counts.in_common(TABLE.assign(label=""), np.array([[0, 1, 5]]))
    assert found["the same label"] == 0


def test_chance_of_the_same_label():
    found = triplet_counts.by_label(TABLE, TILES, np.array([[0, 1, 5], [1, 2, 8], [5, 6, 0]]))
    assert found.loc["a"].tolist() == pytest.approx([0.5, 2 / 5, 2])  # of 5 others 2 are "a"
    assert found.loc["b"].tolist() == [0, 0, 1]
