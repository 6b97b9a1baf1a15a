"""Scores of clusters and rankings from sums over groups: those of scikit-learn, on each draw."""

import numpy as np
import pytest
from sklearn.metrics import (
    adjusted_rand_score,
    average_precision_score,
    normalized_mutual_info_score,
)

from thesis_lib.analysis import measures
from thesis_lib.analysis.bootstrap import draw_scores, ends, share_inside, strata_of
from thesis_lib.analysis.clusters import agreement

RNG = np.random.default_rng(0)
SONG = np.repeat(np.arange(12), 6)
LABEL = np.repeat(np.array(list("abc"))[np.arange(12) % 3], 6)
CLUSTERS = RNG.integers(4, size=(2, 72))


def purity(labels, clusters):
    return agreement(labels, clusters)["purity"]


@pytest.mark.parametrize(
    "score, theirs",
    [
        (measures.mean_ari, adjusted_rand_score),
        (measures.mean_nmi, normalized_mutual_info_score),
        (measures.mean_purity, purity),
    ],
)
def test_clusters_of_a_draw_have_the_score_of_its_tiles(score, theirs):
    fold = np.arange(72) % 2
    parts = measures.cluster_parts(LABEL, list(CLUSTERS), SONG, fold)
    assert parts.shape == (12, 2, 2, 4, 3)
    times = RNG.multinomial(12, np.full(12, 1 / 12), size=5)
    found = score(np.einsum("dg,g...->d...", times, parts))
    for draw, own in zip(times, found, strict=True):
        rows = np.repeat(np.arange(72), draw[SONG])
        for clusters, value in zip(CLUSTERS, own, strict=True):
            sides = [rows[fold[rows] == k] for k in (0, 1)]
            expected = np.mean([theirs(LABEL[side], clusters[side]) for side in sides])
            assert value == pytest.approx(expected)


def test_a_ranking_of_a_draw_has_the_score_of_its_items():
    fault = RNG.random(72) < 0.3
    order = [RNG.random(72).round(1) + fault / 2, RNG.random(72)]  # the first with many ties
    parts = measures.ranking_parts(fault, order, SONG)
    assert parts.shape[3] < 72  # only ranks that hold a fault
    times = RNG.multinomial(12, np.full(12, 1 / 12), size=5)
    found = measures.mean_precision(np.einsum("dg,g...->d...", times, parts))
    for draw, own in zip(times, found, strict=True):
        rows = np.repeat(np.arange(72), draw[SONG])
        expected = [average_precision_score(fault[rows], one[rows]) for one in order]
        assert own == pytest.approx(expected)


def test_permuted_labels_keep_songs_whole():
    tables = measures.permuted_tables(LABEL, SONG % 4, SONG, draws=300)  # a cluster holds 3 songs
    assert tables.shape == (300, 1, 4, 3) and set(np.unique(tables)) <= {0, 6, 12, 18}
    assert (tables.sum(axis=(1, 2)) == 24).all() and (tables.sum(axis=(1, 3)) == 18).all()
    tiles = [adjusted_rand_score(RNG.permutation(LABEL), SONG % 4) for _ in range(300)]
    assert abs(np.mean(tiles)) < 0.01 < measures.mean_ari(tables).mean()


def simulated(seed, songs=49, tiles=20, classes=7):
    """Songs whose tiles prefer the cluster of their class, each in its own way."""
    rng = np.random.default_rng(seed)
    label = np.arange(songs) % classes
    mean = 0.45 * np.eye(classes) + 0.55 / classes
    clusters = [rng.choice(classes, tiles, p=rng.dirichlet(3 * mean[own])) for own in label]
    return np.repeat(label, tiles), np.concatenate(clusters), np.repeat(np.arange(songs), tiles)


def test_moved_draws_hold_the_agreement_of_other_songs_as_often_as_they_say():
    """Draws with songs twice agree too much: as they are, they hold it less often."""
    parts = [measures.cluster_parts(label, [clusters], group)
             for label, clusters, group in map(simulated, range(300))]  # fmt: skip
    expected = np.mean([measures.mean_nmi(one.sum(axis=0)) for one in parts])
    label, _, group = simulated(0)
    stratum, held = strata_of(group, label), {True: [], False: []}
    for seed, one in enumerate(parts[:100]):
        for centred, found in held.items():
            _, drawn = draw_scores(one, measures.mean_nmi, 300, seed, stratum, centred)
            low, high = ends(drawn[:, 0], share_inside(0.95, 49, 7))
            found.append(low < expected < high)
    assert np.mean(held[True]) >= 0.89 and np.mean(held[False]) < 0.87
