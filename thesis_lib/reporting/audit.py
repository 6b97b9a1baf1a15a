"""What 06_error_analysis_sins records of the audit of a data set, and the sentences it shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import HTML, Markdown

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record


def neighbours_asked(asked: int, wanted: int, group: str) -> Markdown:
    """How many neighbours each tile is asked for, and why there are fewer than wanted."""
    if asked < wanted:
        return Markdown(
            f"No more than {asked} tiles are outside a tile's own {group}: {asked} neighbours are "
            f"asked, not {wanted}."
        )
    return Markdown(f"Each tile asks its {asked} nearest neighbours from other {group}s.")


def suspect_tiles(record: Record, alone: int, tiles: int, asked: int) -> Markdown:
    """Record how many of the tiles have no neighbour of their own label; as a sentence."""
    record.number("tiles", tiles)
    record.number("suspect_tiles", alone)
    return Markdown(
        f"Of {tiles} tiles, **{alone}** ({alone / tiles:.1%}) have no neighbour of their own "
        f"label among {asked}."
    )


def moments(record: Record, run: Run, moments: pd.DataFrame, worst: pd.DataFrame) -> HTML:
    """Record how many moments of `segments.by_moment` are suspect, and a table of the worst."""
    shown = worst.drop(columns="tile").round(2)
    record.number("moments", len(moments))
    record.number("suspect_moments", int((moments.suspect > 0.5).sum()))
    record.number("most_suspect_moments", shown.reset_index().to_dict("records"))
    return record.table(shown, "suspects_sins", [run])


def silence_score(record: Record, score: dict[str, float] | None) -> Markdown:
    """Record how often silence by level is right; None: nothing is known to be silent."""
    if score is None:
        return Markdown("No silence is known here, so these suspicions cannot be scored.")
    record.number("silence, by level", score)
    sentence = "By level alone {right} of {true} silences are found, among {found} suspected."
    return Markdown(sentence.format(**score))


def scores(
    record: Record, run: Run, scores: pd.DataFrame, intervals: pd.DataFrame, fewest: int
) -> HTML:
    """Record how right each suspicion is, seed by seed; as a table of means over the seeds.

    `scores` has `what`, `embedding`, `seed`, and the columns of `planted_faults.scores`;
    `intervals` are those of the average precision, from `comparison.scores`; there are none where
    fewer sessions than `fewest` hold a fault.
    """
    mean = scores.groupby(["what", "embedding"], sort=False).mean().drop(columns="seed")
    mean = mean.join(intervals.set_index(["what", "embedding"])[["low", "high"]])
    record.number("scores", scores.to_dict("records"))
    record.rows("intervals", intervals)
    return record.table(mean.round(3), "audit_scores", [run], fewest=fewest)


def missed(record: Record, cases: pd.DataFrame, nice: Callable[[str], str]) -> Markdown:
    """Record how many faults of each sort are found (`planted_faults.cases`); list the missed."""
    lines = []
    for what, own in cases.groupby("what", sort=False):
        record.number(f"found, {what}", [int(own.found.sum()), len(own)])
        names = own.case[~own.found].map(nice).value_counts(sort=False)
        names = ", ".join(f"{case} ({count})" for case, count in names.items()) or "none"
        lines.append(f"- {what}: **{own.found.sum()} of {len(own)}** found; missed: {names}.")
    return Markdown("\n".join(lines))


def songs(
    record: Record, run: Run, by_song: pd.Series, alone: int, tiles: int
) -> tuple[Markdown, HTML]:
    """Record that `alone` of all tiles are suspect, and their share in each song, largest first.

    `by_song` is a Series with the index (label, group).
    """
    record.number("suspect_music_tiles", [alone, tiles])
    worst = by_song.head(10).round(2).rename("suspect tiles, share").reset_index()
    record.number("most_suspect_songs", worst.to_dict("records"))
    table = record.table(worst, "suspects_music", [run])
    return Markdown(f"**{alone} of {tiles}** tiles are suspect."), table
