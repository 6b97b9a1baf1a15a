"""The report of an audit: one page that needs nothing else, and a CSV of everything beside it."""

from __future__ import annotations

import io
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from thesis_lib.analysis.findings import WHAT
from thesis_lib.audio import io as audio_io
from thesis_lib.listening.audit_table import listed, of_gains, of_sessions, why_label
from thesis_lib.listening.clips import RATE, join
from thesis_lib.listening.players import picture, player, table
from thesis_lib.plots import audit as plots
from thesis_lib.plots.listen import thumbnail
from thesis_lib.plots.style import nice
from thesis_lib.util.files import atomic
from thesis_lib.util.text import as_html

if TYPE_CHECKING:
    from thesis_lib.pipeline.audit import Audit

SECONDS = 2.0  # a shorter recording is repeated to this length
PLAYED = 6.0  # s of an item, from its middle
MOST = 25  # suspects of a kind that can be heard; the CSV has all
NEAR = 3  # neighbours beside a suspect

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{color-scheme: light dark}}
body {{font: 15px/1.5 system-ui, sans-serif; max-width: 1180px; margin: 2em auto; padding: 0 1em}}
h1 {{font-size: 1.6em}} h2 {{font-size: 1.2em; margin-top: 2em}}
.scroll {{overflow-x: auto}} .scroll th, .scroll td {{white-space: normal !important}}
.scroll tbody th {{font-weight: normal; min-width: 15em; max-width: 20em}}
.scroll .players audio {{width: 180px}} .scroll small {{display: block; max-width: 180px}}
.scroll td {{min-width: 190px; vertical-align: top !important}}
@media (max-width: 700px) {{.scroll thead {{display: none}}
  .scroll tr, .scroll td, .scroll tbody th {{display: block; max-width: none}}}}
figure {{margin: 1em 0}}
figure img {{max-width: 100%; background: white}} figcaption {{opacity: .8; font-size: 14px}}
</style></head><body>
{body}
</body></html>
"""


def write(found: Audit, out: Path) -> None:
    """Write the page and, beside it, a CSV with every finding.

    Parameters
    ----------
    found : Audit
    out : Path
        The page; the CSV is called the same.
    """
    text = PAGE.format(title=f"Audit of {as_html(found.corpus.name)}", body="\n".join(_body(found)))
    with atomic(out) as part:
        part.write_text(text, encoding="utf-8")
    with atomic(out.with_suffix(".csv")) as part:
        listed(found).to_csv(part, index=False, errors="surrogateescape")


def _body(found):
    """The parts of the page, from top to bottom: HTML."""
    yield f"<h1>Audit of {as_html(found.corpus.name)}</h1>"
    yield f"<p>{_summary(found)}</p>"
    caption = (
        "Every item that was judged, by how little its label fits; marked: what confident learning "
        "calls wrong."
    )
    yield _figure(plots.at_a_glance(found.items.table, found.labels), caption)
    for number, what in enumerate(WHAT):
        yield f"<h2>{WHAT[what]}</h2>"
        yield SECTIONS[number](found)
    if len(found.named):
        yield "<h2>The recordings that the thesis names</h2>"
        yield _named_section(found)
    if len(found.labels):
        yield "<h2>Which classes are taken for which</h2>"
        caption = "Of each class (a row) the share of its items that fit each class best."
        yield _figure(plots.taken_for(found.labels), caption)
    yield "<h2>What was checked, and what could not be</h2>"
    yield _checked(found)


def _summary(found):
    count = len(found.labels)
    wrong = int(found.labels.called_wrong.sum()) if count else 0
    told = (
        f"<b>{wrong} of {count} labels</b> that could be judged are called wrong by confident "
        f"learning ({100 * found.share_called_wrong:.1f} %)"
    )
    more = {
        "Silence": f"{len(found.silences)} item(s) with nothing to hear",
        "Microphones": f"{len(found.microphones)} recording(s) with an odd microphone",
        "Faults": f"{len(found.faults)} with signs of a fault",
    }
    parts = [told if count else "No label could be judged"]
    parts += [words for what, words in more.items() if not _why_not(found, what)]
    note = f" ({as_html(found.corpus.note)})" if found.corpus.note else ""
    return f"{'; '.join(parts)}.{note} These are suspicions: listen, then decide."


def _why_not(found, what):
    """The sentence on why something was not checked; "" where it was."""
    return next((one for one in found.not_checked if one.startswith(what)), "")


HOW = (
    "A classifier that has not heard the item's session, song or source is asked what it hears "
    "here, and so are the item's nearest neighbours: the less both agree with the label, the more "
    "suspect it is. Confident learning (Northcutt et al., 2021) calls a label wrong where another "
    "class is surer than that class usually is; where classes are hard to tell apart it does so of "
    "right labels, too. Beside each suspect are the items that sound nearest to it: listen "
    "whether it belongs to them."
)


def _labels_section(found):
    if not len(found.labels):
        return f"<p>None could be judged. {as_html(_why_not(found, 'Labels'))}</p>"
    suspects = found.labels[(found.labels.score > 0.5) | found.labels.called_wrong]
    rows = []
    for row in suspects.head(MOST).itertuples():
        near = [heard(found, one) for one in row.neighbours[:NEAR]]
        near += [""] * (NEAR - len(near))
        mark = " Confident learning calls it wrong." if row.called_wrong else ""
        words = f"<b>{as_html(nice(row.label))}</b>, or {as_html(nice(row.other))}?"
        words += f"<br><small>{as_html(why_label(row) + mark)}</small>"
        rows.append([words, heard(found, row.item), *near])
    columns = ["label", "the suspect", "what sounds nearest", *[""] * (NEAR - 1)]
    return f"<p>{HOW}</p>{_table(columns, rows, len(suspects))}"


def _sessions_section(found):
    rows = [[as_html(row[3]), as_html(nice(row[5])), as_html(nice(row[6])), f"{row[7]:.2f}"]
            for row in of_sessions(found)]  # fmt: skip
    return _table(["session or song", "label", "fits better", "score"], rows)


def _copies_section(found):
    rows = [[heard(found, row.item), heard(found, row.other_item), f"{row.cosine:.3f}"]
            for row in found.copies.head(MOST).itertuples()]  # fmt: skip
    return _table(["one", "the other", "cosine"], rows, len(found.copies))


def _silences_section(found):
    if why := _why_not(found, "Silence"):
        return f"<p>Not checked. {as_html(why)}</p>"
    rows = [[heard(found, row.item), f"{row.rose:.1f} dB"]
            for row in found.silences.head(MOST).itertuples()]  # fmt: skip
    return _table(["item", "above the noise floor"], rows, len(found.silences))


def _microphones_section(found):
    if why := _why_not(found, "Microphones"):
        return f"<p>Not checked. {as_html(why)}</p>"
    rows = []
    for row in found.microphones.head(MOST).itertuples():
        number = int(row.recording)
        rows.append([recording(found, number), f"{row.deviation:.0f}"])
    columns = ["recording", "robust standard deviations from the other nodes"]
    return _table(columns, rows, len(found.microphones))


def _faults_section(found):
    if why := _why_not(found, "Faults"):
        return f"<p>Not checked. {as_html(why)}</p>"
    rows = []
    for row in found.faults.head(MOST).itertuples():
        words = f"<b>{as_html(row.cause)}</b>, channel {row.channel}"
        sound = recording(found, int(row.Index), int(row.channel))
        rows.append([words, sound, as_html(row.why), f"{row.score:.1f}"])
    columns = ["cause", "the channel", "why", "score"]
    nodes = "".join(f"<p>{as_html(why)}</p>" for *_, why in of_gains(found))
    return nodes + _table(columns, rows, len(found.faults))


def _named_section(found):
    rows = []
    for row in found.named.itertuples():
        count = len(found.labels)
        label = "not judged" if pd.isna(row.rank) else f"{row.rank:.0f} of {count}, {row.score:.2f}"
        off = f"{_told(row.deviation)}, rank {_told(row.off_rank)}"
        sound, rose = recording(found, int(row.recording)), _told(row.rose, " dB")
        rows.append([as_html(row.name), sound, as_html(row.thesis), label, rose, off])
    columns = ["recording", "listen", "the thesis", "its label: rank, score",
               "above the noise floor", "deviation from the other nodes"]  # fmt: skip
    return _table(columns, rows)


def _told(value, unit=""):
    return f"{value:.1f}{unit}" if np.isfinite(value) else "not judged"


SECTIONS = (
    _labels_section, _sessions_section, _copies_section, _silences_section, _microphones_section,
    _faults_section,
)  # fmt: skip


def _table(columns, rows, count=0):
    if not rows:
        return "<p>None.</p>"
    more = (
        f"the first {len(rows)} of {count}; the CSV beside this page has them, and every other item"
        if count > len(rows)
        else ""
    )
    return f'<div class="scroll">{table(columns, rows, more)}</div>'


def _checked(found):
    recordings = found.corpus.table
    done = [
        f"{len(recordings)} recordings, {recordings.duration.sum() / 3600:.1f} h, of "
        f"{len(found.corpus.labels)} classes in {recordings.group.nunique()} sessions, songs or "
        f"sources; vectors by {found.model}.",
        f"{len(found.labels)} labels: would a classifier give them that has not heard the session, "
        "song or source?",
    ]
    left = [*found.not_checked, *found.corpus.left_out]
    lines = [f"<li>{as_html(one)}</li>" for one in done]
    lines += [f"<li>Not checked. {as_html(one)}</li>" for one in left]
    return f"<ul>{''.join(lines)}</ul>"


def heard(found: Audit, item: int) -> str:
    """An item as picture, player and name; the first node that heard it."""
    return recording(found, int(found.items.table.rows.loc[item][0]))


def recording(found: Audit, number: int, channel: int | None = None) -> str:
    """A recording of an audit's corpus as picture, player and name: HTML; maybe of one channel."""
    row, store = found.corpus.table.iloc[number], found.store
    held = min(PLAYED, row.duration)
    start = row.start + (row.duration - held) / 2
    which = row.channel if channel is None else channel
    wave = audio_io.read(found.corpus.path(row), RATE, which, start, held)
    if channel is None:
        rate = store.features.frame_rate
        first = round((start - row.start) * rate)
        levels = store.spectrogram(number)[first : first + round(held * rate)]
    else:
        levels = found.spectrogram(wave)
    low, high = (store.meta["mean"] + k * store.meta["std"] for k in (-2, 3))
    name = f"{nice(row.label)}: {found.corpus.names[row.path]}"
    name += f", session {row.group}, node {row.node}" if row.node else ""
    name += "" if channel is None else f", microphone {channel + 1}"
    shown = picture(thumbnail(levels, low, high), name)
    return f"{shown}{player(join([wave]), RATE, name)}<small>{as_html(name)}</small>"


def _figure(figure: Figure, caption: str) -> str:
    """A picture in the page itself."""
    file = io.BytesIO()
    figure.savefig(file, format="png", dpi=110)
    data = b64encode(file.getvalue()).decode()
    source = f"data:image/png;base64,{data}"
    words = as_html(caption)
    return f'<figure><img alt="{words}" src="{source}"><figcaption>{words}</figcaption></figure>'
