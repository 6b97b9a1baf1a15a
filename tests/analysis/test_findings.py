"""What an audit reports: moments, silence, copies and odd microphones, on corpora made by hand."""

import numpy as np
import pandas as pd
import pytest

from thesis_lib.analysis import findings
from thesis_lib.analysis.findings import Items


def home(sessions=12, positions=3, nodes="123", seed=0):
    """Recordings of a home with three classes, each moment on every node, and their vectors."""
    rng = np.random.default_rng(seed)
    rows = [
        {"path": f"{node}_{session}_{position}.wav", "start": 0.0, "duration": 10.0,
         "label": "abc"[session % 3], "group": f"s{session}", "node": node, "position": position}
        for session in range(sessions) for position in range(positions) for node in nodes
    ]  # fmt: skip
    table = pd.DataFrame(rows)
    truth = table.label.map({"a": 0, "b": 1, "c": 2}).to_numpy()
    where = table.node.astype(int).to_numpy()
    vectors = 5 * np.eye(3)[truth] @ rng.normal(size=(3, 12)) + np.eye(3)[where - 1] @ rng.normal(
        size=(3, 12)
    )
    return table, (vectors + 0.3 * rng.normal(size=vectors.shape)).astype(np.float32)


def test_the_item_of_a_home_is_the_moment_and_its_vector_the_mean_of_the_nodes():
    table, vectors = home()
    found = findings.items(table, vectors)
    assert len(found.table) == 12 * 3
    for row, vector in zip(found.table.itertuples(), found.vectors, strict=True):
        same = (table.group == row.group) & (table.position == row.position)
        assert sorted(row.rows) == np.flatnonzero(same).tolist()
        np.testing.assert_allclose(vector, vectors[same].mean(axis=0), rtol=1e-5)


def test_recordings_without_a_node_are_items_of_their_own():
    table, vectors = home(nodes="1")
    table = table.assign(node="", position=0)
    found = findings.items(table, vectors)
    assert [rows.tolist() for rows in found.table.rows] == [[i] for i in range(len(table))]


def test_a_wrong_label_comes_first_with_what_it_is_taken_for():
    table, vectors = home()
    moment = (table.group == "s4") & (table.position == 1)
    table.loc[moment, "label"] = "c"  # of class b
    labels, sessions = findings.wrong_labels(findings.items(table, vectors))
    first = labels.iloc[0]
    assert (first.label, first.other) == ("c", "b") and first.called_wrong
    assert (first.agree, first.asked) == (0, 6) and labels.agree.max() == 6
    assert first.score > 0.5 and labels.called_wrong.sum() == 1
    assert not set(findings.items(table, vectors).table.group[list(first.neighbours)]) & {"s4"}
    assert "s4" not in set(sessions.group[sessions.score > 0.5])  # two of three fit


def test_silence_is_reported_under_an_activity_alone():
    table, vectors = home()
    quiet = (table.position == 2) & table.group.isin(["s0", "s1"])  # of classes a and b
    levels = np.where(quiet, -60.0, -30.0) + 10 * table.node.astype(int)  # each node its own floor
    found = findings.items(table, vectors)
    silent = findings.silences(found, findings.rises(table, levels, found), quiet="a")
    assert found.table.group[silent.item].tolist() == ["s1"]
    unlabelled = found._replace(table=found.table.assign(label=""))
    assert findings.silences(unlabelled, findings.rises(table, levels, found), quiet="a").empty
    assert (silent.rose <= findings.WITHIN).all()


def test_copies_under_two_labels_are_one_pair_and_copies_under_one_label_none():
    table, vectors = home(nodes="1")
    vectors = np.random.default_rng(1).normal(size=(len(table), 40)).astype(np.float32)
    first = {name: table.index[table.group == name][0] for name in ("s0", "s1", "s2", "s3")}
    vectors[first["s1"]] = vectors[first["s0"]]  # a and b
    vectors[first["s3"]] = vectors[first["s0"]] * 0 + vectors[table.index[table.group == "s6"][0]]
    found = findings.copies(findings.items(table, vectors))  # s3 and s6: both a
    assert found[["item", "other_item"]].to_numpy().tolist() == [[first["s0"], first["s1"]]]
    assert found.cosine[0] == pytest.approx(1, abs=1e-4)


def test_the_microphone_that_hears_something_else_is_found_and_a_single_node_has_none():
    table, vectors = home(sessions=20)
    broken = table.index[(table.group == "s5") & (table.position == 0) & (table.node == "2")][0]
    vectors[broken] += 20
    found = findings.odd_microphones(findings.deviations(table, vectors))
    assert found.recording[0] == broken and found.deviation[0] > findings.ODD
    alone = table.node == "1"
    off = findings.deviations(table[alone], vectors[alone])
    assert np.isnan(off).all() and findings.odd_microphones(off).empty


def test_what_the_thesis_names_is_looked_up_with_its_ranks():
    table, vectors = home(sessions=20)
    silent, broken = (table.index[(table.group == s) & (table.node == n)][0]
                      for s, n in (("s4", "3"), ("s5", "2")))  # fmt: skip
    names = list(findings.THESIS)
    table.loc[silent, "path"], table.loc[broken, "path"] = (
        f"audio/{names[0]}.wav",
        f"{names[1]}.wav",
    )
    vectors[broken] += 20
    found = findings.items(table, vectors)
    levels = np.where((table.group == "s4") & (table.position == 0), -60.0, -30.0)
    rose, off = findings.rises(table, levels, found), findings.deviations(table, vectors)
    labels, _ = findings.wrong_labels(found)
    rows = findings.named_by_the_thesis(table, found, labels, rose, off).set_index("name")
    assert rows.recording.tolist() == [silent, broken]
    assert rows.rose.tolist() == [-30, 0] and rows.off_rank[names[1]] == 1
    item = labels["item"].iloc[int(rows["rank"].iloc[0]) - 1]
    assert silent in found.table.rows[item]
    other = table.assign(path="x.wav")
    assert findings.named_by_the_thesis(other, found, labels, rose, off).empty


def test_items_are_kept_by_name():
    table, vectors = home()
    found = findings.items(table, vectors)
    assert isinstance(found, Items) and found.vectors.dtype == np.float32
