"""What 00_start_here and 03_triplets record of triplets, and the sentences below their cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd
from IPython.display import Markdown

from thesis_lib.reporting import thesis_data

if TYPE_CHECKING:
    import torch

    from thesis_lib.recipe import Recipe
    from thesis_lib.reporting.notebook_record import Record

ROLES = ("anchor", "neighbour", "opposite")


def neighbours_nearer(record: Record, nearer: torch.Tensor) -> Markdown:
    """Record in what share of the triplets the neighbour is nearer: bool tensor (triplets,)."""
    if not len(nearer):
        record.number("neighbour_nearer_share", None)
        return Markdown("With a second recording, the share would stand here.")
    share = record.number("neighbour_nearer_share", round(nearer.float().mean().item(), 3))
    return Markdown(
        f"In **{100 * share:.0f} %** of {len(nearer)} triplets the neighbour is the nearer one, "
        "before any learning."
    )


def counts(table: pd.DataFrame, recipe: Recipe, anchors: int) -> dict[str, Any]:
    """How many triplets there are, of the tiles' table: dict, name -> number."""
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
    """Set tile and neighbour range beside the thesis's; `counts` has one column per corpus.

    `recipes` is a dict, name of a corpus -> (the thesis's Recipe, the one here).
    """
    record.number("counts", {name: counts[name].to_dict() for name in counts})
    for name, pair in recipes.items():
        theirs, here = (f"{one.tile:g} s, {one.neighbour_range:g} s" for one in pair)
        differs = "smaller tiles for a small network"
        record.compare(f"tile and neighbour range, {name}", theirs, here, differs)


def titles(anchor: Any, near: Any, far: Any, nice: Callable[[str], str]) -> list[str]:
    """What the three tiles of a triplet (rows of the tiles' table) are: a list of texts."""
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


def in_one_line(titles: Iterable[str]) -> str:
    """The titles of a triplet's tiles, each behind its role."""
    return "; ".join(f"{role}: {text}" for role, text in zip(ROLES, titles, strict=True))


def in_common(record: Record, shares: pd.DataFrame) -> float:
    """Record what opposites share with their anchors: one row of `in_common` per corpus.

    Gives back how many opposites would carry their anchor's label in SINS, %.
    """
    record.number("opposites_of_the_same", shares.round(4).to_dict())
    sins = thesis_data.SINS.segments / thesis_data.SINS.segments.sum()
    chance = round(float((sins**2).sum()), 3)
    return 100 * record.number("opposites_of_the_same_label_expected_in_sins", chance)
