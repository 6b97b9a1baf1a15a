"""Every benchmark runs, in quick mode: its rows are those of the result that is kept."""

import json
import re

import pytest
from corpora import ROOT, listing, on_one_thread

from thesis_lib.analysis.reference_features import torchaudio

single = pytest.fixture(scope="module", autouse=True)(on_one_thread)

KEPT = ROOT / "bench" / "results"
LISTED = re.findall(r"^BENCHES [:+]= (.+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
BENCHES = " ".join(LISTED).split()
ELSEWHERE = (
    "audit",
    "audit_faults",
    "candidates",
    "clock_neighbours",
    "proof",
    "room",
)  # tested in files of their own
SAYS = ("question", "method", "metric", "experiment", "held_to")  # of a row, beside its corpus
NUMBERS = {"corpus", "method", "metric", "mean", "seeds"}


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """One folder for all, so that their made-up corpus is made once."""
    return tmp_path_factory.mktemp("bench")


def rows(path):
    """The rows of a result, and the last, which names the machine."""
    *found, machine = json.loads(path.read_text())
    return found, machine


def described(found):
    """What the rows are of, and what each says, of all that is everywhere.

    ESC-10 is only there with real recordings, torchaudio beside a CUDA build of torch.
    """
    absent = {"esc10"} if torchaudio else {"esc10", "torchaudio"}
    found = [one for one in found if not absent & set(map(str, one.values()))]
    return {tuple(map(one.get, SAYS)) for one in found}, {key for one in found for key in one}


def test_make_bench_runs_all_there_are():
    texts = {path.stem: path.read_text() for path in (ROOT / "bench").glob("*.py")}
    assert {name for name, text in texts.items() if "def main(" in text} == set(BENCHES)


@pytest.mark.parametrize("name", [name for name in BENCHES if name not in ELSEWHERE])
def test_a_benchmark_runs_and_writes_what_is_read(name, bench, out, capsys):
    before = listing(KEPT)
    bench(name).main(["--quick", "--out", str(out)])
    found, machine = rows(out / f"{name}.json")
    assert described(found) == described(rows(KEPT / f"{name}.json")[0])
    assert all(NUMBERS <= set(one) for one in found)
    assert all(one["mean"] >= 0 and one["seeds"] >= 1 for one in found)
    assert all(one.get("spread", 0) >= 0 for one in found)
    assert all(one.get("ci_low", 0) <= one.get("ci_high", 1) for one in found)
    assert machine["quick"] and {"machine", "cores", "device", "packages"} <= set(machine)
    printed = capsys.readouterr().out
    assert all(one["method"] in printed for one in found)
    assert listing(KEPT) == before


def test_places_in_the_joint_space_are_written_too(out):
    """By `open_questions`, which ran before."""
    spots, machine = rows(out / "open_questions_map.json")
    kept, _ = rows(KEPT / "open_questions_map.json")
    assert set(spots[0]) == set(kept[0]) and machine["quick"]
    assert {one["domain"] for one in spots} == {"mini_home", "mini_music"}
