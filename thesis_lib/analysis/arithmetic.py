"""This sound minus that one plus a third: what is near the sum of directions (09_listening_room).

The arithmetic of T. Mikolov, W. Yih and G. Zweig, "Linguistic regularities in continuous space word
representations", NAACL 2013: vectors of length 1, the answer by cosine, the inputs left out of it.
They are centred before, for what all sounds of a collection have in common is no difference between
two of them, and a sum of three would be mostly that.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thesis_lib.util.arrays import column, count, matrix
from thesis_lib.util.errors import InputError


def arithmetic(
    vectors: ArrayLike,
    plus: Sequence[int | ArrayLike],
    minus: Sequence[int | ArrayLike] = (),
    k: int = 10,
    group: ArrayLike | None = None,
) -> pd.DataFrame:
    """The sounds nearest to "these minus those" (09_listening_room).

    Parameters
    ----------
    vectors : (n, d) float array
        One embedding per sound.
    plus, minus : lists
        An int is a row of `vectors`; an array of several ints stands for their mean, such as the
        rows of a class.
    k : int
        At most so many sounds; there may be fewer that are no inputs.
    group : (n,) array, optional
        Session or song: those of an input given as an int are left out too, and each sound of the
        answer comes from another one.

    Returns
    -------
    DataFrame
        `rank` (from 1), `item` (row of `vectors`), `cosine` with the sum, the largest first.

    Raises
    ------
    InputError
        Nothing is added, or what is added and taken away cancels out.

    Examples
    --------
    >>> arithmetic(vectors, plus=[3, 17], minus=[np.flatnonzero(label == "ambient")])
    """
    vectors = matrix(vectors)
    k = count(k, 1, 10**6, "k")
    group = np.arange(len(vectors)) if group is None else column(group, len(vectors), "group")
    if not len(plus):
        raise InputError("plus: is empty; give at least one sound to begin with")
    units = _unit(vectors - vectors.mean(axis=0, dtype=np.float64))
    terms = [(rows, sign) for some, sign in ((plus, 1), (minus, -1)) for rows in some]
    wanted = sum(sign * _direction(units, rows) for rows, sign in terms)
    if np.linalg.norm(wanted) < 1e-9:
        raise InputError("plus: cancels out with minus, so nothing is left to look for")
    cosine = units @ _unit(wanted[None])[0]
    inputs = [int(rows) for rows, _ in terms if np.ndim(rows) == 0]
    order = np.argsort(-cosine, kind="stable")
    order = order[~np.isin(group[order], group[inputs])]
    _, first = np.unique(group[order], return_index=True)
    item = order[np.sort(first)][:k]
    rank = np.arange(1, len(item) + 1)
    return pd.DataFrame({"rank": rank, "item": item, "cosine": cosine[item]})


def _direction(units, rows):
    """The direction of a sound, or the mean direction of several, as a unit vector."""
    rows = np.atleast_1d(np.asarray(rows))
    if rows.dtype.kind not in "iu" or not rows.size:
        raise InputError("plus, minus: hold something else than row numbers; give ints")
    if rows.min() < 0 or rows.max() >= len(units):
        raise InputError(
            f"plus, minus: name row {rows.max()} of {len(units)} sounds; give rows of `vectors`"
        )
    return _unit(units[rows].mean(axis=0, keepdims=True))[0]


def _unit(vectors):
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
