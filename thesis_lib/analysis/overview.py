"""A corpus in numbers: how much of what it holds, and how it is split (01_the_data)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from thesis_lib.corpus import Corpus


def sizes(corpus: Corpus) -> dict[str, Any]:
    """The size of a corpus in numbers (01_the_data).

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    dict, name -> number or str
    """
    table = corpus.table
    return {
        "data": corpus.note or "real",
        "classes": len(corpus.labels),
        "recordings": len(table),
        "hours": round(table.duration.sum() / 3600, 2),
        "groups": table.group.nunique(),
        "nodes": table.node[table.node != ""].nunique(),
        "sample rate (Hz)": ", ".join(map(str, sorted(table.sample_rate.unique()))),
        "microphones": int(table.channels.max()),
    }


def splits(table: pd.DataFrame) -> pd.DataFrame:
    """What is for training, and what for the test (01_the_data).

    Parameters
    ----------
    table : DataFrame, of a `Corpus`

    Returns
    -------
    DataFrame, index split
        recordings, minutes, classes, groups (sessions or songs), nodes (their names).
    """
    by_split = table.assign(minutes=table.duration / 60).groupby("split")
    found = by_split.agg(
        recordings=("path", "size"),
        minutes=("minutes", "sum"),
        classes=("label", "nunique"),
        groups=("group", "nunique"),
        nodes=("node", lambda nodes: ", ".join(sorted(set(nodes)))),
    )
    return found.round(1)


def on_both_sides(table: pd.DataFrame) -> set[str]:
    """What training and test share though they must not (01_the_data).

    Parameters
    ----------
    table : DataFrame, of a `Corpus`

    Returns
    -------
    set of str
        Sessions or songs, and nodes that are called unknown; empty where the split is sound.
    """
    learned, tested = (table[table.split == side] for side in ("train", "test"))
    unknown = tested.node[~tested.known.astype(bool)]
    return set(learned.group) & set(tested.group) | set(learned.node) & set(unknown)


def not_learned(table: pd.DataFrame) -> pd.Series:
    """Classes that the test holds and the training does not (01_the_data).

    Parameters
    ----------
    table : DataFrame, of a `Corpus`

    Returns
    -------
    Series, class -> its number of sessions or songs, sorted
        With a single one, a class can only be on one side.
    """
    learned, tested = (set(table.label[table.split == side]) for side in ("train", "test"))
    missing = sorted(tested - learned)
    return table.groupby("label").group.nunique().reindex(missing).astype(int)


def songs(table: pd.DataFrame) -> pd.DataFrame:
    """Songs and minutes of each class of music (01_the_data).

    Parameters
    ----------
    table : DataFrame, of a `Corpus`

    Returns
    -------
    DataFrame, index class
        songs, seconds, minutes.
    """
    found = table.groupby("label").agg(songs=("group", "nunique"), seconds=("duration", "sum"))
    return pd.DataFrame(found).assign(minutes=found.seconds / 60)
