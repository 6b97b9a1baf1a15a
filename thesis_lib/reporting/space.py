"""What 05_embedding_space records of the space: clouds, centroids, sums and walks.

Each function records one result and gives back what is shown. `data_set` is "sins" or "music", as
in the names of the figures; `nice` turns a label into the name for readers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from IPython.display import HTML, Image, Markdown
from matplotlib.animation import Animation
from matplotlib.figure import Figure

from thesis_lib.util.names import EMBEDDINGS
from thesis_lib.util.text import as_markdown

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record


def cloud(
    record: Record,
    run: Run,
    data_set: str,
    figure: Figure,
    tiles: pd.DataFrame,
    spaces: dict[str, tuple[np.ndarray, np.ndarray]],
) -> Image:
    """Record the clouds in three components, one of each embedding.

    `tiles` are those that are drawn; `spaces` is as for `plots.space.clouds`.
    """
    shares = {name: np.round(explained, 3) for name, (_, explained) in spaces.items()}
    record.number(f"explained_{data_set}", shares)
    which = "test tiles" if (tiles.split == "test").all() else "tiles"
    parts = [
        f"{name} ({EMBEDDINGS[name]}; {100 * share.sum():.0f} % of the variance)"
        for name, share in shares.items()
    ]
    about = {"tiles": f"{len(tiles)} {which}", "spaces": " and ".join(parts)}
    return record.figure(figure, "pca3d_{data_set}", [run], data_set=data_set, **about)


def turning(record: Record, run: Run, data_set: str, animation: Animation, embedding: str) -> Image:
    """Record the turning cloud of one embedding."""
    name, about = "pca3d_{data_set}", {"data_set": data_set, "embedding": embedding}
    return record.animation(animation, name, [run], 12, **about)


def visible(
    record: Record, run: Run, data_set: str, places: pd.Series, nice: Callable[[str], str]
) -> Markdown:
    """Record which classes have a place of their own in three components: a sentence.

    `places` is from `clusters.silhouette_by_class`.
    """
    record.number(f"silhouette_in_3d_{data_set}", places.round(3).to_dict())
    own = ", ".join(_class(nice(name)) for name in places.index[places > 0])
    count = f"{(places > 0).sum()} of {len(places)} classes"
    said = "No class can be seen as a cluster here" if not own else f"{count} have one: {own}"
    return Markdown(f"- {_corpus(run)}: {said}.")


def without_classes(runs: Sequence[Run]) -> Markdown:
    """The corpora in which there is nothing to name: a list, empty where there are none."""
    sentence = "- {} has no labelled tiles of two classes: its space is shown, but not named."
    return Markdown("\n".join(sentence.format(_corpus(run)) for run in runs))


def scores(
    record: Record, runs: Sequence[Run], scores: dict[str, pd.DataFrame], chance: dict[str, float]
) -> HTML:
    """Record each score of the spaces with its interval: a table.

    `scores` is a dict, name of the score -> DataFrame of `comparison.scores`, whose `what` is the
    corpus; `chance` is that of precision@10 on each corpus.
    """
    table = pd.concat(scores, names=["score"]).droplevel(1).reset_index()
    table = table.rename(columns={"what": "corpus"}).set_index(["corpus", "score", "embedding"])
    table = table.sort_index(level=[0, 1], sort_remaining=False, kind="stable").round(3)
    record.rows("space_scores", table.reset_index())
    record.number("chance of precision@10", {name: round(one, 3) for name, one in chance.items()})
    return record.table(table, "space_scores", runs)


def differences(record: Record, runs: Sequence[Run], found: dict[str, pd.DataFrame]) -> HTML:
    """Record by how much precision@10 differs, from `comparison.differences` of each corpus."""
    names = [run.corpus.name for run in runs]
    table = pd.concat(dict(zip(names, found.values(), strict=True)), names=["corpus"]).droplevel(1)
    record.rows("space_differences", table.reset_index())
    return record.table(table.round(3), "space_differences", runs)


def centroids(record: Record, runs: Sequence[Run], made_of: dict[str, pd.DataFrame]) -> HTML:
    """Record which tiles made the centroids: dict, name -> DataFrame of `centroids.centroids`."""
    named = _by_corpus(runs, made_of)
    table = pd.concat(named, names=["corpus"]).set_index("label", append=True).droplevel(1)
    return record.table(table, "centroids", runs)


def distances(
    record: Record,
    run: Run,
    data_set: str,
    figure: Figure,
    apart: pd.DataFrame,
    nice: Callable[[str], str],
) -> tuple[Image, Markdown]:
    """Record how far the classes are from each other, from `centroids.centroid_distances`."""
    off = apart.to_numpy()[~np.eye(len(apart), dtype=bool)]
    extremes = {"least": off.min(), "mean": off.mean(), "most": off.max()}
    rounded = {key: round(value, 3) for key, value in extremes.items()}
    record.number(f"centroid_distances_{data_set}", rounded)
    picture = record.figure(figure, "centroid_distances_{data_set}", [run], data_set=data_set)
    near, far = apart.where(apart > 0).stack().idxmin(), apart.stack().idxmax()
    near, far = (" and ".join(_class(nice(name)) for name in pair) for pair in (near, far))
    return picture, Markdown(f"{_corpus(run)}: the nearest are {near}, the farthest {far}.")


def sums(record: Record, runs: Sequence[Run], sums: dict[str, pd.DataFrame]) -> HTML:
    """Record every difference of two centroids and the class nearest to it: a table."""
    table = pd.concat(_by_corpus(runs, sums), names=["corpus", ""]).droplevel(1)
    return record.table(table, "centroid_arithmetic", runs)


def sums_titled(
    runs: dict[str, Run], sums: dict[str, pd.DataFrame], colours: dict[str, dict[str, str]]
) -> tuple[dict[str, pd.DataFrame], dict[str, dict[str, str]]]:
    """The differences and the colours of the classes, by the titles of their figure."""
    title = "{}: row - column is nearest to"
    titles = {name: title.format(run.corpus.name) for name, run in runs.items()}
    tables = {titles[name]: sums[name] for name in runs}
    return tables, {titles[name]: colours[name] for name in runs}


def sums_counted(
    record: Record,
    run: Run,
    data_set: str,
    table: pd.DataFrame,
    size: pd.Series,
    nice: Callable[[str], str],
) -> Markdown:
    """Record which classes the differences of `centroids.arithmetic` lead to: an item of a list.

    `size` (Series, index label) is the distance of each centroid from zero.
    """
    itself, taken = (table.nearest == table.a).mean(), (table.nearest == table.b).mean()
    numbers = {"row's own class": round(itself, 3), "class taken away": round(taken, 3)}
    record.number(f"arithmetic_{data_set}", numbers)
    return Markdown(
        f"- {_corpus(run)}: {100 * itself:.0f} % of the differences are still nearest to the class "
        f"that something is taken from, {100 * taken:.0f} % to the class that is taken. The "
        f"commonest answer is {_class(nice(table.nearest.mode()[0]))}; the centroid nearest to "
        f"zero is {_class(nice(size.idxmin()))}."
    )


def every_walk(
    record: Record, run: Run, data_set: str, figure: Figure, labels: np.ndarray, pairs: int
) -> tuple[Image, Markdown]:
    """Record the walks between so many pairs of classes, and how often the label changes.

    `labels` (walks, steps) are those of the nearest tile at each step; not every pair has a walk.
    """
    walks, steps = labels.shape
    changes = (labels[:, 1:] != labels[:, :-1]).sum(1)
    numbers = {"mean": round(changes.mean(), 2), "most": int(changes.max())}
    record.number(f"changes_of_class_on_a_walk_{data_set}", numbers)
    which = "all" if walks == pairs else f"{walks} of {pairs}"
    about = {"data_set": data_set, "pairs": which, "steps": steps}
    return record.figure(figure, "walks_{data_set}", [run], **about), Markdown(
        f"{_corpus(run)}: on {walks} walks the label changes {changes.mean():.1f} times on average."
    )


def _by_corpus(runs, tables):
    """Tables under the names of their corpora."""
    return {run.corpus.name: table for run, table in zip(runs, tables.values(), strict=True)}


def _class(name):
    return f"**{as_markdown(name)}**"


def _corpus(run):
    return as_markdown(run.corpus.name)
