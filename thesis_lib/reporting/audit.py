"""What 06_error_analysis_sins records of the audit of a data set, and the sentences it shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import HTML, Markdown

from thesis_lib.util.files import ROOT

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record

DEFAULT = "ours: self-confidence and soft vote"  # what an audit sorts by
CORPORA = {"homes": "five homes, simulated", "esc10": "ESC-10", "mini music": "mini music"}
PLANTED = ROOT / "bench" / "results" / "audit.json"
CURVES = ROOT / "bench" / "results" / "audit_curves.json"
USUAL = ("uniform, 5 %", "confusable pairs, 5 %")


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


def missed(record: Record, cases: pd.DataFrame, nice: Callable[[str], str]) -> Markdown:
    """Record planted faults (`planted_faults.cases`) and how many are found; list the missed."""
    record.rows("planted_faults", cases)
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


def planted_labels() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """What `bench/audit.py` measured: rankings, what they are good for, and the machine."""
    table = pd.DataFrame(json.loads(PLANTED.read_text()))
    rows = table.dropna(subset="metric")
    return rows[rows.decisions.isna()], rows[rows.decisions.notna()], table.iloc[-1]


def curves() -> tuple[pd.DataFrame, pd.Series]:
    """The ROC and precision-recall curves that `bench/audit.py` measured, and the machine."""
    *rows, machine = json.loads(CURVES.read_text())
    return pd.DataFrame(rows), pd.Series(machine)


def ways_shown(
    ranked: pd.DataFrame, planted: dict[str, str]
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The average precision of what was planted, as `plots.benchmarks.scores` takes it: its rows,
    the metric of each what was planted, and the methods."""
    rows = ranked[ranked.metric.eq("average_precision") & ranked.planted.isin(planted)]
    rows = rows[~rows.method.str.contains("silent")]  # of other items
    return rows.assign(metric=rows.planted), {name: name for name in rows.method.unique()}


def ways(record: Record, ranked: pd.DataFrame) -> Markdown:
    """Record how well an audit finds planted labels, and which way is better; as a list.

    `ranked` has the rows of `bench/audit.py` on rankings.
    """
    lines = []
    for corpus, title in CORPORA.items():
        for planted in USUAL:
            rows = ranked[(ranked.corpus == corpus) & (ranked.planted == planted)]
            own = rows[rows.method == DEFAULT].set_index("metric")
            score = own.loc["average_precision"]
            record.number(f"average_precision_{corpus}_{planted}", _with_ends(score))
            of_k, until = own["mean"].precision_at_k, own["mean"].clips_until_80_percent
            lines.append(
                f"- {title}, {planted}: average precision **{score['mean']:.2f}** "
                f"({score.ci_low:.2f} to {score.ci_high:.2f}); of the first so many as are wrong "
                f"{100 * of_k:.0f} % are; {until:.0f} are heard until four in five are found. "
                f"Better: {_named(rows, ahead=True)}; worse: {_named(rows, ahead=False)}."
            )
    return Markdown("\n".join(lines))


def _with_ends(row):
    return [float(row[name]) for name in ("mean", "ci_low", "ci_high")]


def _named(rows, ahead):
    """The ways whose average precision is above, or below, by a paired interval without 0."""
    own = rows[(rows.metric == "average_precision") & (rows.method != DEFAULT)]
    own = own[~own.method.str.contains("silent")]  # of other items
    sure = own[own.diff_low > 0] if ahead else own[own.diff_high < 0]
    if len(sure) == len(own):
        return "all others"
    return ", ".join(sure.method) or "none"


def ways_table(ranked: pd.DataFrame) -> pd.DataFrame:
    """Every score of every way, by corpus and what was planted."""
    first = ["corpus", "planted", "metric", "method"]
    numbers = ["mean", "ci_low", "ci_high", "spread", "diff_to_ours", "diff_low", "diff_high"]
    return ranked.set_index(first)[numbers]


def pays(record: Record, paid: pd.DataFrame) -> Markdown:
    """Record what an audit is worth to a classifier, beside hearing at random; as a list.

    `paid` has the rows of `bench/audit.py` with `decisions`.
    """
    lines = []
    for corpus, title in CORPORA.items():
        own = paid[(paid.corpus == corpus) & (paid.decisions.isin((0, 1)))]
        own = own.set_index("method")
        before, audit = own.loc["nobody"], own.loc["audit, relabelled"]
        random, truth = own.loc["random, relabelled"], own.loc["truth, relabelled"]
        ends = [audit.diff_to_random, audit.diff_low, audit.diff_high]
        record.number(f"f1_of_audit_less_random_{corpus}", [float(one) for one in ends])
        lines.append(
            f"- {title}: macro-F1 {before['mean']:.2f} before; after as many decisions as labels "
            f"are wrong **{audit['mean']:.2f}** in the audit's order, {random['mean']:.2f} at "
            f"random, {truth['mean']:.2f} if the wrong ones come first. Audit less random: "
            f"{ends[0]:+.2f} ({ends[1]:+.2f} to {ends[2]:+.2f})."
        )
    return Markdown("\n".join(lines))
