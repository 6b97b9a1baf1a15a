"""What 06_error_analysis_sins records of faults of recording, and of what the thesis names."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import HTML, Markdown

from thesis_lib.util.files import ROOT
from thesis_lib.util.text import as_markdown

if TYPE_CHECKING:
    from thesis_lib.pipeline.audit import Audit
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record

PLANTED = ROOT / "bench" / "results" / "audit_faults.json"
DEFAULT = "ours"  # what an audit names faults by
WAYS = {  # of the benchmark: their names for readers
    DEFAULT: "the audit: signs of each channel",
    "level alone": "level alone",
    "spectra against siblings": "spectra against the siblings",
    "embedding deviation, ours": "far from the other nodes in the embedding",
}

BOTH = "Both recordings that the thesis names are"
MEASURES = {
    "auroc": "AUROC",
    "average_precision": "average precision",
    "right_cause": "share of what is found whose cause is right",
}


def planted() -> tuple[pd.DataFrame, pd.Series]:
    """What `bench/audit_faults.py` measured, and with what; each row's corpus is the same."""
    *rows, about = json.loads(PLANTED.read_text())
    return pd.DataFrame(rows), pd.Series(about)


def found(record: Record, rows: pd.DataFrame) -> Markdown:
    """Record how many planted faults are found, and beside which way more; as a list."""
    every = rows[rows.planted == "all"].pivot(index="method", columns="metric")
    own, lines = every.loc[DEFAULT], []
    for metric, words in MEASURES.items():
        score = own["mean"][metric], own.ci_low[metric], own.ci_high[metric]
        record.number(f"faults, {metric}", [float(one) for one in score])
        beside = [f"{name} {every['mean'][metric][way]:.2f}" for way, name in WAYS.items()
                  if way != DEFAULT and pd.notna(every["mean"][metric].get(way))]  # fmt: skip
        line = "- {}: **{:.2f}** ({:.2f} to {:.2f})".format(words, *score)
        lines.append(f"{line}; {', '.join(beside)}." if beside else f"{line}.")
    kinds = rows[(rows.method == DEFAULT) & (rows.metric == "auroc")].set_index("planted")["mean"]
    hard = [name for name in kinds.index if name.endswith(", weak")]
    worst = kinds[hard].sort_values().index[:3]
    said = ", ".join(f"{name} {kinds[name]:.2f}" for name in worst)
    return Markdown("\n".join([*lines, f"- Hardest, by AUROC: {said}."]))


def said(record: Record, run: Run, table: pd.DataFrame) -> HTML:
    """Record what an audit says of each planted kind, from `channels.said_of`; as a table."""
    right = int((table.planted == table.cause).sum())
    record.number("causes_named_rightly", [right, len(table)])
    shown = table.assign(score=table.score.round(1)).set_index("planted")
    return record.table(shown, "causes", [run], right=right, of=len(table))


def named(record: Record, run: Run, found: Audit, of_thesis: bool) -> tuple[Markdown, HTML]:
    """Record what is found of the recordings that the thesis names, or of those in their place.

    `of_thesis` says whether they are the thesis's own.
    """
    table, labels = found.named, len(found.labels)
    shown = pd.DataFrame({
        "recording": table.name,
        "what is said": table.thesis,
        "label's rank": [_place(one, labels) for one in table["rank"]],
        "score": table.score.round(2),
        "rises, dB": table.rose.round(1),
        "deviation": table.deviation.round(1),
        "deviation's rank": [_place(one, len(found.corpus.table)) for one in table.off_rank],
    })  # fmt: skip
    wrong = int(found.labels.called_wrong.sum()) if labels else 0
    counts = {"labels": labels, "called wrong": wrong, "silent": len(found.silences),
              "odd microphones": len(found.microphones)}  # fmt: skip
    record.number("whole_corpus", counts)
    record.rows("named", shown)
    name = as_markdown(run.corpus.name)
    both = {1: "One of the two recordings that the thesis names is", 2: BOTH}
    first = f"{both.get(len(table), BOTH)} in {name}."
    if not of_thesis:
        first = f"The two recordings that the thesis names are not in {name}."
        first += f" Here {len(table)} with planted faults stand in." if len(table) else ""
    rest = (
        f"Of all of it, test part too: {wrong} of {labels} labels are called wrong, "
        f"{len(found.silences)} items are silent under the label of an activity, in "
        f"{len(found.microphones)} recordings a microphone is odd."
    )
    return Markdown(f"{first} {rest}"), record.table(
        shown, "named_recordings", [run], what=words(of_thesis)
    )


def words(of_thesis: bool) -> str:
    """What the named recordings are, for a caption."""
    two = "the two recordings that the thesis names"
    return two if of_thesis else f"recordings with planted faults, in place of {two}"


def _place(rank, of):
    return "not judged" if pd.isna(rank) else f"{rank:.0f} of {of}"
