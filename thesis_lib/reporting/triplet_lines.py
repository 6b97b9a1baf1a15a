"""Sentences of 03_triplets, with the numbers that they name written down on the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from thesis_lib.reporting import thesis_data
from thesis_lib.util.text import as_markdown

if TYPE_CHECKING:
    from thesis_lib.recipe import Recipe
    from thesis_lib.reporting.notebook_record import Record

ROLES = ("anchor", "neighbour", "opposite")

REACH = (
    "What may be drawn for one anchor: a neighbour from its own recording within the neighbour "
    "range, an opposite from any other recording."
)
DISTANCES = (
    "How far from their anchors neighbours start, in five epochs: drawn (bars) and expected if all "
    "within the neighbour range are equally likely (strokes)."
)
OPPOSITE_LABELS = "Opposites that carry their anchor's label, by that label."


def counts(table: pd.DataFrame, recipe: Recipe, anchors: int) -> dict[str, Any]:
    """How many triplets there are (03_triplets).

    Parameters
    ----------
    table : DataFrame
        Of the tiles.
    recipe : Recipe
    anchors : int

    Returns
    -------
    dict, name -> number
    """
    return {
        "recordings": table.recording.nunique(),
        "tile (s)": recipe.tile,
        "neighbour range (s)": recipe.neighbour_range,
        "tiles": len(table),
        "anchors = triplets an epoch": anchors,
        "epochs": recipe.epochs,
        "triplets in all": anchors * recipe.epochs,
    }


def ranges(record: Record, counts: pd.DataFrame, recipes: dict[str, tuple[Recipe, Recipe]]) -> None:
    """Set tile and neighbour range beside the thesis's (03_triplets).

    Parameters
    ----------
    record : Record
    counts : DataFrame
        A column a corpus, of `counts`.
    recipes : dict, name of a corpus -> (the thesis's Recipe, the one here)
    """
    record.number("counts", {name: counts[name].to_dict() for name in counts})
    for name, pair in recipes.items():
        theirs, here = (f"{one.tile:g} s, {one.neighbour_range:g} s" for one in pair)
        differs = "smaller tiles for a small network"
        record.compare(f"tile and neighbour range, {name}", theirs, here, differs)


def titles(anchor: Any, near: Any, far: Any, nice: Callable[[str], str]) -> list[str]:
    """What the three tiles of a triplet are, a text each (03_triplets).

    Parameters
    ----------
    anchor, near, far : rows of the tiles' table
    nice : function, label -> the name for readers
    """
    at = [
        f"{nice(tile.label)}, {tile.group.split('/')[-1]}"
        + (f", node {tile.node}" if tile.node else "")
        for tile in (anchor, far)
    ]
    return [
        f"{at[0]}, {anchor.start:.3g} s",
        f"{near.start - anchor.start:+.3g} s",
        f"{at[1]}, {far.start:.3g} s",
    ]


def examples(name: str) -> str:
    """Caption of the figure of a few triplets of a corpus (03_triplets)."""
    return (
        f"Triplets of {name}, a row each. Above the neighbour: how far from its anchor it starts."
    )


def heard(titles: Iterable[str]) -> str:
    """The titles of a triplet's tiles in one line (03_triplets)."""
    return "; ".join(f"{role}: {text}" for role, text in zip(ROLES, titles, strict=True))


def heading(name: str, text: str) -> str:
    """Markdown above a player: the corpus, and what is heard (03_triplets)."""
    return f"**{as_markdown(name)}** {as_markdown(text)}"


def in_common(record: Record, shares: pd.DataFrame) -> str:
    """Caption of the table opposites, with what is to be expected in SINS (03_triplets).

    Parameters
    ----------
    record : Record
    shares : DataFrame
        A row a corpus, of `triplet_counts.in_common`.

    Returns
    -------
    str
    """
    record.number("opposites_of_the_same", shares.round(4).to_dict())
    sins = thesis_data.SINS.segments / thesis_data.SINS.segments.sum()
    chance = round(float((sins**2).sum()), 3)
    record.number("opposites_of_the_same_label_expected_in_sins", chance)
    return (
        "Share of triplets (%) whose opposite has something in common with its anchor. In SINS, "
        f"with its class balance, {100 * chance:.0f} % must carry the same label."
    )
