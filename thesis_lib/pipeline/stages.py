"""The stages of the pipeline: each reads what the one before left in a run's folder."""

import logging
import shutil
from dataclasses import replace
from pathlib import Path
from typing import cast

from tqdm.auto import tqdm

from thesis_lib.contrastive import pretrained
from thesis_lib.contrastive.encoder import Encoder
from thesis_lib.datasets import registry, validate
from thesis_lib.embed import embed, statistics, tile_table
from thesis_lib.pipeline import store_builder
from thesis_lib.pipeline.corrections import reviewed
from thesis_lib.pipeline.run import Run, run_of
from thesis_lib.recipe import RECIPES, SEED
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import count_anchors, new_model, train
from thesis_lib.training.checkpoint import make_plan, plan_of
from thesis_lib.training.distributed import process_group
from thesis_lib.util.cores import for_each
from thesis_lib.util.device import choose, describe
from thesis_lib.util.errors import InputError, in_short
from thesis_lib.util.files import sha256, write_json
from thesis_lib.util.notices import log_notices

log = logging.getLogger(__name__)


def corpus(
    name: str,
    source: Path | str,
    folder: Path | str,
    recipe: str,
    seeds: int,
    limit: int | None = None,
    corrections: Path | str = "",
) -> None:
    """Read and check a corpus, and begin a run with it.

    Parameters
    ----------
    name : str
        One of `registry.names()`.
    source : Path
        Folder the reader is given.
    folder : Path
        The run's folder.
    recipe : str
        Name of a recipe.
    seeds : int
        How many trainings.
    limit : int, optional
        Only so many groups a class and side of the split: for a quick look.
    corrections : Path, optional
        Decisions of reviewers: the run has their labels, and not what they called broken or silent.
    """
    if recipe not in RECIPES:
        raise InputError(
            f"recipe {recipe!r} is unknown; choose one of {', '.join(map(repr, RECIPES))}."
        )
    if seeds < 1 or (limit is not None and limit < 1):
        raise InputError(f"seeds={seeds} and limit={limit} must be 1 or more; choose others.")
    found = reviewed(registry.read(name, source, seeds), corrections)
    found = _long_enough(found, RECIPES[recipe])
    faults = validate.headers(found)
    if faults:
        raise InputError(in_short(faults))
    _check_training(found, seeds)
    found = _first_groups(found, limit) if limit else found
    Run.begin(folder, found, RECIPES[recipe], seeds, _unit(name))


def _unit(name):
    """What a group of recordings is; that a folder of one's own holds songs, nobody has said."""
    if registry.domain_of(name) == "home":
        return "session"
    return "recording" if name == registry.OTHERS else "song"


def _long_enough(corpus, recipe):
    """Without the recordings that are shorter than a frame; those shorter than a tile are named."""
    count = corpus.table.duration.map(recipe.features.frames)
    notices = [
        f"{corpus.path(row)} lasts {row.duration:.3f} s, less than one frame."
        for row in corpus.table[count == 0].itertuples()
    ]
    log_notices(log, notices, "Left out: ")
    if (count == 0).all():
        raise InputError(f"{corpus.root} holds no recording of one frame; use longer recordings.")
    short = corpus.table[(count > 0) & (count < recipe.tile_frames)]
    log_notices(log, [
        f"{corpus.path(row)} lasts {row.duration:.2f} s; what is shorter than a tile of "
        f"{recipe.tile:g} s is repeated to its length."
        for row in short.itertuples()
    ])  # fmt: skip
    return corpus.without(count == 0, notices)


def _check_training(corpus, seeds):
    """Two recordings are the least that a training can tell apart; better to say so now."""
    for number in range(seeds):
        left = (corpus.fold(number).table.split == "train").sum()
        if left < 2:
            raise InputError(
                f"{corpus.root} holds too few recordings: beside those that are tested, {left} is "
                "left to train on, but two are needed; add more."
            )


def _first_groups(corpus, count):
    table = corpus.table
    groups = table.drop_duplicates("group").groupby(["label", "split"]).group.head(count)
    return corpus.subset(table.group.isin(set(groups)))


def prepare(name: str, source: Path | str, work: Path | str) -> Run:
    """The `Run` on a corpus; table and spectrograms are made where they are not yet there.

    Parameters
    ----------
    name : str
        One of `registry.names()`.
    source : Path
        Where the corpus lies.
    work : Path
        Folder of all runs.

    Returns
    -------
    Run
    """
    run = run_of(name, source, work)
    if not (run.folder / "run.json").is_file():
        if name == "mini_home":
            from thesis_lib.datasets.mini_home import home  # with what computes rooms: heavy

            home.make(source)
        corpus(name, source, run.folder, f"small, {registry.domain_of(name)}", seeds=3)
    if not SpectrogramStore.is_there(run.folder / "store"):
        features(run.folder)
    return run


def features(folder: Path | str, shard: tuple[int, int] | None = None) -> None:
    """Build the spectrogram stores of a run.

    Parameters
    ----------
    folder : Path
        The run's.
    shard : (int, int), optional
        (2, 8): only the second of eight shards, for one of eight machines; without it, whatever
        shards lie there are joined, and the rest is made.
    """
    run = Run(Path(folder))
    corpus = run.corpus_of_all_folds
    made, at_least = run.recipe.features, run.recipe.tile_frames
    store_builder.build(corpus, made, run.folder / "store", shard, at_least=at_least)
    if run.has_channels and (corpus.table.split == "test").any():
        channels = corpus.subset(corpus.table.split == "test").each_channel()
        place = run.folder / "store_channels"
        store_builder.build(channels, made, place, shard, at_least=at_least)


def training(folder: Path | str) -> None:
    """Train one network for each seed of a run.

    On a CPU all seeds side by side. Under torchrun all processes train the same network, one seed
    after the other.
    """
    run, device = Run(Path(folder)), choose()
    with process_group(device) as processes:
        total = sum(count_anchors(run.store_of(seed), run.recipe, processes) for seed in run.seeds)
        described = describe(device, processes.size, run.recipe.bfloat16)
        if processes.is_main:
            print(described)
            for seed in run.seeds:
                _set_aside_other_plans(run, seed, processes)
        with tqdm(
            total=total,
            desc=f"training on {run.corpus.name}",
            unit=" anchors",
            disable=not processes.is_main,
        ) as bar:

            def one(seed):
                store, place = run.store_of(seed), run.training_folder(seed)
                train(store, run.recipe, place, seed, device, bar, processes)

            for_each(run.seeds, one, device.type == "cpu" and processes.size == 1)
    if processes.is_main:
        write_json(run.folder / "train" / "done.json", {"seeds": run.seeds, "device": described})


def _set_aside_other_plans(run, seed, processes):
    """Keep, under another name, a training that was of another store or recipe."""
    folder = run.training_folder(seed)
    plan = plan_of(folder)
    if plan is None or plan == make_plan(run.store_of(seed), run.recipe, seed, processes):
        return
    aside = folder.with_name(f"{folder.name}_of_store_{plan['hash'][:8]}")
    shutil.rmtree(aside, ignore_errors=True)
    folder.rename(aside)
    log.warning("Recipe or data changed: training again; the old training is kept in %s.", aside)


def ours(folder: Path | str) -> None:
    """Embed all tiles of a run by what needs no training: the suite's network, and statistics."""
    run, device = Run(Path(folder)), choose()
    made, stores = run.folder / "embeddings", run.stores
    network = pretrained.recipe()
    about = {"network": sha256(pretrained.PATH)}
    for channels, store in stores.items():
        found = statistics(store, run.recipe)
        found.save(run.embedding_folder("statistics", None, channels))
    if pretrained.takes(run.recipe.features):
        model = pretrained.embedder(device=device)
        recipe = replace(run.recipe, bfloat16=network.bfloat16)  # the length of its tiles
        total = sum(len(tile_table(store, recipe)[0]) for store in stores.values())
        with tqdm(total=total, desc=f"embedding {run.corpus.name} by ours") as bar:
            for channels, store in stores.items():
                found = embed(model, store, recipe, device, bar)
                found.save(run.embedding_folder("ours", None, channels))
    else:
        for channels in stores:
            shutil.rmtree(run.embedding_folder("ours", None, channels), ignore_errors=True)
        about = {"left_out": f"recipe {run.recipe.name!r} has other spectrograms than the network "
                 "that comes with the suite: `ours` is left out"}  # fmt: skip
        log.warning("%s; the network trained here is shown.", about["left_out"])
    write_json(made / "ours.json", about)


def embeddings(folder: Path | str) -> None:
    """Embed all tiles of a run by the networks that are trained on it, and before that.

    And by one of the kind that comes with the suite, before its training.
    """
    run, device = Run(Path(folder)), choose()
    recipe, stores = run.recipe, run.stores
    total = sum(len(tile_table(store, recipe)[0]) for store in stores.values())
    fresh = _fresh(run, device)
    passes = 2 * len(run.seeds) + (fresh is not None)
    with tqdm(total=total * passes, desc=f"embedding {run.corpus.name}") as bar:
        for channels, store in stores.items():
            for seed in run.seeds:
                for embedding, epoch in (("trained", None), ("untrained", 0)):
                    model = run.model(seed, epoch, device)
                    made = embed(model, store, recipe, device, bar)
                    made.save(run.embedding_folder(embedding, seed, channels))
            if fresh is not None:
                made = embed(fresh, store, recipe, device, bar)
                made.save(run.embedding_folder("ours_untrained", None, channels))
    write_json(Path(folder) / "embeddings" / "done.json", {"seeds": run.seeds})


def _fresh(run, device):
    """A network of the kind that comes with the suite, untrained; None of other spectrograms."""
    if not pretrained.takes(run.recipe.features):
        return None
    model = cast(Encoder, new_model(pretrained.recipe(), run.store, SEED))
    return pretrained.ReadOut(model).to(device).eval()
