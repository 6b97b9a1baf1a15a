"""What every analysis asks of its arrays, so that a bad one ends in one sentence at once."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thesis_lib.util.errors import InputError


def matrix(values: ArrayLike, name: str = "vectors") -> np.ndarray:
    """Rows of finite numbers as a float array (n, d), d >= 1, n >= 1."""
    array = np.asarray(values)
    if array.ndim != 2 or array.size == 0:
        raise InputError(
            f"{name}: has shape {array.shape}; give a table of one row a tile, one column a number"
        )
    if array.dtype.kind not in "fiu":
        raise InputError(f"{name}: holds {array.dtype}, not numbers; give a float array")
    array = array if array.dtype.kind == "f" else array.astype(np.float64)
    bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
    if len(bad):
        raise InputError(
            f"{name}: {len(bad)} of {len(array)} rows hold NaN or infinity (the first is row "
            f"{bad[0]}); embed these tiles again or leave them out"
        )
    return array


def column(values: ArrayLike, rows: int, name: str = "labels") -> np.ndarray:
    """One entry for each of `rows` rows, none of them missing, as a one-dimensional array."""
    array = np.asarray(pd.Series(values).to_numpy() if np.ndim(values) == 1 else values)
    if array.ndim != 1 or len(array) != rows:
        raise InputError(f"{name}: has shape {array.shape}; give one entry for each of {rows} rows")
    missing = np.flatnonzero(pd.isna(array))
    if len(missing):
        raise InputError(
            f"{name}: {len(missing)} of {rows} entries are missing (the first is row "
            f"{missing[0]}); leave these rows out"
        )
    return np.array(array.tolist())


def classes(labels: ArrayLike, rows: int, name: str = "labels", at_least: int = 2) -> np.ndarray:
    """As `column`, with at least `at_least` different entries."""
    labels = column(labels, rows, name)
    found = np.unique(labels)
    if len(found) < at_least:
        raise InputError(
            f"{name}: holds only {found.tolist()}; give tiles of at least {at_least} classes"
        )
    return labels


def row_numbers(indices: ArrayLike, rows: int, name: str = "indices", ndim: int = 2) -> np.ndarray:
    """Integers that point at rows 0 to `rows` - 1."""
    array = np.asarray(indices)
    if array.ndim != ndim or array.size == 0 or array.dtype.kind not in "iu":
        raise InputError(
            f"{name}: is {array.dtype} of shape {array.shape}; give row numbers, {ndim}-dimensional"
        )
    if array.min() < 0 or array.max() >= rows:
        raise InputError(
            f"{name}: points at rows {array.min()} to {array.max()} of a table of {rows} rows; "
            "compute it from this very table"
        )
    return array


def count(value: float, low: int, high: int, name: str) -> int:
    """A whole number from `low` to `high`."""
    if int(value) != value or not low <= value <= high:
        raise InputError(f"{name}: is {value}; give a whole number from {low} to {high}")
    return int(value)
