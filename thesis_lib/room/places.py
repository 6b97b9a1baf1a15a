"""Maps of the sounds in the plane, by the names that the page offers."""

from __future__ import annotations

import numpy as np

from thesis_lib.analysis import projection

K = 10  # neighbours that a map is asked to keep
MAPS = {"PCA": "pca", "UMAP": "umap"}  # the first is there at once, the others when asked for


def place(vectors: np.ndarray, name: str) -> np.ndarray:
    """Places of vectors on the map of this name: float32 array, shape (n, 2)."""
    if not np.ptp(vectors, axis=0).any():  # one sound, or the same again and again
        return np.zeros((len(vectors), 2), np.float32)
    return projection.project(vectors, MAPS[name])


def preservation(vectors: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Of each sound the share of its `K` nearest that are so on the map: float32, shape (n,)."""
    k = min(K, len(vectors) - 1)
    if k < 1:
        return np.ones(len(vectors), np.float32)
    return projection.preservation(vectors, places, k).astype(np.float32)
