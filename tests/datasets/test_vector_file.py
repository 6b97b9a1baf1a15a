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
        with pytest.raises(InputError, match="pyarrow"):
            vector_file.read(place)
        return
    pd.DataFrame({"path": ["b", "a"], "0": [1.0, 2.0], "1": [3.0, 4.0]}).to_parquet(place)
    found = vector_file.matched(vector_file.read(place), corpus(["a", "b"], [0.0, 0.0]))
    assert found.tolist() == [[2, 4], [1, 3]]
