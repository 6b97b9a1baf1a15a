"""The listening test without a browser: what is shown, what is not told, what is kept.

The answers here are clicks of a test, into a temporary folder; no person has given them.
"""

import base64
import io
import re

import numpy as np
import pytest
import soundfile

from thesis_lib.listening import trial_answers, trial_results
from thesis_lib.listening.trial_answers import LEFT, NEITHER, RIGHT, UNDO
from thesis_lib.listening.trial_room import LOUDNESS, PEAK, TrialRoom, equally_loud, three_sounds
from thesis_lib.listening.trials import FIRST, design
from thesis_lib.util.errors import InputError

RATE = 16000
VECTORS = np.random.default_rng(0).normal(size=(24, 3))


def made(seed=0):
    keys = [f"secret/{number}.wav" for number in range(24)]
    label = ["class_a", "class_b"] * 12
    return design(VECTORS, label, np.arange(24) // 2, None, keys, each=4, repeated=0.25, seed=seed)


DESIGN = made()
COUNT = len(DESIGN.trials)


def wave(row):
    """A tone of its own for each sound, each as loud as its number."""
    return np.sin(2 * np.pi * (200 + 50 * row) * np.arange(RATE) / RATE) * (row + 1) / 50


@pytest.fixture
def room(tmp_path):
    return TrialRoom(DESIGN, wave, tmp_path / "test", "ann", least_s=0)


def kept(room):
    return room.answers().answer.tolist()


def heard(html):
    """The frequency of each sound that is shown, Hz, and how loud it is."""
    found = re.findall(r'aria-label="([^"]*)" src="data:audio/mpeg;base64,([^"]*)"', html)
    waves = [soundfile.read(io.BytesIO(base64.b64decode(data)))[0] for _, data in found]
    pitch = [np.abs(np.fft.rfft(one, 16 * RATE)).argmax() / 16 for one in waves]
    return [name for name, _ in found], pitch, [np.sqrt(np.mean(one**2)) for one in waves]


def test_the_three_sounds_are_those_of_the_design_and_equally_loud(room):
    names, pitch, loud = heard(room.view.value)
    row = DESIGN.trials.loc[0]
    rows = [row["query"], row.left, row.right]
    assert names == ["this sound", "left", "right"]
    assert pitch == pytest.approx([200 + 50 * one for one in rows], abs=2)
    assert loud == pytest.approx([LOUDNESS] * 3, rel=0.1)


def test_nothing_tells_which_is_the_neighbour(room):
    for _ in range(3):
        shown = re.sub(r'src="[^"]*"', "", room.view.value)
        told = shown + room.progress.value + room.said.value
        for word in ("secret", ".wav", "class_", "neighbour", "random", "distance", DESIGN.name):
            assert word not in told
        assert room.results.value == ""
        room.answer(LEFT)
    other = DESIGN._replace(trials=DESIGN.trials.assign(tested="left"))
    swapped = DESIGN._replace(trials=DESIGN.trials.assign(tested="right"))
    views = {TrialRoom(one, wave, room.folder / "x").view.value for one in (other, swapped)}
    assert len(views) == 1


def test_equally_loud_keeps_silence_and_never_clips():
    click, silence = np.zeros(RATE), np.zeros(RATE)
    click[8000:8010] = 0.01
    loud, soft, none = equally_loud([wave(3), click, silence])
    rms = [np.sqrt(np.mean(one**2)) for one in (loud, soft)]
    assert rms[0] == pytest.approx(rms[1], rel=1e-4) and rms[0] < LOUDNESS
    assert np.abs(soft).max() == pytest.approx(PEAK, rel=1e-4) and not none.any()
    assert not np.any(equally_loud([silence] * 3))
    first, left, right = three_sounds(DESIGN, 0, wave)
    assert first.dtype == np.float32 and len({len(one) for one in (first, left, right)}) == 1


def test_an_answer_is_on_the_disk_and_the_next_trial_is_shown(room):
    before = room.view.value
    room.buttons[RIGHT].click()
    (row,) = room.answers().to_dict("records")
    assert (row["who"], row["trial"], row["answer"]) == ("ann", 0, RIGHT)
    assert room.view.value != before and f"1 of {COUNT} trials" in room.progress.value
    assert f"{COUNT - 1} are left" in room.progress.value
    room.answer(NEITHER)
    room.answer(LEFT)
    assert "a minute" in room.progress.value


def test_a_key_answers_what_is_shown_and_nothing_that_is_not_yet(room):
    def press(key, shown):
        """As the script in the browser sends it."""
        room.pressed._handle_custom_msg({"pressed": room.pressed.answers[key], "shown": shown}, [])

    before = room.pressed.shown
    for key in "lrcu":
        press(key, room.pressed.shown)
    assert kept(room) == [LEFT, RIGHT, NEITHER, UNDO]
    press("l", before)  # of a trial that is gone meanwhile
    assert len(kept(room)) == 4


def test_undo_shows_the_trial_before_again_and_no_further_back_than_the_first(room):
    before = room.view.value
    room.answer(LEFT)
    room.buttons[UNDO].click()
    assert room.view.value == before and kept(room) == [LEFT, UNDO]
    room.answer(UNDO)
    assert "nothing to undo" in room.said.value and kept(room) == [LEFT, UNDO]


def test_begun_again_it_goes_on_and_another_listener_gets_the_same_trials(room):
    first = room.view.value
    for _ in range(3):
        room.answer(LEFT)
    again = TrialRoom(DESIGN, wave, room.folder, "ann", least_s=0)
    assert again.trial == 3 and again.view.value == room.view.value
    again.who.value = "bob"
    assert again.trial == 0 and again.view.value == first
    again.answer(RIGHT)
    again.ask.click()
    assert "ann and bob answered alike in 0 of 1 trials" in again.results.value
    assert "bootstrap over listeners and queries" in again.results.value


def test_results_come_after_the_last_trial_and_say_who_wins(room):
    for row in DESIGN.trials.itertuples():
        assert room.results.value == ""
        room.answer(row.tested if row.Index % 4 else NEITHER)
    assert room.trial is None and "All trials have an answer" in room.view.value
    assert room.buttons[LEFT].disabled and not room.buttons[UNDO].disabled
    page = room.results.value
    assert "a random sound of its class" in page and "Wilson" in page
    again = DESIGN.trials[DESIGN.trials.repeats != FIRST]
    assert f"of {len(again)} trials" in page and "1 person has answered" in page
    room.answer(UNDO)
    assert room.trial == COUNT - 1 and room.results.value == ""


def test_asked_for_early_they_warn_and_are_gone_with_the_next_answer(room):
    room.ask.click()
    assert trial_results.NOBODY in room.results.value and "%" not in room.results.value
    assert "who knows results may answer otherwise" in room.results.value
    room.answer(LEFT)
    assert room.results.value == ""


def test_a_second_click_is_no_answer_and_nobody_answers_without_a_name(tmp_path):
    room = TrialRoom(DESIGN, wave, tmp_path / "test", "ann", least_s=3600)
    room.answer(LEFT)
    assert "too soon" in room.said.value and room.answers().empty
    nobody = TrialRoom(DESIGN, wave, tmp_path / "test", least_s=0)
    nobody.answer(LEFT)
    nobody.answer(UNDO)
    assert "Type a name" in nobody.said.value and not list(tmp_path.iterdir())


def test_what_cannot_be_heard_is_passed_over_and_said(tmp_path):
    def moved(row):
        if row in DESIGN.trials.loc[1, ["query", "left"]].tolist():
            raise InputError(f"<b>{row}</b>.wav is not there; put it back.")
        return wave(row)

    room = TrialRoom(DESIGN, moved, tmp_path, "ann", least_s=0)
    while room.trial is not None:
        room.answer(LEFT)
    assert 1 in room.unheard and len(kept(room)) == COUNT - len(room.unheard)
    assert "No other trial can be heard" in room.view.value
    assert f"{len(room.unheard)} trials cannot be heard" in room.progress.value
    assert "&lt;b&gt;" in room.progress.value and "0 are left" in room.progress.value


def test_answers_to_another_test_stop_it_with_a_sentence(room, tmp_path):
    room.answer(LEFT)
    other = TrialRoom(made(seed=1), wave, room.folder, "ann", least_s=0)
    assert "answers another test" in other.view.value and other.buttons[LEFT].disabled
    other.answer(LEFT)
    other.answer(UNDO)
    other.ask.click()
    assert "answers another test" in other.results.value and kept(room) == [LEFT]
    (tmp_path / "file").write_text("")
    nowhere = TrialRoom(DESIGN, wave, tmp_path / "file", "ann", least_s=0)
    nowhere.answer(LEFT)
    assert "cannot be made" in nowhere.said.value and nowhere.trial == 0


def test_names_are_text_wherever_they_are_shown(room):
    room.who.value = "<b>$x$</b>"
    for _ in range(COUNT):
        room.answer(LEFT)
    assert "<b>$x$" not in room.results.value and "&lt;b&gt;" in room.results.value
    assert trial_answers.left_to_do(DESIGN, room.answers(), "ann")[0] == 0
    assert "How many trials" in trial_results.enough(DESIGN)
