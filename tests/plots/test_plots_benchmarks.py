"""Figures of benchmarks: every row of the table is drawn, and nothing that is not there."""

import numpy as np
import pandas as pd
import pytest
from corpora import rendered
from matplotlib.colors import to_hex

from thesis_lib.plots import benchmarks

drawn = pytest.fixture(autouse=True)(rendered)

METRICS = {"f1": "F1", "near": "precision"}


def scores(methods=("home", "music", "none")):
    keys = [(c, m, s) for c in ("home", "music") for m in methods for s in METRICS]
    rows = pd.DataFrame(keys, columns=["corpus", "method", "metric"])
    mean = np.arange(len(rows)) / len(rows)
    return rows.assign(mean=mean, ci_low=mean - 0.02, ci_high=mean + 0.03)


def texts(axis):
    return [text.get_text() for text in axis.texts]


def test_a_method_without_a_score_leaves_its_line_empty():
    names = {"home": "A", "music": "B", "none": "C", "lacking": "D"}
    figure = benchmarks.scores(scores(), names, METRICS, ("home",))
    assert len(figure.axes) == 4
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == list("ABCD")


def test_transfer_writes_mean_and_interval_and_frames_its_own_corpus():
    names = {"none": "untrained", "home": "on home"}  # an order of its own
    figure = benchmarks.transfer(scores(), names, METRICS, own=[("home", "home")])
    first = figure.axes[0]
    assert texts(first) == [
        "0.33\n0.31 to 0.36", "0.83\n0.81 to 0.86", "0.00\n-0.02 to 0.03", "0.50\n0.48 to 0.53",
    ]  # fmt: skip
    assert [label.get_text() for label in first.get_yticklabels()] == ["untrained", "on home"]
    frames = [patch for axis in figure.axes for patch in axis.patches]
    assert [frame.get_xy() for frame in frames] == [(0, 1)] * len(METRICS)


def test_adding_draws_means_and_intervals_by_how_many_groups_there_are():
    rows = [
        ("home", method, "f1", groups, 0.3 + groups / 100, 0.25, 0.4)
        for method in ("ours", "baseline")
        for groups in (4, 0, 1)
    ]
    columns = ["corpus", "method", "metric", "groups", "mean", "ci_low", "ci_high"]
    methods = {"ours": ("ours", "#0173b2", "o"), "baseline": ("baseline", "#029e73", "D")}
    figure = benchmarks.adding(pd.DataFrame(rows, columns=columns), methods, {"f1": "F1"})
    axis = figure.axes[0]
    curves = [line.lines[0] for line in axis.containers]
    assert np.allclose(curves[0].get_ydata(), [0.3, 0.31, 0.34])
    (bars,) = axis.containers[0].lines[2]
    ends = np.array([[low, high] for (_, low), (_, high) in bars.get_segments()])
    assert np.allclose(ends, [0.25, 0.4])
    assert [label.get_text() for label in axis.get_xticklabels()] == ["0", "1", "4"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["ours", "baseline"]


def test_domains_colour_by_class_and_mark_by_domain():
    rows = [(0, 0, "x", "one"), (1, 2, "y_z", "one"), (3, 1, "x", "two")]
    places = pd.DataFrame(rows, columns=["x", "y", "label", "domain"])
    colours = {"one": {"x": "#ff0000", "y_z": "#00ff00"}, "two": {"x": "#0000ff"}}
    figure = benchmarks.domains(places, colours, {"one": "o", "two": "^"})
    shown = [line for line in figure.axes[0].lines if len(line.get_xdata())]
    looks = [(to_hex(line.get_color()), line.get_marker()) for line in shown]
    assert looks == [("#ff0000", "o"), ("#00ff00", "o"), ("#0000ff", "^")]
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["one", "x", "y z", "two", "x"]
