"""What benchmarks of embeddings share: trainings of so many seconds, vectors, scores.

Seconds are those that one core computes for one training, so that it does not matter how many
trainings share the machine, nor what else it does. Three corpora: mini home (simulated; probed on
microphones and sessions that training never heard), mini music (unseen songs), and, where
THESIS_REAL_DATA names a folder that holds it, the real recordings of ESC-10 (unseen sources). Of
these two each seed assigns songs or sources to three parts, and each part is held out once. A
vector a recording; what it tells `thesis_lib.analysis.held_out` asks. Scores have intervals, from a
bootstrap over sessions, songs or sources, and one method is better than another where this still
holds after a correction for their number, see `evaluation.scoring`.
"""

import os
import time
from dataclasses import replace
from itertools import chain, count, islice
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from evaluation import scoring
from harness import arguments, machine, on_all_cores, run_on
from joblib import delayed
from torch import nn

from thesis_lib.analysis import held_out
from thesis_lib.corpus import apply_fold
from thesis_lib.datasets.music import assign_folds
from thesis_lib.embed import each_recording, embed, embed_recordings, vectors
from thesis_lib.pipeline.stages import prepare
from thesis_lib.recipe import RECIPES, SEED
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import new_model, step
from thesis_lib.training.method import method_of
from thesis_lib.training.objective import make_objective
from thesis_lib.util.files import ROOT

CPU = torch.device("cpu")
PARTS = {name: (0, 1, 2) for name in ("mini_music", "esc10")}  # at home each seed has one test
METRICS = ("macro_f1", "precision_at_10")


def runs(args):
    """The domain and the run of each corpus that lies here, by name."""
    found = {"mini_home": ("home", run_on("mini_home", args))}
    found["mini_music"] = ("music", run_on("mini_music", args))
    real = os.environ.get("THESIS_REAL_DATA")
    if args.quick:
        return found
    if real and Path(real, "esc10").is_dir():
        found["esc10"] = ("music", prepare("music", Path(real, "esc10"), ROOT / "runs"))
    else:
        print("THESIS_REAL_DATA names no folder with esc10: the real recordings are left out.")
    return found


def fold(run, number, part=None):
    """The store as one seed splits it; with `part`, that fold of the seed's own is held out."""
    if part is None:
        return run.store_of(run.seeds[number])
    store = SpectrogramStore.open(run.folder / "store")
    folds = assign_folds(store.index, 3, np.random.default_rng(SEED + number))
    index = apply_fold(store.index.assign(split=folds), part)
    heard = np.concatenate([store.spectrogram(i) for i in np.flatnonzero(index.split == "train")])
    made = {"mean": float(heard.mean()), "std": float(heard.std())}
    return replace(store, index=index, meta=store.meta | made)


def trained(store, recipe, seed, seconds, objective=None, model=None, head=(), rates=None):
    """A network after so many seconds of training on one core, in evaluation mode."""
    objective = objective or make_objective(store, recipe, CPU)
    model = model or new_model(recipe, store, seed)
    model = model.to(memory_format=torch.channels_last).train()
    everything = nn.ModuleList([model, *head])  # a supervised network has a head of its own
    method = method_of(recipe)
    optimiser, rates = method.optimiser(everything, recipe), rates or method.learning_rate
    began, taken = time.process_time(), 0
    for batch in chain.from_iterable(objective.batches(seed, epoch) for epoch in count()):
        progress = (time.process_time() - began) / seconds
        if progress >= 1 and taken:
            return model.eval()
        step(model, optimiser, objective, batch, rates(recipe, progress))
        taken += 1


def levels_set(store, recipe, seed, batches=40):
    """The untrained network whose batch normalisations have seen tiles, as a training would."""
    model, objective = new_model(recipe, store, seed).train(), make_objective(store, recipe, CPU)
    with torch.inference_mode():
        for batch in islice(objective.batches(seed, 0), batches):
            vectors(model, batch.tiles.flatten(0, 1), recipe)
    return model.eval()


class Told(NamedTuple):
    """A loss alone, where others have more to watch."""

    loss: torch.Tensor


def whole(store, function):
    """What a function makes of each recording's whole spectrogram, (recordings, d)."""
    return each_recording(function, store, CPU)


def embed_whole(model, store, recipe):
    """By a network that takes tiles of any length, (recordings, d)."""
    return embed_recordings(model, store, recipe, CPU).vectors


def of_tiles(model, store, recipe):
    """By a network of tiles: the mean of a recording's tiles."""
    found = embed(model, store, recipe, CPU)
    sums = np.zeros((len(store.index), found.vectors.shape[1]))
    np.add.at(sums, found.tiles.recording, found.vectors)
    return sums / np.bincount(found.tiles.recording, minlength=len(sums))[:, None]


def mean_and_deviation(tiles):
    return torch.cat([tiles.mean(2), tiles.std(2)], dim=2).flatten(1)


def recipes(domain, quick):
    """The thesis's recipe and ours; quick: with small batches."""
    found = RECIPES[f"small, {domain}"], RECIPES[f"ours, {domain}"]
    return [replace(recipe, batch=8) for recipe in found] if quick else found


def measure(found, ways, args):
    """The answers of every method: {corpus: {method: what `scoring.rows` takes}}."""
    tasks = [
        (name, *found[name], number, part)
        for name in found
        for number in range(args.seeds)
        for part in PARTS.get(name, (None,))[: 1 if args.quick else None]
    ]
    work = [delayed(answered)(*task, ways, args) for task in tasks]
    return by_corpus(chain.from_iterable(on_all_cores(work, "folds", args.quick)))


def by_corpus(answers):
    """Of (corpus, method, answer): {corpus: {method: list of answers}}."""
    pools = {}
    for corpus, method, answer in answers:
        pools.setdefault(corpus, {}).setdefault(method, []).append(answer)
    return pools


def answered(corpus, domain, run, number, part, ways, args):
    """The answers of all methods in one fold of one seed, in a process of its own, on one core."""
    torch.set_num_threads(1)
    store, pair = fold(run, number, part), recipes(domain, args.quick)
    about = {"home": corpus, "seed": SEED + number}
    return [
        (corpus, method, (about, held_out.answers(vectors, store.index, not args.quick)))
        for method, vectors in ways(*pair, store, SEED + number, args.seconds)
    ]


def compared(pools, references, args):
    """The rows of `METRICS`, every method beside the reference of its corpus."""
    draws = 200 if args.quick else scoring.significance.DRAWS
    for corpus, answers in pools.items():
        for row in scoring.rows(answers, references[corpus], "", (), draws):
            if row["metric"] in METRICS:
                yield {"corpus": corpus} | scoring.plain(row, args.seeds)


def asked(description, argv, seconds, seeds=1):
    """What the command line asks for: seconds of training for each method, and seeds."""
    options = {"seconds": (seconds, 1e-3, "of each training"), "seeds": (seeds, 1, "seeds")}
    args = arguments(description, argv, **options)
    return args, machine(training_seconds=args.seconds)
