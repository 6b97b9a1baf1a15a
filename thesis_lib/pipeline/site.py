"""What stands behind `make site`: the notebooks are run where they are out of date, then shown."""

from functools import partial
from pathlib import Path

from thesis_lib.pipeline.front_door import ROOT, pipeline
from thesis_lib.pipeline.job import Job
from thesis_lib.pipeline.run import Run
from thesis_lib.room import page
from thesis_lib.room.sounds import Sounds
from thesis_lib.room.widget import Room
from thesis_lib.site.build import build, check_place, summary

MOST = 250  # sounds of a room on the site: 40 KB each, with its picture


def site(job: Job, out: Path | str) -> str:
    """Make pages of a job's notebooks, for readers without Python.

    Parameters
    ----------
    job : Job
    out : Path
        Their folder.

    Returns
    -------
    str
        How large they are.
    """
    check_place(Path(out))
    pipeline(job)
    notebooks = sorted((ROOT / job.notebooks).glob("[0-9]*.ipynb"))
    runs = [Run(ROOT / job.run[domain]) for domain in reversed(job.given or job.names)]
    rooms = {run.corpus.name: partial(_write_room, run, job.embedding) for run in runs}
    return summary(build(notebooks, ROOT / job.out, Path(out), rooms))


def _write_room(run, embedding, folder):
    page.write(Room(Sounds.of_run(run, embedding)), folder, MOST)
