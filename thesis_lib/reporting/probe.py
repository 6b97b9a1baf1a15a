"""What 08_f1_results records of the linear probe, beside the thesis, and the sentences it shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import HTML, Markdown

from thesis_lib.reporting import thesis_results
from thesis_lib.reporting.embedding import differences
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
PLACES_SCORED = {"unknown": "unknown microphones", "known": "known microphones"}
ON_FOLD = {"known": "fold 1 of the development set"}  # which is not in the evaluation set
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


def scores(
    record: Record,
    runs: Sequence[Run],
    scores: pd.DataFrame,
    intervals: pd.DataFrame,
    texts: pd.Series,
) -> HTML:
    """Record the macro-F1 of each unit and embedding, of each seed too; as a table of `texts`.

    `scores` has `what`, `embedding`, `seed`, `value`, `chance`; `intervals` is from
    `comparison.scores`, `texts` from `comparison.as_text`.
    """
    record.number("macro_f1", scores.to_dict("records"))
    record.rows("intervals", intervals)
    order = texts.index.get_level_values("what").unique()
    return record.table(texts.unstack("embedding").reindex(order), "probe_comparison", runs)


def verdict(record: Record, runs: Sequence[Run], found: dict[str, pd.DataFrame]) -> Markdown:
    """Record by how much the embedding that is drawn is better than the others; as a list.

    `found` is a dict, unit of scoring -> DataFrame of `comparison.differences`.
    """
    table = differences(record, found)
    record.table(table.round(3), "probe_differences", runs)
    lines = []
    for other, own in table.groupby("other", sort=False):
        places = own.place.value_counts()
        count = ", ".join(f"{places.get(place, 0)} {place}" for place in PLACES)
        few = places.get("beside", 0)
        count += f", {few} with too few sessions or songs to tell" if few else ""
        lines.append(f"- Beside {EMBEDDINGS[other]}, in {len(own)} ways to score: **{count}**.")
    return Markdown("\n".join(lines))


def folds(record: Record, run: Run, found: dict[str, Sequence[float]]) -> Markdown:
    """Record the mean over the official folds of a development set, with its interval; as a list.

    `found` is a dict, embedding -> macro-F1 and the ends of its 95 % interval, each 0 to 1. It is
    empty where an evaluation set is tested.
    """
    if not found:
        return Markdown("An official test set is there: it is tested, not folds.")
    record.number("folds", {name: list(own) for name, own in found.items()})
    known = thesis_results.CHALLENGE.folds
    lines = [
        f"- {as_markdown(run.corpus.name)}, {EMBEDDINGS[name]}: **{100 * own[0]:.1f} %** "
        f"({100 * own[1]:.1f} to {100 * own[2]:.1f})"
        for name, own in found.items()
    ]
    return Markdown(
        "\n".join([
            "Macro-F1 of 10 s segments of one microphone a node, mean over the four folds (95 % "
            "interval, by sessions):\n", *lines,
            f"\nThe challenge's systems, on all four microphones, learned from labels: "
            f"{known.min():g} to {known.max():g} %. The networks that are trained here have heard "
            "three of the folds: they are scored on fold 1 alone."
        ])
    )  # fmt: skip


def beside_challenge(
    run: Run,
    intervals: pd.DataFrame,
    names: dict[str, str],
    folds: dict[str, Sequence[float]] | None = None,
) -> pd.DataFrame:
    """The challenge's systems, the thesis, and each embedding of a home here, in %.

    `intervals` is of macro-F1, from `comparison.scores`; `names` has the embeddings' names for
    readers, `folds` what `folds` was given. See `thesis_results.beside_challenge`.
    """
    rows = []
    for embedding, name in names.items():
        row: dict[str, object] = {"system": name}
        own = intervals[intervals.embedding == embedding].set_index("what")
        if folds and embedding in folds:
            row["folds"] = 100 * folds[embedding][0]
        for column, unit in UNITS.items():
            if f"home: {unit}" in own.index:
                value, low, high = 100 * own.loc[f"home: {unit}", ["value", "low", "high"]]
                row |= {column: value, f"{column}_low": low, f"{column}_high": high}
        rows.append(row)
    note = f" ({run.corpus.note})" if run.corpus.note else ""
    source = f"here: {run.corpus.name}{note}, logistic classifier"
    return thesis_results.beside_challenge(pd.DataFrame(rows).assign(source=source))


def challenge(record: Record, run: Run, systems: pd.DataFrame) -> HTML:
    """Record the table of the challenge's systems, the thesis and what is found here."""
    record.rows("challenge", systems)
    shown = systems.dropna(axis=1, how="all").set_index(["source", "system"])
    shown = shown.map(lambda value: "" if pd.isna(value) else f"{value:.1f}")
    return record.table(shown, "challenge", [run])


def warning(run: Run) -> str:
    """What keeps the numbers of a home from being compared with the challenge's."""
    if run.corpus.note == "simulated":
        return (
            "Challenge and thesis were scored on real recordings, the numbers below them on a "
            "small simulated home: they stand on one axis to show the form, they cannot be "
            "compared. A microphone is called unknown where the classifier has not heard it; ours "
            "was trained, without labels, on other simulated flats, drawn by the same simulator."
        )
    return "Tiles, training time and network differ from the thesis's."


def thesis_and_here(record: Record, home: Run, music: Run, found: pd.Series) -> HTML:
    """Record the numbers of the thesis beside those found here, and what differs: a table.

    `found` is macro-F1 in % with its interval, as text: a Series with the index (unit of scoring,
    embedding). The thesis's number stands beside its own recipe, "trained".
    """
    pairs = []
    on_fold = found.index.get_level_values(0).str.endswith(ON_FOLD["known"]).any()
    for what, thesis, unit, differs in [*_home_pairs(home, on_fold), _music_pair(music)]:
        if unit not in found.index:
            continue
        for embedding, here in found[unit].items():
            note = NOTES.get(embedding, "")
            about = (thesis, f"{note}; {differs}") if embedding == "trained" else (None, note)
            title = f"{what}: {EMBEDDINGS[embedding]}"
            if not embedding.endswith("untrained"):
                pairs.append(record.compare(title, about[0], here, about[1], "%"))
    return HTML(table_as_html(pd.DataFrame(pairs), index=False, na_rep="-"))


def _home_pairs(run, on_fold):
    """What, the thesis's number, the unit it is scored in here, and what differs."""
    recipe, simulated = run.recipe, run.corpus.note == "simulated"
    data = "a small simulated home instead of SINS" if simulated else "SINS, as far as it is here"
    if on_fold:
        data += f", {ON_FOLD['known']} instead of the evaluation set"
    network = f"network of width {recipe.width} instead of 64"
    tile = f"tiles of {recipe.tile:g} s instead of 5 s, {network}"
    what = f"macro-F1, SINS (here: {run.corpus.name})"
    single, segment = (
        "single tile",
        "10 s segment, unknown microphones (not the thesis: the challenge's winner, with labels)",
    )
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
