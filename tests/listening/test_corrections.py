"""What follows from decisions for a corpus: labels, what is left out, and what is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thesis_lib.corpus import Corpus
from thesis_lib.listening import corrections, decisions
from thesis_lib.listening.decisions import BROKEN, KEEP, SILENT, SKIP, WRONG
from thesis_lib.pipeline.corrections import reviewed, with_labels
from thesis_lib.util.errors import InputError


def decide(folder, who, path, answer, detail="", label="a"):
    decisions.append(
        decisions.file_of(folder, who), who=who, path=path, start=0.0, label=label, answer=answer,
        detail=detail, shown="suspect", score=0.5,
    )  # fmt: skip


def table():
    rows = [(f"{n}_{p}.wav", 0.0, "a", "s1", n, p) for p in (0, 1) for n in "12"]
    rows += [("song.mp3", 0.0, "b", "song", "", 0), ("song2.mp3", 0.0, "b", "song2", "", 0)]
    return pd.DataFrame(rows, columns=["path", "start", "label", "group", "node", "position"])


def corpus():
    return Corpus("some", Path("somewhere"), table())


def test_corrections_reach_all_nodes_of_a_moment_and_leave_the_table_as_it_was(tmp_path):
    decide(tmp_path, "ann", "1_0.wav", WRONG, "c")
    decide(tmp_path, "ann", "song.mp3", KEEP, label="b")
    decide(tmp_path, "bob", "song2.mp3", BROKEN, label="b")
    before = table()
    found = corrections.corrected(before, decisions.read(tmp_path), tmp_path)
    assert found.label.tolist() == ["c", "c", "a", "a", "b", "b"]
    assert before.equals(table()) and found.drop(columns="label").equals(
        before.drop(columns="label")
    )


def test_what_is_broken_or_silent_is_left_out_on_all_nodes_and_it_is_said(tmp_path):
    decide(tmp_path, "ann", "2_1.wav", SILENT)
    decide(tmp_path, "ann", "song.mp3", BROKEN, "humming", label="b")
    decide(tmp_path, "bob", "song.mp3", SILENT, label="b")  # no contradiction: out, by both
    decide(tmp_path, "ann", "1_0.wav", WRONG, "c")
    decide(tmp_path, "ann", "song2.mp3", SKIP, label="b")
    out = corrections.unusable(table(), decisions.read(tmp_path), tmp_path)
    assert out.tolist() == [False, False, True, True, True, False]
    found, before = reviewed(corpus(), tmp_path), corpus()
    assert found.table.path.tolist() == ["1_0.wav", "2_0.wav", "song2.mp3"]
    assert found.table.label.tolist() == ["c", "c", "b"]
    changed, *left_out = found.left_out
    assert "2 recording(s) have the label that reviewers gave" in changed
    assert len(left_out) == 3 and "song.mp3 is left out: broken, or nothing" in left_out[-1]
    assert with_labels(before, tmp_path).table.label.tolist() == ["c", "c", "a", "a", "b", "b"]
    assert reviewed(before, "") is before and with_labels(before, "") is before


def test_a_label_that_was_corrected_before_can_be_kept_in_a_second_review(tmp_path):
    decide(tmp_path, "ann", "song.mp3", WRONG, "c", label="b")
    decide(tmp_path, "ann", "song.mp3", KEEP, label="c")  # on the corrected corpus
    found = corrections.corrected(table(), decisions.read(tmp_path), tmp_path)
    assert found.label.tolist() == ["a"] * 4 + ["c", "b"]


@pytest.mark.parametrize(
    "said, sentence",
    [
        ([("ann", "nowhere.wav", WRONG, "c", "a")], "corrects nowhere.wav, which is not in this"),
        ([("ann", "1_0.wav", WRONG, "c", "x")], "as 'x', but its label is 'a'"),
        ([("ann", "1_0.wav", WRONG, "c", "a"), ("bob", "1_0.wav", KEEP, "", "a")],
         r"opposite decisions on 1_0.wav \(ann: c, bob: a\)"),
        ([("ann", "1_0.wav", WRONG, "c", "a"), ("bob", "2_0.wav", WRONG, "d", "a")],
         r"opposite decisions on 2_0.wav \(ann: c, bob: d\)"),
        ([("ann", "1_0.wav", KEEP, "", "a"), ("bob", "1_0.wav", BROKEN, "dead", "a")],
         r"opposite decisions on 1_0.wav \(ann: a, bob: broken\)"),
    ],
)  # fmt: skip
def test_corrections_that_cannot_be_meant_are_refused(tmp_path, said, sentence):
    for who, path, answer, detail, label in said:
        decide(tmp_path, who, path, answer, detail, label)
    for use in (with_labels, reviewed):
        with pytest.raises(InputError, match=sentence):
            use(corpus(), tmp_path)


def test_many_corrections_of_many_recordings(tmp_path):
    """As a plain loop over the decisions would have it."""
    rng = np.random.default_rng(0)
    rows = [(f"{n}.wav", float(s), "a", f"g{n}", "", 0) for n in range(40) for s in (0, 10.5)]
    many = pd.DataFrame(rows, columns=["path", "start", "label", "group", "node", "position"])
    wanted = many.label.tolist()
    for number in rng.choice(len(many), 30, replace=False):
        label = rng.choice(list("bcd"))
        decisions.append(
            decisions.file_of(tmp_path, "ann"), who="ann", path=many.path[number],
            start=many.start[number], label="a", answer=WRONG, detail=label, shown="blind",
        )  # fmt: skip
        wanted[number] = label
    found = corrections.corrected(many, decisions.read(tmp_path), tmp_path)
    assert found.label.tolist() == wanted
