"""Decisions of reviewers: nothing is lost, nothing is changed, and what follows from them."""

import os
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score

from thesis_lib.listening import decisions
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


@pytest.mark.parametrize("count", [0, 1, 9, 10, 57])
def test_the_queue_holds_each_item_once_and_every_tenth_is_blind(count):
    score = np.random.default_rng(0).random(count)
    found = decisions.queue(score)
    assert sorted(found["item"]) == list(range(count))
    assert (found.shown == BLIND).sum() == count // 10
    assert (found.shown[9::10] == BLIND).all()
    own = found["item"][found.shown == "suspect"]
    assert (np.diff(score[own]) <= 0).all()


def test_blind_items_are_drawn_evenly():
    counts = np.zeros(30)
    for seed in range(2000):
        found = decisions.queue(np.arange(30.0), seed)
        counts[found["item"][found.shown == BLIND]] += 1
    assert counts.min() > 140 and counts.max() < 260  # 200 each; six standard deviations are 80


def corpus():
    rows = [(f"{n}_{p}.wav", 0.0, "a", "s1", n, p) for p in (0, 1) for n in "12"]
    rows += [("song.mp3", 0.0, "b", "song", "", 0), ("song2.mp3", 0.0, "b", "song2", "", 0)]
    return pd.DataFrame(rows, columns=["path", "start", "label", "group", "node", "position"])


def test_corrections_reach_all_nodes_of_a_moment_and_leave_the_table_as_it_was(tmp_path):
    decide(tmp_path, "ann", "1_0.wav", WRONG, "c")
    decide(tmp_path, "ann", "song.mp3", KEEP, label="b")
    decide(tmp_path, "bob", "song2.mp3", BROKEN, label="b")
    table = corpus()
    found = decisions.corrected(table, decisions.read(tmp_path), tmp_path)
    assert found.label.tolist() == ["c", "c", "a", "a", "b", "b"]
    assert table.equals(corpus())


@pytest.mark.parametrize(
    "said, sentence",
    [
        ([("ann", "nowhere.wav", WRONG, "c", "a")], "corrects nowhere.wav, which is not in this"),
        ([("ann", "1_0.wav", WRONG, "c", "x")], "as 'x', but its label is 'a'"),
        ([("ann", "1_0.wav", WRONG, "c", "a"), ("bob", "1_0.wav", KEEP, "", "a")],
         r"different labels of 1_0.wav \(ann: c, bob: a\)"),
    ],
)  # fmt: skip
def test_corrections_that_cannot_be_meant_are_refused(tmp_path, said, sentence):
    for who, path, answer, detail, label in said:
        decide(tmp_path, who, path, answer, detail, label)
    with pytest.raises(InputError, match=sentence):
        decisions.corrected(corpus(), decisions.read(tmp_path), tmp_path)


def test_what_is_no_list_of_decisions_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("path,label\nx,y\n")
    with pytest.raises(InputError, match=r"other.csv is no list of decisions"):
        decisions.read(tmp_path / "other.csv")
    with pytest.raises(InputError, match="does not exist"):
        decisions.read(tmp_path / "nowhere.csv")
    assert decisions.read(tmp_path).empty
