"""Exact neighbours of one sound at a time, fast enough to be asked for by a click.

All that does not depend on the question is prepared once; then a query is one product of a matrix
and a vector. `analysis.neighbours.nearest` does the same for all tiles at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

SPARE = 8  # candidates more than are asked for, for products of 32 bits err in the last digits
APART = {"group": "group", "recording": "path", "moment": "moment", "node": "node"}


class Nearest:
    """Exact neighbours, Euclidean, none of the groups that are left out (09_listening_room).

    Parameters
    ----------
    vectors : float32 array, shape (n, d)
    table : DataFrame, n rows
        With the columns that `APART` names and `label`; an empty name is nobody's, and leaves
        nothing out.
    """

    def __init__(self, vectors: np.ndarray, table: pd.DataFrame) -> None:
        self._vectors = np.ascontiguousarray(vectors, np.float32)
        self._mean = self._vectors.mean(0)  # a part that all share would cost digits
        self._centred = self._vectors - self._mean
        self._squares = np.einsum("nd,nd->n", self._centred, self._centred)
        self._codes = {name: pd.factorize(table[column])[0] for name, column in APART.items()}
        self._blank = {name: (table[column] == "").to_numpy() for name, column in APART.items()}
        self._label = table.label.to_numpy()

    def distances(self, point: np.ndarray) -> np.ndarray:
        """The distance of every sound to a point: float32 array, shape (n,)."""
        query = np.asarray(point, np.float32) - self._mean
        squares = self._squares - 2 * (self._centred @ query) + query @ query
        return np.sqrt(np.maximum(squares, 0, out=squares), out=squares)

    def left_out(
        self, item: int, apart: Iterable[str] = ("group",), label: str | None = None
    ) -> np.ndarray:
        """Which sounds are no neighbours of a sound: bool array, shape (n,).

        Parameters
        ----------
        item : int
        apart : iterable of "group", "recording", "moment", "node"
            What a neighbour does not share with the sound.
        label : str, optional
            The class that neighbours are of.
        """
        out = np.zeros(len(self._label), bool) if label is None else self._label != label
        out[item] = True
        for name in apart:
            if not self._blank[name][item]:
                out |= self._codes[name] == self._codes[name][item]
        return out

    def to(
        self,
        point: np.ndarray,
        k: int,
        out: np.ndarray | None = None,
        spread: bool = False,
        rough: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """The k sounds nearest to a point, fewer where there are no more.

        Parameters
        ----------
        point : float array, shape (d,)
        k : int
        out : bool array, shape (n,)
            Those that do not count.
        spread : bool
            No two of one group.
        rough : float32 array, shape (n,), optional
            `distances` of this point, where they are there already.

        Returns
        -------
        items : int64 array, nearest first
        distances : float32 array
        """
        rough = self.distances(point) if rough is None else rough
        if out is not None:
            rough = np.where(out, np.inf, rough)
        rows = self._one_a_group(rough) if spread else np.arange(len(rough))
        wanted = min(k + SPARE, int(np.isfinite(rough[rows]).sum()))
        rows = rows[np.argpartition(rough[rows], wanted - 1)[:wanted]] if wanted else rows[:0]
        exact = np.linalg.norm(self._vectors[rows] - np.float32(point), axis=1)
        order = np.argsort(exact, kind="stable")[:k]
        return rows[order], exact[order].astype(np.float32)

    def _one_a_group(self, rough):
        """Of each group the row that is nearest."""
        order = np.argsort(rough, kind="stable")
        _, first = np.unique(self._codes["group"][order], return_index=True)
        return order[first]

    def lists(self, items: Sequence[int], k: int) -> tuple[np.ndarray, np.ndarray]:
        """The k nearest of each of some sounds, none of its group; -1 where there are no more.

        Returns
        -------
        items : int32 array, shape (n, k)
        distances : float32 array, shape (n, k)
        """
        found = np.full((len(items), k), -1, np.int32)
        apart = np.full((len(items), k), np.nan, np.float32)
        for row, item in enumerate(items if k else ()):
            near, far = self.to(self._vectors[item], k, self.left_out(item))
            found[row, : len(near)], apart[row, : len(far)] = near, far
        return found, apart
