"""The review: suspects one by one, each with its neighbours, and an answer that is kept at once.

`decisions` writes the answers down; where a review is begun again, by the same name, it goes on
with the first suspect that has none. See 09_listening_room.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import ipywidgets as widgets
import numpy as np

from thesis_lib.listening import decisions
from thesis_lib.listening.audit_page import NEAR, heard, recording
from thesis_lib.listening.audit_table import why_label
from thesis_lib.listening.decisions import ANSWERS, BROKEN, KEEP, SILENT, SKIP, UNDO, WRONG
from thesis_lib.listening.players import table
from thesis_lib.listening.widgets import KEYS_ARE_OURS, LOOK
from thesis_lib.plots.style import nice
from thesis_lib.util.errors import InputError
from thesis_lib.util.text import as_html

if TYPE_CHECKING:
    from thesis_lib.pipeline.audit import Audit

HOW = ("dead", "stuck", "clipped", "intermittent", "crackling", "humming", "muffled", "too quiet",
       "other")  # fmt: skip
WORDS = {KEEP: "Keep", WRONG: "Wrong label", BROKEN: "Broken", SILENT: "Nothing to hear",
         SKIP: "Skip", UNDO: "Undo"}  # fmt: skip


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
    """

    def __init__(self, found: Audit, folder: Path | str, who: str = "", seed: int = 0) -> None:
        self.found, self.folder = found, Path(folder)
        self.labels = found.labels.reset_index(drop=True)
        score = self.labels.score.to_numpy() if len(self.labels) else np.zeros(0)
        self.queue = decisions.queue(score, seed)
        self.who = widgets.Text(who, description="Reviewer", continuous_update=False, **LOOK)
        self.hidden = widgets.Checkbox(False, description="hide guess and pictures", **LOOK)
        names = [(nice(label), label) for label in found.corpus.labels]
        self.right = widgets.Dropdown(options=names, description="Right label", **LOOK)
        self.how = widgets.Dropdown(options=HOW, description="How broken", **LOOK)
        self.buttons = {answer: _button(answer) for answer in ANSWERS}
        self.view, self.progress, self.said = (widgets.HTML() for _ in range(3))
        if not len(self.labels):
            super().__init__([widgets.HTML("No label of this corpus can be judged.")])
            return
        row = widgets.HBox(list(self.buttons.values()), layout={"flex_flow": "row wrap"})
        first = widgets.HBox([self.who, self.hidden], layout={"flex_flow": "row wrap"})
        second = widgets.HBox([self.right, self.how], layout={"flex_flow": "row wrap"})
        keys = widgets.HTML(KEYS_ARE_OURS)
        super().__init__([first, self.view, second, row, self.said, self.progress, keys])
        self.add_class("listening")
        self.began, self.given = time.monotonic(), 0
        for answer, button in self.buttons.items():
            button.on_click(lambda _, answer=answer: self.answer(answer))
        self.who.observe(lambda _: self.show(), "value")
        self.hidden.observe(lambda _: self.show(), "value")
        self.show()

    @property
    def mine(self) -> list[tuple[str, float]]:
        """What this reviewer has answered or skipped: path and start of each item."""
        if not self.folder.is_dir():
            return []
        own = decisions.read(self.folder).query("who == @self.who.value")
        last = decisions.standing(own.assign(answer=own.answer.replace(SKIP, KEEP)))
        return list(zip(last.path, last.start, strict=True))

    @property
    def place(self) -> int | None:
        """The place in the queue of the first item without an answer; None: all have one."""
        mine, items = set(self.mine), self.found.items.table
        for place, row in enumerate(self.labels.iloc[self.queue["item"]].itertuples()):
            own = items.loc[row.item]
            if (own.path, float(own.start)) not in mine:
                return place
        return None

    def answer(self, answer: str) -> None:
        """Keep an answer to what is shown, and show the next."""
        if not self.who.value.strip():
            self.said.value = "Who are you? Type a name first."
            return
        place = self.place
        if place is None and answer != UNDO:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            decisions.append(self._file, **self._decision(answer, place))
        except (InputError, OSError) as error:
            self.said.value = as_html(str(error))
            return
        self.given += 1
        self.said.value = f"Kept: {WORDS[answer].lower()}."
        self.show()

    @property
    def _file(self):
        return decisions.file_of(self.folder, self.who.value)

    def _decision(self, answer, place):
        row = self.labels.iloc[self.queue["item"].iloc[place if place is not None else -1]]
        own = self.found.items.table.loc[row["item"]]
        detail = {WRONG: self.right.value, BROKEN: self.how.value}.get(answer, "")
        shown = self.queue.shown.iloc[place if place is not None else -1]
        return {
            "who": self.who.value, "path": own.path, "start": float(own.start), "label": row.label,
            "answer": answer, "detail": detail, "shown": shown, "score": round(row.score, 4),
        }  # fmt: skip

    def show(self) -> None:
        """Draw the first item without an answer again, and how far the review is."""
        place = self.place
        self.progress.value = self._progress()
        for answer, button in self.buttons.items():
            button.disabled = place is None and answer != UNDO
        if place is None:
            self.view.value = "<b>All items have an answer.</b>"
            return
        row = self.labels.iloc[self.queue["item"].iloc[place]]
        self.right.value = row.other
        self.view.value = self._page(row)

    def _page(self, row):
        """The suspect on each node that heard it, and its neighbours."""
        own = self.found.items.table.loc[row["item"]]
        nodes = [recording(self.found, int(number)) for number in own.rows]
        near = [heard(self.found, item) for item in row.neighbours[:NEAR]]
        guess = "" if self.hidden.value else as_html(why_label(row))
        rows = [["the suspect", *nodes], ["its nearest", *near]]
        wide = max(map(len, rows))
        rows = [[*line, *[""] * (wide - len(line))] for line in rows]
        caption = f"Is this <b>{as_html(nice(row.label))}</b>? {guess}"
        page = table([""] * wide, rows, caption)
        return page.replace("<img ", '<img style="display: none" ') if self.hidden.value else page

    def _progress(self):
        count, mine = len(self.labels), len(self.mine)
        minutes = max((time.monotonic() - self.began) / 60, 1e-9)
        speed = f"{self.given / minutes:.0f} a minute" if self.given > 2 else ""
        text = f"{mine} of {count} items have an answer of yours. {speed}"
        if self.folder.is_dir():
            said = decisions.read(self.folder)
            share, low, high = decisions.error_rate(said)
            if not np.isnan(share):
                left = count - len(decisions.standing(said).drop_duplicates(decisions.ITEM))
                text += (
                    f" Of those drawn blindly {100 * share:.0f} % have a wrong label "
                    f"({100 * low:.0f} to {100 * high:.0f} %): {low * left:.0f} to "
                    f"{high * left:.0f} may be left."
                )
            for row in decisions.agreement(said).itertuples():
                text += (
                    f" {row.one} and {row.other} agree in {100 * row.same:.0f} % of {row.items}."
                )
        return as_html(text)


def _button(answer):
    return widgets.Button(description=WORDS[answer], tooltip=f"{WORDS[answer]}, and the next")
