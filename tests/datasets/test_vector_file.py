"""Vectors of another model, by a file."""

import importlib.util
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thesis_lib.corpus import Corpus
from thesis_lib.datasets import vector_file
from thesis_lib.util.errors import InputError


def corpus(paths, starts):
    return Corpus("some", Path("music"), pd.DataFrame({"path": paths, "start": starts}))


def test_recordings_get_their_vectors_whatever_the_order(tmp_path):
    np.savez(tmp_path / "x.npz", path=["b.ogg", "a.ogg", "a.ogg"], vectors=[[5, 6], [1, 2], [3, 4]])
    found = vector_file.read(tmp_path / "x.npz")
    vectors = vector_file.matched(found, corpus(["a.ogg", "b.ogg"], [0, 1.5]))
    assert vectors.tolist() == [[2, 3], [5, 6]]
    with pytest.raises(InputError, match=r"1 of 2 recordings of some .* c.ogg"):
        vector_file.matched(found, corpus(["a.ogg", "c.ogg"], [0, 0]))


def test_several_recordings_of_a_file_are_told_apart_by_their_start(tmp_path):
    rows = {"path": ["a.ogg"] * 2, "start": [20.0, 0.004], "vectors": [[1.0], [2.0]]}
    np.savez(tmp_path / "x.npz", **rows)
    found = vector_file.read(tmp_path / "x.npz")
    assert vector_file.matched(found, corpus(["a.ogg"] * 2, [0.0, 20.0])).tolist() == [[2], [1]]
    with pytest.raises(InputError, match="1 of 1 recordings"):
        vector_file.matched(found, corpus(["a.ogg"], [10.0]))


def test_what_is_no_such_file_is_said_in_a_sentence(tmp_path):
    for name in ("x.csv", "missing.npz"):
        with pytest.raises(InputError, match="no npz or parquet file"):
            vector_file.read(tmp_path / name)
    np.savez(tmp_path / "x.npz", vectors=[[1.0]])
    with pytest.raises(InputError, match="needs `path` and `vectors`"):
        vector_file.read(tmp_path / "x.npz")


def test_a_parquet_file_has_a_column_for_each_dimension(tmp_path):
    place = tmp_path / "x.parquet"
    if importlib.util.find_spec("pyarrow") is None:
        place.write_bytes(b"PAR1")
        with pytest.raises(InputError, match="pip install pyarrow"):
            vector_file.read(place)
        return
    pd.DataFrame({"path": ["b", "a"], "0": [1.0, 2.0], "1": [3.0, 4.0]}).to_parquet(place)
    found = vector_file.matched(vector_file.read(place), corpus(["a", "b"], [0.0, 0.0]))
    assert found.tolist() == [[2, 4], [1, 3]]


EVERY = {
    "path": ["rock/a.ogg", "b.ogg", "b.ogg"],
    "start": [0.0, 0.0, 5.0],
    "duration": [12.0, 5.0, 5.0],
    "label": ["rock", "", "jazz <b>"],
    "group": ["one", "two", "two"],
    "node": ["", "1", "2"],
    "name": ["A song", "", "B"],
}
VECTORS = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


def test_what_is_known_of_each_vector_comes_with_it(tmp_path):
    np.savez(tmp_path / "x.npz", vectors=VECTORS, **EVERY)
    table, vectors = vector_file.units(tmp_path / "x.npz")
    wanted = pd.DataFrame(EVERY | {"name": ["A song", "b", "B"]})
    assert table.to_dict("list") == wanted.to_dict("list")
    assert vectors.tolist() == VECTORS and vectors.dtype == np.float32


def test_a_path_is_enough(tmp_path):
    np.savez(tmp_path / "x.npz", path=["rock/a.ogg", "b.ogg"], vectors=VECTORS[:2])
    table, _ = vector_file.units(tmp_path / "x.npz")
    assert table.start.tolist() == [0, 0] and table.duration.isna().all()
    assert table.group.tolist() == ["rock/a.ogg", "b.ogg"] and table.name.tolist() == ["a", "b"]
    assert set(table.label) == set(table.node) == {""}


@pytest.mark.parametrize(
    ("name", "values"),
    [("start", [0, -1, 0]), ("duration", [1, 2]), ("start", ["now", "0", "0"]), ("label", ["x"])],
)
def test_a_column_that_does_not_fit_is_named(name, values, tmp_path):
    np.savez(tmp_path / "x.npz", vectors=VECTORS, **EVERY | {name: values})
    with pytest.raises(InputError, match=f"x.npz: {name}: .* of 3 rows"):
        vector_file.units(tmp_path / "x.npz")


def test_a_parquet_file_may_hold_the_vectors_as_lists(tmp_path):
    if importlib.util.find_spec("pyarrow") is None:
        pytest.skip("pyarrow is not installed: it is no part of the suite")
    pd.DataFrame(EVERY | {"vectors": VECTORS}).to_parquet(tmp_path / "x.parquet")
    table, vectors = vector_file.units(tmp_path / "x.parquet")
    assert table.group.tolist() == EVERY["group"] and vectors.tolist() == VECTORS
    assert vector_file.read(tmp_path / "x.parquet")[[0, 1]].to_numpy().tolist() == VECTORS
