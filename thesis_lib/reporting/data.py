"""What 01_the_data records of the corpora, and the sentences below its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import Markdown

from thesis_lib.reporting import thesis_data
from thesis_lib.util.text import as_markdown

if TYPE_CHECKING:
    from thesis_lib.corpus import Corpus
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record


def corpora(
    record: Record, sizes: pd.DataFrame, rooms: Corpus, songs: Corpus, is_music: bool = True
) -> Markdown:
    """Record how much of the thesis's data is here, from one column of `overview.sizes` each.

    What nobody calls music (`is_music`) is not compared with the thesis's.
    """
    here = {name: {k: str(v) for k, v in sizes[name].items()} for name in sizes}
    record.number("corpora", here)
    segments = int((rooms.table.split == "train").sum())
    theirs, note = int(thesis_data.SINS.segments.sum()), f"{rooms.note or 'other'} home"
    record.compare("SINS: segments for training", theirs, segments, note)
    if not is_music:
        hours = songs.table.duration.sum() / 3600
        return Markdown(f"{as_markdown(songs.name)} lasts {hours:.2f} hours in all.")
    theirs, ours = int(thesis_data.SONGS.songs.sum()), int(songs.table.group.nunique())
    record.compare("music: songs", theirs, ours, "other music, excerpts of it")
    times = 1 / 3600 * songs.table.duration.sum() / thesis_data.MUSIC_HOURS
    return Markdown(
        f"{as_markdown(songs.name)} is {100 * times:.1f} % of the thesis's music in length: "
        "everything learned here is learned from little."
    )


def beside_thesis(run: Run, counted: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Songs of each class (`overview.songs`), by titles; beside them, of music, the thesis's."""
    theirs = {"thesis: sub-genres, whole songs": thesis_data.SONGS} if run.unit == "song" else {}
    return theirs | {f"here: {run.corpus.name}": counted}


def balance(record: Record, counted: pd.DataFrame) -> Markdown:
    """Record how alike two class balances are: one row per class, one column per corpus."""
    if len(counted) <= 2:
        return Markdown("Too few labelled classes here to compare the two balances.")
    rank = round(float(counted.rank().corr().iloc[0, 1]), 3)
    ratio = (counted.max() / counted.min()).round(1).to_dict()
    record.number("balance_rank_correlation", rank)
    record.number("largest_to_smallest_class", ratio)
    return Markdown(
        f"Rank correlation of the two balances: **{rank:.2f}**. Largest class / smallest: {ratio}."
    )
