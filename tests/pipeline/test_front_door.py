"""The front door as it is typed: whatever a folder is called, and what is said of a bad one."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from corpora import listing, noise, write

from thesis_lib.pipeline.front_door import alone, pipeline
from thesis_lib.pipeline.job import Job, given
from thesis_lib.pipeline.places import run_name
from thesis_lib.util.errors import InputError

ROOT = Path(__file__).parents[2]
NASTY = 'My #1 {x} $m: it\'s "q" <b> `id` $(date) \\ & | %41 é'

through_make = pytest.mark.skipif(
    not (ROOT / ".venv" / "ready").is_file(), reason="the suite is not set up by make here"
)


def make(*arguments, cwd=ROOT, **more):
    """Type `make ...` somewhere."""
    line = ["make", "--no-print-directory", "-o", ".venv/ready", *arguments]
    return subprocess.run(line, cwd=cwd, capture_output=True, text=True, **more)


def said(done):
    """The one sentence of a command that failed."""
    assert done.returncode != 0 and done.stdout == ""
    sentence, line = done.stderr.splitlines()
    assert re.match(r"make(\[\d+\])?: \*\*\* \[", line), line
    assert "Traceback" not in sentence
    return sentence


def test_a_result_of_a_benchmark_that_is_gone_is_named(tmp_path):
    """Snakemake itself is silent, so what it misses has to be told."""
    shutil.copy(ROOT / "Snakefile", tmp_path)
    line = [sys.executable, "-m", "snakemake", "--cores", "1", "--quiet", "all"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(line, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    path = tmp_path / "bench" / "results" / "input_pipeline.json"
    assert done.stderr == f"{path} is missing; it comes with the suite: fetch it again.\n"


TYPED = ["/nonexistent", "2020", "~/of nobody", "/x/a$b$$c", "/x/$(", "/x/#1: {y}", "/x/\"<b>'s"]


@through_make
@pytest.mark.parametrize("typed", TYPED)
def test_a_folder_that_is_not_there_is_named_as_it_was_typed(typed):
    sentence = said(make("figures", f"MUSIC={typed}"))
    assert f"MUSIC={typed} does not exist" in sentence and "; give the folder" in sentence
    assert f"SINS={typed} does not exist" in said(make("figures", f"SINS={typed}"))


@through_make
def test_a_relative_folder_starts_where_the_command_is_given(tmp_path):
    (tmp_path / "music").mkdir()
    environment = os.environ | {"PWD": str(tmp_path)}  # as a shell has it
    done = make("-C", str(ROOT), "figures", "MUSIC=nowhere", cwd=tmp_path, env=environment)
    assert f"({tmp_path}/nowhere)" in said(done)
    done = make("-C", str(ROOT), "figures", "MUSIC=music", cwd=tmp_path, env=environment)
    assert f"{tmp_path}/music" in said(done)


@through_make
def test_a_folder_without_audio_is_named_whatever_it_is_called(tmp_path):
    (tmp_path / NASTY).mkdir()
    before = listing(ROOT / "figures")
    sentence = said(make("figures", f"MUSIC={tmp_path / NASTY}"))
    assert f"{tmp_path / NASTY} holds no" in sentence
    assert listing(ROOT / "figures") == before


@through_make
@pytest.mark.parametrize("target", ["figures", "listen", "lab"])
def test_every_door_checks_what_it_is_given(target):
    assert "MUSIC=/nonexistent does not exist" in said(make(target, "MUSIC=/nonexistent"))


@through_make
def test_a_recipe_that_is_none():
    sentence = said(make("figures", "RECIPE=best"))
    assert "RECIPE='best' is unknown; choose one of ours, small, smoke, thesis" in sentence


@through_make
@pytest.mark.parametrize("typed", ["PROCESSES=1000", "PROCESSES=0", "PROCESSES=-1", "SEEDS=-1"])
def test_numbers_that_no_machine_has(typed):
    assert re.search(rf"{typed}: choose 1 ", said(make("figures", typed)))


def test_music_is_music_and_sins_is_sins(tmp_path):
    """Whatever lies beside it: a stray list, a class called dev."""
    (tmp_path / "meta.txt").touch()
    (tmp_path / "dev").mkdir()
    assert given("music", str(tmp_path)) == ("music", str(tmp_path))
    assert given("home", str(tmp_path)) == ("sins", str(tmp_path))
    (tmp_path / "fma_metadata").mkdir()
    assert given("music", str(tmp_path)) == ("fma", str(tmp_path))


def test_home_and_relative_folders(tmp_path, monkeypatch):
    (tmp_path / "mine").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    assert given("music", "~/mine") == ("music", f"{tmp_path}/mine")
    monkeypatch.chdir(tmp_path)
    assert given("music", "mine/../mine") == ("music", f"{tmp_path}/mine")


def test_bytes_that_no_notebook_can_name(tmp_path):
    folder = os.fsencode(tmp_path) + b"/fran\xe7ais"
    os.mkdir(folder)
    with pytest.raises(InputError, match="holds bytes that are no UTF-8; rename that folder"):
        given("music", os.fsdecode(folder))


@pytest.mark.parametrize("name", [NASTY, "techno.v1", "日本語", "x" * 200, "full", "-rf", "\n"])
def test_a_run_is_its_folders_own_and_its_name_is_safe(name):
    found = run_name(f"/a/{name}")
    assert re.fullmatch(r"\w[\w-]{,50}", found) and found != run_name(f"/b/{name}")
    assert found == run_name(f"/a/./{name}") and found not in ("full", "smoke", "ours")


def test_two_folders_that_end_alike_have_two_runs():
    folders = ["/a/techno.v1", "/a/techno.v2", "/b/techno.v1", "/a/techno-v1", "/a/techno v1"]
    jobs = [Job({"music": ("music", folder)}) for folder in folders]
    assert len({job.out for job in jobs}) == len({job.run["music"] for job in jobs}) == len(folders)
    assert all(job.out.startswith("runs/techno_") or "techno-" in job.out for job in jobs)


def test_the_suites_own_figures_are_of_its_own_corpora_alone():
    assert Job().out == "."
    for folder in ("/x/full", "/full", "/x/mini_music"):
        assert Job({"music": ("music", folder)}).out != "."
        assert Job({"home": ("sins", folder)}).run["home"] != Job().run["home"]
    assert Job(profile="smoke").out != "." and Job(recipe="ours").out != "."


@pytest.mark.parametrize("profile", ["full", "smoke"])
@pytest.mark.parametrize("recipe", ["small", "thesis", "ours"])
@pytest.mark.parametrize("given", [{}, {"music": ("music", NASTY)}, {"home": ("sins", "/x/y")}])
def test_a_job_survives_being_written_down(profile, recipe, given):
    job = Job(given, recipe, profile, seeds=4)
    assert Job(**job.as_config()) == job
    assert job.n_seeds == 4 and not job.run["home"] == job.run["music"]


def test_one_at_a_time_in_a_folder(tmp_path):
    code = "import sys; from thesis_lib.pipeline.front_door import alone\n"
    code += "with alone(sys.argv[1]): input()"
    line = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(line, stdin=subprocess.PIPE) as other:
        while not (tmp_path.parent / f".{tmp_path.name}.lock").exists():
            time.sleep(0.01)
        with pytest.raises(InputError, match=f"another command is at work in {tmp_path}; wait"):
            for _ in range(1000):  # the file is there a moment before it is locked
                with alone(tmp_path):
                    time.sleep(0.01)
        other.communicate(b"\n")
    with alone(tmp_path):
        pass


def test_a_lock_is_gone_with_its_process(tmp_path):
    code = "import os, sys; from thesis_lib.pipeline.front_door import alone\n"
    code += "with alone(sys.argv[1]): os.kill(os.getpid(), 9)"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)])
    assert done.returncode == -signal.SIGKILL
    with alone(tmp_path):
        pass


STOPPED = """
import os, signal, sys, threading
from thesis_lib import __main__ as command
from thesis_lib.pipeline import stages

signal.signal(signal.SIGINT, signal.default_int_handler)  # a test in the background ignores it

def training(run):
    def work():
        import torch
        x = torch.randn(500, 500, requires_grad=True)
        while True:
            (x @ x).sum().backward()
            ready.set()

    ready = threading.Event()
    threading.Thread(target=work).start()
    ready.wait()
    os.kill(os.getpid(), signal.SIGINT)
    ready.clear()
    while True:
        ready.wait()

stages.training = training
sys.argv = ["thesis", "training", sys.argv[1]]
command.main()
"""


def test_ctrl_c_while_threads_compute_ends_quietly(tmp_path):
    line = [sys.executable, "-c", STOPPED, str(tmp_path / "run")]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 130 and done.stdout == ""
    assert done.stderr == "\nthesis training: stopped; run the same command again to go on.\n"


def test_a_stage_refuses_a_folder_where_another_is_at_work(tmp_path):
    write(tmp_path / "songs" / "a" / "1.wav", noise(3))
    line = [sys.executable, "-m", "thesis_lib", "features", str(tmp_path / "run")]
    with alone(tmp_path / "run"):
        done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr.startswith("thesis features: another command is at work in ")


def test_a_checkout_that_cannot_be_written_to(monkeypatch):
    """Root may write anywhere, so the answer of the system is made up."""
    monkeypatch.setattr(os, "access", lambda path, how: False)
    with pytest.raises(InputError, match=f"{ROOT} cannot be written to, .*copy the suite to"):
        pipeline(Job())
