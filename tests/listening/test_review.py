"""The review without a browser: what is shown, what is kept, and how it goes on."""

import numpy as np
import pytest

from thesis_lib.listening import decisions
from thesis_lib.listening.decisions import BROKEN, KEEP, SKIP, UNDO, WRONG
from thesis_lib.listening.review import ReviewRoom
from thesis_lib.pipeline.audit import judge, of_run


@pytest.fixture(scope="module")
def found(tiny_run):
    return of_run(tiny_run, "untrained")


@pytest.fixture
def room(found, tmp_path):
    return ReviewRoom(found, tmp_path / "review", "ann")


def kept(room):
    return decisions.read(room.folder)


def test_the_most_suspect_comes_first_with_its_neighbours(room, found):
    first = found.labels.iloc[0]
    assert found.items.table.path.loc[first["item"]].split("/")[-1].split(".")[0] in room.view.value
    assert room.view.value.count("<audio") == 1 + 3 and room.right.value == first.other


def test_an_answer_is_on_the_disk_and_the_next_is_shown(room, found):
    before = room.view.value
    room.buttons[WRONG].click()
    (row,) = kept(room).to_dict("records")
    assert (row["who"], row["answer"], row["shown"]) == ("ann", WRONG, "suspect")
    assert (
        row["detail"] == found.labels.other.iloc[0] and row["label"] == found.labels.label.iloc[0]
    )
    assert room.view.value != before and "1 of" in room.progress.value


def test_how_it_is_broken_is_kept_and_what_is_skipped_is_not_asked_again(room):
    room.how.value = "humming"
    room.answer(BROKEN)
    room.answer(SKIP)
    assert kept(room).detail.tolist() == ["humming", ""] and room.place == 2
    assert len(decisions.standing(kept(room))) == 1


def test_undo_shows_the_one_before_again(room):
    before = room.view.value
    room.answer(KEEP)
    room.buttons[UNDO].click()
    assert room.view.value == before and room.place == 0
    assert kept(room).answer.tolist() == [KEEP, UNDO]  # nothing is taken back from the file


def test_begun_again_it_goes_on_and_another_reviewer_begins_at_the_front(room, found):
    for _ in range(3):
        room.answer(KEEP)
    again = ReviewRoom(found, room.folder, "ann")
    assert again.place == 3 and again.view.value == room.view.value
    again.who.value = "bob"
    assert again.place == 0
    again.answer(WRONG)
    again.who.value = "ann"
    assert again.place == 3 and "agree in 0 % of 1" in again.progress.value


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
        room.answer(KEEP)
    assert room.place is None and "All items have an answer" in room.view.value
    assert room.buttons[KEEP].disabled and not room.buttons[UNDO].disabled
    assert "drawn blindly 0 % have a wrong label" in room.progress.value
    room.buttons[UNDO].click()
    assert room.place == len(found.labels) - 1


def test_where_no_label_can_be_judged_it_says_so(tiny_run, tmp_path):
    alone = tiny_run.corpus.table.assign(label="hum")
    corpus = type(tiny_run.corpus)("one class", tiny_run.corpus.root, alone)
    found = judge(corpus, tiny_run.store, np.eye(len(alone)), "", "nothing")
    room = ReviewRoom(found, tmp_path)
    assert "can be judged" in room.children[0].value
