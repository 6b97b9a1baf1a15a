"""Neighbours by the clock: how files are cut again, and what the result that is kept says."""

import json
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from corpora import ROOT, on_one_thread

from thesis_lib.recipe import SMALL_HOME
from thesis_lib.store import SpectrogramStore

single = pytest.fixture(scope="module", autouse=True)(on_one_thread)
NAME = "clock_neighbours"
LENGTH = 500  # frames of a file
SESSIONS = {10: ("b", 3), 2: ("a", 5), 11: ("a", 4)}  # number -> label, files; by time: 2, 10, 11
FILES = 12


@pytest.fixture
def home():
    """Two nodes, mixed up; a frame holds its node, and the time at which it was recorded."""
    order = [(s, k) for s in sorted(SESSIONS) for k in range(SESSIONS[s][1])]
    rows = [
        {"node": node, "group": f"s{s}", "position": k, "label": SESSIONS[s][0], "split": "train"}
        for s in SESSIONS for k in range(SESSIONS[s][1]) for node in "21"
    ]  # fmt: skip
    rows.append({"node": "1", "group": "s1", "position": 0, "label": "a", "split": "test"})
    index = pd.DataFrame(rows)
    index = index.assign(first_frame=np.arange(len(index)) * LENGTH, n_frames=LENGTH)
    places = {moment: number for number, moment in enumerate(order)}
    frames = np.zeros((len(index) * LENGTH, SMALL_HOME.features.n_mels), np.float32)
    for row in index[index.split == "train"].itertuples():
        time = places[int(row.group[1:]), row.position] * LENGTH + np.arange(LENGTH)
        frames[row.first_frame :][:LENGTH, 0] = time
        frames[row.first_frame :][:LENGTH, 1] = int(row.node)
    meta = {"mean": 0.0, "std": 1.0, "hash": "by hand"}
    return SpectrogramStore(frames, index, SMALL_HOME.features, meta)


def test_files_are_cut_again_by_time_on_each_node(home, bench):
    store, _ = bench(NAME).by_clock(home)
    assert len(store.index) == 2 * (FILES - 1) and set(store.index.split) == {"train"}
    for row, spectrogram in zip(
        store.index.itertuples(), map(store.spectrogram, store.index.index), strict=True
    ):
        began = LENGTH // 2 + row.position * LENGTH
        assert np.array_equal(spectrogram[:, 0], began + np.arange(LENGTH))
        assert (spectrogram[:, 1] == int(row.node)).all()


def test_a_minute_of_all_nodes_is_a_group_whatever_the_sessions(home, bench):
    index = bench(NAME).by_clock(home)[0].index
    found = index.groupby("group").agg(files=("position", "size"), nodes=("node", "nunique"))
    assert found.files.tolist() == [12, 10] and (found.nodes == 2).all()
    assert index.groupby("group").position.agg(["min", "max"]).to_numpy().tolist() == [
        [0, 5],
        [6, 10],
    ]


def test_neighbours_of_another_session_are_counted(home, bench):
    """Of a session none is; by the clock, of triplets, those at either side of a border."""
    clock = bench(NAME)
    assert clock.crossing(home, home.index, SMALL_HOME) == {"session": 0, "class": 0}
    store, rows = clock.by_clock(home)
    shares = clock.crossing(store, rows, SMALL_HOME)
    expected = 2 / 11 * 5 / 9  # two files of eleven have a border in the middle; 5 of 9 beyond it
    assert shares["session"] == shares["class"] == pytest.approx(expected, abs=0.05)


def test_without_a_common_clock_it_says_so(home, bench):
    lacking = SimpleNamespace(index=home.index.iloc[1:], frames=home.frames)
    with pytest.raises(ValueError, match="no common clock"):
        bench(NAME).by_clock(lacking)


def test_the_sentences_in_the_readme_are_true():
    *kept, about = json.loads((ROOT / "bench/results" / f"{NAME}.json").read_text())
    found = pd.DataFrame(kept).set_index(["method", "metric"])
    text = " ".join((ROOT / "README.md").read_text().split())

    def points(name, metric):
        row = found.loc[(f"{name}, by clock", metric)]
        holds_0 = row.diff_low <= 0 <= row.diff_high
        return f"{100 * row.diff_to_session:+.1f}", holds_0

    (f1, near), (told, near_told) = (
        [points(name, metric) for metric in ("macro_f1", "precision_at_10")]
        for name in ("ours", "thesis")
    )
    assert f"macro-F1 differs by {f1[0]} points and precision@10 by {near[0]}, and the 95 %" in text
    assert f"in macro-F1 ({told[0]}) and precision@10 ({near_told[0]}) no loss can" in text
    assert all(holds_0 for _, holds_0 in (f1, near, told, near_told))
    lost, holds_0 = points("thesis", "map")
    assert f"loses {lost[1:]} points of mAP, beyond its interval" in text and not holds_0
    assert lost[0] == "-" and points("ours", "map")[1] and points("ours", "r_precision")[1]
    share = found.loc[("ours, by clock", "neighbour_of_another_class"), "mean"]
    assert f"{100 * share:.0f} % of its neighbours are then of another class" in text
    apart = found.loc[("ours, by clock", "microphone_share_at_10")]
    assert apart.diff_low > 0 and f"{about['training_seconds']:.0f} s each, once a home" in text


def test_it_runs_and_what_is_kept_has_its_rows(bench, tmp_path):
    bench(NAME).main(["--quick", "--out", str(tmp_path)])
    *rows, machine = json.loads((tmp_path / f"{NAME}.json").read_text())
    *kept, about = json.loads((ROOT / "bench/results" / f"{NAME}.json").read_text())
    made = {(row["method"], row["metric"]) for row in rows}
    assert made == {(row["method"], row["metric"]) for row in kept}
    assert machine["quick"] and "quick" not in about and about["training_seconds"] >= 30
    table = pd.DataFrame(kept).set_index(["method", "metric"])
    for name in ("thesis", "ours"):
        assert table.loc[(f"{name}, by session", "macro_f1"), "diff_to_session"] == 0
        assert table.loc[(f"{name}, by clock", "neighbour_of_another_class"), "mean"] > 0
        assert table.loc[(f"{name}, by session", "neighbour_of_another_session"), "mean"] == 0
