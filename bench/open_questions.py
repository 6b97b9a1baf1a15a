"""What the thesis left open: transfer, one space for both domains, and a class that comes later.

Run ``python bench/open_questions.py``; it writes ``bench/results/open_questions.json``, and
``open_questions_map.json``, a map of the joint space. Corpora and probe are those of
``bench/embedding.py``, each seed has one test; a row's `question` is

- ``transfer``: `method` is what the network was trained on, `corpus` what it is probed on. ``both``
  was trained on home and music at once, by the recipe of the home, ``both_2x`` for twice as long;
  ``mini_music_by_home`` on music alone by that same recipe.
- ``domains``: the share of a recording's ten nearest in the joint space that are of its own domain.
- ``adding``: the class `left_out` was removed from the training; then so many `groups` of it
  (sessions, songs, sources) come with a label, beside all labelled recordings of the other classes.

Classes are dealt to the seeds, one of a corpus to each. Labels choose what
is removed there; the training itself never sees one.
"""

from dataclasses import replace
from itertools import chain
from typing import NamedTuple

import numpy as np
import torch
from embedding import (
    asked,
    embed_whole,
    mean_and_deviation,
    runs,
    scores,
    sides,
    trained,
    whole,
)
from harness import on_all_cores, publish, row, start
from joblib import delayed
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from thesis_lib.analysis.linear_probe import fit, macro_f1
from thesis_lib.analysis.neighbours import nearest, precision_at
from thesis_lib.recipe import RECIPES, SEED
from thesis_lib.store import join
from thesis_lib.train import new_model

GROUPS = (1, 2, 4, 8)  # labelled groups of the class that comes later
DRAWS = 2  # of which groups these are
CLASSES = 1  # of a corpus, left out with each seed
DOMAINS = ("mini_home", "mini_music")


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


def floors(stores, number, quick):
    """The scores of what nothing was learned for: statistics, and the network untrained."""
    torch.set_num_threads(1)
    for name, store in stores.items():
        for method, vectors in unlearned(store, number).items():
            for metric, value in scores(vectors, store.index, quick).items():
                yield ("transfer", name, method, metric), value


def unlearned(store, number):
    recipe = RECIPES["ours, home"]  # its network is the music's too
    model = new_model(recipe, store, SEED + number).eval()
    return {
        "logmel": whole(store, mean_and_deviation),
        "untrained": embed_whole(model, store, recipe),
    }


def transfer(stores, method, model, quick):
    """The scores of a network on every corpus, whichever it was trained on."""
    torch.set_num_threads(1)
    recipe = RECIPES[TRAININGS[method].recipe]
    for name, store in stores.items():
        vectors = embed_whole(model, store, recipe)
        for metric, value in scores(vectors, store.index, quick).items():
            yield ("transfer", name, method, metric), value


def side_by_side(stores, models, number):
    """How far the domains lie apart in one space, by each network and by what was not learned."""
    torch.set_num_threads(1)
    store, recipe = join({name: stores[name] for name in DOMAINS}), RECIPES["ours, home"]
    spaces = unlearned(store, number)
    spaces |= {name: embed_whole(model, store, recipe) for name, model in models.items()}
    group, domain = store.index.group, store.index.corpus.to_numpy(str)
    for name in DOMAINS:
        asked = np.flatnonzero((domain == name) & tested(store.index))
        for method, vectors in spaces.items():
            near, _ = nearest(directions(vectors, store.index), 10, group, asked)
            value = precision_at(domain, near, 10, asked)
            yield ("domains", name, method, "own_domain_at_10"), value
        yield ("domains", name, "chance", "own_domain_at_10"), chance(domain, group, asked)


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
    """The share of the own domain among all that may be neighbours."""
    own = [domain[group != group[row]] == domain[row] for row in asked]
    return float(np.mean([part.mean() for part in own]))


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
    for method, vectors in spaces.items():
        with threadpool_limits(1):
            for groups, metric, value in later(vectors, index, left_out):
                yield ("adding", name, method, metric, left_out, groups), value


def later(vectors, index, new):
    """Scores of the new class and of the old ones, without it and with some groups of it.

    The penalty is chosen on the old classes alone. The old ones are scored on their own recordings.
    """
    _, train, test = sides(index)
    label, old = index.label.to_numpy(str), (index.label != new).to_numpy()
    before, known = train & old, sorted(set(index.label[train & old]))
    probe = fit(
        vectors[before], label[before], class_weight="balanced", group=index.group[before]
    ).best_estimator_
    yield 0, "old_f1", macro_f1(label[test & old], probe.predict(vectors[test & old]), known)
    groups, draw = index.group[train & ~old].unique(), np.random.default_rng(SEED)
    for count in (count for count in GROUPS if count <= len(groups)):
        for _ in range(DRAWS):
            some = index.group.isin(draw.choice(groups, count, replace=False)).to_numpy()
            rows = train & (old | some)
            said = clone(probe).fit(vectors[rows], label[rows]).predict(vectors[test])
            yield count, "new_f1", macro_f1(label[test], said, [new])
            yield count, "old_f1", macro_f1(label[test & old], said[old[test]], known)


def classes(store, number, seeds):
    """The classes that are left out in one of the seeds' turns."""
    return sorted(set(store.index.label) - {""})[number::seeds][:CLASSES]


def listed(function, *arguments):
    """What a generator yields, as a list that another process can hand back."""
    return list(function(*arguments))


def measure(found, args):
    """All scores, {what a row says: values}, and the map."""
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
        delayed(listed)(adding, folds[n], name, left_out, n, models[name, n], seconds)
        for name in found
        for n in numbers
        for left_out in classes(folds[n][name], n, args.seeds)
    ]
    work += [
        delayed(listed)(transfer, folds[n], name, models[name, n], args.quick) for name, n in wanted
    ]
    work += [delayed(listed)(floors, folds[n], n, args.quick) for n in numbers]
    for n in numbers:
        joint = {name: models[name, n] for name in ("both", "both_2x")}
        work.append(delayed(listed)(side_by_side, folds[n], joint, n))
    values = {}
    for key, value in chain.from_iterable(on_all_cores(work, "classes and probes", args.quick)):
        values.setdefault(key, []).append(value)
    return values, drawn_map(folds[0], models["both", 0])


def rows_of(values):
    """A row a score; where a class was left out, `seeds` is 1 and the spread over the draws."""
    for (question, corpus, method, metric, *more), found in values.items():
        about = dict(zip(("left_out", "groups"), more, strict=False))
        if more:
            about |= {"seeds": 1, "draws": len(found)}
        yield row(corpus, method, metric, found, question=question) | about


def main(argv=None):
    args, about = asked(__doc__, argv, 15.0)
    values, places = measure(runs(args), args)
    publish(args, "open_questions_map", places, about)
    publish(args, "open_questions", list(rows_of(values)), about)


if __name__ == "__main__":
    start(main)
