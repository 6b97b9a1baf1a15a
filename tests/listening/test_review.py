"""The review without a browser: what is shown, what is kept, and how it goes on."""

from base64 import b64encode
from itertools import product

import numpy as np
import pandas as pd
import pytest
import soundfile

from thesis_lib.corpus import Corpus
from thesis_lib.listening import decisions
from thesis_lib.listening.decisions import BROKEN, KEEP, SKIP, UNDO, WRONG
from thesis_lib.listening.review import KEYS, ReviewRoom
from thesis_lib.pipeline import store_builder
from thesis_lib.pipeline.audit import judge, of_run
from thesis_lib.plots.listen import thumbnail
from thesis_lib.recipe import SMALL_HOME
from thesis_lib.spectrogram import log_mel


@pytest.fixture(scope="module")
def found(tiny_run):
    return of_run(tiny_run, "untrained")


@pytest.fixture
def room(found, tmp_path):
    return ReviewRoom(found, tmp_path / "review", "ann")


def kept(room):
    return decisions.read(room.folder)


def number(room):
    """The row of the item that is shown."""
    return room.shown[0]


def test_the_most_suspect_comes_first_with_its_neighbours(room, found):
    first = found.labels.iloc[number(room)]
    assert room.shown == (next(n for n in range(9) if n not in room.queue.blind), "suspect")
    assert found.items.table.path.loc[first["item"]].split("/")[-1].split(".")[0] in room.view.value
    assert room.view.value.count("<audio") == 1 + 3 and room.right.value == first.other


def test_an_answer_is_on_the_disk_and_the_next_is_shown(room, found):
    before, first = room.view.value, found.labels.iloc[number(room)]
    room.buttons[WRONG].click()
    (row,) = kept(room).to_dict("records")
    assert (row["who"], row["answer"], row["shown"]) == ("ann", WRONG, "suspect")
    assert (row["detail"], row["label"]) == (first.other, first.label)
    assert room.view.value != before and "1 of" in room.progress.value


def test_a_key_answers_what_is_shown_and_nothing_that_is_not_yet(room):
    shown = room.pressed.shown
    for count, (key, answer) in enumerate(KEYS.items(), 1):
        press(room, room.pressed.answers[key], room.pressed.shown)
        assert room.pressed.answers[key] == answer == kept(room).answer.iloc[-1]
        assert len(kept(room)) == count
    press(room, KEEP, shown)  # of an item that is gone meanwhile
    assert len(kept(room)) == len(KEYS)


def press(room, answer, shown):
    """As the script in the browser sends it."""
    room.pressed._handle_custom_msg({"pressed": answer, "shown": shown}, [])


def test_how_it_is_broken_is_kept_and_what_is_skipped_is_not_asked_again(room):
    first = number(room)
    room.how.value = "humming"
    room.answer(BROKEN)
    second = number(room)
    room.answer(SKIP)
    assert kept(room).detail.tolist() == ["humming", ""]
    assert len({first, second, number(room)}) == 3 and room.done.sum() == 2
    assert len(decisions.standing(kept(room))) == 1


def test_undo_shows_the_one_before_again(room):
    before, first = room.view.value, room.shown
    room.answer(KEEP)
    room.answer(WRONG)
    second = kept(room).path.iloc[1]
    room.buttons[UNDO].click()
    assert kept(room).path.iloc[2] == second  # what is undone is written down, too
    room.buttons[UNDO].click()
    assert room.view.value == before and room.shown == first and not room.done.any()
    assert kept(room).answer.tolist() == [KEEP, WRONG, UNDO, UNDO]  # nothing is taken back
    room.buttons[UNDO].click()
    assert "nothing to undo" in room.said.value and len(kept(room)) == 4


def test_begun_again_it_goes_on_and_another_reviewer_begins_at_the_front(room, found):
    first = number(room)
    for _ in range(3):
        room.answer(KEEP)
    again = ReviewRoom(found, room.folder, "ann")
    assert again.shown == room.shown and again.view.value == room.view.value
    again.who.value = "bob"
    assert number(again) == first
    again.answer(WRONG)
    again.who.value = "ann"
    assert again.shown is not None and again.done.sum() == 3
    assert "agree in 0 % of 1" in again.progress.value


def test_what_another_writes_meanwhile_is_seen_at_the_next_click(room, found):
    other = ReviewRoom(found, room.folder, "bob")
    for _ in range(2):
        other.answer(WRONG)
    room.answer(WRONG)
    assert "ann and bob agree in 100 % of 1" in room.progress.value
    assert room.done.sum() == 1 and np.nansum(room.wrong) == 2
    other.answer(UNDO)
    room.answer(WRONG)
    assert np.nansum(room.wrong) == 2


def test_nothing_is_read_twice(room, monkeypatch):
    """However much was answered: a click reads only what was added."""
    for _ in range(4):
        room.answer(KEEP)
    sizes, parsed = [], decisions.parsed
    monkeypatch.setattr(
        decisions, "parsed", lambda content, *more, **named: sizes.append(len(content))
        or parsed(content, *more, **named),
    )  # fmt: skip
    before = decisions.file_of(room.folder, "ann").stat().st_size
    room.answer(KEEP)
    assert sizes == [decisions.file_of(room.folder, "ann").stat().st_size - before]


def test_the_pace_is_that_of_the_last_decisions(room, monkeypatch):
    now = iter([0, 10, 20, 1000, 1010, 1020])
    monkeypatch.setattr("thesis_lib.listening.review.time.monotonic", lambda: next(now))
    for _ in range(6):
        room.answer(SKIP)
    assert "about 6 a minute" in room.progress.value  # a long break does not count


def test_nobody_decides_without_a_name(found, tmp_path):
    room = ReviewRoom(found, tmp_path)
    room.answer(KEEP)
    assert "Type a name" in room.said.value and not list(tmp_path.iterdir())


def test_guess_and_pictures_can_be_hidden(room):
    assert "A classifier that" in room.view.value
    room.hidden.value = True
    assert "A classifier that" not in room.view.value
    assert room.view.value.count('<img style="display: none"') == room.view.value.count("<img")
    assert "<audio" in room.view.value


def test_at_the_end_it_says_so_and_the_last_can_be_undone(room, found):
    for _ in range(len(found.labels)):
        last = room.shown
        room.answer(KEEP)
    assert room.shown is None and "All items have an answer" in room.view.value
    assert room.buttons[KEEP].disabled and not room.buttons[UNDO].disabled
    assert "drawn blindly 0 % have a wrong label" in room.progress.value
    assert "0 to 0 may be left" in room.progress.value
    room.buttons[UNDO].click()
    assert room.shown == last and sorted(room.queue.blind) == sorted(
        number for key, number in room.items.items()
        if room.answers.of["ann"].last.get(key, {}).get("shown", last[1]) == "blind"
    )  # fmt: skip


def test_where_no_label_can_be_judged_it_says_so(tiny_run, tmp_path):
    alone = tiny_run.corpus.table.assign(label="hum")
    corpus = type(tiny_run.corpus)("one class", tiny_run.corpus.root, alone)
    found = judge(corpus, tiny_run.store, np.eye(len(alone)), "", "nothing")
    room = ReviewRoom(found, tmp_path)
    assert "can be judged" in room.children[0].value


def test_each_microphone_of_an_array_can_be_heard_alone(tmp_path):
    """Two nodes with two microphones: pictures are those of what is heard."""
    found = of_array(tmp_path)
    room = ReviewRoom(found, tmp_path / "review", "ann")
    assert room.view.value.count("<audio") == 2 + 3
    room.alone.value = True
    assert room.view.value.count("<audio") == 2 + 2 * 2 + 3
    own = found.items.table.loc[found.labels["item"].iloc[number(room)]]
    for place in own.rows:
        row = found.corpus.table.iloc[place]
        for channel in (0, 1):
            wave, rate = soundfile.read(found.corpus.path(row), dtype="float32")
            levels = log_mel(wave[:, channel], found.store.features).numpy()
            low, high = (found.store.meta["mean"] + k * found.store.meta["std"] for k in (-2, 3))
            picture = b64encode(thumbnail(levels, low, high)).decode()
            assert picture in room.view.value
            assert f"node {row.node}, microphone {channel + 1}" in room.view.value
    mono = ReviewRoom(of_array(tmp_path / "mono", 1), tmp_path)
    assert not any(mono.alone in row.children for row in mono.children[:-1])
    assert any(room.alone in row.children for row in room.children[:-1])


def of_array(folder, microphones=2):
    """The audit of 8 moments of 2 classes, on two nodes."""
    folder.mkdir(exist_ok=True)
    rows, rng = [], np.random.default_rng(0)
    for number, node in product(range(8), "12"):
        wave = rng.normal(0, 0.1, (16000 * 2, microphones)) * np.linspace(1, 0.2, microphones)
        path = f"{node}_{number}.wav"
        soundfile.write(folder / path, wave, 16000)
        label = "ab"[number % 2]
        rows.append((path, 0.0, 2.0, 16000, microphones, -1, label, f"s{number}", node, 0, "train"))
    columns = "path start duration sample_rate channels channel label group node position split"
    table = pd.DataFrame(rows, columns=columns.split()).assign(known=True, name="")
    corpus = Corpus("array", folder, table)
    store = store_builder.build(corpus, SMALL_HOME.features, folder / "store", progress=False)
    return judge(corpus, store, rng.normal(size=(16, 3)), "", "noise")
