"""Figures of faults: every kind has its panel and its marks."""

import numpy as np
import pandas as pd
import pytest
from corpora import rendered

from thesis_lib.plots import benchmarks, faults

drawn = pytest.fixture(autouse=True)(rendered)


def test_each_cause_has_a_waveform_above_its_picture():
    rng = np.random.default_rng(0)
    panels = [(name, rng.normal(size=(50, 8)), rng.normal(size=20), rng.normal(size=20))
              for name in ("intact", "dead", "stuck", "clipped", "quiet", "gain")]  # fmt: skip
    figure = faults.causes(panels, 10.0, 0.02)
    titled = {axis.get_title(loc="left"): axis for axis in figure.axes if axis.axison}
    assert [name for name in titled if name] == [title for title, *_ in panels]
    grey, broken = titled["dead"].lines
    assert np.array_equal(grey.get_ydata(), panels[1][2])
    assert np.array_equal(broken.get_ydata(), panels[1][3])
    assert broken.get_xdata()[-1] == pytest.approx(19)  # ms
    assert sum(bool(axis.images) for axis in figure.axes) == len(panels)
    assert sum(not axis.axison for axis in figure.axes) == 2 * (10 - len(panels))


def test_ways_stand_beside_each_other_for_each_kind():
    keys = [(kind, way) for kind in ("dead", "stuck") for way in ("ours", "level alone")]
    rows = pd.DataFrame(keys, columns=["planted", "method"]).assign(metric="auroc")
    rows = rows.assign(mean=[0.9, 0.6, 0.8, 0.5], ci_low=0.4, ci_high=1.0)
    right = rows[rows.method == "ours"].assign(metric="right_cause", mean=[1.0, 0.7])
    ways = {"ours": "signs", "level alone": "level"}
    figure = faults.by_kind(pd.concat([rows, right]), {"dead": "A", "stuck": "B"}, ways, "ours")
    first, second = figure.axes
    marks = [line.lines[0].get_xdata().tolist() for line in first.containers]
    assert marks == [[0.9, 0.8], [0.6, 0.5]]
    assert second.containers[0].lines[0].get_xdata().tolist() == [1.0, 0.7]
    assert [label.get_text() for label in first.get_yticklabels()] == ["A", "B"]


def test_curves_are_drawn_of_the_corpora_that_were_measured():
    rows = [{"corpus": "esc10", "method": method, "metric": metric, "at": [0, 0.5, 1],
             "mean": [0.2, 0.7, height]}
            for method, height in (("random", 0.5), ("ours", 1.0))
            for metric in ("recall at false alarms", "precision at recall")]  # fmt: skip
    looks = {"ours": ("audit", "#0173b2", "-"), "random": ("chance", "0.7", ":")}
    titles = {"homes": "homes", "esc10": "ESC-10"}
    figure = benchmarks.rankings(pd.DataFrame(rows), looks, titles)
    assert [axis.get_title(loc="left") for axis in figure.axes] == ["ESC-10", ""]
    assert [line.get_ydata()[-1] for line in figure.axes[0].lines] == [1.0, 0.5]
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["audit", "chance"]
