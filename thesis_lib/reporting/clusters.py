"""What 07_genre_clusters records of the clusters of the music space, and the sentences it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from IPython.display import Markdown

from thesis_lib.reporting import thesis_results

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record


def size(
    record: Record, run: Run, songs: np.ndarray, classes: int, explained: np.ndarray
) -> Markdown:
    """Record how many tiles, songs and classes there are, and what the components hold.

    `songs` (n,) is the song of each tile, `explained` (k,) is from `clusters.principal`.
    """
    tiles, several = record.number("tiles", len(songs)), record.number("groups", len(set(songs)))
    record.number("classes", classes)
    record.number("explained", explained.round(4))
    return Markdown(
        f"{tiles} tiles of {several} {run.unit}s in {classes} classes. {len(explained)} components "
        f"hold **{explained.sum():.0%}** of the variance."
    )


def bends(record: Record, run: Run, found: Sequence[int], classes: int) -> Markdown:
    """Record the different k at which curves bend beside the thesis; 0 or 1 class: not known."""
    here = " or ".join(map(str, found))
    if run.unit == "song":
        record.compare(
            "bend of the elbow, music", thesis="between 6 and 7", here=here,
            differs="other music, fewer songs; of the embedding drawn; computed, not seen by eye",
        )  # fmt: skip
    rest = f"with {classes} classes" if classes > 1 else f"no classes are known, so k is {found[0]}"
    return Markdown(f"Here the curve of the embedding that is drawn bends at {here}; {rest}.")


def agreement(record: Record, scores: pd.DataFrame, intervals: pd.DataFrame) -> None:
    """Record how far clusters and labels agree, of each seed; and the intervals.

    `scores` has `what`, `embedding`, `seed`, `value`, `chance`; `intervals` is from
    `comparison.scores`.
    """
    record.rows("agreement", scores)
    record.rows("intervals", intervals)


def beside_thesis(
    record: Record, run: Run, there: dict[str, float], here: dict[str, str], names: dict[str, str]
) -> Markdown:
    """Record the agreement of the thesis's table beside the one here, if it is of music, too.

    `there` is from `clusters.agreement`, `names` gives each of its measures the name that it has in
    `here`: a score and its interval, as text.
    """
    if run.unit != "song":
        return Markdown("The thesis's table is of other sounds: it does not stand beside these.")
    record.number("thesis_agreement", there)
    differs = "computed from the thesis's table; other music and labels; of the embedding drawn"
    pairs = []
    for what, name in names.items():
        title = f"{name} of clusters and labels, music"
        record.compare(title, round(there[what], 2), here[name], differs)
        pairs.append(f"{name} {there[what]:.2f} | {here[name]}")
    return Markdown("Thesis, from its table | here: " + "; ".join(pairs) + ".")


def songs(record: Record, run: Run, united: pd.Series, whole: dict[str, float]) -> Markdown:
    """Record how far songs stay together, and agree as a whole; as a list.

    `united` is the share of each song's tiles in its commonest cluster, `whole` is from
    `clusters.agreement`, song by song.
    """
    record.number("songs_agreement", whole)
    record.number("united_songs", united.mean())
    return Markdown(
        f"- On average **{united.mean():.0%}** of a {run.unit}'s tiles are in one cluster.\n"
        f"- A vote for each {run.unit}: ARI {whole['ari']:.2f}, NMI {whole['nmi']:.2f}, purity "
        f"{whole['purity']:.2f} (all in one cluster: {whole['one_cluster']:.2f})."
    )


def starts(record: Record, alike: Sequence[float], several: int) -> Markdown:
    """Record how far several starts of k-means agree, from the ARI of each pair; as a sentence."""
    record.number("kmeans_seeds_ari", [min(alike), float(np.mean(alike))])
    return Markdown(
        f"{several} starts of k-means agree among each other with ARI {np.mean(alike):.2f}, at "
        f"least {min(alike):.2f}."
    )


def tables(run: Run, found: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The tables found here, by embedding, and the thesis's beside music: dict, by title."""
    here = {f"{run.corpus.name}:\n{embedding}": table for embedding, table in found.items()}
    there = {"thesis:\n7 sub-genres": thesis_results.CLUSTERS}
    return here | (there if run.unit == "song" else {})
