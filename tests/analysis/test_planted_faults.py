"""What was planted is read and scored, on a corpus of which all is known."""

import numpy as np
import pandas as pd
import pytest

from thesis_lib.analysis import planted_faults
from thesis_lib.analysis.neighbours import nearest
from thesis_lib.analysis.segments import by_moment, by_recording
from thesis_lib.corpus import Corpus
from thesis_lib.util.errors import InputError

SESSIONS, NODES, TILES = 8, ("1", "2", "3"), 2
RULES = {"suspect": 0.5, "silent_share": 0.5, "deviation": 3.5}


@pytest.fixture
def corpus(tmp_path):
    """Sessions of one segment: even ones are `a`, odd ones `quiet`; three things are planted."""
    rows = [
        {"path": f"dev/{session}_{node}.wav", "group": f"s{session}", "node": node,
         "label": "quiet" if session % 2 else "a"}
        for session in range(SESSIONS) for node in NODES
    ]  # fmt: skip
    table = pd.DataFrame(rows).assign(position=1)
    wrong = table[table.group == "s0"].assign(planted="wrong_label", detail="", heard="quiet")
    broken = table[table.path == "dev/4_2.wav"].assign(
        planted="microphone", detail="hum", heard="a"
    )
    pd.concat([wrong, broken]).to_csv(tmp_path / "truth.csv", index=False)
    silent = (table.group == "s2").astype(int)
    table.assign(sounding=1.0 - silent, silent=silent).to_csv(tmp_path / "activity.csv")
    return Corpus("toy", tmp_path, table)


def audited(corpus):
    """Vectors as a perfect network would give them, and what an audit finds in them."""
    tiles = corpus.table.loc[corpus.table.index.repeat(TILES)]
    tiles = tiles.rename_axis("recording").reset_index()
    tiles["start"] = np.tile(np.arange(TILES, dtype=float), len(corpus.table))
    calm = (tiles.label == "quiet") | tiles.group.isin(["s0", "s2"])
    vectors = np.random.default_rng(0).normal(size=(len(tiles), 4)) * 0.1
    vectors[:, 0] += 5 * calm
    vectors[tiles.group == "s2", 0] -= 1  # nearly as calm
    vectors[tiles.path == "dev/4_2.wav", 1] += 9
    indices, distances = nearest(vectors, 5, tiles.group)
    return by_moment(tiles, indices), by_recording(tiles, vectors, indices, distances, "quiet")


def test_planted_has_a_row_a_recording(corpus):
    known = planted_faults.planted(corpus)
    assert len(known) == len(corpus.table)
    assert known.wrong.tolist() == (corpus.table.group == "s0").tolist()
    assert known.heard[known.wrong].eq("quiet").all()
    assert known.fault[known.path == "dev/4_2.wav"].tolist() == ["hum"]
    assert (known.fault != "").sum() == 1
    assert known.silent.sum() == len(NODES)


def test_without_a_truth_there_is_none(corpus):
    (corpus.root / "truth.csv").unlink()
    assert planted_faults.planted(corpus) is None


def test_a_list_that_does_not_fit_is_named(corpus):
    (corpus.root / "activity.csv").write_text("path,sounding,silent\n")
    with pytest.raises(InputError, match=r"activity.csv does not list dev/0_1.wav"):
        planted_faults.planted(corpus)
    (corpus.root / "activity.csv").write_text("path,silent\n")
    with pytest.raises(InputError, match="no column 'sounding'"):
        planted_faults.planted(corpus)
    (corpus.root / "activity.csv").unlink()
    with pytest.raises(InputError, match="activity.csv is missing"):
        planted_faults.planted(corpus)


def test_segments_gather_tiles(corpus):
    moments, recordings = audited(corpus)
    assert len(moments) == SESSIONS and len(recordings) == SESSIONS * len(NODES)
    assert moments.disagreement[("s0", 1)] == 1 and moments.suspect[("s0", 1)] == 1
    assert moments.neighbour_label[("s0", 1)] == "quiet"
    assert recordings.deviation.idxmax() == recordings.index[recordings.path == "dev/4_2.wav"][0]


def test_stand_ins_are_like_what_the_thesis_names(corpus):
    known = planted_faults.planted(corpus)
    found = planted_faults.stand_ins(corpus, known)
    assert found == {"2_1": "planted: labelled a, nothing to hear", "4_2": "planted: hum"}
    social = corpus.table.label.mask(corpus.table.group == "s2", "social_activity")
    known = known.assign(silent=known.silent | (corpus.table.group == "s0"), heard="x")
    found = planted_faults.stand_ins(
        Corpus("x", corpus.root, corpus.table.assign(label=social)), known
    )
    assert found["2_1"] == "planted: labelled social activity, nothing to hear"
    assert planted_faults.stand_ins(corpus, None) == {}


def test_cases_are_the_planted_ones(corpus):
    moments, recordings = audited(corpus)
    planted = planted_faults.planted(corpus)
    cases = planted_faults.cases(moments, recordings, planted, RULES, "quiet")
    assert cases.what.tolist() == ["wrong label"] + ["silence in an activity"] * 3 + [
        "microphone, deviation"
    ]
    assert cases.case.iloc[0] == "a where quiet is heard"
    assert cases["where"].iloc[-1] == "s4 1, node 2" and cases["rank"].iloc[-1] == 1
    assert cases.found.all()


def test_a_single_node_has_no_other(corpus):
    one = Corpus("toy", corpus.root, corpus.table[corpus.table.node == "1"].reset_index(drop=True))
    _, recordings = audited(one)
    assert recordings.deviation.isna().all()


def test_nodes_that_heard_no_moment_together_are_not_compared(corpus):
    """As in a home of which a few segments are there, each of another session."""
    session = corpus.table.group.str[1:].astype(int)
    corpus = corpus.subset(corpus.table.node == (session % 3 + 1).astype(str))
    assert corpus.table.node.nunique() == 3 and corpus.table.group.is_unique
    _, recordings = audited(corpus)
    assert len(recordings) == SESSIONS and recordings.deviation.isna().all()
    assert recordings.knn_distance.notna().all()
