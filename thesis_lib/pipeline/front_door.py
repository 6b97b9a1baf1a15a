"""What stands behind `make figures`: what is cheap and can fail is checked, then the pipeline runs.

Snakemake decides what is to be made again and calls one stage after the other. It is started by a
list of arguments and reads a file of settings, so no shell and no YAML ever sees a name.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout
from joblib import cpu_count

from thesis_lib.corpus import Corpus
from thesis_lib.datasets import registry
from thesis_lib.pipeline.job import Job
from thesis_lib.recipe import RECIPES
from thesis_lib.reporting import summary
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import ROOT

# Large temporaries stay with the process instead of being mapped again each step: training and
# log-Mel gain up to a fifth. Text is UTF-8 whatever the locale says.
SETTINGS = {
    "MALLOC_MMAP_THRESHOLD_": "1073741824",
    "MALLOC_TRIM_THRESHOLD_": "1073741824",
    "PYTHONUTF8": "1",
}
IN_A_TERMINAL, IN_A_LOG = "0.5", "30"  # s between two looks of a progress bar


def figures(job: Job) -> None:
    """Make every figure and number of a job, and show them beside the thesis's."""
    pipeline(job)
    folders = [ROOT / run / "corpus" for run in job.run.values()]
    summary.show(ROOT / job.out, {folder: Corpus.open(folder) for folder in folders})


def pipeline(job: Job, *targets: str) -> None:
    """Make some files, or all.

    Parameters
    ----------
    job : Job
    targets : str
        Of the Snakefile: files below `ROOT`, or rules; none: all.

    Raises
    ------
    InputError
        A corpus cannot be used, the suite's folder cannot be written to, or a stage stopped (it
        has printed why).
    """
    _check(job)
    with alone(ROOT / job.runs), tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "job.json"
        settings.write_text(json.dumps(job.as_config()), encoding="utf-8")
        _snakemake(settings, *targets)


def _check(job):
    """What costs nothing and can fail: before anything is computed."""
    for name in job.recipes.values():
        if name not in RECIPES:
            known = sorted({known.split(",")[0] for known in RECIPES})
            raise InputError(f"RECIPE={job.recipe!r} is unknown; choose one of {', '.join(known)}.")
    if job.processes != 1:
        _check_processes(job.processes)
    if job.seeds < 0:
        raise InputError(f"SEEDS={job.seeds}: choose 1 or more trainings.")
    if job.corrections:
        _check_corrections(job)
    for name, folder in job.given.values():
        registry.files(name, folder)  # finds the list or the class folders, or says what is missing
    for folder in (ROOT, ROOT / job.runs):
        if folder.exists() and not os.access(folder, os.W_OK):
            raise InputError(
                f"{folder} cannot be written to, and results go there; copy the suite to a folder "
                "of your own."
            )


def _check_corrections(job):
    from thesis_lib.listening import decisions  # with SciPy, and most jobs have no corrections

    if len(job.given) != 1:
        raise InputError(
            "CORRECTIONS are decisions on one corpus of your own; name it by MUSIC= or SINS=, and "
            "no other."
        )
    decisions.read(job.corrections)


def _check_processes(processes):
    import torch  # takes seconds, and most jobs have one process

    at_most = torch.cuda.device_count() or cpu_count()
    if not 1 <= processes <= at_most:
        raise InputError(
            f"PROCESSES={processes}: choose 1 to {at_most}, as many as this machine has GPUs, "
            "or cores where it has none."
        )


def _snakemake(settings, *targets):
    """Run the pipeline; its stages speak for themselves, Snakemake is silent."""
    interval = IN_A_TERMINAL if sys.stderr.isatty() else IN_A_LOG
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    line = [
        *(sys.executable, "-m", "snakemake", *targets, "--snakefile", "Snakefile"),
        *("--cores", "all", "--quiet", "all", "--rerun-incomplete", "--nolock"),
        *("--resources", "home=1", "music=1", "--configfile", str(settings)),
    ]
    env = {"TQDM_MININTERVAL": interval} | os.environ | SETTINGS | {"PATH": path}
    process = subprocess.Popen(line, cwd=ROOT, env=env)
    try:
        status = process.wait()
    except KeyboardInterrupt:
        process.wait()  # it got the same signal and ends its stage
        raise
    if status:
        raise InputError(
            "stopped, for the reason above; what was done is kept, and the same command goes on "
            "from there."
        )


@contextmanager
def alone(folder: Path | str) -> Iterator[None]:
    """Keep others out of a folder, in this process and in all others, while the block runs.

    The lock's file is beside the folder, which need not be there; a lock is gone with its process.

    Raises
    ------
    InputError
        Another is at work there, or nothing can be written there.
    """
    folder = Path(folder)
    lock = FileLock(folder.with_name(f".{folder.name}.lock"), timeout=0)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise InputError(
            f"another command is at work in {folder}; wait until it has ended, then run this again."
        ) from None
    except OSError as error:
        fault = f"{folder}: cannot be written ({disk.reason(error)}); choose another folder"
        raise InputError(fault) from error
    try:
        yield
    finally:
        lock.release()
