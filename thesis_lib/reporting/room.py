"""What the listening room leaves behind: a picture, a sound and a number of each corpus.

Notebook: 09_listening_room. Each function records one result and gives back what is shown; `domain`
is "home" or "music".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from IPython.display import Audio, Image, Markdown
from matplotlib.figure import Figure

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


def side_by_side(record: Record, run: Run, domain: str, figure: Figure, group: str) -> Image:
    """Record the figure of typical tiles and their neighbours; `group` is "session" or "song"."""
    caption = f"Typical tiles and their neighbours of other {group}s: log-Mel, with distances."
    name = f"listening_room_{domain}"
    return record.figure(figure, name, caption, thesis=THESIS[domain], runs=[run])


def in_a_row(
    record: Record, run: Run, domain: str, wave: np.ndarray, sample_rate: int, group: str
) -> tuple[Markdown, Audio]:
    """Record the sound of a typical tile and its neighbours: the corpus's name and a player."""
    caption = f"A typical tile, then its neighbours of other {group}s."
    sound = record.sound(wave, sample_rate, f"listening_room_{domain}", caption, runs=[run])
    return Markdown(as_markdown(run.corpus.name)), sound


def share(record: Record, domain: str, collection: Collection, found: pd.DataFrame) -> Markdown:
    """Record how many neighbours of the typical tiles carry their label; as a sentence.

    Parameters
    ----------
    record : Record
    domain : str
    collection : Collection
    found : DataFrame
        From `Collection.neighbours`, without the tiles themselves.
    """
    name = as_markdown(collection.name)
    if found.empty:
        return Markdown(f"{name}: there is one {collection.kind} only, and no other to be near.")
    same = collection.label[found.tile] == collection.label[found["query"]]
    share = float(same.mean())
    record.number(f"{domain}: share of typical tiles' neighbours with their label", share)
    return Markdown(
        f"{name}: **{share:.0%}** of the neighbours of typical tiles carry their label."
    )
