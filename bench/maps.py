"""Which map in the plane keeps the most neighbours: PCA, UMAP, t-SNE and PaCMAP on our vectors.

Run ``python bench/maps.py``; it writes ``bench/results/maps.json``. The vectors are those of the
network that comes with the suite, of segments of 10 s and of tiles of one second. The listening
room's map was chosen by the simulated home and the open music, which are for development; mini
music reports. A row: corpus, method, metric; `ci_low` and `ci_high` hold 95 %, by sessions or songs
drawn again:

- ``survival``: of the ten nearest in the space, the share that is among the ten nearest on the map;
- ``survival, other groups``: the same of the ten nearest in other sessions or songs;
- ``trustworthiness``: scikit-learn's (Venna and Kaski, 2001), of ten neighbours: 1 is the best;
- ``seconds``: of one core, numba's compiling left out.

"unit" vectors and "standardised" ones are mapped in place of the vectors as they are, by whose
neighbours all are judged. PaCMAP is no part of the suite: it joins in where it is installed.
"""

import importlib.util
import time

import numpy as np
import torch
from evaluation import corpora, methods, networks
from harness import arguments, machine, publish, row, start
from sklearn.manifold import trustworthiness
from sklearn.preprocessing import normalize, scale
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from thesis_lib.analysis import projection
from thesis_lib.analysis.intervals import mean_interval
from thesis_lib.analysis.neighbours import available
from thesis_lib.contrastive import pretrained
from thesis_lib.embed import embed
from thesis_lib.recipe import RECIPES, SEED

K = 10
HOME = (100,)  # of the homes for development one
UMAPS = ((5, 0.1), (15, 0.0), (15, 0.1), (15, 0.5), (30, 0.1))  # neighbours, min_dist
OPTIONS = {
    "tiles": (1500, 60, "tiles of a corpus at most, of whole sessions or songs"),
    "open_music": ("data/open_music", "", "folder of the open music"),
    "channels": (1, 1, "microphones of a node that are pooled"),
}


def ways():
    """Every way from vectors to places: {name: function}."""
    found = {"PCA": projection.principal}
    for neighbours, min_dist in UMAPS:
        found[f"UMAP, {neighbours} neighbours, min_dist {min_dist}"] = umap(neighbours, min_dist)
    default = umap(projection.NEIGHBOURS, projection.MIN_DIST)
    found["UMAP, unit"] = lambda vectors: default(normalize(vectors))
    found["UMAP, standardised"] = lambda vectors: default(scale(vectors))
    found["t-SNE"] = projection.tsne
    found["t-SNE, unit"] = lambda vectors: projection.tsne(normalize(vectors))
    if importlib.util.find_spec("pacmap"):
        found["PaCMAP"] = pacmap
    else:
        print("PaCMAP is left out: it is not installed.")
    return found


def umap(neighbours, min_dist):
    return lambda vectors: projection.umap(vectors, neighbours, min_dist)


def pacmap(vectors):
    from pacmap import PaCMAP

    return PaCMAP(random_state=SEED).fit_transform(vectors)


def found(args):
    """The vectors to map: {corpus: (vectors, group of each)}."""
    corpora.HOMES, args.report_music = {"development": HOME}, ""
    if args.quick:
        materials = corpora.made_up("quick", args)
    else:
        read = (corpora.homes, corpora.long_music, corpora.mini_music)
        materials = (one for name in read for one in name("development", args))
    spaces, work = {}, args.out / "runs" if args.quick else corpora.WORK
    for one in materials:
        name, training = one.name.partition(",")[0], networks.Training(SEED, 1.0, 1.0)
        vectors = methods.vectors("shipped", one.fold(0), training, work)
        spaces[f"{name}, segments"] = vectors, one.table.group.to_numpy(str)
        spaces[f"{name}, tiles"] = tiles(one, args.tiles)
    return spaces


def tiles(material, most):
    """Vectors of the tiles of some sessions or songs, and the group of each."""
    recipe, device = RECIPES[f"ours, {material.domain}"], torch.device("cpu")
    store = material.stores[0]
    made = embed(pretrained.embedder(device=device), store, recipe, device)
    group = made.tiles.group.to_numpy(str)
    names = np.random.default_rng(SEED).permutation(np.unique(group))
    sizes = np.cumsum([(group == name).sum() for name in names])
    chosen = np.isin(group, names[: max(2, np.searchsorted(sizes, most))])
    return made.vectors[chosen], group[chosen]


def rows_of(corpus, method, way, vectors, group):
    """What one map of one corpus keeps."""
    began = time.process_time()
    places = way(vectors)
    seconds = time.process_time() - began
    k = min(K, available(group))
    for metric, among in (("survival", None), ("survival, other groups", group)):
        kept = projection.preservation(vectors, places, k, among)
        sure = mean_interval(kept, group)
        ends = {"ci_low": round(sure.low, 4), "ci_high": round(sure.high, 4)}
        yield row(corpus, method, metric, [sure.value], k=k, n=len(vectors), **ends)
    trusted = trustworthiness(vectors, places, n_neighbors=k)
    yield row(corpus, method, "trustworthiness", [trusted], k=k, n=len(vectors))
    yield row(corpus, method, "seconds", [seconds], n=len(vectors))


def measure(args):
    spaces, every, rows = found(args), ways(), []
    least = min(map(len, (vectors for vectors, _ in spaces.values())))
    for way in every.values():
        way(next(iter(spaces.values()))[0][:least])  # numba compiles
    work = [(name, way) for name in spaces for way in every]
    for name, way in tqdm(work, "maps"):
        rows += rows_of(name, way, every[way], *spaces[name])
    return rows


def main(argv=None):
    args = arguments(__doc__, argv, **OPTIONS)
    with threadpool_limits(1):
        publish(args, "maps", measure(args), machine())


if __name__ == "__main__":
    start(main)
