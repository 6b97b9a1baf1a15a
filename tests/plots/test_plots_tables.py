"""Figures of tables, clusters and audits: they draw what they are given."""

import numpy as np
import pandas as pd
import pytest
from corpora import rendered

from thesis_lib.analysis.clusters import bend, elbow
from thesis_lib.analysis.linear_probe import report
from thesis_lib.plots import audit, clusters, tables
from thesis_lib.plots.style import class_colours
from thesis_lib.reporting import thesis_results

drawn = pytest.fixture(autouse=True)(rendered)

RNG = np.random.default_rng(0)


def texts(axis):
    return [text.get_text() for text in axis.texts]


def test_reports_show_the_numbers_and_the_support():
    ours = report(list("aabb"), list("abbb"))
    figure = tables.classification_reports({"thesis": thesis_results.SINS_REPORT, "here": ours})
    first, second = figure.axes
    assert texts(second)[:3] == ["1.00", "0.50", "0.67"]
    assert [label.get_text() for label in second.get_yticklabels()][:2] == ["a (2)", "b (2)"]
    assert first.get_yticklabels()[5].get_text() == "social activity"


def test_confusions_are_shares_of_the_true_class():
    table = pd.DataFrame([[3, 1], [0, 0]], index=["a_b", "c"], columns=["a_b", "c"])
    figure = tables.confusions({"one": table, "two": table})
    assert texts(figure.axes[0]) == ["75", "25", "0", "0"]


def test_counts_show_tiles():
    figure = tables.counts({"thesis": thesis_results.CLUSTERS})
    assert "975" in texts(figure.axes[0])


def scores():
    rows = [("one", "trained", 1, 0.5), ("one", "trained", 2, 0.7), ("one", "statistics", 1, 0.2)]
    return pd.DataFrame(rows, columns=["what", "embedding", "seed", "value"])


def test_comparison_draws_a_mark_a_method_and_chance():
    ends = [("one", "trained", 0.6, 0.4, 0.7), ("one", "statistics", 0.2, np.nan, np.nan)]
    intervals = pd.DataFrame(ends, columns=["what", "embedding", "value", "low", "high"])
    figure = tables.comparison(scores().assign(chance=0.1), intervals, "F1")
    (line,) = [one for bars in figure.axes[0].containers for one in bars[2]][:1]
    assert line.get_segments()[0][:, 0] == pytest.approx([0.4, 0.7])
    names = [text.get_text() for text in figure.legends[0].get_texts()]
    assert names == ["trained here", "log-Mel mean and deviation", "chance"]


def test_challenge_shows_every_system():
    ours = pd.DataFrame([{"system": "a", "source": "here", "unknown": 40.0}])
    ours = ours.assign(unknown_low=37.0, unknown_high=41.0)
    systems = thesis_results.beside_challenge(ours)
    figure = tables.challenge(systems)
    names = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert names == [*thesis_results.CHALLENGE.system, "thesis", "a"]


def test_elbow_and_clusters():
    points = RNG.normal(size=(60, 3))
    curve = elbow(points, range(1, 6))
    clusters.elbow({"a": curve}, {"a": bend(curve)}, {"a": "red"}, 4, thesis_results.ELBOW)
    labels = np.repeat(["a", "b"], 30)
    figure = clusters.kmeans3d(
        points, RNG.integers(0, 9, 60), RNG.normal(size=(9, 3)), labels, class_colours(labels),
        [0.5, 0.2, 0.1],
    )  # fmt: skip
    assert texts(figure.axes[0]) == [str(number) for number in range(1, 10)]


@pytest.mark.parametrize("known", [True, False])
def test_audit_draws_with_and_without_a_truth(known):
    pictures = [[(RNG.normal(size=(9, 5)), f"{i}") for i in range(n)] for n in (3, 2)]
    audit.pictures(pictures, 1.0)
    table = pd.DataFrame({"label": list("aabbb"), "above": [0.0, 1, 5, 9, 20]})
    silent = [False, True, False, False, False] if known else None
    audit.silence(table.assign(silent=silent), 6.0, "a")
    faults = ["", "", "hum", "", "dead"] if known else ""
    files = pd.DataFrame({"deviation": [0.1, -5, 4, np.nan, 90], "knn_distance": [1, 2, 1, 3, 9.0]})
    audit.microphones(files.assign(fault=faults), 3.5, known)


def test_thesis_numbers_fit_each_other():
    average = thesis_results.with_average(thesis_results.SINS_REPORT)
    assert average.f1.iloc[-1] == pytest.approx(thesis_results.SINS_F1 / 100, abs=0.005)
    average = thesis_results.with_average(thesis_results.MUSIC_REPORT)
    assert average.recall.iloc[-1] == pytest.approx(thesis_results.MUSIC_F1 / 100, abs=0.01)
    assert thesis_results.CLUSTERS.shape == (7, 7)
    assert thesis_results.CLUSTERS.loc[7, "PeakTime"] == 975
