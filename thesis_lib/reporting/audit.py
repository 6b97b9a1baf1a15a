"""What the audit of a data set leaves behind: its figures, tables, numbers and sentences.

Notebook: 06_error_analysis_sins. Each function records one result and gives back what is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from IPython.display import HTML, Image, Markdown
from matplotlib.figure import Figure

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record

SINS = "error analysis, SINS"
MUSIC = "error analysis, music"


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
    """Record how many moments are suspect, and the table of the most suspect.

    Parameters
    ----------
    record : Record
    run : Run
    moments : DataFrame
        From `segments.by_moment`.
    worst : DataFrame
        Those of its rows that are shown.
    """
    shown = worst.drop(columns="tile").round(2)
    record.number("moments", len(moments))
    record.number("suspect_moments", int((moments.suspect > 0.5).sum()))
    record.number("most_suspect_moments", shown.reset_index().to_dict("records"))
    return record.table(
        shown, "suspects_sins", "The ten most suspect moments.", thesis=SINS, runs=[run]
    )


def suspect_sins(record: Record, run: Run, figure: Figure) -> Image:
    """Record the figure of the suspects and their neighbours, of a home."""
    return record.figure(
        figure, "suspect_sins",
        "Suspect tiles (framed) and, to the right, their five nearest neighbours from other "
        "sessions; above each: label, session, segment and node. A row has its own scale of "
        "colours.",
        thesis=SINS, runs=[run],
    )  # fmt: skip


def silence(record: Record, run: Run, figure: Figure, suspect: np.ndarray, within: float) -> Image:
    """Record how many recordings are suspected of silence, and the figure of all levels."""
    record.number("suspected_of_silence", int(suspect.sum()))
    return record.figure(
        figure, "silence",
        f"Each dot is a segment of 10 s on one node. In the grey zone, up to {within:g} dB above "
        "the noise floor of the microphone, a segment is suspected of silence; some are just "
        "quiet.",
        thesis=f"{SINS}: silence with a label", runs=[run],
    )  # fmt: skip


def silence_score(record: Record, score: dict[str, float] | None) -> Markdown:
    """Record how often silence by level is right; None: nothing is known to be silent."""
    if score is None:
        return Markdown("No silence is known here, so these suspicions cannot be scored.")
    record.number("silence, by level", score)
    sentence = "By level alone {right} of {true} silences are found, among {found} suspected."
    return Markdown(sentence.format(**score))


def microphones(record: Record, run: Run, figure: Figure) -> Image:
    """Record the figure of each recording's deviation from the other nodes."""
    return record.figure(
        figure, "microphone_faults",
        "Each dot is a segment of 10 s on one node. Far right: it hears what no other node hears.",
        thesis=f"{SINS}: microphone malfunctions", runs=[run],
    )  # fmt: skip


def odd_moments(record: Record, run: Run, figure: Figure) -> Image:
    """Record the figure of the recordings that deviate most, beside the other nodes."""
    return record.figure(
        figure, "odd_moments",
        "The oddest recordings (framed), and the same moments on the other nodes.",
        thesis=f"{SINS}: microphone malfunctions", runs=[run],
    )  # fmt: skip


def scores(record: Record, run: Run, scores: pd.DataFrame) -> HTML:
    """Record how right each suspicion is, seed by seed; as a table of means over the seeds.

    Parameters
    ----------
    record : Record
    run : Run
    scores : DataFrame
        A row a suspicion, embedding and seed: `what`, `kind`, `seed`, then as
        `planted_faults.scores`.
    """
    mean = scores.groupby(["what", "kind"], sort=False).mean().drop(columns="seed")
    record.number("scores", scores.to_dict("records"))
    return record.table(mean.round(3), "audit_scores", "Mean over the seeds.", runs=[run])


def scores_compared(record: Record, run: Run, figure: Figure) -> Image:
    """Record the figure of the average precisions of three embeddings."""
    return record.figure(
        figure, "audit_scores",
        f"Planted faults found: mean over {len(run.seeds)} seeds, standard deviation, each "
        "seed (ticks).", runs=[run],
    )  # fmt: skip


def cases(record: Record, run: Run, cases: pd.DataFrame) -> HTML:
    """Record every planted fault, one by one: a table."""
    record.number("planted_faults", cases.to_dict("records"))
    caption = "Every planted fault, and whether it was suspected."
    return record.table(cases, "planted_faults", caption, runs=[run])


def missed(record: Record, cases: pd.DataFrame, nice: Callable[[str], str]) -> Markdown:
    """Record how many faults of each sort are found; the missed ones as a list.

    Parameters
    ----------
    record : Record
    cases : DataFrame
        From `planted_faults.cases`.
    nice : function, label -> the name for readers
    """
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
    """Record the songs with the largest share of suspect tiles: a sentence and a table.

    Parameters
    ----------
    record : Record
    run : Run
    by_song : Series, index (label, group)
        The share of suspect tiles, largest first.
    alone, tiles : int
        How many tiles are suspect, of how many.
    """
    record.number("suspect_music_tiles", [alone, tiles])
    worst = by_song.head(10).round(2).rename("suspect tiles, share").reset_index()
    record.number("most_suspect_songs", worst.to_dict("records"))
    caption = "The songs that are least like the others of their label."
    table = record.table(worst, "suspects_music", caption, thesis=MUSIC, runs=[run])
    return Markdown(f"**{alone} of {tiles}** tiles are suspect."), table


def suspect_music(record: Record, run: Run, figure: Figure) -> Image:
    """Record the figure of the suspects and their neighbours, of music."""
    return record.figure(
        figure, "suspect_music",
        "Suspect tiles (framed) and their five nearest neighbours from other songs.",
        thesis=MUSIC, runs=[run],
    )  # fmt: skip
