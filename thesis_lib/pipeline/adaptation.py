"""The network that comes with the suite, trained further on a corpus; and whether that helped."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import pandas as pd
from tqdm.auto import tqdm

from thesis_lib.analysis.comparison import describe_differences, differences
from thesis_lib.analysis.neighbours import label_agreement
from thesis_lib.contrastive import pretrained
from thesis_lib.contrastive.encoder import Encoder
from thesis_lib.embed import embed
from thesis_lib.pipeline.run import Run
from thesis_lib.recipe import Recipe
from thesis_lib.train import count_anchors, train
from thesis_lib.util.cores import for_each
from thesis_lib.util.device import choose
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import sha256, write_json

EPOCHS, BATCH = 2, 32
LEARNING_RATE = 3e-4  # a tenth of the first training's: what it has learned is to stay


def adaptation(folder: Path | str) -> None:
    """Train the suite's network further on a run, for each seed; say whether that helped.

    Parameters
    ----------
    folder : Path
        The run's.

    Raises
    ------
    InputError
        The run has other spectrograms than the network takes.
    """
    run, device = Run(Path(folder)), choose()
    if not pretrained.takes(run.recipe.features):
        raise InputError(
            f"recipe {run.recipe.name!r} has other spectrograms than the network that comes with "
            "the suite; leave TRAIN=1 out, or choose another RECIPE."
        )
    recipe = adapted(run.recipe)
    total = sum(count_anchors(run.store_of(seed), recipe) for seed in run.seeds)
    with tqdm(total=total, desc=f"adapting ours to {run.corpus.name}", unit=" anchors") as bar:

        def one(seed):
            place, start = run.folder / "adapted" / f"seed_{seed}", pretrained.load(device=device)
            model, _ = train(run.store_of(seed), recipe, place, seed, device, bar, start=start)
            network = pretrained.ReadOut(cast(Encoder, model)).eval()
            for channels, store in run.stores.items():
                found = embed(network, store, recipe, device)
                found.save(run.embedding_folder("adapted", seed, channels))

        for_each(run.seeds, one, device.type == "cpu")
    said = helped(run)
    print(said)
    write_json(run.folder / "embeddings" / "adapted.json", {"seeds": run.seeds, "helped": said})


def adapted(recipe: Recipe) -> Recipe:
    """The recipe by which the network is trained further on a run of another recipe."""
    first = pretrained.recipe()
    return replace(
        first, name=f"ours {sha256(pretrained.PATH)[:8]}, adapted", tile=recipe.tile,
        neighbour_range=recipe.neighbour_range, epochs=EPOCHS, batch=BATCH,
        learning_rate=LEARNING_RATE,
    )  # fmt: skip


def helped(run: Run) -> str:
    """Whether neighbours of test tiles carry their label more often than before: a sentence.

    Parameters
    ----------
    run : Run
        Embedded by "ours" and "adapted".

    Returns
    -------
    str
        Markdown.
    """
    items = {(name, seed): found for name in ("adapted", "ours") for seed in run.seeds
             if (found := _agreement(run, name, seed)) is not None}  # fmt: skip
    if not items:
        return (
            f"Whether the training on {run.corpus.name} helped cannot be told: it takes labelled "
            f"test tiles of two classes and two {run.unit}s."
        )
    title = f"{run.corpus.name}, precision@10 of test tiles"
    return describe_differences({title: differences(items, "adapted")}, "adapted", digits=3)


def _agreement(run: Run, name: str, seed: int) -> pd.DataFrame | None:
    space = run.embeddings(name, seed)
    tested = (space.tiles.label != "") & (space.tiles.split == "test")
    tiles = space.tiles[tested]
    if tiles.empty or tiles[["label", "group"]].nunique().min() < 2:
        return None
    return label_agreement(space.vectors[tested], tiles.label, tiles.group)
