"""By which recipe, and on what, the network that comes with the suite is trained: what was tried.

Run ``python bench/candidates.py``; it writes ``bench/results/candidates.json``, rows as those of
`proof.py`. Each candidate is trained for the same seconds of one core on open music, less the games
of `KEPT_OUT`, and on simulated homes; none sees a label. It is judged on other homes, by unknown
microphones, and on the games that were kept out: development data, nothing here is reported.
`diff_to_ours` and `better` compare with the first candidate.

The network that is shipped was chosen by a first round, before there were intervals:
``bench/results/first_candidates.json``, single trainings of other batches, widths, temperatures.
What is kept of this one is five of them, 180 s each, one microphone a node. Batches of which all
anchors are of one microphone are better on homes; on music they are level in macro-F1 and
precision@10, and worse in mAP and R-precision.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import alternatives
import torch
from embedding import trained
from evaluation import corpora, pooling, recordings, scoring
from harness import arguments, class_folders, machine, on_all_cores, publish, start
from joblib import delayed
from proof import chosen

from thesis_lib.analysis.held_out import answers
from thesis_lib.contrastive.encoder import Encoder
from thesis_lib.datasets import music, open_music, registry
from thesis_lib.datasets.mini_home import flats, home
from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import PRETRAINED, SEED
from thesis_lib.store import SpectrogramStore, join
from thesis_lib.util.files import ROOT

KEPT_OUT = ("Flare", "Unknown Horizons", "Ardentryst", "Fish Fillets", "Pushover", "HyperRogue")
HOMES = range(110, 114)  # seeds of the homes that are trained on
WORK = ROOT / "runs" / "candidates"
OPTIONS = {
    "seconds": (300.0, 1e-3, "of each training"),
    "only": ("all", "batch 64,VICReg,opposites of one microphone,percentiles", "which candidates"),
    "channels": (corpora.CHANNELS, 1, "microphones of a node that are pooled"),
    "open_music": ("data/open_music", "", "folder of the open music"),
}


def vicreg(store, recipe):
    return alternatives.with_loss(store, recipe, alternatives.vicreg)


@dataclass(frozen=True)
class Candidate:
    """What differs from the first one.

    Attributes
    ----------
    recipe, contrast : dict
        Of `PRETRAINED`.
    corpora : tuple of str
        What is trained on.
    objective : function of (store, recipe), optional
        In place of that of ours; see `alternatives`.
    blocks : int
        Of each stage of the network.
    network : class
    """

    recipe: dict = field(default_factory=dict)
    contrast: dict = field(default_factory=dict)
    corpora: tuple = ("open music", "homes")
    objective: Callable | None = None
    blocks: int = 1
    network: type = Encoder


def of_several_lengths(store, recipe):
    return alternatives.several_lengths(store, recipe, (1.0, 2.0, 3.0))


CANDIDATES = {
    "batch 64": Candidate(),
    "opposites of one microphone": Candidate(objective=alternatives.by_microphone),
    "percentiles": Candidate(network=pooling.Percentiles),
    "autocorrelation": Candidate(network=pooling.Autocorrelation),
    "tiles of 1, 2 and 3 s": Candidate(objective=of_several_lengths),
    "tiles of 4 s": Candidate({"tile": 4.0}),
    "VICReg": Candidate(objective=vicreg),
    "two blocks a stage": Candidate(blocks=2),
    "open music alone": Candidate(corpora=("open music",)),
    "homes alone": Candidate(corpora=("homes",)),
}


def sound(args):
    """The stores that are trained on, and the `Material` that is judged on."""
    if args.quick:
        made = class_folders(args.out / "candidates", songs=12, length=4.5)
        judged = corpora.material("made up", "quick", args)
        return {"open music": built("made up", music.read(made), args.out / "runs")}, judged
    games = open_music.read(args.open_music)
    kept_out = games.table.label.isin(KEPT_OUT)
    judged = corpora.of_tracks("kept-out music", games.subset(kept_out))
    found = {"open music": built("open music", games.subset(~kept_out))}
    for seed in HOMES:
        if not SpectrogramStore.is_there(WORK / "stores" / f"home {seed}"):
            home.make(WORK / "homes" / str(seed), seed=seed, flat=flats.draw(seed))
            built(f"home {seed}", registry.read("mini_home", WORK / "homes" / str(seed)))
        found[f"home {seed}"] = for_training(
            SpectrogramStore.open(WORK / "stores" / f"home {seed}")
        )
    return found, [*corpora.material("homes", "development", args), judged]


def built(name, corpus, work=WORK):
    """The store of a corpus, all of it for training."""
    store = store_builder.build(corpus, PRETRAINED.features, work / "stores" / name, progress=False)
    return for_training(store)


def for_training(store):
    return replace(store, index=store.index.assign(split="train"))


def judged(name, stores, materials, args):
    """The answers of one candidate on each fold of what it is judged on."""
    torch.set_num_threads(1)
    candidate = CANDIDATES[name]
    own = {key: store for key, store in stores.items()
           if any(key.startswith(one.rstrip("s")) for one in candidate.corpora)}  # fmt: skip
    store, recipe = join(own), replace(PRETRAINED, **candidate.recipe)
    recipe = replace(recipe, contrast=replace(recipe.contrast, **candidate.contrast))
    recipe = replace(recipe, batch=8) if args.quick else recipe
    objective = candidate.objective and candidate.objective(store, recipe)
    torch.manual_seed(SEED)
    sizes = recipe.width, store.features.n_mels, store.meta["mean"], candidate.blocks
    model = candidate.network(*sizes)
    model = trained(store, recipe, SEED, args.seconds, objective, model)
    return [
        (material.pool, name, ({"home": material.name, "seed": SEED}, answers(vectors, one.table)))
        for material in materials
        for vectors in [recordings.of_network(material, model, recipe)]
        for one in map(material.fold, range(material.folds))
    ]


def measure(args):
    """The rows of every corpus."""
    stores, materials = sound(args)
    work = [
        delayed(judged)(name, stores, materials, args) for name in chosen(args.only, CANDIDATES)
    ]
    pools = {}
    for found in on_all_cores(work, "candidates", args.quick):
        for pool, name, answer in found:
            pools.setdefault(pool, {}).setdefault(name, []).append(answer)
    draws = 200 if args.quick else scoring.significance.DRAWS
    for pool, found in pools.items():
        for row in scoring.rows(found, next(iter(CANDIDATES)), "", (), draws):
            yield {"corpus": pool} | scoring.plain(row, 1)


def main(argv=None):
    args = arguments(__doc__, argv, **OPTIONS)
    publish(args, "candidates", list(measure(args)), machine(training_seconds=args.seconds))


if __name__ == "__main__":
    start(main)
