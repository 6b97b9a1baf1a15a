"""A map in the plane of any vectors, and how far it can be believed.

A map keeps some neighbours and loses others, and it can show which: `preservation` says of each
unit how many of its nearest are also its nearest on the map. Which method keeps most was measured,
see `bench/maps.py`. See 09_listening_room.
"""

import warnings
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE

from thesis_lib.analysis.neighbours import nearest
from thesis_lib.util.arrays import matrix
from thesis_lib.util.errors import InputError

FEW = 5000  # vectors that t-SNE takes some ten seconds for; for more it takes minutes
NEIGHBOURS, MIN_DIST = 15, 0.1  # of UMAP
PERPLEXITY = 30  # of t-SNE: about how many neighbours count
LINE_OR_TRIANGLE = 3  # so few points lie in a plane already


def project(vectors: ArrayLike, method: str, seed: int = 0) -> np.ndarray:
    """Places on a map, one for each vector (09_listening_room).

    Parameters
    ----------
    vectors : (n, d) float array
        Of any model, of tiles, segments or songs. They are compared as they are, by Euclidean
        distance; to compare directions, give unit vectors.
    method : {"pca", "umap", "tsne"}
        The two principal components, as in the thesis; UMAP (McInnes et al., 2018), whose import
        takes some ten seconds the first time; t-SNE (van der Maaten and Hinton, 2008), slow for
        more than some thousand vectors.
    seed : int
        The same seed gives the same map on the same machine.

    Returns
    -------
    (n, 2) float32 array
        Centred; the unit means nothing.

    Raises
    ------
    InputError
        An unknown method, NaN, or vectors that are all the same.

    Examples
    --------
    >>> places = project(embeddings.vectors, "umap")
    """
    if method not in METHODS:
        raise InputError(f"method: is {method!r}; give one of {', '.join(METHODS)}")
    vectors = matrix(vectors).astype(np.float32, copy=False)
    if len(vectors) > 1 and not np.ptp(vectors, axis=0).any():
        raise InputError("vectors: are all the same; there is nothing to project")
    chosen = principal if len(vectors) <= LINE_OR_TRIANGLE else METHODS[method]
    places = chosen(vectors, seed=seed)
    return (places - places.mean(axis=0)).astype(np.float32)


def default(count: int) -> str:
    """The method for so many vectors: t-SNE, which keeps the most neighbours, UMAP for many.

    Measured by `bench/maps.py`, on development data. See 09_listening_room.
    """
    return "tsne" if count <= FEW else "umap"


def principal(vectors: np.ndarray, seed: int = 0) -> np.ndarray:
    """The two principal components, (n, d) -> (n, 2); what there is none of is 0.

    See 09_listening_room.
    """
    if len(vectors) == 1:
        return np.zeros((1, 2))
    size = min(2, *vectors.shape)
    places = PCA(size, random_state=seed).fit_transform(vectors)
    return np.pad(places, ((0, 0), (0, 2 - size)))


def umap(
    vectors: np.ndarray, neighbours: int = NEIGHBOURS, min_dist: float = MIN_DIST, seed: int = 0
) -> np.ndarray:
    """UMAP, (n, d) -> (n, 2), begun at the principal components (09_listening_room).

    This start keeps what is far apart in its place (Kobak and Linderman, 2021).

    Parameters
    ----------
    vectors : (n, d) float array
    neighbours : int
        How many of each unit the map draws together.
    min_dist : float
        How close points may lie, in units of the map.
    seed : int
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Tensorflow not installed", ImportWarning)
        from umap import UMAP  # numba compiles: some ten seconds
    k = min(neighbours, len(vectors) - 1)
    made = UMAP(
        n_neighbors=k, min_dist=min_dist, init=_start(vectors, seed),
        precomputed_knn=_with_itself(vectors, k), random_state=seed, n_jobs=1,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "precomputed_knn", UserWarning)  # nothing to add later
        return made.fit_transform(vectors)


def tsne(vectors: np.ndarray, perplexity: float = PERPLEXITY, seed: int = 0) -> np.ndarray:
    """t-SNE, (n, d) -> (n, 2), begun at the principal components (09_listening_room).

    Parameters
    ----------
    vectors : (n, d) float array
    perplexity : float
        About how many neighbours count; less where there are few vectors.
    seed : int
    """
    perplexity = min(perplexity, (len(vectors) - 1) / 3)
    start = _start(vectors, seed) * 1e-5  # 0.0001 wide, as scikit-learn's own
    return TSNE(perplexity=perplexity, init=start, random_state=seed).fit_transform(vectors)


METHODS: dict[str, Callable[..., np.ndarray]] = {"pca": principal, "umap": umap, "tsne": tsne}


def preservation(
    vectors: ArrayLike, places: ArrayLike, k: int = 10, group: ArrayLike | None = None
) -> np.ndarray:
    """The share of each unit's k nearest that are among its k nearest on the map.

    See 09_listening_room. 1 where the map can be believed, about k / n where it shows nothing.

    Parameters
    ----------
    vectors : (n, d) float array
    places : (n, 2) float array
        From `project`.
    k : int
        How many neighbours.
    group : (n,) array, optional
        Session or song of each unit; then only neighbours of other groups count, in both.

    Returns
    -------
    (n,) float array
        0 to 1.
    """
    vectors, places = matrix(vectors), matrix(places, "places")
    if len(vectors) != len(places):
        raise InputError(
            f"places: are {len(places)} for {len(vectors)} vectors; give the map of these vectors"
        )
    (in_space, _), (on_map, _) = (nearest(points, k, group) for points in (vectors, places))
    return (in_space[:, :, None] == on_map[:, None]).any(axis=2).mean(axis=1)


def _start(vectors, seed):
    """Principal components, 10 wide as UMAP's own start, no two points in one place."""
    places = principal(vectors, seed)
    noise = np.random.default_rng(seed).normal(scale=1e-4, size=places.shape)
    return (10 * places / np.abs(places).max() + noise).astype(np.float32)


def _with_itself(vectors, k):
    """The k nearest of each unit as UMAP takes them: itself first."""
    indices, distances = nearest(vectors, k - 1)
    indices = np.hstack([np.arange(len(vectors))[:, None], indices])
    return indices, np.pad(distances, ((0, 0), (1, 0)))
