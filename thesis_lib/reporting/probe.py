"""What the linear probe leaves behind: reports, confusions, scores, and the thesis beside them.

Notebook: 08_f1_results. Each function records one result and gives back what is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import HTML, Image, Markdown
from matplotlib.figure import Figure

from thesis_lib.reporting import thesis_results
from thesis_lib.util.text import as_markdown, table_as_html

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record

CHALLENGE = "comparison with the challenge"
UNITS = {  # of the challenge's columns
    "unknown": "10 s segment, unknown microphones",
    "known": "10 s segment, known microphones",
    "all": "single tile, all microphones",
}


def subsets(
    record: Record,
    run: Run,
    seeds: int,
    train: pd.DataFrame | None = None,
    test: pd.DataFrame | None = None,
) -> Markdown:
    """Record how many tiles and groups are learned from and tested on; as a list.

    Parameters
    ----------
    record : Record
    run : Run
    seeds : int
        How many of the run's seeds can be scored.
    train, test : DataFrame, optional
        Tiles of both sides; left out where no seed can be scored.
    """
    name, lines = as_markdown(run.corpus.name), []
    if seeds < len(run.seeds):
        lines.append(
            f"- {name}: {seeds} of {len(run.seeds)} seeds can be scored: it takes labels of two "
            "classes to learn from, and others to test."
        )
    if train is not None and test is not None:
        counts = [len(train), len(test), train.group.nunique(), test.group.nunique()]
        record.number(f"{run.corpus.name}: tiles and groups in train and test", counts)
        sentence = "{} tiles to learn from, {} to be tested on; sessions or songs: {} and {}."
        lines.append(f"- {name}: {sentence.format(*counts)}")
    return Markdown("\n".join(lines))


def home_reports(reports: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Reports by the titles of their figure, the thesis's report of SINS first."""
    thesis = thesis_results.with_average(thesis_results.SINS_REPORT)
    here = {f"here: {_two_lines(unit)}": table for unit, table in reports.items()}
    return {"thesis: SINS, tile of 5 s": thesis} | here


def music_reports(reports: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Reports by the titles of their figure, the thesis's report of music first."""
    thesis = thesis_results.with_average(thesis_results.MUSIC_REPORT)
    return {"thesis: 7 sub-genres": thesis} | reports


def classes_of_home(
    record: Record, run: Run, figure: Figure, reports: dict[str, pd.DataFrame]
) -> Image:
    """Record the reports class by class of a home, unit by unit, and their figure."""
    for unit, table in reports.items():
        record.number(f"report, {run.corpus.name}, {unit}", table.to_dict("records"))
    return record.figure(
        figure, "classification_report_sins", "Logistic classifier on the trained embedding, first "
        "seed; in brackets the number of tiles or segments.",
        thesis="classification report, SINS", runs=[run],
    )  # fmt: skip


def classes_of_music(
    record: Record, run: Run, figure: Figure, reports: dict[str, pd.DataFrame], seeds: int
) -> Image:
    """Record the reports class by class of music, unit by unit, and their figure."""
    for unit, table in reports.items():
        record.number(f"report, music, {unit}", table.to_dict("records"))
    return record.figure(
        figure, "classification_report_music", "Logistic classifier on the trained embedding; the "
        f"tests of {seeds} seeds together. Other classes than the thesis's.",
        thesis="classification report, music", runs=[run],
    )  # fmt: skip


def confusions(
    record: Record, runs: Sequence[Run], figure: Figure, tables: dict[str, pd.DataFrame]
) -> Image:
    """Record which class is taken for which, and the figure of it."""
    for title, table in tables.items():
        record.number("confusions, " + title.replace("\n", " "), table.to_dict("index"))
    caption = "Of 100 segments or tiles of a class (row), how many are taken for which."
    return record.figure(figure, "confusions", caption, runs=runs)


def scores(record: Record, runs: Sequence[Run], scores: pd.DataFrame, means: pd.Series) -> HTML:
    """Record the macro-F1 of each unit, embedding and seed; as a table of means over the seeds.

    Parameters
    ----------
    record : Record
    runs : list of Run
    scores : DataFrame
        A row for each: `what`, `kind`, `seed`, `value`, `chance`.
    means : Series of str, index (what, kind)
        Mean and deviation over the seeds.
    """
    record.number("macro_f1", scores.to_dict("records"))
    caption = "Macro-F1: mean over the seeds ± standard deviation."
    return record.table(means.unstack("kind"), "probe_comparison", caption, runs=runs)


def scores_compared(record: Record, runs: Sequence[Run], figure: Figure) -> Image:
    """Record the figure of the macro-F1 of three embeddings."""
    return record.figure(
        figure, "probe_comparison",
        "The same logistic classifier on three kinds of vectors: mean over the seeds, standard "
        "deviation, and each seed (ticks).", runs=runs,
    )  # fmt: skip


def verdict(record: Record, places: dict[str, str]) -> Markdown:
    """Record where training has helped; as a sentence.

    Parameters
    ----------
    record : Record
    places : dict, unit of scoring -> "above", "below" or "level with"
        The trained network beside log-Mel statistics.
    """
    record.number("trained against statistics", places)
    below = [what for what, place in places.items() if place == "below"]
    if below:
        return Markdown(
            f"**In {len(below)} of {len(places)} ways to score, the learned embedding is worse "
            f"than plain log-Mel statistics:** {'; '.join(below)}."
        )
    return Markdown(
        "In none of the ways to score is the learned embedding worse than plain log-Mel statistics."
    )


def beside_challenge(
    run: Run, values: dict[str, dict[str, pd.Series]], names: dict[str, str]
) -> pd.DataFrame:
    """The challenge's systems, the thesis, and each embedding found here, in %.

    Parameters
    ----------
    run : Run
        On a home.
    values : dict, unit of scoring -> dict, embedding -> Series of macro-F1, one value per seed
    names : dict, embedding -> the name that readers see

    Returns
    -------
    DataFrame
        As `thesis_results.beside_challenge`.
    """
    rows = []
    for embedding, name in names.items():
        row = {"system": name}
        for column, unit in UNITS.items():
            found = values.get(f"home: {unit}", {}).get(embedding, pd.Series(dtype=float)) * 100
            row |= {column: found.mean(), f"{column}_spread": found.std()}
        rows.append(row)
    note = f" ({run.corpus.note})" if run.corpus.note else ""
    source = f"here: {run.corpus.name}{note}, logistic classifier"
    return thesis_results.beside_challenge(pd.DataFrame(rows).assign(source=source))


def challenge(record: Record, run: Run, systems: pd.DataFrame) -> HTML:
    """Record the table of the challenge's systems, the thesis and what is found here."""
    plain = systems.astype(object).where(systems.notna(), None)
    record.number("challenge", plain.to_dict("records"))
    shown = systems.dropna(axis=1, how="all").set_index(["source", "system"])
    shown = shown.map(lambda value: "" if pd.isna(value) else f"{value:.1f}")
    caption = "Macro-F1 in %; spread: standard deviation over the seeds."
    return record.table(shown, "challenge", caption, thesis=CHALLENGE, runs=[run])


def challenge_compared(record: Record, run: Run, figure: Figure) -> tuple[Markdown, Image]:
    """Record the figure of the same, with what keeps the numbers from being compared."""
    warning = (
        "Challenge and thesis were scored on real recordings, the numbers below them on a small "
        "simulated home: they stand on one axis to show the form, they cannot be compared."
        if run.corpus.note == "simulated"
        else "Tiles, training time and network differ from the thesis's."
    )
    picture = record.figure(figure, "challenge", warning, thesis=CHALLENGE, runs=[run])
    return Markdown(f"**{warning}**"), picture


def thesis_and_here(record: Record, home: Run, music: Run, found: pd.Series) -> HTML:
    """Record the numbers of the thesis beside those found here, and what differs: a table.

    Parameters
    ----------
    record : Record
    home, music : Run
    found : Series of str, index (unit of scoring, embedding)
        Macro-F1 in %: mean and deviation over the seeds.
    """
    pairs = []
    for what, thesis, unit, differs in [*_home_pairs(home), _music_pair(music)]:
        if unit not in found.index:
            continue
        here = found[unit]
        pairs.append(record.compare(what, thesis, here["trained"], differs, "%"))
        what = f"{what}: from plain log-Mel statistics"
        note = "no network: the floor"
        pairs.append(record.compare(what, None, here["statistics"], note, "%"))
    return HTML(table_as_html(pd.DataFrame(pairs), index=False, na_rep="-"))


def _home_pairs(run):
    """What, the thesis's number, the unit it is scored in here, and what differs."""
    recipe, simulated = run.recipe, run.corpus.note == "simulated"
    data = "a small simulated home instead of SINS" if simulated else "SINS, as far as it lies here"
    network = f"network of width {recipe.width} instead of 64"
    tile = f"tiles of {recipe.tile:g} s instead of 5 s, {network}"
    sins = f"macro-F1, SINS (here: {run.corpus.name})"
    return [
        (
            f"{sins}, single tile",
            thesis_results.SINS_F1,
            f"home: {UNITS['all']}",
            f"{data}; {tile}",
        ),
        (
            f"{sins}, 10 s segment, unknown microphones (challenge's winner)",
            thesis_results.CHALLENGE.unknown[0],
            f"home: {UNITS['unknown']}",
            f"{data}; the winner learned from labels",
        ),
    ]


def _music_pair(run):
    name, classes = run.corpus.name, len(run.corpus.labels)
    return (
        f"macro-F1, music (here: {name}), unseen songs",
        thesis_results.MUSIC_F1,
        "music: single tile",
        f"{name}, {classes} classes, not 7 sub-genres; tiles of {run.recipe.tile:g} s, not 10 s; "
        "test songs unheard by the network too; the thesis's table of classes gives 83 %",
    )


def _two_lines(unit):
    return unit.replace(", ", "\n")
