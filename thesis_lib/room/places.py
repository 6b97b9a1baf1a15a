"""Maps of the sounds in the plane, by the names that the page offers."""

from __future__ import annotations

import numpy as np
from sklearn.decomposition import PCA

K = 10  # neighbours that a map is asked to keep
ASKED = 2000  # sounds of which this is computed exactly


def _pca(vectors):
    size = min(2, *vectors.shape)
    return np.pad(PCA(size, random_state=0).fit_transform(vectors), ((0, 0), (0, 2 - size)))


MAPS = {"PCA": _pca}


def place(vectors: np.ndarray, name: str) -> np.ndarray:
    """Places of vectors on the map of this name: float32 array, shape (n, 2)."""
    return MAPS[name](vectors).astype(np.float32)


def preservation(vectors: np.ndarray, places: np.ndarray, k: int = K) -> np.ndarray:
    """Of each vector the share of its k nearest that are also its k nearest on the map, (n,)."""
    from thesis_lib.analysis.neighbours import nearest

    k = min(k, len(vectors) - 1)
    if k < 1:
        return np.ones(len(vectors), np.float32)
    near, on_map = (np.sort(nearest(one, k)[0], axis=1) for one in (vectors, places))
    rows = np.arange(len(vectors))[:, None] * len(vectors)
    return np.isin(near + rows, on_map + rows).mean(axis=1).astype(np.float32)
