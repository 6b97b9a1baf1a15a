"""What stands behind `make site`: the notebooks are run where they are out of date, then shown."""

from pathlib import Path

from thesis_lib.pipeline.front_door import ROOT, pipeline
from thesis_lib.pipeline.job import Job
from thesis_lib.site.build import build, check_place, summary


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
    return summary(build(notebooks, ROOT / job.out, Path(out)))
