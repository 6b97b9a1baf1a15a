"""What a newcomer reads first is true: links, commands, and the table of numbers."""

import json
import re
import subprocess
from pathlib import Path

import pandas as pd
import pytest

from thesis_lib.reporting import summary

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_leads_somewhere(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ([a-z]+)", README))))
def test_every_command_exists(target):
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"make {target} " in said.stdout


def test_the_table_is_what_results_hold():
    pairs = pd.DataFrame(json.loads((ROOT / "results" / "thesis_vs_here.json").read_text()))
    table = README.split(summary.BEGIN)[1].split(summary.END)[0].strip()
    assert table == "\n".join(summary.markdown(pairs))


def test_every_committed_figure_is_in_the_index():
    files = {
        path.relative_to(ROOT / "figures").as_posix()
        for path in (ROOT / "figures").rglob("*")
        if path.is_file()
    }
    assert files - {"index.json"} == set(json.loads((ROOT / "figures/index.json").read_text()))


def test_the_sentence_on_the_floor_is_true():
    """The README says that what was learned does not rise above plain log-Mel statistics."""
    assert "scored tile by tile, does not rise above it" in " ".join(README.split())
    pairs = json.loads((ROOT / "results" / "thesis_vs_here.json").read_text())
    here = {
        pair["what"]: float(str(pair["here"]).split(" ")[0])
        for pair in pairs
        if "F1" in pair["what"]
    }
    floors = {what: value for what, value in here.items() if what.endswith("log-Mel statistics")}
    assert floors
    for what, floor in floors.items():
        assert here[what.split(": from plain")[0]] <= floor


def test_the_sentence_on_what_training_adds_is_true():
    """Of the gain in F1 a good part is there untrained; training shows more in the neighbours."""
    assert "A good part of what it gains in F1 is there before any training" in " ".join(
        README.split()
    )
    numbers = json.loads((ROOT / "results" / "numbers.json").read_text())["04_gpu_training"]
    f1, near = (numbers[f"gain_there_untrained_{name}"] for name in ("macro_f1", "precision_at_10"))
    assert f1.keys() == near.keys() and len(f1) == 3
    for corpus, share in f1.items():
        assert share > 0.5 and share > near[corpus]
