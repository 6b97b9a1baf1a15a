"""Every finding of an audit as a row, with the reason in a sentence: the CSV beside the page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd

from thesis_lib.analysis.findings import WITHIN
from thesis_lib.plots.style import nice

if TYPE_CHECKING:
    from thesis_lib.pipeline.audit import Audit


def listed(found: Audit) -> pd.DataFrame:
    """Every finding, a row each: what, path, start, session, node, label, other, score, why.

    Of all items that were judged the score is there, the most suspect first: `what` is "wrong
    label" where confident learning calls it so, else "label".
    """
    rows = [*_of_labels(found), *of_sessions(found), *_of_copies(found), *_of_silences(found)]
    rows += [*_of_microphones(found), *_of_faults(found), *of_gains(found)]
    columns = ["what", "path", "start", "session", "node", "label", "other", "score", "why"]
    return pd.DataFrame(rows, columns=columns)


def why_label(row: Any) -> str:
    """Why a label is suspect, in a sentence."""
    return (
        f"A classifier that has not heard its session, song or source gives {nice(row.other)} "
        f"{100 * row.chance_other:.0f} % and {nice(row.label)} {100 * row.chance_own:.0f} %; of "
        f"its {row.asked} nearest {row.agree} carry its label."
    )


def _of_labels(found):
    for row in found.labels.itertuples():
        what = "wrong label" if row.called_wrong else "label"
        yield _row(found, what, row.item, row.other, row.score, why_label(row))


def of_sessions(found: Audit) -> Iterator[tuple]:
    """Whole sessions that fit another label better, a row each."""
    doubtful = found.sessions[found.sessions.score > 0.5] if len(found.sessions) else found.sessions
    for row in doubtful.itertuples():
        why = f"Its {row.items} items together fit {nice(row.other)} better than {nice(row.label)}."
        yield ("session", "", "", row.group, "", row.label, row.other, round(row.score, 4), why)


def _of_copies(found):
    for row in found.copies.itertuples():
        other = found.items.table.loc[row.other_item]
        why = f"Sounds nearly as {other.path}, which is labelled {nice(other.label)}."
        yield _row(found, "copies", row.item, other.label, row.cosine, why)


def _of_silences(found):
    for row in found.silences.itertuples():
        why = f"Its loud moments are {row.rose:.1f} dB above the noise floor; {WITHIN:g} are heard."
        yield _row(found, "silence", row.item, "", row.rose, why)


def _of_microphones(found):
    for row in found.microphones.itertuples():
        own = found.corpus.table.iloc[int(row.recording)]
        why = f"{row.deviation:.0f} robust standard deviations from the other nodes' sound."
        yield ("microphone", own.path, own.start, own.group, own.node, own.label, "",
               round(row.deviation, 4), why)  # fmt: skip


def _of_faults(found):
    for row in found.faults.itertuples():
        own = found.corpus.table.iloc[int(row.Index)]
        why = f"Channel {row.channel}: {row.why}."
        yield ("fault", own.path, own.start, own.group, own.node, own.label, row.cause,
               round(row.score, 4), why)  # fmt: skip


def of_gains(found: Audit) -> Iterator[tuple]:
    """Nodes whose gain changed from one session on, a row each."""
    for row in found.gains.itertuples():
        why = (
            f"From session {row.group} on, node {row.Index} is {abs(row.step):.1f} dB "
            f"{'louder' if row.step > 0 else 'quieter'} beside the other nodes than before, if "
            "sessions were recorded in the order of their numbers."
        )
        yield ("fault", "", "", row.group, row.Index, "", "gain", round(row.deviations, 4), why)


def _row(found, what, item, other, score, why):
    own = found.items.table.loc[item]
    return what, own.path, own.start, own.group, own.node, own.label, other, round(score, 4), why
