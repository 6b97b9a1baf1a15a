"""What a look at the embedding space leaves behind: clouds, centroids, sums and walks.

Notebook: 05_embedding_space. Each function records one result and gives back what is shown. `name`
is the part of a figure's name that tells the corpora apart: "sins" or "music".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from IPython.display import HTML, Image, Markdown
from matplotlib.animation import Animation
from matplotlib.figure import Figure

from thesis_lib.util.text import as_markdown

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record

ARITHMETIC = "Arithmetic on centroids"


def cloud(
    record: Record,
    run: Run,
    name: str,
    still: Figure,
    turning: Animation,
    tiles: pd.DataFrame,
    explained: np.ndarray,
) -> tuple[Image, Image]:
    """Record the cloud in three components, still and turning.

    Parameters
    ----------
    record : Record
    run : Run
    name : str
    still : Figure
    turning : matplotlib animation
    tiles : DataFrame
        Of `Embeddings`, those that are drawn.
    explained : (3,) array
        The share of the variance in each component.
    """
    record.number(f"explained_{name}", np.round(explained, 3))
    which = "test tiles" if (tiles.split == "test").all() else "tiles"
    caption = (
        f"{run.corpus.name}: {len(tiles)} {which} in the first three principal components, "
        f"{100 * explained.sum():.0f} % of the variance."
    )
    thesis = f"3-D PCA of the {name} space"
    picture = record.figure(still, f"pca3d_{name}", caption, thesis=thesis, runs=[run])
    thesis = f"3-D PCA, turning, {name}"
    return picture, record.animation(turning, f"pca3d_{name}", caption, thesis=thesis, runs=[run])


def without_classes(runs: Sequence[Run]) -> Markdown:
    """The corpora in which there is nothing to name: a list, empty where there are none."""
    sentence = "- {} has no labelled tiles of two classes: its space is shown, but not named."
    return Markdown("\n".join(sentence.format(_corpus(run)) for run in runs))


def scores(record: Record, runs: Sequence[Run], scores: pd.DataFrame) -> HTML:
    """Record silhouette and precision@10: a table of mean and deviation over the seeds."""
    summary = scores.groupby(["corpus", "kind"], sort=False).agg(["mean", "std"])
    summary = summary.fillna(0).round(3)
    summary.columns = [" ".join(pair) for pair in summary.columns]
    numbers = {" / ".join(key): row.to_dict() for key, row in summary.iterrows()}
    record.number("space_scores", numbers)
    caption = (
        "Silhouette of the classes, and share of the ten nearest neighbours from other sessions or "
        "songs that carry the tile's label: mean and deviation over the seeds."
    )
    return record.table(summary, "space_scores", caption, runs=runs)


def centroids(record: Record, runs: Sequence[Run], made_of: dict[str, pd.DataFrame]) -> HTML:
    """Record which tiles made the centroids: a table.

    Parameters
    ----------
    record : Record
    runs : list of Run
    made_of : dict, name -> DataFrame
        From `centroids.centroids`.
    """
    table = pd.concat(made_of, names=["corpus"]).set_index("label", append=True).droplevel(1)
    caption = (
        "Which tiles made the centroids: of all of a class those that lie among their own kind, "
        "or, where these are fewer than five, all."
    )
    return record.table(table, "centroids", caption, runs=runs)


def distances(
    record: Record,
    run: Run,
    name: str,
    figure: Figure,
    apart: pd.DataFrame,
    nice: Callable[[str], str],
) -> tuple[Image, Markdown]:
    """Record how far the classes are from each other: the figure and a sentence.

    Parameters
    ----------
    record : Record
    run : Run
    name : str
    figure : Figure
    apart : DataFrame
        From `centroids.centroid_distances`.
    nice : function, label -> the name for readers
    """
    off = apart.to_numpy()[~np.eye(len(apart), dtype=bool)]
    extremes = {"least": off.min(), "mean": off.mean(), "most": off.max()}
    rounded = {key: round(value, 3) for key, value in extremes.items()}
    record.number(f"centroid_distances_{name}", rounded)
    picture = record.figure(
        figure, f"centroid_distances_{name}", f"{run.corpus.name}: Euclidean distances between the "
        "class centroids, test tiles.", thesis=f"Centroid distance matrix, {name}", runs=[run],
    )  # fmt: skip
    near, far = apart.where(apart > 0).stack().idxmin(), apart.stack().idxmax()
    near, far = (" and ".join(_class(nice(name)) for name in pair) for pair in (near, far))
    return picture, Markdown(f"{_corpus(run)}: the nearest are {near}, the farthest {far}.")


def sums(record: Record, runs: Sequence[Run], sums: dict[str, pd.DataFrame]) -> HTML:
    """Record every difference of two centroids and the class nearest to it: a table."""
    table = pd.concat(sums, names=["corpus", ""]).droplevel(1)
    caption = "Every difference of two centroids and the class nearest to it."
    return record.table(table, "centroid_arithmetic", caption, thesis=ARITHMETIC, runs=runs)


def sums_titled(
    runs: dict[str, Run], sums: dict[str, pd.DataFrame], colours: dict[str, dict[str, str]]
) -> tuple[dict[str, pd.DataFrame], dict[str, dict[str, str]]]:
    """The differences and the colours of the classes, by the titles of their figure."""
    title = "{}: row - column lies nearest to"
    titles = {name: title.format(run.corpus.name) for name, run in runs.items()}
    tables = {titles[name]: sums[name] for name in runs}
    return tables, {titles[name]: colours[name] for name in runs}


def sums_drawn(record: Record, runs: Sequence[Run], figure: Figure) -> Image:
    """Record the figure of every difference."""
    return record.figure(
        figure, "centroid_arithmetic", "Centroid of the row's class minus that of the column's: "
        "the class whose centroid lies nearest. Grey letters: the row's own class.",
        thesis=ARITHMETIC, runs=runs,
    )  # fmt: skip


def sums_counted(
    record: Record,
    run: Run,
    name: str,
    table: pd.DataFrame,
    size: pd.Series,
    nice: Callable[[str], str],
) -> Markdown:
    """Record which classes the differences lead to: one item of a list.

    Parameters
    ----------
    record : Record
    run : Run
    name : str
    table : DataFrame
        From `centroids.arithmetic`.
    size : Series, index label
        The distance of each centroid from zero.
    nice : function, label -> the name for readers
    """
    itself, taken = (table.nearest == table.a).mean(), (table.nearest == table.b).mean()
    numbers = {"row's own class": round(itself, 3), "class taken away": round(taken, 3)}
    record.number(f"arithmetic_{name}", numbers)
    return Markdown(
        f"- {_corpus(run)}: {100 * itself:.0f} % of the differences are still nearest to the class "
        f"that something is taken from, {100 * taken:.0f} % to the class that is taken. The "
        f"commonest answer is {_class(nice(table.nearest.mode()[0]))}; the centroid nearest to "
        f"zero is {_class(nice(size.idxmin()))}."
    )


def walk(
    record: Record,
    run: Run,
    name: str,
    figure: Figure,
    way: pd.DataFrame,
    ends: tuple[str, str],
    wanted: tuple[str, str],
) -> tuple[Image, str]:
    """Record a walk from class to class: the figure, and the caption of the sound to come.

    Parameters
    ----------
    record : Record
    run : Run
    name : str
    figure : Figure
    way : DataFrame
        From `walk.walk`.
    ends : (start, end)
        The classes, as readers see them.
    wanted : (start, end)
        Those of the thesis.
    """
    start, end = ends
    steps, k = way.step.max() + 1, way["rank"].max()
    caption = (
        f"{run.corpus.name}: walk from {start} to {end} at {steps} equally spaced places, {k} "
        "nearest test tiles each"
    )
    thesis = f"Walk {' -> '.join(wanted)}"
    picture = record.figure(figure, f"walk_{name}", caption + ".", thesis=thesis, runs=[run])
    return picture, caption + ", to be heard."


def every_walk(
    record: Record, run: Run, name: str, figure: Figure, labels: np.ndarray, several: int
) -> tuple[Image, Markdown]:
    """Record the walks between pairs of classes: the figure, and how often the label changes.

    Parameters
    ----------
    record : Record
    run : Run
    name : str
    figure : Figure
    labels : array of str, shape (walks, steps)
        The label of the nearest tile at each step.
    several : int
        How many pairs there are; there may be fewer walks.
    """
    walks, steps = labels.shape
    changes = (labels[:, 1:] != labels[:, :-1]).sum(1)
    numbers = {"mean": round(changes.mean(), 2), "most": int(changes.max())}
    record.number(f"changes_of_class_on_a_walk_{name}", numbers)
    which = "all" if walks == several else f"{walks} of {several}"
    caption = (
        f"{run.corpus.name}: walks between {which} pairs of classes, the nearest test tile at each "
        f"of {steps} equally spaced places."
    )
    thesis = "Walks between every pair of classes"
    picture = record.figure(figure, f"walks_{name}", caption, thesis=thesis, runs=[run])
    return picture, Markdown(
        f"{_corpus(run)}: on {walks} walks the label changes {changes.mean():.1f} times on average."
    )


def _class(name):
    return f"**{as_markdown(name)}**"


def _corpus(run):
    return as_markdown(run.corpus.name)
