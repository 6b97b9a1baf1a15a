"""The whole pipeline on the smoke profile: every stage, every notebook, every figure."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from corpora import listing, noise, text, tone, write

from thesis_lib.corpus import Corpus
from thesis_lib.pipeline import stages
from thesis_lib.pipeline.execute import SMOKE, execute
from thesis_lib.pipeline.job import Job
from thesis_lib.reporting import captions

ROOT = Path(__file__).parents[2]
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


def test_every_exercise_is_solved(smoke):
    """Solutions are executed as cells; an error would have ended the pipeline."""
    runs, _ = smoke
    for name in NOTEBOOKS:
        exercises = (ROOT / "notebooks" / f"{name}.ipynb").read_text().count("<details>")
        cells = read(runs / "smoke" / "notebooks" / f"{name}.ipynb")["cells"]
        solved = [cell for cell in cells if cell["id"].startswith("solution")]
        assert len(solved) == exercises > 0, name
        assert all(cell["execution_count"] for cell in solved), name


def test_every_caption_is_of_something_that_is_recorded(smoke):
    runs, _ = smoke
    index = read(runs / "smoke" / "figures" / "index.json")
    for name in captions.CAPTIONS:
        pattern = re.sub(r"\\{\w+\\}", ".+", re.escape(name))
        assert any(re.fullmatch(pattern, file) for file in index), name
    assert set(captions.THESIS) <= set(captions.CAPTIONS)


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
    gone = [runs / "smoke" / "figures" / name for name in ("elbow.png", "cluster_table.png")]
    for path in gone:
        path.unlink()
    again = figures(runs)
    assert again.returncode == 0, again.stderr
    assert all(path.is_file() for path in gone)
    after = read(runs / "smoke" / "figures" / "index.json")
    changed = [name for name in before if before[name]["sha256"] != after[name]["sha256"]]
    assert changed == []


def songs(folder):
    """Two classes of three songs: folder -> their paths below it, by class."""
    names = {label: [f"{label}/{i}.wav" for i in range(3)] for label in ("deep", "raw")}
    for number, (label, paths) in enumerate(names.items()):
        for seed, path in enumerate(paths):
            wave = tone(6, 200 + 100 * seed) if label == "deep" else noise(6, seed)
            write(folder / path, wave + noise(6, 100 + 10 * number + seed, level=0.01))
    return names


def a_csv(root, elsewhere):
    """A list over an audio folder that is a link."""
    (root / "audio").symlink_to(elsewhere)
    lines = [f"audio/{p},{label}\n" for label, paths in songs(elsewhere).items() for p in paths]
    text(root / "songs.csv", "path,label\n", *lines, "audio/gone.wav,deep\n")
    return "gone.wav is missing"


def playlists(root, elsewhere):
    """A playlist a class, of files elsewhere."""
    for label, paths in songs(elsewhere).items():
        text(root / f"{label}.m3u8", *(f"{elsewhere / path}\n" for path in paths))
    text(root / "deep.m3u8", (root / "deep.m3u8").read_text(), "http://radio.org/x\n")
    return "a stream"


def class_folders(root, elsewhere):
    """A class folder, and one that is a link; in it a link that leads nowhere."""
    songs(elsewhere)
    (root / "raw").symlink_to(elsewhere / "raw")
    (elsewhere / "deep").rename(root / "deep")
    (root / "deep" / "lost.wav").symlink_to(elsewhere / "nowhere.wav")
    return "lost.wav is a link"


def own_music(tmp_path, layout):
    """A folder with a name that nobody would choose, and what is to be said of it."""
    root = tmp_path / "my #1 {x} $m"
    root.mkdir()
    return root, layout(root, tmp_path / "elsewhere")


def check_corpus(run, left_out):
    corpus = Corpus.open(run / "corpus")
    assert corpus.table.groupby("label").size().to_dict() == {"deep": 3, "raw": 3}
    assert any(left_out in sentence for sentence in corpus.left_out)


@pytest.mark.parametrize(
    "layout, notebook, sound",
    [
        (class_folders, "00_start_here", "first_triplet.mp3"),
        (playlists, "09_listening_room", "listening_room_music.mp3"),
    ],
)
def test_own_music_from_the_folder_to_what_is_heard(smoke, tmp_path, layout, notebook, sound):
    """Every stage, and notebooks that read the audio itself; others see the same tables."""
    root, left_out = own_music(tmp_path, layout)
    job = Job({"music": ("music", str(root))}, profile="smoke", runs=str(smoke[0]))
    run = job.run["music"]
    stages.corpus(*job.given["music"], run, job.recipes["music"], job.n_seeds)
    for stage in (stages.features, stages.ours, stages.training, stages.embeddings):
        stage(run)
    check_corpus(Path(run), left_out)
    folders = {f"{domain}_folder": folder for domain, folder in job.sources.items()}
    folders |= {"work": job.work, "out": tmp_path / "out"}
    path = ROOT / "notebooks" / f"{notebook}.ipynb"
    execute(path, tmp_path / path.name, job.names | SMOKE, **folders)
    assert (tmp_path / "out" / "figures" / sound).is_file()
    shutil.rmtree(Path(run).parent)


def test_own_music_from_a_csv_to_the_last_notebook(smoke, tmp_path):
    """The suite's network is trained further on it, and all notebooks draw from that."""
    runs, _ = smoke
    root, left_out = own_music(tmp_path, a_csv)
    suite = listing(runs / "smoke" / "figures")
    done = figures(runs, "--music", root, "--train")
    assert done.returncode == 0, done.stdout + done.stderr
    out = Path(Job({"music": ("music", str(root))}, profile="smoke", runs=str(runs)).out)
    shutil.move(out, tmp_path)
    check_corpus(tmp_path / out.name / "music", left_out)
    assert left_out in done.stdout.split("The data here differ")[1]
    results = {path.stem for path in (tmp_path / out.name / "results").glob("[01]*.json")}
    assert results == set(NOTEBOOKS) - {"10_experiments", "11_open_questions"}
    adapted = read(tmp_path / out.name / "music" / "embeddings" / "adapted.json")
    assert "adapted is " in adapted["helped"] and adapted["helped"] in done.stdout
    drawn = read(tmp_path / out.name / "results" / "07_genre_clusters.json")["numbers"]
    assert drawn["embedding"] == {root.name: "adapted"}
    index = read(tmp_path / out.name / "figures" / "index.json")
    benchmark = (
        "label_ways",
        "label_scores",
        "audit_pays",
    )  # of the suite's corpora: there are songs
    captions = [about["caption"] for name, about in index.items() if not name.startswith(benchmark)]
    assert not [one for one in captions if re.search(r"\b(songs?|(sub-)?genres?)\b", one)]
    for name, about in index.items():
        file = tmp_path / out.name / "figures" / name
        assert hashlib.sha256(file.read_bytes()).hexdigest() == about["sha256"]
    assert listing(runs / "smoke" / "figures") == suite


def test_the_home_is_known_again_when_its_stage_is_run_again(smoke, tmp_path):
    """Its `made.json` is still there when the stage looks for it."""
    home = Path("smoke", "mini_home")
    shutil.copytree(smoke[0] / home, tmp_path / home)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / home).rglob("*.wav")}
    again = snakemake(tmp_path, "--until", "mini_home", "--forcerun", "mini_home")
    assert again.returncode == 0, again.stdout + again.stderr
    after = {path: path.stat().st_mtime_ns for path in (tmp_path / home).rglob("*.wav")}
    assert after == before
