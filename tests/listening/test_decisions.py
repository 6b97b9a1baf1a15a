"""Decisions of reviewers: nothing is lost, nothing is changed, and what follows from them."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from thesis_lib.listening import decisions
from thesis_lib.listening.answers import Answers
from thesis_lib.listening.decisions import BLIND, BROKEN, KEEP, SKIP, UNDO, WRONG
from thesis_lib.util.errors import InputError


def decide(folder, who, path, answer, detail="", label="a", shown="suspect", start=0.0):
    decisions.append(
        decisions.file_of(folder, who), who=who, path=path, start=start, label=label,
        answer=answer, detail=detail, shown=shown, score=0.5,
    )  # fmt: skip


def test_a_decision_is_a_line_and_is_read_back_as_it_was_given(tmp_path):
    decide(tmp_path, "Ann, O'Hara", 'odd, "names"/x.wav', WRONG, "b\u00e9", start=10.5)
    (row,) = decisions.read(tmp_path).to_dict("records")
    assert (row["who"], row["path"], row["start"]) == ("Ann, O'Hara", 'odd, "names"/x.wav', 10.5)
    assert (row["answer"], row["detail"], row["score"]) == (WRONG, "b\u00e9", 0.5)
    with pytest.raises(InputError, match="'perhaps' is no answer"):
        decide(tmp_path, "Ann", "x.wav", "perhaps")


def test_killed_in_the_middle_of_a_line_all_others_are_there(tmp_path):
    for number in range(3):
        decide(tmp_path, "ann", f"{number}.wav", KEEP)
    path = decisions.file_of(tmp_path, "ann")
    path.write_bytes(path.read_bytes()[:-20])  # the last line is cut off
    assert decisions.read(path).path.tolist() == ["0.wav", "1.wav"]
    decide(tmp_path, "ann", "3.wav", WRONG, "b")
    assert decisions.read(path).path.tolist() == ["0.wav", "1.wav", "3.wav"]


def test_what_was_decided_before_a_kill_is_on_the_disk(tmp_path):
    code = (
        "import sys, time\nfrom thesis_lib.listening import decisions\nn = 0\nwhile True:\n"
        "    decisions.append(sys.argv[1], who='ann', path=f'{n}.wav', start=0, answer='keep')\n"
        "    n += 1\n    print(n, flush=True)"
    )
    path = tmp_path / "decisions_ann.csv"
    process = subprocess.Popen(
        [sys.executable, "-c", code, path], stdout=subprocess.PIPE, text=True
    )
    said = [process.stdout.readline() for _ in range(20)]
    os.kill(process.pid, signal.SIGKILL)
    rest = process.communicate()[0].split()
    told = int(rest[-1] if rest else said[-1])
    found = decisions.read(path).path.tolist()
    assert len(found) >= told and found == [f"{n}.wav" for n in range(len(found))]


def test_the_last_answer_stands_and_undo_gives_back_the_one_before(tmp_path):
    decide(tmp_path, "ann", "x", KEEP)
    decide(tmp_path, "ann", "x", WRONG, "b")
    decide(tmp_path, "ann", "y", BROKEN)
    decide(tmp_path, "ann", "y", UNDO)
    decide(tmp_path, "bob", "x", SKIP)
    table = decisions.standing(decisions.read(tmp_path))
    assert table[["who", "path", "answer"]].to_numpy().tolist() == [["ann", "x", WRONG]]
    decide(tmp_path, "ann", "x", UNDO)
    table = decisions.standing(decisions.read(tmp_path))
    assert table[["path", "answer"]].to_numpy().tolist() == [["x", KEEP]]


def test_agreement_is_cohens_kappa_of_what_both_answered(tmp_path):
    said = {"ann": "kkwwk", "bob": "kwwwk"}
    for who, answers in said.items():
        for number, one in enumerate(answers):
            decide(tmp_path, who, str(number), {"k": KEEP, "w": WRONG}[one], "b" * (one == "w"))
    decide(tmp_path, "bob", "alone", KEEP)
    (row,) = decisions.agreement(decisions.read(tmp_path)).itertuples()
    assert (row.one, row.other, row.items, row.same) == ("ann", "bob", 5, 0.8)
    assert row.kappa == pytest.approx(cohen_kappa_score(*map(list, said.values())))


def test_the_error_rate_is_of_blind_items_alone(tmp_path):
    """Wilson's interval of 2 in 10, after his formula: 0.0567 to 0.5098."""
    for number in range(10):
        decide(tmp_path, "ann", f"b{number}", WRONG if number < 2 else KEEP, shown=BLIND)
    for number in range(5):
        decide(tmp_path, "ann", f"s{number}", WRONG, "b")
    found = decisions.error_rate(decisions.read(tmp_path))
    assert found == pytest.approx((0.2, 0.0567, 0.5098), abs=1e-4)
    share, low, high = decisions.error_rate(decisions.read(tmp_path).query("shown == 'suspect'"))
    assert np.isnan(share) and (low, high) == (0, 1)


def test_an_item_that_several_heard_counts_once_in_the_error_rate(tmp_path):
    """Ten items, two of them wrong, as half or more of those who heard them say."""
    for number in range(10):
        decide(tmp_path, "ann", f"b{number}", WRONG if number < 2 else KEEP, shown=BLIND)
        decide(tmp_path, "bob", f"b{number}", WRONG if number == 0 else KEEP, shown=BLIND)
    found = decisions.error_rate(decisions.read(tmp_path))
    assert found == pytest.approx((0.2, 0.0567, 0.5098), abs=1e-4)
    assert Answers(tmp_path).error_rate()[2] == 1  # nothing read yet
    answers = Answers(tmp_path)
    answers.update()
    assert answers.error_rate() == pytest.approx(found)


def test_what_others_add_is_read_and_nothing_twice(tmp_path):
    answers = Answers(tmp_path / "review")
    assert answers.update() == set()
    answers.folder.mkdir()
    decide(answers.folder, "ann", "x", WRONG, "b")
    assert answers.update() == {("x", 0.0)} and answers.update() == set()
    decide(answers.folder, "bob", "x", KEEP)
    decide(answers.folder, "bob", "y", SKIP)
    assert answers.update() == {("x", 0.0), ("y", 0.0)}
    assert answers.share_wrong(("x", 0.0)) == 0.5 and answers.share_wrong(("y", 0.0)) is None
    decide(answers.folder, "bob", "y", UNDO)
    decide(answers.folder, "bob", "x", UNDO)
    answers.update()
    assert answers.share_wrong(("x", 0.0)) == 1 and not answers.of["bob"].last
    (row,) = decisions.standing(decisions.read(answers.folder)).itertuples()
    assert (row.who, row.path) == ("ann", "x")


def test_a_decision_that_is_half_written_waits_and_a_shorter_file_is_read_again(tmp_path):
    answers = Answers(tmp_path)
    decide(tmp_path, "ann", "x", KEEP)
    path = decisions.file_of(tmp_path, "ann")
    whole = path.read_bytes()
    path.write_bytes(whole[:-9])
    assert answers.update() == set()
    path.write_bytes(whole)
    assert answers.update() == {("x", 0.0)}
    decide(tmp_path, "ann", "y", KEEP)
    answers.update()
    path.write_bytes(whole)  # as it was
    assert answers.update() == {("x", 0.0), ("y", 0.0)}
    assert list(answers.of["ann"].last) == [("x", 0.0)]
    path.unlink()
    assert answers.update() == {("x", 0.0)} and not answers.of


def test_how_many_are_left_takes_off_what_is_found(tmp_path):
    """Of 100 items 2 in 10 drawn blindly are wrong: 5.67 to 50.98, of which 3 are found."""
    for number in range(10):
        decide(tmp_path, "ann", f"{number}", WRONG if number < 2 else KEEP, shown=BLIND)
    decide(tmp_path, "ann", "10", WRONG, "b")
    answers = Answers(tmp_path)
    answers.update()
    wrong = np.array([1, 1, *[0] * 8, 1, *[np.nan] * 89])
    assert answers.left(wrong) == pytest.approx((2.67, 47.98), abs=0.01)
    assert answers.left(wrong[:11]) == (0, 0)  # all are heard


def test_agreement_in_memory_is_that_of_the_table(tmp_path):
    for number, (ann, bob) in enumerate(
        [(KEEP, KEEP), (WRONG, WRONG), (WRONG, KEEP), (SKIP, KEEP)]
    ):
        decide(tmp_path, "ann", str(number), ann)
        decide(tmp_path, "bob", str(number), bob)
    answers = Answers(tmp_path)
    answers.update()
    (row,) = decisions.agreement(decisions.read(tmp_path)).itertuples()
    assert list(answers.agreement()) == [("ann", "bob", 3, pytest.approx(2 / 3))]
    assert (row.items, row.same) == (3, pytest.approx(2 / 3))


def test_what_is_no_list_of_decisions_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("path,label\nx,y\n")
    with pytest.raises(InputError, match=r"other.csv is no list of decisions"):
        decisions.read(tmp_path / "other.csv")
    with pytest.raises(InputError, match="does not exist"):
        decisions.read(tmp_path / "nowhere.csv")
    assert decisions.read(tmp_path).empty
