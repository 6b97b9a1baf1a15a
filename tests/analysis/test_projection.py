"""Maps against numpy and scikit-learn, and neighbours on them counted by hand."""

import json

import numpy as np
import pytest
from corpora import ROOT
from sklearn.datasets import make_blobs
from sklearn.manifold import trustworthiness
from sklearn.neighbors import NearestNeighbors

from thesis_lib.analysis.projection import METHODS, default, preservation, project
from thesis_lib.util.errors import InputError


@pytest.fixture(scope="module")
def clumps():
    """Five far clumps in 20 dimensions: (100, 20) vectors, and the clump of each."""
    return make_blobs([20] * 5, 20, cluster_std=0.5, random_state=0)


@pytest.fixture(scope="module")
def maps(clumps):
    return {method: project(clumps[0], method) for method in METHODS}


def test_principal_components_are_numpys(clumps):
    vectors = clumps[0] - clumps[0].mean(axis=0)
    expected = vectors @ np.linalg.svd(vectors)[2][:2].T  # each axis up to its sign
    np.testing.assert_allclose(abs(project(clumps[0], "pca")), abs(expected), rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_what_is_near_stays_near(method, clumps, maps):
    vectors, clump = clumps
    places = maps[method]
    assert places.shape == (100, 2) and places.dtype == np.float32
    np.testing.assert_allclose(places.mean(axis=0), 0, atol=1e-4)
    shuffled = places[np.random.default_rng(0).permutation(100)]
    assert trustworthiness(vectors, places) > 0.75 > trustworthiness(vectors, shuffled)
    assert preservation(vectors, places).mean() > 0.3 > preservation(vectors, shuffled).mean()
    if method != "pca":  # two axes hold no more than three of five clumps apart
        beside = NearestNeighbors(n_neighbors=5).fit(places).kneighbors(return_distance=False)
        assert (clump[beside] == clump[:, None]).mean() > 0.99


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_map(method, clumps, maps):
    assert np.array_equal(project(clumps[0].copy(), method), maps[method])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("shape", [(1, 3), (2, 3), (3, 1), (4, 1), (5, 7), (40, 1)])
def test_few_vectors_or_dimensions_have_a_map(method, shape):
    vectors = np.random.default_rng(1).normal(size=shape)
    places = project(vectors, method)
    assert places.shape == (len(vectors), 2) and np.isfinite(places).all()
    assert len(np.unique(places, axis=0)) == len(vectors)


@pytest.mark.parametrize("method", METHODS)
def test_copies_of_a_sound_have_places(method):
    vectors = np.random.default_rng(2).normal(size=(6, 4)).repeat(5, axis=0)
    assert np.isfinite(project(vectors, method)).all()


def test_on_a_faithful_map_all_neighbours_survive():
    vectors = np.random.default_rng(3).normal(size=(50, 2))
    turned = 7 * vectors @ np.array([[0.6, -0.8], [0.8, 0.6]]) + 3
    assert (preservation(vectors, turned) == 1).all()
    assert trustworthiness(vectors, turned, n_neighbors=10) == 1


def test_lost_neighbours_are_counted():
    """The two nearest on a line, before and after its last point moves to the front."""
    line, moved = np.array([0, 1, 2, 9, 10.5]), np.array([0, 1, 2, 9, -1])
    # In space 0: 1 2, 1: 0 2, 2: 1 0, 9: 10.5 2, 10.5: 9 2.
    # On the map 0: 1 -1, 1: 0 2, 2: 1 0, 9: 2 1, -1: 0 1.
    kept = preservation(line[:, None], np.column_stack([moved, np.zeros(5)]), k=2)
    assert kept.tolist() == [0.5, 1, 1, 0.5, 0]


def test_neighbours_of_the_own_song_do_not_count():
    vectors = np.array([0, 1, 10, 11.5])[:, None]
    places = np.column_stack([[0, 9, 10, 12], np.zeros(4)])
    song = ["a", "a", "b", "b"]
    assert preservation(vectors, places, 1).tolist() == [1, 0, 0, 1]
    # In space 0: 10, 1: 10, 10: 1, 11.5: 1; on the map the same places are the nearest.
    assert preservation(vectors, places, 1, song).tolist() == [1, 1, 1, 1]


def test_what_has_no_map_is_refused():
    vectors = np.random.default_rng(4).normal(size=(10, 3))
    with pytest.raises(InputError, match="'som'; give one of pca, umap, tsne"):
        project(vectors, "som")
    with pytest.raises(InputError, match="all the same"):
        project(np.ones((10, 3)), "pca")
    with pytest.raises(InputError, match="places: are 9 for 10 vectors"):
        preservation(vectors, vectors[:9, :2])
    vectors[2, 1] = np.nan
    with pytest.raises(InputError, match="row 2"):
        project(vectors, "umap")


def test_the_map_of_few_is_the_one_that_kept_most_neighbours():
    """As `bench/maps.py` measured it, on the corpora for development."""
    rows = json.loads((ROOT / "bench" / "results" / "maps.json").read_text())
    names = {"t-SNE": "tsne", "UMAP, 15 neighbours, min_dist 0.1": "umap", "PCA": "pca"}
    kept = {name: [] for name in names}
    for row in rows[:-1]:
        if row["method"] in names and row["metric"] == "survival" and "mini" not in row["corpus"]:
            kept[row["method"]].append(row["mean"])
    means = {names[name]: np.mean(values) for name, values in kept.items()}
    assert max(means, key=means.get) == default(1500) and default(73000) == "umap"
