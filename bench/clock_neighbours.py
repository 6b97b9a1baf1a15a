"""What a session's borders give away: neighbours by session beside neighbours by the clock alone.

A session of a home is what an annotator marked, so it begins and ends where the label changes, and
files of 10 s are cut inside of it. A neighbour of the same file (thesis) or of the same session
(ours) therefore has its anchor's label: no label is read, but the borders of labels are used.

Run ``python bench/clock_neighbours.py``; it writes ``bench/results/clock_neighbours.json``. Each
recipe is trained for the same seconds twice: *by session*, as in the suite, and *by clock*. For
this, each node's files are put one after another and cut again every 10 s, half a file later, so
that a file may hold the end of one session and the beginning of the next; a minute of all nodes
takes the place of the session. The samplers are the same. Rows are those of `proof.py`, on
simulated homes for development, by unknown microphones; `diff_to_session` is a recipe by clock less
the same by session. The rows `neighbour_of_another_...` count the pairs, labels are read for that.

Only a simulated home has such a clock: its sessions are numbered in the order in which they happen,
and are taken to follow each other without a gap. Its sessions last 10 to 50 s, those of a real home
mostly minutes to hours: so far more neighbours are of another activity here than would be there.
The DCASE lists of SINS number the sessions and give no time, so there it cannot be done.
"""

from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd
import torch
from embedding import CPU, recipes, trained
from evaluation import corpora, scoring
from evaluation.recordings import of_network, of_tile_network
from harness import arguments, class_folders, machine, on_all_cores, publish, row, start
from joblib import delayed

from thesis_lib.analysis.held_out import answers
from thesis_lib.datasets import music
from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import SEED, SMALL_HOME
from thesis_lib.train import new_model
from thesis_lib.training.objective import make_objective

MINUTE = 6  # files of 10 s
WAYS = ("by session", "by clock")
NAMES = ("thesis", "ours")
OPTIONS = {
    "seconds": (30.0, 1e-3, "of each training"),
    "seeds": (1, 1, "seeds"),
    "channels": (corpora.CHANNELS, 1, "microphones of a node that are pooled"),
}


def by_clock(store):
    """The training part of a home as a clock would cut it, and where its frames are from.

    Parameters
    ----------
    store : SpectrogramStore
        Groups end in the number of the session; each node has each file.

    Returns
    -------
    SpectrogramStore
        Files that begin in the middle of one and end in the middle of the next; what is left at
        either end of a node is dropped. `group`: which minute; `position`: a running number.
    rows : DataFrame
        The files as they were, in the order and at the place (`first_frame`) they have now.
    """
    rows = store.index[store.index.split == "train"]
    rows = rows.assign(session=rows.group.str.extract(r"(\d+)$")[0].astype(int))
    rows = rows.sort_values(["node", "session", "position"])
    length, files = rows.n_frames.iloc[0], len(rows) // rows.node.nunique()
    if (rows.n_frames != length).any() or (rows.groupby("node").size() != files).any():
        raise ValueError("files of several lengths, or not on all nodes: there is no common clock")
    frames = np.concatenate([store.frames[one.first_frame :][:length] for one in rows.itertuples()])
    rows = rows.assign(first_frame=np.arange(len(rows)) * length)
    position = np.arange(len(rows)) % files
    index = rows.assign(
        first_frame=rows.first_frame + length // 2,
        group=[f"minute {number}" for number in position // MINUTE],
        position=position,
    )[position < files - 1]
    return replace(store, frames=frames, index=index.reset_index(drop=True)), rows


def prepared(store, way):
    """What is trained on one of two ways, and the rows that its frames are from."""
    return by_clock(store) if way == "by clock" else (store, store.index)


def crossing(store, rows, recipe):
    """The shares of an epoch's neighbours that are of another session, and of another class."""
    rows = rows.sort_values("first_frame")
    batches = make_objective(store, recipe, CPU).batches(SEED, 0)
    starts = np.concatenate([batch.starts[:2].numpy() for batch in batches], axis=1)
    middle = starts + recipe.tile_frames // 2
    own = np.searchsorted(rows.first_frame.to_numpy(), middle, side="right") - 1
    found = {"session": rows.group.to_numpy(str), "class": rows.label.to_numpy(str)}
    return {what: float((of[own[0]] != of[own[1]]).mean()) for what, of in found.items()}


def judged(material, name, way, seed, args):
    """The answers of one recipe in one way on one home, and what was counted."""
    torch.set_num_threads(1)
    recipe = dict(zip(NAMES, recipes("home", args.quick), strict=True))[name]
    store, rows = prepared(material.stores[0], way)
    of = of_network if name == "ours" else of_tile_network
    found = of(material, trained(store, recipe, seed, args.seconds), recipe)
    return name, way, answered(found, material, seed, args), crossing(store, rows, recipe)


def untrained(material, seed, args):
    """The answers of our network before it is trained."""
    torch.set_num_threads(1)
    recipe = recipes("home", args.quick)[1]
    found = of_network(material, new_model(recipe, material.stores[0], seed).eval(), recipe)
    return "ours", "untrained", answered(found, material, seed, args), {}


def answered(vectors, material, seed, args):
    about = {"home": material.name, "seed": seed}
    return about, answers(vectors, material.table, choose=not args.quick)


def made_up(args):
    """Sessions of one file each, on two nodes, to see that all runs."""
    corpus = music.read(class_folders(args.out / "made_up_clock", songs=12, length=4.5))
    count = np.arange(len(corpus.table))
    table = corpus.table.assign(
        group=[f"s{number}" for number in count], split=np.where(count % 3, "train", "test")
    )
    nodes = [table.assign(node=node) for node in "12"]
    corpus = replace(corpus, table=pd.concat(nodes, ignore_index=True))
    folder = args.out / "runs" / "made up clock"
    store_builder.build(corpus, SMALL_HOME.features, folder, progress=False)
    return [corpora.Material("made up", "made up", "home", (corpus,), (folder,))]


def measure(args):
    """The rows: scores and differences of each recipe, then what was counted."""
    homes = made_up(args) if args.quick else corpora.material("homes", "development", args)
    seeds = [SEED + number for number in range(args.seeds)]
    work = [
        delayed(judged)(home, name, way, seed, args)
        for name in NAMES
        for home in homes
        for seed in seeds
        for way in WAYS
    ]
    work += [delayed(untrained)(home, seed, args) for home in homes for seed in seeds]
    found, counted = {name: {} for name in NAMES}, {}
    for name, way, answer, shares in on_all_cores(work, "trainings", args.quick):
        found[name].setdefault(f"{name}, {way}", []).append(answer)
        for what, share in shares.items():
            key = f"{name}, {way}", f"neighbour_of_another_{what}"
            counted.setdefault(key, []).append(share)
    pool, draws = homes[0].pool, 200 if args.quick else scoring.significance.DRAWS
    tables = [scoring.rows(own, f"{name}, by session", "", (), draws)
              for name, own in found.items()]  # fmt: skip
    for one in chain.from_iterable(tables):
        one = scoring.plain(one, args.seeds)
        yield {"corpus": pool} | {key.replace("_to_ours", "_to_session"): one[key] for key in one}
    for key, shares in counted.items():
        yield row(pool, *key, shares) | {"seeds": args.seeds}


def main(argv=None):
    args = arguments(__doc__, argv, **OPTIONS)
    about = machine(training_seconds=args.seconds, channels=args.channels)
    publish(args, "clock_neighbours", list(measure(args)), about)


if __name__ == "__main__":
    start(main)
