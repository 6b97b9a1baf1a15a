"""What stands behind `make lab`: JupyterLab, pointed at one's own corpora."""

import hashlib
import os
import sys
from pathlib import Path
from urllib.parse import quote

import nbformat

from thesis_lib.pipeline.execute import relinked, with_parameters
from thesis_lib.pipeline.front_door import ROOT, SETTINGS
from thesis_lib.pipeline.job import Job
from thesis_lib.util.files import atomic

FRONT_PAGE = "00_start_here"


def lab(job: Job) -> None:
    """Open the notebooks; where the job has corpora of its own, copies that name them.

    Parameters
    ----------
    job : Job
    """
    notebook = ROOT / "notebooks" / f"{FRONT_PAGE}.ipynb"
    if job.given:
        copies = [_copy(path, job) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))]
        notebook = next(path for path in copies if path.stem == FRONT_PAGE)
    open_in_lab(notebook)


def folders(job: Job) -> dict[str, Path]:
    """The notebooks' parameters that are folders, absolute."""
    places = {f"{domain}_folder": folder for domain, folder in job.sources.items()}
    places |= {"work": job.work, "out": job.out}
    return {name: ROOT / place for name, place in places.items()}


def _copy(path, job):
    """A notebook with the job's corpora filled in; one that was made before is left as it is.

    Where the suite's own has changed since, the copy of before keeps lying beside the new one.
    """
    copy = ROOT / job.out / "lab" / path.name
    version = hashlib.sha256(path.read_bytes()).hexdigest()
    if copy.is_file():
        if nbformat.read(copy, as_version=4).metadata.get("copy_of") == version:
            return copy
        copy.replace(copy.with_stem(f"{copy.stem}_before"))
    names = job.names | {"embedding": job.embedding}
    notebook = relinked(with_parameters(path, names, **folders(job)), path, copy)
    notebook.metadata["copy_of"] = version
    with atomic(copy) as place:
        nbformat.write(notebook, place)
    return copy


def open_in_lab(notebook: Path | str) -> None:
    """Become JupyterLab, showing a notebook; Ctrl-C there is JupyterLab's."""
    as_root = ["--allow-root"] if getattr(os, "geteuid", lambda: 1)() == 0 else []
    place = os.path.relpath(notebook, ROOT)
    page = f"/lab/tree/{quote(Path(place).as_posix())}"  # what the address that is printed opens
    line = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={ROOT}", *as_root]
    print(f"Opening {place} in JupyterLab ...", flush=True)
    os.execve(sys.executable, [*line, f"--LabApp.default_url={page}"], os.environ | SETTINGS)
