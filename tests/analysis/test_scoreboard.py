"""The summary of the benchmark, against numbers worked out by hand."""

import pandas as pd
import pytest

from thesis_lib.analysis.scoreboard import error_ratio, scoreboard

VALUES = {  # mean, spread
    "thesis": (0.5, 0.01), "logmel": (0.6, 0.0), "untrained": (0.7, 0.04), "set": (0.65, 0.02),
    "ours": (0.9, 0.03), "ours_3x": (0.88, 0.01), "supervised": (0.95, 0.01),
}  # fmt: skip


def rows(**changed):
    found = []
    for metric, less in (("macro_f1", 0.0), ("precision_at_10", 0.1)):
        for method, (mean, spread) in (VALUES | changed).items():
            found.append(("home", method, metric, mean - less, spread))
    return pd.DataFrame(found, columns=["corpus", "method", "metric", "mean", "spread"])


def board(**changed):
    return scoreboard(rows(**changed), ["logmel", "thesis", "untrained", "set"],
                      ["untrained", "set"])  # fmt: skip


def test_a_line_by_hand():
    line = board().loc["macro_f1", "home"]
    assert (line.baseline, line.which) == (0.7, "untrained")
    assert line.margin == pytest.approx(0.2)
    assert line.std_of_margin == pytest.approx(0.05)  # 3, 4, 5
    assert line.gain_3x == pytest.approx(-0.02)
    assert line.std_of_gain_3x == pytest.approx(0.001**0.5)
    assert line.gain_untrained == pytest.approx(0.5)  # from .5 by way of .7 to .9


def test_a_baseline_above_ours_is_a_negative_margin():
    line = board(logmel=(0.93, 0.04)).loc["macro_f1", "home"]
    assert line.which == "logmel" and line.margin == pytest.approx(-0.03)
    assert line.gain_untrained == pytest.approx(0.5)  # untrained is still our network


def test_errors_are_of_f1_alone():
    assert error_ratio(board(), "ours")["home"] == pytest.approx(0.1 / 0.5)
    assert error_ratio(board(), "supervised")["home"] == pytest.approx(0.05 / 0.5)
