"""What the benchmarks share: rows, turns, processes of their own, the command line."""

import os
import re
import subprocess

import numpy as np
import pytest
from corpora import ROOT


@pytest.fixture
def harness(bench):
    return bench("harness")


def test_a_row_holds_mean_and_standard_deviation(harness):
    found = harness.row("home", "ours", "f1", [0.1, 0.2, 0.6], experiment="ladder")
    assert found == {
        "corpus": "home", "method": "ours", "metric": "f1",
        "mean": 0.3, "spread": 0.264575, "seeds": 3, "experiment": "ladder",
    }  # fmt: skip
    assert harness.row("home", "ours", "f1", [1234567.0])["mean"] == 1234570
    assert harness.row("home", "ours", "f1", np.array([2.0]))["spread"] == 0


def test_ways_take_turns_and_the_first_round_does_not_count(harness):
    calls = []

    def way(name):
        return lambda number: calls.append(f"{name}{number}") or len(calls)

    found = harness.by_turns({"a": way("a"), "b": way("b")}, 2)
    assert calls == ["a0", "b0", "a1", "b1", "a2", "b2"]
    assert found == {"a": [3, 5], "b": [4, 6]}


def test_a_process_of_its_own_has_its_own_settings(harness, monkeypatch):
    monkeypatch.setenv("BENCH_OLD", "before")
    settings, line = {"BENCH_OLD": "after", "BENCH_NEW": "new"}, "echo $BENCH_OLD $BENCH_NEW $PPID"
    old, new, process = harness.in_own_process(subprocess.getoutput, line, **settings).split()
    assert (old, new) == ("after", "new") and int(process) != os.getpid()
    assert os.environ["BENCH_OLD"] == "before" and "BENCH_NEW" not in os.environ


def test_in_quick_mode_that_is_this_process(harness):
    assert harness.in_own_process(os.getpid, quick=True) == os.getpid()
    with pytest.raises(Exception, match="pickle"):
        harness.in_own_process(lambda: 1, quick=True)


def test_memory_at_its_peak_is_remembered(harness):
    before = harness.peak_memory()
    size = before + 2**26  # whatever was freed before does not suffice for it
    block = np.ones(size, np.uint8)
    del block
    assert harness.peak_memory() >= size


def test_in_quick_mode_the_results_that_are_kept_stay(harness, capsys):
    options = {"rounds": (5, 1, "rounds")}
    for out in ([], ["--out", str(ROOT / "bench" / ".." / "bench" / "results")]):
        with pytest.raises(SystemExit):
            harness.arguments("", ["--quick", *out], **options)
        assert "folder of its own" in capsys.readouterr().err
    assert harness.arguments("", [], **options).rounds == 5
    assert harness.arguments("", ["--quick", "--out", "x"], **options).rounds == 1
    assert harness.arguments("", ["--quick", "--out", "x", "--rounds", "3"], **options).rounds == 3


def test_a_benchmark_starts_as_make_starts_it(harness, monkeypatch):
    exported = re.findall(r"^export (MALLOC_\w+) := (.+)$", (ROOT / "Makefile").read_text(), re.M)
    calls = []
    monkeypatch.setattr(os, "execve", lambda *args: calls.append(args))
    for name in harness.MALLOC:
        monkeypatch.delenv(name, raising=False)
    harness.start(lambda: None)
    ((program, line, environment),) = calls
    assert dict(exported).items() == harness.MALLOC.items() <= environment.items()
    for name, value in exported:
        monkeypatch.setenv(name, value)
    harness.start(lambda: calls.append("measured"))
    assert calls[1:] == ["measured"]
