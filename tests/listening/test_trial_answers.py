"""Answers of listeners: nothing is lost, and none is taken for an answer to another trial."""

import numpy as np
import pandas as pd
import pytest

from thesis_lib.listening import trial_answers
from thesis_lib.listening.trial_answers import LEFT, NEITHER, RIGHT, UNDO
from thesis_lib.listening.trials import FIRST, design
from thesis_lib.util.errors import InputError

VECTORS = np.random.default_rng(0).normal(size=(30, 3))
KEYS = [f'odd, "{number}".wav' for number in range(30)]


def made(seed=0):
    label, group = ["a", "b"] * 15, np.arange(30) // 3
    return design(VECTORS, label, group, keys=KEYS, each=8, repeated=0.25, seed=seed)


DESIGN = made()


def give(folder, who, trial, answer):
    trial_answers.append(folder, DESIGN, who, trial, answer)


def test_an_answer_is_a_line_that_can_be_read_alone(tmp_path):
    give(tmp_path / "new", "ann", 3, RIGHT)
    row = DESIGN.trials.loc[3]
    (line,) = pd.read_csv(tmp_path / "new" / "answers_ann.csv").to_dict("records")
    assert line["design"] == DESIGN.name and line["answer"] == RIGHT and line["trial"] == 3
    for side in ("query", "left", "right"):
        assert line[side] == KEYS[row[side]]
    assert (line["tested"], line["comparison"]) == (row.tested, row.comparison)
    (again,) = trial_answers.read(tmp_path / "new", DESIGN).to_dict("records")
    assert (again["who"], again["trial"], again["answer"]) == ("ann", 3, RIGHT)
    with pytest.raises(InputError, match="'both' is no answer"):
        give(tmp_path, "ann", 0, "both")


def test_what_was_cut_off_is_asked_again_and_all_else_is_there(tmp_path):
    for trial in range(3):
        give(tmp_path, "ann", trial, LEFT)
    path = trial_answers.file_of(tmp_path, "ann")
    path.write_bytes(path.read_bytes()[:-3])  # "le"
    assert trial_answers.left_to_do(DESIGN, trial_answers.read(tmp_path, DESIGN), "ann")[0] == 2
    give(tmp_path, "ann", 2, NEITHER)
    found = trial_answers.read(tmp_path, DESIGN)
    assert found.answer.tolist() == [LEFT, LEFT, NEITHER]
    path.write_bytes(b"")  # killed as it began
    assert trial_answers.read(tmp_path, DESIGN).empty
    give(tmp_path, "ann", 0, LEFT)
    assert len(trial_answers.read(tmp_path, DESIGN)) == 1


def test_the_last_answer_stands_and_undo_takes_each_listener_s_own_back(tmp_path):
    for who, trial, answer in [
        ("ann", 0, LEFT), ("bob", 0, RIGHT), ("ann", 1, LEFT), ("ann", 1, UNDO),
        ("ann", 1, RIGHT), ("bob", 0, UNDO), ("bob", 0, UNDO), ("ann", 0, NEITHER),
    ]:  # fmt: skip
        give(tmp_path, who, trial, answer)
    found = trial_answers.standing(trial_answers.read(tmp_path, DESIGN))
    rows = sorted(zip(found.who, found.trial, found.answer, strict=True))
    assert rows == [("ann", 0, NEITHER), ("ann", 1, RIGHT)]


def test_a_win_is_the_neighbour_s_side_and_repetitions_are_turned_back(tmp_path):
    trials = DESIGN.trials
    again = trials.index[trials.repeats != FIRST][0]
    first = trials.repeats[again]
    side = trials.tested[first]
    give(tmp_path, "ann", first, side)
    give(tmp_path, "ann", again, side)  # now the other sound is there
    give(tmp_path, "bob", first, NEITHER)
    found = trial_answers.scored(trial_answers.read(tmp_path, DESIGN)).set_index(["who", "trial"])
    assert found.win.to_dict() == {("ann", first): 1, ("ann", again): 0, ("bob", first): 0.5}
    assert found.chosen["ann", first] == side != found.chosen["ann", again]
    assert found.chosen["bob", first] == NEITHER and found.repeats["ann", again] == first


def test_answers_to_another_test_are_refused_and_stay(tmp_path):
    give(tmp_path, "ann", 0, LEFT)
    path = trial_answers.file_of(tmp_path, "ann")
    before = path.read_bytes()
    other = made(seed=1)
    with pytest.raises(InputError, match=rf"ann.csv answers another test \({DESIGN.name}, not"):
        trial_answers.read(tmp_path, other)
    assert path.read_bytes() == before
    path.write_text(before.decode().replace(",0,-1,", ",99,-1,"))
    with pytest.raises(InputError, match="answers trial '99'"):
        trial_answers.read(tmp_path, DESIGN)
    path.write_text("path,label\nx,y\n")
    with pytest.raises(InputError, match="ann.csv is no list of answers"):
        trial_answers.read(tmp_path, DESIGN)


@pytest.mark.parametrize(
    "who",
    ['Zoë "Z" O\'Hara, jun.', "../../etc", "=1+1", "李", "a\nb", "x" * 500, "<b>$x$</b>", "!"],
)
def test_any_name_is_a_name_and_has_a_file_in_the_folder(tmp_path, who):
    give(tmp_path, who, 0, LEFT)
    give(tmp_path, f" {who} ", 1, LEFT)
    (path,) = tmp_path.iterdir()
    assert path.name.isascii() and len(path.name) < 100
    found = trial_answers.read(tmp_path, DESIGN)
    assert found.who.nunique() == 1 and found.who[0] == trial_answers.listener(who)
    assert trial_answers.left_to_do(DESIGN, found, who)[0] == 2


def test_without_a_name_or_a_place_nothing_is_kept(tmp_path):
    with pytest.raises(InputError, match="Type a name"):
        give(tmp_path, " \t", 0, LEFT)
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be made"):
        give(tmp_path / "file", "ann", 0, LEFT)
    assert trial_answers.read(tmp_path / "nowhere", DESIGN).empty
    assert trial_answers.scored(trial_answers.read(tmp_path, DESIGN)).empty
