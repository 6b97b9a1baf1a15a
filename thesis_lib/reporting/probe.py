"""What 08_f1_results records of the linear probe, beside the thesis, and the sentences it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import HTML, Markdown

from thesis_lib.reporting import thesis_results
from thesis_lib.util.names import EMBEDDINGS
from thesis_lib.util.text import as_markdown, table_as_html

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record

PLACES = ("above", "level with", "below")
NOTES = {
    "ours": "ResNet10 of width 32, learned from other sound, without labels",
    "trained": "learned from this corpus, without labels",
    "statistics": "no network: the baseline",
}
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

    `seeds` says how many of the run's seeds can be scored; where none can, there are no tiles.
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
        sentence = f"{{}} tiles to learn from, {{}} to be tested on; {run.unit}s: {{}} and {{}}."
        lines.append(f"- {name}: {sentence.format(*counts)}")
    return Markdown("\n".join(lines))


def reports(record: Record, run: Run, found: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Record reports class by class; with the thesis's, by the titles of their figure: dict.

    `found` is a dict, unit of scoring -> `linear_probe.report`. The thesis has reports of a home
    and of music; beside another corpus there is none.
    """
    name = "music" if run.unit == "song" else run.corpus.name
    for unit, table in found.items():
        record.number(f"report, {name}, {unit}", table.to_dict("records"))
    here = {"here: " + unit.replace(", ", "\n"): table for unit, table in found.items()}
    there = {
        "session": ("thesis: SINS, tile of 5 s", thesis_results.SINS_REPORT),
        "song": ("thesis: 7 sub-genres", thesis_results.MUSIC_REPORT),
    }
    if run.unit not in there:
        return here
    title, thesis = there[run.unit]
    return {title: thesis_results.with_average(thesis)} | here


def confusions(record: Record, tables: dict[str, pd.DataFrame]) -> None:
    """Record which class is taken for which, by title."""
    for title, table in tables.items():
        record.number("confusions, " + title.replace("\n", " "), table.to_dict("index"))


def scores(record: Record, runs: Sequence[Run], scores: pd.DataFrame, means: pd.Series) -> HTML:
    """Record the macro-F1 of each unit, embedding and seed; as a table of `means` over the seeds.

    `scores` has `what`, `embedding`, `seed`, `value`, `chance`; `means` (what, embedding) as index.
    """
    record.number("macro_f1", scores.to_dict("records"))
    return record.table(means.unstack("embedding"), "probe_comparison", runs)


def verdict(record: Record, runs: Sequence[Run], found: dict[str, pd.DataFrame]) -> Markdown:
    """Record by how much the embedding that is drawn is better than the others; as a list.

    `found` is a dict, unit of scoring -> DataFrame of `comparison.differences`.
    """
    table = pd.concat(found, names=["what"]).droplevel(1)
    record.number("differences", table.reset_index().to_dict("records"))
    record.table(table.round(3), "probe_differences", runs)
    lines = []
    for other, own in table.groupby("other", sort=False):
        places = own.place.value_counts()
        count = ", ".join(f"{places.get(place, 0)} {place}" for place in PLACES)
        lines.append(f"- Beside {EMBEDDINGS[other]}, in {len(own)} ways to score: **{count}**.")
    return Markdown("\n".join(lines))


def beside_challenge(
    run: Run, values: dict[str, dict[str, pd.Series]], names: dict[str, str]
) -> pd.DataFrame:
    """The challenge's systems, the thesis, and each embedding of a home here, in %.

    `values` is a dict, unit of scoring -> dict, embedding -> Series of macro-F1, one value per
    seed; `names` has the embeddings' names for readers. See `thesis_results.beside_challenge`.
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
    return record.table(shown, "challenge", [run])


def warning(run: Run) -> str:
    """What keeps the numbers of a home from being compared with the challenge's."""
    if run.corpus.note == "simulated":
        return (
            "Challenge and thesis were scored on real recordings, the numbers below them on a "
            "small simulated home: they stand on one axis to show the form, they cannot be "
            "compared."
        )
    return "Tiles, training time and network differ from the thesis's."


def thesis_and_here(record: Record, home: Run, music: Run, found: pd.Series) -> HTML:
    """Record the numbers of the thesis beside those found here, and what differs: a table.

    `found` is macro-F1 in %, mean and deviation over the seeds, as text: a Series with the index
    (unit of scoring, embedding). The thesis's number stands beside its own recipe, "trained".
    """
    pairs = []
    for what, thesis, unit, differs in [*_home_pairs(home), _music_pair(music)]:
        if unit not in found.index:
            continue
        for embedding, here in found[unit].items():
            note = NOTES.get(embedding, "")
            about = (thesis, f"{note}; {differs}") if embedding == "trained" else (None, note)
            title = f"{what}: {EMBEDDINGS[embedding]}"
            if embedding != "untrained":
                pairs.append(record.compare(title, about[0], here, about[1], "%"))
    return HTML(table_as_html(pd.DataFrame(pairs), index=False, na_rep="-"))


def _home_pairs(run):
    """What, the thesis's number, the unit it is scored in here, and what differs."""
    recipe, simulated = run.recipe, run.corpus.note == "simulated"
    data = "a small simulated home instead of SINS" if simulated else "SINS, as far as it is here"
    network = f"network of width {recipe.width} instead of 64"
    tile = f"tiles of {recipe.tile:g} s instead of 5 s, {network}"
    what = f"macro-F1, SINS (here: {run.corpus.name})"
    single, segment = "single tile", "10 s segment, unknown microphones (challenge's winner)"
    winner = thesis_results.CHALLENGE.unknown[0]
    return [
        (f"{what}, {single}", thesis_results.SINS_F1, f"home: {UNITS['all']}", f"{data}; {tile}"),
        (f"{what}, {segment}", winner, f"home: {UNITS['unknown']}",
         f"{data}; the winner learned from labels"),
    ]  # fmt: skip


def _music_pair(run):
    name, classes = run.corpus.name, len(run.corpus.labels)
    differs = (
        f"{name}, {classes} classes, not 7 sub-genres; tiles of {run.recipe.tile:g} s, not 10 s; "
        "test songs new to the network too; the thesis's table of classes gives 83 %"
    )
    what = f"macro-F1, music (here: {name}), unseen songs"
    return what, thesis_results.MUSIC_F1, "music: single tile", differs
