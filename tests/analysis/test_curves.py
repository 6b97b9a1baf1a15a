"""Curves of trainings, and variants of a recipe, by hand."""

import pandas as pd
import pytest

from thesis_lib.analysis import ablation_table, curves


def history(*losses):
    """Two points an epoch; opposites are as many times as far as the epoch's number and one."""
    epoch = [0.5 * (1 + point) for point in range(len(losses))]
    far = [1 + (1 if at <= 1 else 2) for at in epoch]
    return pd.DataFrame({"epoch": epoch, "loss": losses, "near": 1.0, "far": far, "active": 0.5})


def test_ends_are_means_of_the_first_and_of_the_last_epoch():
    found = curves.ends({1: history(9, 9, 1, 2), 2: history(9, 9, 3, 4)})
    assert found["loss"] == pytest.approx((1.5 + 3.5) / 2)
    assert found["spread"] == pytest.approx(1)
    assert found["far_to_near"] == [2, 3]


@pytest.mark.parametrize("column, value", [("active", 1.5), ("loss", -1), ("near", -0.1)])
def test_what_cannot_be_is_found(column, value):
    curves.check({1: history(1, 2)})
    with pytest.raises(AssertionError):
        curves.check({1: history(1, 2).assign(**{column: value})})


def test_differences_over_corpora_and_their_intervals():
    rows = pd.DataFrame(
        [
            ("home", "thesis", "ladder", -0.4, -0.5, -0.3),
            ("home", "best", "ladder", 0.0, 0.0, 0.0),
            ("home", "no head", "left out", -0.1, -0.4, 0.2),
            ("home", "no gain", "left out", -0.4, -0.5, -0.3),
            ("music", "thesis", "ladder", -0.4, -0.5, -0.3),
            ("music", "best", "ladder", 0.0, 0.0, 0.0),
            ("music", "no head", "left out", -0.2, -0.6, 0.2),
            ("music", "no gain", "left out", -0.2, -0.2, -0.2),
        ],
        columns=["corpus", "method", "experiment", "diff_to_ours", "diff_low", "diff_high"],
    ).assign(metric="f1")
    found = ablation_table.differences(rows, "f1", "best")
    assert found.index.tolist() == ["no head", "no gain"]  # the other rungs are no variants
    # Half of sqrt(0.3^2 + 0.4^2) = 0.5.
    head = found.loc["no head"]
    assert head[["difference", "low", "high"]].tolist() == pytest.approx([-0.15, -0.4, 0.1])
    # 0.15 is 1.176 standard errors: two in ten normal deviates are beyond. Nobody follows it.
    assert head.p_corrected == pytest.approx(0.2396, abs=1e-4)
    assert found.loc["no gain"].p_corrected < 1e-6
