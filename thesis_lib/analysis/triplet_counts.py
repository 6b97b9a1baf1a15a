"""What a triplet sampler may draw and what it drew, counted (03_triplets)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch

if TYPE_CHECKING:
    from thesis_lib.recipe import Recipe
    from thesis_lib.sampler import Tiles, TripletSampler


def roles(tiles: Tiles, draw: TripletSampler, anchor: int) -> np.ndarray:
    """What each tile may be for one anchor (03_triplets).

    Parameters
    ----------
    tiles : Tiles, n of them
    draw : TripletSampler
    anchor : int

    Returns
    -------
    str array, shape (n,)
        "anchor", "neighbour", "opposite", or "" of what is in the anchor's recording but too far
        away.
    """
    number, lowest = np.arange(len(tiles)), draw.lowest[anchor].item()
    is_near = (lowest <= number) & (number <= lowest + draw.choices[anchor].item())
    is_other = tiles.recording != tiles.recording[anchor]
    found = np.where(is_near, "neighbour", np.where(is_other, "opposite", ""))
    found[anchor] = "anchor"
    return found


def three_recordings(table: pd.DataFrame, roles: np.ndarray, anchor: int) -> pd.DataFrame:
    """The tiles of three recordings: the anchor's own, one of its session or song, another.

    Parameters
    ----------
    table : DataFrame
        Of the tiles, see `tile_table`.
    roles : str array
        Of the tiles, see `roles`.
    anchor : int

    Returns
    -------
    DataFrame
        For `plots.triplets.neighbour_range` (03_triplets).
    """
    own = table.iloc[anchor]
    other, same = table.recording != own.recording, table.group == own.group
    names = {own.recording: "its own recording"}
    names |= dict.fromkeys(table.recording[other & same].unique()[:1], "same session or song")
    names |= dict.fromkeys(table.recording[other & ~same].unique()[:1], "another")
    some = pd.concat([table[table.recording == number] for number in names])
    start = some.start - some.groupby("recording").start.transform("min")
    return some.assign(role=roles[some.index], recording=some.recording.map(names), start=start)


def check(triplets: np.ndarray, tiles: Tiles, draw: TripletSampler, recipe: Recipe) -> None:
    """Hold triplets against the rules that they are drawn by (03_triplets).

    Parameters
    ----------
    triplets : int array, shape (anchors, 3)
        One epoch.
    tiles : Tiles
    draw : TripletSampler
    recipe : Recipe

    Raises
    ------
    AssertionError
        A triplet breaks a rule.
    """
    anchor, near, far = triplets.T
    recording, steps = tiles.recording, np.abs(near - anchor)
    assert sorted(anchor) == draw.anchors.tolist(), "an anchor is missing or comes twice"
    assert (recording[near] == recording[anchor]).all(), "a neighbour is of another recording"
    assert (recording[far] != recording[anchor]).all(), "an opposite is of the same recording"
    assert (1 <= steps).all() and (steps <= recipe.neighbour_range_tiles).all()


def distances(draw: TripletSampler, recipe: Recipe, seed: int, epochs: int = 5) -> pd.DataFrame:
    """How often neighbours are drawn from each distance, and how often they should (03_triplets).

    Parameters
    ----------
    draw : TripletSampler
    recipe : Recipe
    seed, epochs : int
        Of the draws that are counted.

    Returns
    -------
    DataFrame
        seconds, drawn, expected (numbers of triplets).
    """
    farthest = recipe.neighbour_range_tiles
    drawn = torch.cat([draw.epoch(seed, epoch) for epoch in range(epochs)])
    steps = torch.tensor([step for step in range(-farthest, farthest + 1) if step])
    low = (draw.lowest - torch.arange(len(draw.lowest)))[draw.anchors, None]
    choices = draw.choices[draw.anchors, None]
    expected = epochs * (((low <= steps) & (steps <= low + choices)) / choices).sum(0)
    found = (drawn[:, 1, None] - drawn[:, :1] == steps).sum(0)
    table = pd.DataFrame({"seconds": steps * recipe.tile, "drawn": found, "expected": expected})
    return table[table.expected > 0]


def in_common(table: pd.DataFrame, triplets: np.ndarray) -> dict[str, float]:
    """Shares of the triplets whose opposite has something in common with its anchor (03_triplets).

    Parameters
    ----------
    table : DataFrame
        Of the tiles.
    triplets : int array, shape (n, 3)

    Returns
    -------
    dict, what -> share
        The same label, session or song, and moment on another node.
    """
    anchor, _, far = (table.iloc[tiles].reset_index(drop=True) for tiles in triplets.T)
    group = anchor.group == far.group
    moment = group & (anchor.position == far.position) & (anchor.node != far.node)
    label = (anchor.label == far.label) & (anchor.label != "")
    return {
        "the same label": label.mean(),
        "the same group": group.mean(),
        "the same moment, another node": moment.mean(),
    }


def by_label(table: pd.DataFrame, tiles: Tiles, triplets: np.ndarray) -> pd.DataFrame:
    """How often the opposite carries its anchor's label, by that label (03_triplets).

    Parameters
    ----------
    table : DataFrame
        Of the tiles.
    tiles : Tiles
    triplets : int array, shape (n, 3)

    Returns
    -------
    DataFrame, index label
        share, expected (by chance), count.
    """
    label, own = table.label.to_numpy(), tiles.last - tiles.first + 1
    alike = pd.Series(label).map(pd.Series(label).value_counts()).to_numpy() - own
    anchor, _, far = triplets.T
    chance = (alike / (len(label) - own))[anchor]
    found = pd.DataFrame({"share": label[anchor] == label[far], "expected": chance})
    found = found.groupby(label[anchor])
    return found.mean().assign(count=found.size())
