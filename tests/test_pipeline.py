"""The whole pipeline on the smoke profile: every stage, every notebook, every figure."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))

# What the thesis shows that is made from data, by the stable names of the figures.
OF_THE_THESIS = """
waveform.png spectrogram.png mel_bank.png mfcc.png log_mel.png class_balance_sins.png
songs_per_genre.png triplet_examples.png input_pipeline.png resnet18_layers.csv
training_loss_sins.png training_loss_music.png silhouette_sins.png silhouette_music.png
pca3d_sins.png pca3d_sins.gif pca3d_music.png pca3d_music.gif
centroid_distances_sins.png centroid_distances_music.png walk_sins.png walk_music.png
classification_report_sins.png classification_report_music.png challenge.png
elbow.png kmeans3d.png cluster_table.png
""".split()


def snakemake(runs, *more):
    command = [sys.executable, "-m", "snakemake", "--cores", "all", "--quiet", "all", "--nolock"]
    command += [*more, "--config", "profile=smoke", f"runs={runs}"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = os.environ | {"PATH": path}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


def figures(runs, *more):
    """What `make figures` runs."""
    command = [sys.executable, "-m", "thesis_lib", "figures", "--profile", "smoke"]
    return subprocess.run([*command, "--runs", runs, *more], capture_output=True, text=True)


@pytest.fixture(scope="module")
def smoke(tmp_path_factory):
    runs = tmp_path_factory.mktemp("runs")
    done = figures(runs)
    assert done.returncode == 0, done.stdout + done.stderr
    return runs, done


def read(path):
    return json.loads(path.read_text())


def test_every_notebook_runs_and_records(smoke):
    runs, _ = smoke
    for name in NOTEBOOKS:
        assert read(runs / "smoke" / "results" / f"{name}.json")["notebook"] == name
        assert (runs / "smoke" / "notebooks" / f"{name}.ipynb").is_file()


def test_no_executed_notebook_holds_a_warning_or_an_error(smoke):
    runs, _ = smoke
    for name in NOTEBOOKS:
        cells = read(runs / "smoke" / "notebooks" / f"{name}.ipynb")["cells"]
        outputs = [output for cell in cells for output in cell.get("outputs", [])]
        said = [
            out for out in outputs if out["output_type"] == "error" or out.get("name") == "stderr"
        ]
        assert said == [], name


def test_every_figure_of_the_thesis_is_made_and_its_origin_known(smoke):
    runs, _ = smoke
    index = read(runs / "smoke" / "figures" / "index.json")
    assert set(OF_THE_THESIS) <= set(index)
    for name, about in index.items():
        file = runs / "smoke" / "figures" / name
        assert hashlib.sha256(file.read_bytes()).hexdigest() == about["sha256"]
        assert about["notebook"] in NOTEBOOKS
        assert isinstance(about["cell"], int)
        assert {"parameters", "inputs", "device", "packages", "thesis"} <= set(about)


def test_nothing_lies_in_figures_that_the_index_does_not_know(smoke):
    runs, _ = smoke
    folder = runs / "smoke" / "figures"
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert files - {"index.json"} == set(read(folder / "index.json"))


def test_simulated_data_is_called_simulated_in_every_caption(smoke):
    runs, _ = smoke
    for name, about in read(runs / "smoke" / "figures" / "index.json").items():
        if name.rsplit(".", 1)[0].endswith("_sins"):
            assert "simulated" in about["caption"], name


def test_it_ends_with_the_table_thesis_and_here(smoke):
    runs, done = smoke
    pairs = read(runs / "smoke" / "results" / "thesis_vs_here.json")
    assert pairs
    for pair in pairs:
        assert pair["differs"], pair["what"]
        assert pair["what"] in done.stdout


def test_a_second_run_does_nothing_but_show_the_table(smoke):
    runs, done = smoke
    before = {path: path.stat().st_mtime_ns for path in (runs / "smoke").rglob("*.*")}
    again = figures(runs)
    assert again.returncode == 0, again.stderr
    assert {path: path.stat().st_mtime_ns for path in (runs / "smoke").rglob("*.*")} == before
    assert done.stdout.splitlines()[-3:] == again.stdout.splitlines()[-3:]


def test_figures_that_are_gone_are_made_again_the_same_to_the_byte(smoke):
    runs, _ = smoke
    before = read(runs / "smoke" / "figures" / "index.json")
    gone = [runs / "smoke" / "figures" / name for name in ("pca3d_music.gif", "elbow.png")]
    for path in gone:
        path.unlink()
    again = figures(runs)
    assert again.returncode == 0, again.stderr
    assert all(path.is_file() for path in gone)
    after = read(runs / "smoke" / "figures" / "index.json")
    changed = [name for name in before if before[name]["sha256"] != after[name]["sha256"]]
    assert changed == []


def test_a_home_made_by_other_code_is_made_anew(tmp_path):
    assert snakemake(tmp_path, "--until", "mini_home").returncode == 0
    made = tmp_path / "smoke" / "mini_home" / "made.json"
    whole = made.read_text()
    made.write_text(json.dumps(json.loads(whole) | {"digest": "of other code"}))
    again = snakemake(tmp_path, "--until", "mini_home", "--forcerun", "mini_home")
    assert again.returncode == 0, again.stdout + again.stderr
    assert made.read_text() == whole
