"""What is said of faults of recording, and of the recordings that the thesis names."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from thesis_lib.analysis.channel_faults import CAUSES
from thesis_lib.reporting import faults
from thesis_lib.reporting.notebook_record import Record


@pytest.fixture
def record(tmp_path):
    record = Record("x", tmp_path, {})
    record.number("embedding", {"m": "ours"})
    return record


def run():
    corpus = SimpleNamespace(name="m", note="", table=range(20))
    return SimpleNamespace(corpus=corpus, unit="session")


def test_the_benchmark_has_what_is_drawn():
    rows, about = faults.planted()
    drawn = rows[rows.planted.isin([*CAUSES, "all"]) & rows.method.isin(faults.WAYS)]
    counts = drawn[drawn.metric == "auroc"].groupby("method").planted.nunique()
    assert set(counts.index) == set(faults.WAYS) and set(counts) == {1 + len(CAUSES)}
    assert about.draws > 0 and rows.corpus.nunique() == 1


def test_faults_found_stand_beside_other_ways_and_the_hardest_are_named(record):
    rows = [("all", way, metric, mean) for way, mean in (("ours", 0.9), ("level alone", 0.6))
            for metric in ("auroc", "average_precision")]  # fmt: skip
    rows += [("all", "ours", "right_cause", 0.8)]
    rows += [(f"{kind}, weak", "ours", "auroc", mean) for kind, mean in
             (("dead", 1.0), ("clock", 0.5), ("gain", 0.7), ("quiet", 0.6))]  # fmt: skip
    table = pd.DataFrame(rows, columns=["planted", "method", "metric", "mean"])
    said = faults.found(record, table.assign(ci_low=0.5, ci_high=1.0)).data
    assert "- AUROC: **0.90** (0.50 to 1.00); level alone 0.60." in said
    assert "cause is right: **0.80** (0.50 to 1.00)." in said
    assert said.endswith("clock, weak 0.50, quiet, weak 0.60, gain, weak 0.70.")
    assert record.numbers["faults, auroc"] == [0.9, 0.5, 1.0]


def named(ranks):
    table = pd.DataFrame({"name": ["a", "b"], "thesis": "said", "rank": ranks, "score": 0.987})
    table = table.assign(recording=[3, 4], rose=0.04, deviation=9.87, off_rank=[1.0, np.nan])
    labels = pd.DataFrame({"called_wrong": [True, False, False]})
    empty = pd.DataFrame()
    return SimpleNamespace(
        named=table, labels=labels, silences=empty, microphones=empty, corpus=run().corpus
    )


def test_recordings_that_are_named_have_their_ranks(record):
    said, _ = faults.named(record, run(), named([2.0, np.nan]), of_thesis=True)
    assert said.data.startswith("Both recordings that the thesis names are in m.")
    assert "1 of 3 labels are called wrong" in said.data
    first, second = record.numbers["named"]
    assert (first["label's rank"], second["label's rank"]) == ("2 of 3", "not judged")
    assert (first["deviation's rank"], first["rises, dB"]) == ("1 of 20", 0.0)
    assert record.figures["named_recordings.csv"]["caption"].endswith("that the thesis names.")


def test_what_stands_in_is_said_to_stand_in(record):
    said, _ = faults.named(record, run(), named([2.0, 1.0]), of_thesis=False)
    assert "names are not in m. Here 2 with planted faults stand in." in said.data
    assert "in place of" in record.figures["named_recordings.csv"]["caption"]
