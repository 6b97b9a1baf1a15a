"""Neighbours against distances that are known by hand, and against scikit-learn."""

import numpy as np
import pandas as pd
import pytest
from rooms import GROUPS, LABELS, MOMENTS, NODES, PLACES
from sklearn.neighbors import NearestNeighbors

from thesis_lib.room.nearest import Nearest


@pytest.fixture
def line():
    paths = ["a.wav", "b.wav", "a.wav", "c.wav", "d.wav", "e.wav"]
    names = {"path": paths, "label": LABELS, "group": GROUPS, "node": NODES, "moment": MOMENTS}
    return Nearest(np.c_[PLACES, np.zeros(6)], pd.DataFrame(names))


def near(line, item, k=6, apart=(), label=None, spread=False):
    out = line.left_out(item, apart, label)
    items, distances = line.to(np.array([PLACES[item], 0]), k, out, spread)
    np.testing.assert_allclose(distances, np.abs(np.array(PLACES)[items] - PLACES[item]), rtol=1e-6)
    return items.tolist()


def test_all_others_nearest_first(line):
    assert near(line, 0) == [1, 2, 3, 4, 5]
    assert near(line, 3, k=2) == [2, 4]


@pytest.mark.parametrize(
    ("apart", "expected"),
    [
        (["group"], [3, 4, 5]),
        (["recording"], [1, 3, 4, 5]),  # 2 is of the same file
        (["moment"], [2, 3, 4, 5]),  # 1 is the same moment on another node
        (["node"], [1, 4, 5]),
        (["group", "node"], [4, 5]),
    ],
)
def test_what_shares_something_is_left_out(line, apart, expected):
    assert near(line, 0, apart=apart) == expected


def test_an_empty_name_leaves_nothing_out(line):
    assert near(line, 5, apart=["node", "moment"]) == [4, 3, 2, 1, 0]


def test_of_one_class_and_one_of_each_group(line):
    assert near(line, 0, label="b") == [3, 4]
    assert near(line, 3, spread=True) == [2, 4]
    assert near(line, 0, label="c") == []


def test_lists_leave_out_the_group_and_end_with_minus_one(line):
    items, distances = line.lists([0, 4], 4)
    assert items.tolist() == [[3, 4, 5, -1], [3, 2, 1, 0]]
    np.testing.assert_allclose(distances, [[4, 6, 10, np.nan], [2, 3, 5, 6]])


def test_as_scikit_learn_also_far_from_the_origin():
    rng = np.random.default_rng(0)
    vectors = (100 + rng.standard_normal((500, 16))).astype(np.float32)
    table = pd.DataFrame({"path": [f"{i}" for i in range(500)], "label": "", "node": ""})
    table = table.assign(group=table.path, moment="")
    distances, items = NearestNeighbors(n_neighbors=10).fit(vectors).kneighbors(vectors[:20])
    own = Nearest(vectors, table)
    for row in range(20):
        found, far = own.to(vectors[row], 10)
        assert found.tolist() == items[row].tolist()
        np.testing.assert_allclose(far, distances[row], atol=1e-4)
