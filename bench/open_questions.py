"""What the thesis left open: transfer, one space for both domains, and a class that comes later.

Run ``python bench/open_questions.py``; it writes ``bench/results/open_questions.json``, and
``open_questions_map.json``, a map of the joint space. Corpora, probe and intervals are those of
``bench/embedding.py``; each seed has one test, of music and ESC-10 a third. A row's `question` is

- ``transfer``: `method` is what the network was trained on, `corpus` what it is probed on. ``both``
  was trained on home and music at once, by the recipe of the home, ``both_2x`` for twice as long;
  ``mini_music_by_home`` on music alone by that same recipe. `diff_to_ours` is the network less the
  better of two `baseline`, log-Mel statistics and the untrained network;
- ``joint``: the same scores of one space for both, less those of one for the domain alone;
- ``domains``: the share of a recording's ten nearest in the joint space that are of its own domain;
- ``adding``: the class `left_out` was removed from the training; then so many `groups` of it
  (sessions, songs, sources) come with a label, beside all labelled recordings of the other classes.
  Without `left_out`: the mean over the classes, less that of the network that never heard it.

Classes are dealt to the seeds, one of a corpus to each. Labels choose what
is removed there; the training itself never sees one.
"""

from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from embedding import (
    asked,
    by_corpus,
    compared,
    embed_whole,
    mean_and_deviation,
    runs,
    trained,
    whole,
)
from evaluation import later_class
from harness import on_all_cores, publish, start
from joblib import delayed
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from thesis_lib.analysis.held_out import answers, sides
from thesis_lib.analysis.intervals import (
    mean_parts,
    mean_value,
)
from thesis_lib.analysis.neighbours import nearest
from thesis_lib.recipe import RECIPES, SEED
from thesis_lib.store import join
from thesis_lib.train import new_model

CLASSES = 1  # of a corpus, left out with each seed
DOMAINS = ("mini_home", "mini_music")
ALONE = {"mini_home": "mini_home", "mini_music": "mini_music_by_home"}  # all by one recipe
BASELINES = ("untrained", "logmel")


class Training(NamedTuple):
    """What a network is trained on, by which recipe, for how many times the seconds."""

    on: tuple
    recipe: str
    times: float = 1.0


TRAININGS = {
    "both_2x": Training(DOMAINS, "ours, home", 2.0),  # the longest first: no core waits for it
    "both": Training(DOMAINS, "ours, home"),
    "mini_home": Training(("mini_home",), "ours, home"),
    "mini_music": Training(("mini_music",), "ours, music"),
    "mini_music_by_home": Training(("mini_music",), "ours, home"),
    "esc10": Training(("esc10",), "ours, music"),
}


def opened(found, number):
    """The store of each corpus, as in one trial."""
    return {name: run.store_of(run.seeds[number]) for name, (_, run) in found.items()}


def network(stores, training, number, seconds):
    """A network trained on one corpus or on several, on one core."""
    torch.set_num_threads(1)
    store = join({name: stores[name] for name in training.on})
    return trained(store, RECIPES[training.recipe], SEED + number, training.times * seconds)


def about(name, number):
    """Whose test an answer is of: each seed tests the same of a home, of music another third."""
    return {"home": name, "seed": number if name == "mini_home" else 0}


def floors(stores, number, quick):
    """The answers of what nothing was learned for: statistics, and the network untrained."""
    torch.set_num_threads(1)
    for name, store in stores.items():
        for method, vectors in unlearned(store, number).items():
            yield name, method, (about(name, number), answers(vectors, store.index, not quick))


def unlearned(store, number):
    recipe = RECIPES["ours, home"]  # its network is the music's too
    model = new_model(recipe, store, SEED + number).eval()
    return {
        "logmel": whole(store, mean_and_deviation),
        "untrained": embed_whole(model, store, recipe),
    }


def transfer(stores, method, model, number, quick):
    """The answers of a network on every corpus, whichever it was trained on."""
    torch.set_num_threads(1)
    recipe = RECIPES[TRAININGS[method].recipe]
    for name, store in stores.items():
        vectors = embed_whole(model, store, recipe)
        yield name, method, (about(name, number), answers(vectors, store.index, not quick))


def side_by_side(stores, models, number):
    """Of each recording that is tested the share of its ten nearest in one space that are of its
    own domain: by each network, by what was not learned, and by chance; a table a domain."""
    torch.set_num_threads(1)
    store, recipe = join({name: stores[name] for name in DOMAINS}), RECIPES["ours, home"]
    spaces = unlearned(store, number)
    spaces |= {name: embed_whole(model, store, recipe) for name, model in models.items()}
    group, domain = store.index.group, store.index.corpus.to_numpy(str)
    for name in DOMAINS:
        asked = np.flatnonzero((domain == name) & tested(store.index))
        found = {"group": group[asked], "label": store.index.label[asked]}
        found["fold"] = about(name, number)["seed"]
        for method, vectors in spaces.items():
            near, _ = nearest(directions(vectors, store.index), 10, group, asked)
            found[method] = (domain[near] == name).mean(axis=1)
        yield name, pd.DataFrame(found | {"chance": chance(domain, group, asked)})


def tested(index):
    """The recordings of the tests of all domains."""
    parts = [part for _, part in index.groupby("corpus")]
    return np.isin(index.index, np.concatenate([part.index[sides(part)[2]] for part in parts]))


def directions(vectors, index):
    """Standardised by the training part, and of length 1."""
    train = (index.split == "train").to_numpy()
    vectors = (vectors - vectors[train].mean(0)) / (vectors[train].std(0) + 1e-6)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def chance(domain, group, asked):
    """The share of the own domain among all that may be neighbours, of each asked about."""
    return [(domain[group != group[row]] == domain[row]).mean() for row in asked]


def drawn_map(stores, model):
    """t-SNE of the tested recordings in the joint space: a row a recording."""
    store = join({name: stores[name] for name in DOMAINS})
    vectors = embed_whole(model, store, RECIPES["ours, home"])
    shown = tested(store.index)
    vectors = directions(vectors, store.index)[shown]
    few = min(30, (len(vectors) - 1) // 3)
    places = TSNE(perplexity=few, init="pca", random_state=SEED).fit_transform(vectors)
    places = PCA(2).fit_transform(places).round(2).astype(float)  # its longer side lies along x
    index = store.index[shown]
    return [
        {"domain": domain, "label": label, "x": x, "y": y}
        for domain, label, (x, y) in zip(index.corpus, index.label, places.tolist(), strict=True)
    ]


def adding(stores, name, left_out, number, model, seconds):
    """A class comes after the training: the probe's scores by how much of it is labelled."""
    torch.set_num_threads(1)
    store, training = stores[name], TRAININGS[name]
    recipe, index = RECIPES[training.recipe], store.index
    without = replace(store, index=index[index.label != left_out].reset_index(drop=True))
    blind = network({name: without}, training, number, seconds)
    spaces = unlearned(store, number)
    spaces |= {"left_out": embed_whole(blind, store, recipe)}
    spaces |= {"present": embed_whole(model, store, recipe)}
    with threadpool_limits(1):
        found = [later_class.answers(vectors, index, left_out).assign(method=method)
                 for method, vectors in spaces.items()]  # fmt: skip
    table = pd.concat(found, ignore_index=True)
    return table.assign(corpus=name, left_out=left_out, seed=about(name, number)["seed"])


def classes(store, number, seeds):
    """The classes that are left out in one of the seeds' turns."""
    return sorted(set(store.index.label) - {""})[number::seeds][:CLASSES]


def listed(function, *arguments):
    """What a generator yields, as a list that another process can hand back."""
    return list(function(*arguments))


def measure(found, args):
    """All rows, and the map."""
    seconds, numbers = args.seconds, range(args.seeds)
    folds = [opened(found, number) for number in numbers]
    wanted = [
        (name, n)
        for name, training in TRAININGS.items()
        for n in numbers
        if set(training.on) <= set(found)
    ]
    work = [delayed(network)(folds[n], TRAININGS[name], n, seconds) for name, n in wanted]
    trainings = on_all_cores(work, "trainings", args.quick)
    models = dict(zip(wanted, trainings, strict=True))
    work = [
        delayed(adding)(folds[n], name, left_out, n, models[name, n], seconds)
        for name in found
        for n in numbers
        for left_out in classes(folds[n][name], n, args.seeds)
    ]
    added = pd.concat(on_all_cores(work, "classes", args.quick), ignore_index=True)
    work = [
        delayed(listed)(transfer, folds[n], name, models[name, n], n, args.quick)
        for name, n in wanted
    ]
    work += [delayed(listed)(floors, folds[n], n, args.quick) for n in numbers]
    pools = by_corpus(chain.from_iterable(on_all_cores(work, "probes", args.quick)))
    joint = [{name: models[name, n] for name in ("both", "both_2x")} for n in numbers]
    work = [delayed(listed)(side_by_side, folds[n], joint[n], n) for n in numbers]
    apart = list(chain.from_iterable(on_all_cores(work, "domains", args.quick)))
    rows = [*of_transfer(pools, args), *of_domains(apart, args), *later_class.rows(added, args)]
    return rows, drawn_map(folds[0], models["both", 0])


def of_transfer(pools, args):
    """The rows of `transfer`, each beside the better baseline, and of `joint`."""
    tables = {
        name: pd.DataFrame(compared(pools, dict.fromkeys(pools, name), args)) for name in BASELINES
    }
    for (corpus, metric), own in tables[BASELINES[0]].groupby(["corpus", "metric"], sort=False):
        best = own.set_index("method")["mean"].reindex(BASELINES).idxmax()
        beside = tables[best]
        for row in beside[(beside.corpus == corpus) & (beside.metric == metric)].to_dict("records"):
            row = {name: value for name, value in row.items() if value == value}
            yield {"question": "transfer"} | row | {"baseline": best}
    for corpus in DOMAINS:
        methods = dict.fromkeys([*ALONE.values(), "both", "both_2x"])
        own = {corpus: {name: pools[corpus][name] for name in methods}}
        for row in compared(own, ALONE, args):
            yield {"question": "joint"} | row


def of_domains(tables, args):
    """The rows of `domains`, each beside the joint space."""
    for name in DOMAINS:
        own = pd.concat([table for domain, table in tables if domain == name], ignore_index=True)
        methods = list(own.columns.drop(["group", "label", "fold"]))
        parts = mean_parts([own[method] for method in methods], own.group, own.fold)
        yield from later_class.told(
            "domains", name, "own_domain_at_10", methods, "both", own, parts, mean_value, args
        )


def main(argv=None):
    args, about = asked(__doc__, argv, 15.0, seeds=3)
    rows, places = measure(runs(args), args)
    publish(args, "open_questions_map", places, about)
    publish(args, "open_questions", rows, about)


if __name__ == "__main__":
    start(main)
