"""The review: suspects one by one, each with its neighbours, and an answer that is kept at once.

`decisions` writes the answers down, `answers` has them in memory, `queue` says what comes next;
where a review is begun again, by the same name, it goes on with what has no answer.
See 09_listening_room.
"""

from __future__ import annotations

import time
from collections import deque
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets
import numpy as np

from thesis_lib.listening import decisions
from thesis_lib.listening.answers import Answers
from thesis_lib.listening.audit_page import NEAR, heard, recording
from thesis_lib.listening.audit_table import why_label
from thesis_lib.listening.decisions import BROKEN, KEEP, SILENT, SKIP, UNDO, WRONG
from thesis_lib.listening.keys import Keys
from thesis_lib.listening.players import table
from thesis_lib.listening.queue import DEFAULT, LEARNING, WORST, Queue
from thesis_lib.listening.widgets import LOOK
from thesis_lib.plots.style import nice
from thesis_lib.util.errors import InputError
from thesis_lib.util.text import as_html

if TYPE_CHECKING:
    from thesis_lib.pipeline.audit import Audit

HOW = ("dead", "stuck", "clipped", "intermittent", "crackling", "humming", "muffled", "too quiet",
       "other")  # fmt: skip
WORDS = {KEEP: "Keep", WRONG: "Wrong label", BROKEN: "Broken", SILENT: "Nothing to hear",
         SKIP: "Skip", UNDO: "Undo"}  # fmt: skip
KEYS = {"k": KEEP, "w": WRONG, "b": BROKEN, "n": SILENT, "s": SKIP, "u": UNDO}
ORDERS = [("most likely wrong, by the answers so far", LEARNING), ("worst first", WORST)]
LATELY = 20  # decisions whose pace is said


class ReviewRoom(widgets.VBox):
    """Decide of one suspect after the other; every answer is on the disk before the next is shown.

    Parameters
    ----------
    found : Audit
    folder : Path
        Where the decisions are kept, a file a reviewer.
    who : str
        The reviewer; a name can also be typed.
    seed : int
        Of what is drawn blindly.

    Attributes
    ----------
    shown : (int, str) or None
        The row of `found.labels` that is shown, and why; None: all have an answer.
    """

    def __init__(self, found: Audit, folder: Path | str, who: str = "", seed: int = 0) -> None:
        self.found, self.folder = found, Path(folder)
        self.labels = found.labels.reset_index(drop=True)
        self.shown: tuple[int, str] | None = None
        if not len(self.labels):
            super().__init__([widgets.HTML("No label of this corpus can be judged.")])
            return
        own = found.items.table.loc[self.labels["item"]]
        self.items = dict(zip(zip(own.path, own.start.astype(float), strict=True),
                              range(len(own)), strict=True))  # fmt: skip
        score, label, other = (self.labels[name] for name in ("score", "label", "other"))
        self.queue = Queue(score, label, other, own.group, seed)
        self.answers, self.wrong = Answers(folder), np.full(len(own), np.nan)
        self.done, self._times = np.zeros(len(own), bool), deque[float](maxlen=LATELY + 1)
        self._build(who)
        self._listen()
        self._other_reviewer()

    def _build(self, who):
        self.who = widgets.Text(who, description="Reviewer", continuous_update=False, **LOOK)
        self.hidden = widgets.Checkbox(False, description="hide guess and pictures", **LOOK)
        self.order = _dropdown("Next item", ORDERS, DEFAULT)
        options = [("together, as the network hears them", False), ("each alone", True)]
        self.alone = _dropdown("Microphones", options, False)
        several = [self.alone] if self.found.corpus.table.channels.max() > 1 else []
        names = [(nice(label), label) for label in self.found.corpus.labels]
        self.right = widgets.Dropdown(options=names, description="Right label", **LOOK)
        self.how = widgets.Dropdown(options=HOW, description="How broken", **LOOK)
        self.buttons = {answer: _button(answer, key) for key, answer in KEYS.items()}
        self.view, self.progress, self.said = (widgets.HTML() for _ in range(3))
        self.pressed = Keys(answers=KEYS)
        above = [[self.who, self.hidden], [self.order, *several], [self.view]]
        below = [[self.right, self.how], self.buttons.values(), [self.said], [self.progress]]
        rows = [widgets.HBox(list(row), layout={"flex_flow": "row wrap"}) for row in above + below]
        super().__init__([*rows, self.pressed])
        self.add_class("listening")

    def _listen(self):
        for answer, button in self.buttons.items():
            button.on_click(lambda _, answer=answer: self.answer(answer))
        self.pressed.on_key(self.answer)
        self.who.observe(lambda _: self._other_reviewer(), "value")
        self.order.observe(lambda _: self.show(), "value")
        for widget in (self.hidden, self.alone):
            widget.observe(lambda _: self._draw(), "value")

    def answer(self, answer: str) -> None:
        """Keep an answer to what is shown, and show the next."""
        if not self.who.value.strip():
            self.said.value = "Who are you? Type a name first."
            return
        about = self._before() if answer == UNDO else self.shown
        if about is None:
            self.said.value = "There is nothing to undo." if answer == UNDO else ""
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            file = decisions.file_of(self.folder, self.who.value)
            decisions.append(file, **self._decision(answer, *about))
        except (InputError, OSError) as error:
            self.said.value = as_html(str(error))
            return
        self._times.append(time.monotonic())
        self.said.value = f"Kept: {WORDS[answer].lower()}."
        self.show(about if answer == UNDO else None)

    @property
    def _mine(self):
        return self.answers.of.get(self.who.value, decisions.Reviewer())

    def _before(self):
        """The item that was answered last, and why it was shown; None where nothing was."""
        if (last := self._mine.latest) is None or last not in self.items:
            return None
        return self.items[last], self._mine.last[last]["shown"]

    def _decision(self, answer, number, shown):
        row = self.labels.iloc[number]
        own = self.found.items.table.loc[row["item"]]
        detail = {WRONG: self.right.value, BROKEN: self.how.value}.get(answer, "")
        return {
            "who": self.who.value, "path": own.path, "start": float(own.start), "label": row.label,
            "answer": answer, "detail": detail, "shown": shown, "score": round(row.score, 4),
        }  # fmt: skip

    def _other_reviewer(self):
        self._read()
        self.done[:] = False
        self.done[[self.items[key] for key in self._mine.last if key in self.items]] = True
        self.show()

    def _read(self):
        """Take in what this reviewer and others have answered since the last time."""
        changed, mine = self.answers.update(), self._mine.last
        for key in changed & self.items.keys():
            said = self.answers.share_wrong(key)
            self.wrong[self.items[key]] = np.nan if said is None else said
            self.done[self.items[key]] = key in mine

    def show(self, item: tuple[int, str] | None = None) -> None:
        """Show an item, by default the next, and how far the review is."""
        self._read()
        self.shown = item or self.queue.next(self.done, self.wrong, self.order.value)
        self.progress.value = self._progress()
        for answer, button in self.buttons.items():
            button.disabled = self.shown is None and answer != UNDO
        if self.shown is not None:
            self.right.value = self.labels.other.iloc[self.shown[0]]
        self._draw()

    def _draw(self):
        if self.shown is None:
            self.view.value = "<b>All items have an answer.</b>"
        else:
            self.view.value = self._page(self.labels.iloc[self.shown[0]])
        self.pressed.shown += 1

    def _page(self, row):
        """The suspect on each node that heard it, maybe each microphone alone; its neighbours."""
        numbers = [int(one) for one in self.found.items.table.rows.loc[row["item"]]]
        rows = [["the suspect", *(recording(self.found, number) for number in numbers)]]
        if self.alone.value:
            rows += [self._microphones(number) for number in numbers]
        rows.append(["its nearest", *(heard(self.found, one) for one in row.neighbours[:NEAR])])
        wide = max(map(len, rows))
        rows = [[*line, *[""] * (wide - len(line))] for line in rows]
        guess = "" if self.hidden.value else as_html(why_label(row))
        caption = f"Is this <b>{as_html(nice(row.label))}</b>? {guess}"
        page = table([""] * wide, rows, caption)
        return page.replace("<img ", '<img style="display: none" ') if self.hidden.value else page

    def _microphones(self, number):
        own = self.found.corpus.table.iloc[number]
        alone = (recording(self.found, number, channel) for channel in range(own.channels))
        return [as_html(f"node {own.node}" if own.node else "each alone"), *alone]

    def _progress(self):
        count = len(self.labels)
        text = f"{int(self.done.sum())} of {count} items have an answer of yours{self._pace()}."
        rate, low, high = self.answers.error_rate()
        if not np.isnan(rate):
            least, most = self.answers.left(self.wrong)
            text += (
                f" Of those drawn blindly {100 * rate:.0f} % have a wrong label "
                f"({100 * low:.0f} to {100 * high:.0f} %): {least:.0f} to {most:.0f} may be left."
            )
        for one, other, items, same in self.answers.agreement():
            text += f" {one} and {other} agree in {100 * same:.0f} % of {items}."
        return as_html(text)

    def _pace(self):
        """How fast it goes: the median time between the last decisions, whatever breaks were."""
        if len(self._times) < 4:
            return ""
        apart = np.median([after - before for before, after in pairwise(self._times)])
        return f", about {60 / max(apart, 0.1):.0f} a minute"


def _dropdown(description, options, value):
    return widgets.Dropdown(options=options, value=value, description=description, **LOOK)


def _button(answer, key):
    words = WORDS[answer]
    return widgets.Button(description=f"{words} ({key})", tooltip=f"{words}, and the next")
