"""What a newcomer reads first is true: links, commands, and the table of numbers."""

import contextlib
import io
import json
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch

from thesis_lib.reporting import proof, summary

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("link", sorted(set(re.findall(r"\]\(([^)#]+)\)", README))))
def test_every_link_leads_somewhere(link):
    assert (ROOT / link).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"make ([a-z]+)", README))))
def test_every_command_exists(target):
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert f"make {target} " in said.stdout


def test_the_table_is_what_was_measured():
    table = README.split(proof.BEGIN)[1].split(proof.END)[0].strip()
    assert table == "\n".join(proof.for_readme(proof.read(proof.REPORT)[0]))


def test_the_thesis_and_here_is_what_results_hold():
    pairs = pd.DataFrame(json.loads((ROOT / "results" / "thesis_vs_here.json").read_text()))
    page = (ROOT / "results" / "thesis_vs_here.md").read_text()
    assert page.startswith(summary.HEADING)
    assert page.split(summary.HEADING)[1].strip().splitlines() == summary.markdown(pairs)


def test_every_committed_figure_is_in_the_index():
    files = {
        path.relative_to(ROOT / "figures").as_posix()
        for path in (ROOT / "figures").rglob("*")
        if path.is_file()
    }
    assert files - {"index.json"} == set(json.loads((ROOT / "figures/index.json").read_text()))


def test_the_map_names_every_folder():
    house = README.split("## The house")[1].split("\n## ")[0]
    rows = [line for line in house.splitlines() if line.startswith("| [")]
    packages = {path.parent.name for path in (ROOT / "thesis_lib").glob("*/__init__.py")}
    ignored = (ROOT / ".gitignore").read_text().replace("/\n", "\n").split()
    folders = {path.name for path in ROOT.glob("[!.]*/")
               if not any(path.match(pattern) for pattern in ignored)}  # fmt: skip
    assert len(rows) == 11 and {"thesis_lib", "bench"} <= folders and "analysis" in packages
    assert [name for name in packages | folders if f"[`{name}/`]" not in house] == []
    heart = {path.stem for path in (ROOT / "thesis_lib").glob("*.py")} - {"__init__", "__main__"}
    assert heart == set(re.findall(r"`(\w+)`", rows[1]))


@pytest.fixture(scope="module")
def by_hand(tiny_music, tmp_path_factory):
    """What the README's Python leaves behind, on a folder of 12 songs, by the smallest recipe."""
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    assert 10 < len([line for line in code.splitlines() if line]) <= 15
    for asked, here in (("path/to/folder", str(tiny_music)), ("SMALL_MUSIC", "SMOKE_MUSIC"),
                        ("runs/by_hand", str(tmp_path_factory.mktemp("by_hand")))):  # fmt: skip
        assert code.count(asked) == 1
        code = code.replace(asked, here)
    found, threads = {}, torch.get_num_threads()
    torch.set_num_threads(1)
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(code, "README.md", "exec"), found)
    torch.set_num_threads(threads)
    return SimpleNamespace(**found, said=said.getvalue())


def test_the_python_in_the_readme_finds_neighbours_in_other_songs(by_hand):
    vectors, group = by_hand.embeddings.vectors, by_hand.embeddings.tiles.group.to_numpy()
    assert len(vectors) == 36  # 12 songs of 6 s in tiles of 2 s
    apart = np.linalg.norm(vectors[:, None] - vectors, axis=2)
    apart[group[:, None] == group] = np.inf
    np.testing.assert_allclose(by_hand.distances, np.sort(apart)[:, :3], rtol=1e-4, atol=1e-5)
    assert (group[by_hand.indices] != group[:, None]).all()


def test_it_holds_one_part_of_three_out_and_says_who_is_near(by_hand):
    held = by_hand.store.index[by_hand.store.index.split == "test"]
    assert list(held.label.value_counts()) == [2, 2, 2]  # of 4 songs in parts of 2, 1 and 1
    assert by_hand.history.epoch.iloc[-1] == by_hand.recipe.epochs
    lines = by_hand.said.splitlines()
    assert lines[0].split() == ["path", "start", "nearest", "distance"] and len(lines) == 37
    assert lines[1].count(".wav") == 2


def test_a_hundred_songs_take_as_long_as_is_said():
    assert "the listening room it takes a little over a minute on two cores" in README
    *rows, machine = json.loads((ROOT / "bench/results/listening.json").read_text())
    (all_,) = [row["mean"] for row in rows if row["metric"] == "all"]
    assert 60 < all_ <= 75 and machine["cores"] == 2


def test_how_many_wrong_labels_an_audit_finds_is_what_was_measured():
    *rows, _ = json.loads((ROOT / "bench/results/audit.json").read_text())
    table = pd.DataFrame(rows).query("planted == 'uniform, 5 %' and metric == 'precision_at_k'")
    found = table.set_index(["method", "corpus"])["mean"]
    own, random = found["ours: self-confidence and soft vote"], found["random"]
    text = " ".join(README.split())
    said = re.search(
        r"first suspects as are wrong, (\d+) % are .*? (\d+) % \(ESC-10\) and (\d+) % "
        r"\(mini music\); at random (\d) to (\d) %", text,
    )  # fmt: skip
    shares = [round(100 * own[name]) for name in ("homes", "esc10", "mini music")]
    ends = [round(100 * end) for end in (random.min(), random.max())]
    assert [int(one) for one in said.groups()] == shares + ends


def test_how_many_right_labels_an_audit_calls_wrong_is_what_was_measured():
    *rows, _ = json.loads((ROOT / "bench/results/audit_called.json").read_text())
    shares = {row["corpus"]: f"{100 * row['mean']:.0f}" for row in rows if row["planted"] == "none"}
    ends = sorted(map(int, shares.values()))
    said = f"of corpora without a wrong label {ends[0]} to {ends[-1]} % are"
    assert said in " ".join(README.split())
    text = " ".join((ROOT / "docs" / "audit.md").read_text().split())
    esc10, homes, music = (shares[name] for name in ("esc10", "homes", "mini music"))
    of = f"counts {esc10} % (ESC-10), {homes} % (simulated homes) and {music} % (mini music"
    assert of in text
