"""The listening test: three sounds, and which of the last two is more like the first.

Nothing tells which is the neighbour: the sounds are in the page itself, without names, equally loud
and in the order in which the design has them. An answer is on the disk before the next trial is
shown; where a test is begun again, by the same name, it goes on. See 09_listening_room.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pandas as pd

from thesis_lib.listening import trial_answers, trial_results
from thesis_lib.listening.clips import RATE, join
from thesis_lib.listening.keys import Keys
from thesis_lib.listening.players import player, table
from thesis_lib.listening.trial_answers import LEFT, NEITHER, RIGHT, UNDO
from thesis_lib.listening.trials import Design
from thesis_lib.listening.widgets import LOOK
from thesis_lib.util.errors import InputError, in_short
from thesis_lib.util.text import as_html

LOUDNESS = 0.05  # root mean square of full scale: -26 dB
PEAK = 0.9  # of full scale, which no sound goes past
LEAST = 1.0  # s a trial is shown before an answer counts: nobody hears three sounds in less
WORDS = {LEFT: "Left", RIGHT: "Right", NEITHER: "Cannot tell", UNDO: "Undo"}
KEYS = {"l": LEFT, "r": RIGHT, "c": NEITHER, "u": UNDO}
QUESTION = "Which of the two is more like the first?"


def equally_loud(waves: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Sounds of one root mean square, faded in and out; silence stays silent (09_listening_room).

    Parameters
    ----------
    waves : list of float arrays

    Returns
    -------
    list of float32 arrays
        Of -26 dB of full scale; all the softer where one would go past it.
    """
    waves = [join([wave]) if np.any(wave) else np.asarray(wave, np.float32) for wave in waves]
    rms = [float(np.sqrt(np.mean(np.square(wave)))) for wave in waves]
    waves = [wave * np.float32(LOUDNESS / max(one, 1e-9)) for wave, one in
             zip(waves, rms, strict=True)]  # fmt: skip
    highest = max(float(np.abs(wave).max()) for wave in waves)
    return [wave * np.float32(min(1.0, PEAK / max(highest, 1e-9))) for wave in waves]


def three_sounds(design: Design, trial: int, wave: Callable[[int], np.ndarray]) -> list[np.ndarray]:
    """The sounds of a trial: query, left, right, equally loud (09_listening_room).

    Parameters
    ----------
    design : Design
    trial : int
    wave : function
        Of a row to its waveform at 16 kHz, for instance `Collection.sound`.
    """
    row = design.trials.iloc[trial]
    return equally_loud([wave(int(row[side])) for side in ("query", LEFT, RIGHT)])


class TrialRoom(widgets.VBox):
    """Answer one trial after the other; results come after the last, or when they are asked for.

    Parameters
    ----------
    design : Design
    wave : function
        See `three_sounds`.
    folder : Path
        Where the answers are kept, a file a listener.
    who : str
        The listener; a name can also be typed.
    least_s : float
        An answer sooner than this after a trial is shown does not count: a second click.
    """

    def __init__(
        self,
        design: Design,
        wave: Callable[[int], np.ndarray],
        folder: Path | str,
        who: str = "",
        least_s: float = LEAST,
    ) -> None:
        self.design, self.wave, self.folder, self.least_s = design, wave, Path(folder), least_s
        self.unheard: dict[int, str] = {}  # trials whose sounds cannot be read, and why
        self.trial: int | None = None  # the one that is shown
        self.began, self.given, self.shown_at = time.monotonic(), 0, 0.0
        self.who = widgets.Text(who, description="Listener", continuous_update=False, **LOOK)
        self.buttons = {answer: _button(f"{WORDS[answer]} ({key})") for key, answer in KEYS.items()}
        self.pressed = Keys(answers=KEYS)
        self.ask = _button("Show the results")
        self.view, self.said, self.progress, self.results = (widgets.HTML() for _ in range(4))
        row = widgets.HBox(list(self.buttons.values()), layout={"flex_flow": "row wrap"})
        told = [self.said, self.progress, self.ask, self.results]
        super().__init__([self.who, self.view, row, *told, self.pressed])
        self.add_class("listening")
        for answer, button in self.buttons.items():
            button.on_click(lambda _, answer=answer: self.answer(answer))
        self.pressed.on_key(self.answer)
        self.ask.on_click(lambda _: self.show_results())
        self.who.observe(self._other_listener, "value")
        self.show()

    def answers(self) -> pd.DataFrame:
        """What all listeners have answered so far, read from the disk."""
        return trial_answers.read(self.folder, self.design)

    def answer(self, answer: str) -> None:
        """Keep an answer to what is shown, and show the next trial."""
        if (self.trial is None or self._too_soon()) and answer != UNDO:
            return
        try:
            trial = self.trial if answer != UNDO else self._last()
            if trial is not None:
                trial_answers.append(self.folder, self.design, self.who.value, trial, answer)
        except InputError as error:
            self.said.value = as_html(str(error))
            return
        self.given += answer != UNDO
        self.said.value = "There is nothing to undo." if trial is None else (
            f"Kept: {WORDS[answer].lower()}.")  # fmt: skip
        self.show()

    def _too_soon(self):
        if soon := time.monotonic() - self.shown_at < self.least_s:
            self.said.value = "Not kept: that was too soon to have heard the sounds."
        return soon

    def _last(self):
        """The trial that this listener answered last; None: there is none."""
        who = trial_answers.listener(self.who.value)
        standing = trial_answers.standing(self.answers())
        own = standing.trial[standing.who == who]
        return None if own.empty else int(own.iloc[-1])

    def _other_listener(self, _):
        self.said.value = self.results.value = ""
        self.began, self.given = time.monotonic(), 0
        self.show()

    def show(self) -> None:
        """Draw the first trial without an answer, and how far the test is."""
        try:
            answers = self.answers()
        except InputError as error:
            self.trial, self.view.value = None, as_html(str(error))
            self._able(False)
            return
        left = trial_answers.left_to_do(self.design, answers, self.who.value)
        self.trial, self.results.value = self._draw_first(left), ""
        self._able(self.trial is not None)
        self.progress.value = as_html(self._progress(left))
        if self.trial is None:
            told = "No other trial can be heard." if self.unheard else "All trials have an answer."
            self.view.value = f"<b>{told} Thank you.</b>"
            self.show_results()
        self.shown_at = time.monotonic()
        self.pressed.shown += 1  # a key that was pressed before does not count

    def _draw_first(self, left):
        """Show the first of some trials that can be heard: its number, None: there is none."""
        for trial in left:
            if trial in self.unheard:
                continue
            try:
                waves = three_sounds(self.design, trial, self.wave)
            except (InputError, OSError) as error:
                self.unheard[trial] = str(error)
                continue
            names = ["this sound", "left", "right"]
            cells = [player(wave, RATE, name) for wave, name in zip(waves, names, strict=True)]
            self.view.value = table(["", *names], [["", *cells]], f"<b>{QUESTION}</b>")
            return trial
        return None

    def show_results(self) -> None:
        """What has been answered so far, by all listeners; gone with the next answer."""
        try:
            page = trial_results.page(self.answers(), self.design)
        except InputError as error:
            page = as_html(str(error))
        early = "<p>Trials are left: who knows results may answer otherwise.</p>"
        self.results.value = page if self.trial is None else page + early

    def _able(self, able):
        for answer, button in self.buttons.items():
            button.disabled = not able and answer != UNDO

    def _progress(self, left):
        heard = len([trial for trial in left if trial not in self.unheard])
        count = len(self.design.trials)
        text = f"{count - len(left)} of {count} trials have an answer of yours, {heard} are left."
        if self.given > 2:
            rate = self.given * 60 / max(time.monotonic() - self.began, 1e-9)
            text += f" {rate:.1f} a minute: about {heard / rate:.0f} minutes more."
        if self.unheard:
            faults = in_short(list(self.unheard.values()))
            text += f" {len(self.unheard)} trials cannot be heard and are not asked: {faults}"
        return text


def _button(words):
    return widgets.Button(description=words, tooltip=words)
