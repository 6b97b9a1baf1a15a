"""What the clusters of the music space leave behind: figures, tables, numbers and sentences.

Notebook: 07_genre_clusters. Each function records one result and gives back what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from IPython.display import HTML, Image, Markdown
from matplotlib.figure import Figure

from thesis_lib.reporting import thesis_results

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record

TABLE = "cluster x label table"
SMALL = "other music and labels, small network"


def size(record: Record, songs: np.ndarray, classes: int, explained: np.ndarray) -> Markdown:
    """Record how many tiles, songs and classes there are, and what the components hold.

    Parameters
    ----------
    record : Record
    songs : (n,) array
        The song of each tile.
    classes : int
    explained : (k,) array
        From `clusters.principal`.
    """
    tiles, several = len(songs), len(set(songs))
    record.number("tiles", tiles)
    record.number("songs", several)
    record.number("classes", classes)
    record.number("explained", explained.round(4))
    return Markdown(
        f"{tiles} tiles of {several} songs in {classes} classes. {len(explained)} components hold "
        f"**{explained.sum():.0%}** of the variance."
    )


def elbow(record: Record, run: Run, figure: Figure, bends: dict[str, int]) -> Image:
    """Record where each curve bends, and the figure of the curves."""
    record.number("bends", bends)
    caption = "What k clusters leave over, as a share of what one leaves."
    return record.figure(figure, "elbow", caption, thesis="elbow", runs=[run])


def bends(record: Record, found: Sequence[int], classes: int) -> Markdown:
    """Record where the trained curves bend beside the thesis; as a sentence.

    Parameters
    ----------
    record : Record
    found : list of int
        The different k at which they bend.
    classes : int
        0 or 1: there are no classes to compare with.
    """
    here = " or ".join(map(str, found))
    record.compare(
        "bend of the elbow, music", thesis="between 6 and 7", here=here,
        differs="other music and fewer songs, small network; here computed, there seen by eye",
    )  # fmt: skip
    rest = f"with {classes} classes" if classes > 1 else f"no classes are known, so k is {found[0]}"
    return Markdown(f"Here the curves of the trained network bend at {here}; {rest}.")


def kmeans3d(record: Record, run: Run, figure: Figure, tiles: int, k: int) -> Image:
    """Record the figure of tiles and centres."""
    caption = f"{tiles} tiles in principal components; k-means with {k} centres."
    thesis = "k-means in 3-D with centres"
    return record.figure(figure, "kmeans3d", caption, thesis=thesis, runs=[run])


def table(record: Record, run: Run, table: pd.DataFrame) -> HTML:
    """Record how many tiles of each label are in each cluster."""
    record.number("cluster_table", table.to_dict("index"))
    caption = "Tiles of each label in each cluster."
    return record.table(table, "cluster_table", caption, thesis=TABLE, runs=[run])


def tables_compared(record: Record, run: Run, figure: Figure) -> Image:
    """Record the figure of the table here beside the thesis's."""
    return record.figure(
        figure, "cluster_table",
        "Tiles of each label in each cluster; bright: a large share of the cluster. Neither the "
        "clusters nor the labels of the two tables have to do with each other.",
        thesis=TABLE, runs=[run],
    )  # fmt: skip


def agreement(
    record: Record, run: Run, figure: Figure, scores: pd.DataFrame, classes: int
) -> Image:
    """Record how far clusters and labels agree, by embedding and seed, and the figure of it."""
    record.number("agreement", scores.to_dict("records"))
    return record.figure(
        figure, "cluster_agreement",
        f"k-means with {classes} clusters in three components, over {len(run.seeds)} seeds: mean, "
        "standard deviation and each seed. Chance: labels permuted over whole songs.", runs=[run],
    )  # fmt: skip


def beside_thesis(
    record: Record, there: dict[str, float], here: dict[str, str], names: dict[str, str]
) -> Markdown:
    """Record the agreement of the thesis's table beside the one here; as a sentence.

    Parameters
    ----------
    record : Record
    there : dict
        From `clusters.agreement`, of the thesis's table.
    here : dict, name -> mean and deviation over the seeds, as text
    names : dict, measure -> its name
    """
    record.number("thesis_agreement", there)
    pairs = []
    for what, name in names.items():
        record.compare(
            f"{name} of clusters and labels, music", round(there[what], 2), here[name],
            differs=f"computed from the thesis's table; {SMALL}",
        )  # fmt: skip
        pairs.append(f"{name} {there[what]:.2f} | {here[name]}")
    return Markdown("Thesis, from its table | here: " + "; ".join(pairs) + ".")


def songs(record: Record, united: pd.Series, whole: dict[str, float]) -> Markdown:
    """Record how far songs stay together, and agree as a whole; as a list.

    Parameters
    ----------
    record : Record
    united : Series
        The share of each song's tiles in its commonest cluster.
    whole : dict
        From `clusters.agreement`, song by song.
    """
    record.number("songs_agreement", whole)
    record.number("united_songs", united.mean())
    return Markdown(
        f"- On average **{united.mean():.0%}** of a song's tiles are in one cluster.\n"
        f"- Song by song: ARI {whole['ari']:.2f}, NMI {whole['nmi']:.2f}, purity "
        f"{whole['purity']:.2f} (all songs in one cluster: {whole['one_cluster']:.2f})."
    )


def starts(record: Record, alike: Sequence[float], several: int) -> Markdown:
    """Record how far several starts of k-means agree, from the ARI of each pair; as a sentence."""
    record.number("kmeans_seeds_ari", [min(alike), float(np.mean(alike))])
    return Markdown(
        f"{several} starts of k-means agree among each other with ARI {np.mean(alike):.2f}, at "
        f"least {min(alike):.2f}."
    )


def thesis_tables(name: str, table: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The table found here and the thesis's, by title."""
    return {f"here: {name}": table, "thesis: 7 sub-genres": thesis_results.CLUSTERS}
