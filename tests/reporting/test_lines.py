"""The sentences of the notebooks: what they record, and that they say what was found."""

import pandas as pd
import pytest
import torch

from thesis_lib.recipe import THESIS_MUSIC, THESIS_SINS
from thesis_lib.reporting import data, experiments, features, triplets
from thesis_lib.reporting.notebook_record import Record


@pytest.fixture
def record(tmp_path):
    return Record("x", tmp_path, {})


def test_share_of_nearer_neighbours(record):
    shown = triplets.neighbours_nearer(record, torch.tensor([True, True, False, True]))
    assert record.numbers == {"neighbour_nearer_share": 0.75}
    assert "**75 %** of 4 triplets" in shown.data


@pytest.mark.parametrize("second", [{}, {"torchaudio_log_mel_db": 0.011}])
def test_features_are_compared_with_torchaudio_only_where_it_loads(record, second):
    found = {"librosa_log_mel_db": 2e-5, "librosa_mfcc": 3e-4} | second
    shown = features.as_other_libraries(record, pd.Series(found), 5).data
    assert record.numbers == found and "log-Mel **2.0e-05 dB**" in shown
    assert ("torchaudio does not load" in shown) == (not second)
    assert ("torchaudio's log-Mel: **1.1e-02 dB**" in shown) == bool(second)


def test_without_triplets_there_is_no_share(record):
    triplets.neighbours_nearer(record, torch.tensor([], dtype=torch.bool))
    assert record.numbers == {"neighbour_nearer_share": None}


def test_balances_are_compared_only_if_there_are_enough_classes(record):
    counted = pd.DataFrame({"SINS": [10, 20, 40], "here": [1, 3, 2]}, index=["a", "b", "c"])
    assert "Too few" in data.balance(record, counted[:2]).data and record.numbers == {}
    data.balance(record, counted)
    assert record.numbers["balance_rank_correlation"] == 0.5
    assert record.numbers["largest_to_smallest_class"] == {"SINS": 4, "here": 3}


def test_titles_of_a_triplet():
    near = pd.Series({"label": "a", "group": "x/s1", "start": 4.0, "node": "1"})
    far = pd.Series({"label": "b", "group": "x/s2", "start": 7.5, "node": ""})
    found = triplets.titles(near.replace(4.0, 3.0), near, far, str.upper)
    assert found == ["A, s1, node 1, 3 s", "+1 s", "B, s2, 7.5 s"]


def test_expected_in_sins(record):
    shares = pd.DataFrame({"the same label": [0.123456]}, index=["home"])
    assert round(triplets.in_common(record, shares)) == 21  # %
    assert record.numbers["opposites_of_the_same"] == {"the same label": {"home": 0.1235}}


def test_days_of_the_thesis(record):
    speeds = pd.DataFrame(
        [(64.0, 1, "float32", 50.0), (64.0, 2, "bfloat16", 100.0)],
        columns=["width", "threads", "method", "mean"],
    )
    shown = experiments.fastest(record, speeds, THESIS_SINS)
    assert record.numbers["gain_over_float32"] == {"64.0": 2}
    # 72984 segments of two tiles, three tiles a triplet.
    days = 3 * 2 * 72984 * THESIS_SINS.epochs / 100 / 86400
    assert record.numbers["days_for_the_thesis_on_this_machine"] == round(days, 1)
    assert "bfloat16 on 2 threads, 2.0 times" in shown.data


def test_days_of_the_music_schedule(record):
    speeds = pd.Series({"slow": 10.0, "fast": 10000.0})
    shown = experiments.music_schedule(record, speeds, THESIS_MUSIC)
    days = 3 * 842400 / 10 / 86400
    assert record.numbers["days_of_the_music_schedule"]["slow"] == pytest.approx(days)
    assert record.pairs[0]["here"] == round(days, 2) and record.pairs[0]["thesis"] == 7.5
    assert f"**{days:.1f} days** on slow, **4 minutes** on fast" in shown.data
