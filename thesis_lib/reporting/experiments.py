"""What 10_experiments records of speed and quality, and the sentences below its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import Markdown

from thesis_lib.reporting import thesis_data

if TYPE_CHECKING:
    from thesis_lib.recipe import Recipe
    from thesis_lib.reporting.notebook_record import Record

MUSIC_DAYS = 7.5  # that the thesis's music training took
DAY = 86400  # s

METRICS = {"macro_f1": "macro-F1", "precision_at_10": "precision@10 of neighbours"}
ABLATIONS = {  # experiment -> figure
    "ladder": "ablation_ladder",
    "left out": "ablation_left_out",
    "alternative": "ablation_alternatives",
}


def fastest(record: Record, speeds: pd.DataFrame, recipe: Recipe) -> Markdown:
    """Record the fastest settings, and what the thesis's training of SINS (`recipe`) would take.

    `speeds` has `width`, `threads`, `method`, `mean` (tiles/s).
    """
    best = speeds.loc[speeds.groupby("width")["mean"].idxmax()].set_index("width")
    plain = speeds[speeds.method == "float32"].groupby("width")["mean"].max()
    gain = (best["mean"] / plain).round(2)
    record.number("gain_over_float32", {str(width): value for width, value in gain.items()})
    tiles = 2 * thesis_data.SINS.segments.sum()  # two of each segment
    days = 3 * tiles * recipe.epochs / best["mean"][recipe.width] / DAY
    record.number("days_for_the_thesis_on_this_machine", round(days, 1))
    named = ", ".join(
        f"at width {width:.0f} {row.method} on {row.threads:.0f} thread{'s' * (row.threads > 1)}, "
        f"{gain[width]:.1f} times the best of float32"
        for width, row in best.iterrows()
    )
    return Markdown(
        f"Fastest: {named}. At that speed the thesis's {recipe.epochs} epochs of SINS would take "
        f"this machine **{days:.0f} days**: that is what the GPU is for."
    )


def around(record: Record, here: pd.DataFrame) -> Markdown:
    """Record what surrounds the network in a step, and what the store saves.

    `here` has the index recipe; ours, bare_network, thesis_loader (tiles/s).
    """
    share = (1 - here.ours / here.bare_network).round(3).to_dict()
    gain = (here.ours / here.thesis_loader).round(1).to_dict()
    record.number("share_of_a_step_around_the_network", share)
    record.number("times_as_fast_as_loading_file_by_file", gain)
    shares = "; ".join(f"{name}: {100 * value:.0f} %" for name, value in share.items())
    return Markdown(
        f"Of a step here is around the network: {shares}. Against loading file by file a step is "
        f"{min(gain.values()):.1f} to {max(gain.values()):.1f} times as fast."
    )


def music_schedule(record: Record, speeds: pd.Series, recipe: Recipe) -> Markdown:
    """Record what the thesis's music training (`recipe`) would take at the speeds measured.

    `speeds` is a Series, index machine, tiles/s; the machine that is compared comes first.
    """
    hours = thesis_data.MUSIC_HOURS
    triplets = round(hours * 3600 / recipe.tile) * recipe.epochs
    days = (3 * triplets / speeds / DAY).round(4).to_dict()
    record.number("days_of_the_music_schedule", days)
    differs = (
        f"at the speed of the machine that was measured, for {triplets} triplets: {hours} h in "
        f"tiles of {recipe.tile:g} s, {recipe.epochs} epochs"
    )
    what = "training time of the music schedule (here: from the speed)"
    record.compare(what, MUSIC_DAYS, round(next(iter(days.values())), 2), differs, "days")
    took = ", ".join(
        f"**{value:.1f} days** on {name}"
        if value > 1
        else f"**{1440 * value:.0f} minutes** on {name}"
        for name, value in days.items()
    )
    return Markdown(
        f"The thesis's music schedule, {triplets} triplets, took {MUSIC_DAYS:g} days there; at the "
        f"speed measured it would take {took}."
    )


def grown(record: Record, table: pd.DataFrame, busy: pd.DataFrame) -> Markdown:
    """Record what ten times the data cost, and how busy a GPU is.

    `table` has `tiles_per_s`, `peak_memory_gb`, from the smallest corpus (its index) to the
    largest; `busy` has `machine`, `recipe`, `mean` (share of the time).
    """
    slower = round(table.tiles_per_s.iloc[0] / table.tiles_per_s.iloc[-1] - 1, 3)
    record.number("time_of_a_tile_at_10x_the_data", slower)
    lines = [f"With ten times the data the time of a tile changes by {100 * slower:+.1f} %:", ""]
    lines += [
        f"- {name}: {row.tiles_per_s:.0f} tiles a second, {row.peak_memory_gb:.2f} GB of memory at "
        "most"
        for name, row in table.iterrows()
    ]
    lines += [
        f"\nThe GPU computes {100 * share:.0f} % of the time: {machine}, {recipe}."
        for machine, recipe, share in busy[["machine", "recipe", "mean"]].to_numpy()
    ]
    return Markdown("\n".join(lines))
