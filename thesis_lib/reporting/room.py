"""What 09_listening_room records of each corpus, and the sentences it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from IPython.display import Markdown

from thesis_lib.util.text import as_markdown

if TYPE_CHECKING:
    from thesis_lib.listening.collection import Collection
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record

THESIS = {"home": "error analysis", "music": "expert listening"}


def sizes(runs: dict[str, Run], collections: dict[str, Collection]) -> Markdown:
    """How many tiles and classes each collection has, and the folder of its run: a list."""
    lines = []
    for domain, one in collections.items():
        size = f"{len(one.tiles)} tiles of {len(one.labels) or 'no'} classes; its run is in"
        folder = as_markdown(str(runs[domain].folder))
        lines.append(f"- **{as_markdown(one.name)}**: {size} {folder}")
    return Markdown("\n".join(lines))


def share(record: Record, domain: str, collection: Collection, found: pd.DataFrame) -> Markdown:
    """Record how many neighbours of the typical tiles carry their label; as a sentence.

    `domain` is "home" or "music", `found` is from `Collection.neighbours` without the tiles
    themselves.
    """
    name = as_markdown(collection.name)
    if found.empty:
        return Markdown(f"{name}: there is one {collection.unit} only, and no other.")
    same = collection.label[found.tile] == collection.label[found["query"]]
    share = float(same.mean())
    called = _called(domain, collection)
    record.number(f"{called}: share of typical tiles' neighbours with their label", share)
    return Markdown(
        f"{name}: **{share:.0%}** of the neighbours of typical tiles carry their label."
    )


def walk(record: Record, domain: str, collection: Collection, path: pd.Series) -> Markdown:
    """Record how long the steps of a walk are, beside pairs of tiles at random; as a sentence.

    `path` holds the tiles of the walk, in order.
    """
    vectors, rng = collection.vectors.astype(float), np.random.default_rng(0)
    pairs = rng.integers(len(vectors), size=(2, 2000))
    step = np.linalg.norm(np.diff(vectors[path], axis=0), axis=1)
    chance = np.linalg.norm(vectors[pairs[0]] - vectors[pairs[1]], axis=1)
    name = f"step of the walk, pair at random, {_called(domain, collection)}"
    record.number(name, [float(step.mean()), float(chance.mean())])
    return Markdown(
        f"{as_markdown(collection.name)}: a step of the walk is **{step.mean():.3g}** long, two "
        f"tiles at random are {chance.mean():.3g} apart."
    )


def _called(domain, collection):
    """A domain by its name, or by that of the corpus where nobody calls it music."""
    as_told = domain == "music" and collection.unit == "recording"
    return collection.name if as_told else domain
