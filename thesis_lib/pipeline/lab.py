"""What stands behind `make lab` and `make listen`: JupyterLab, pointed at one's own corpora."""

import hashlib
import os
import sys
from pathlib import Path
from urllib.parse import quote

import nbformat
from nbformat.sign import NotebookNotary

from thesis_lib.pipeline.execute import execute, relinked, with_parameters
from thesis_lib.pipeline.front_door import ROOT, SETTINGS, pipeline
from thesis_lib.pipeline.job import Job
from thesis_lib.recipe import RECIPES
from thesis_lib.util.files import atomic

FRONT_PAGE, ROOM = "00_start_here", "09_listening_room"


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


def listen(job: Job) -> None:
    """Open the listening room: with the job's own corpora, which are embedded first.

    Nothing is trained where the network that comes with the suite takes the job's spectrograms.

    Parameters
    ----------
    job : Job
    """
    from thesis_lib.contrastive import pretrained  # with torch, which `lab` does without

    wanted = job.given or job.names
    untrained = {d: pretrained.takes(RECIPES[job.recipes[d]].features) for d in wanted}
    part = {True: "ours.json", False: "done.json"}
    parts = [f"{job.run[d]}/embeddings/{part[untrained[d]]}" for d in wanted]
    pipeline(job, *parts, *(f"{job.run[d]}/embeddings/adapted.json" for d in job.adapted))
    own = ROOT / (f"{job.runs}/listen" if job.out == "." else job.out)  # no figure of the suite's
    source, room = ROOT / "notebooks" / f"{ROOM}.ipynb", own / "lab" / f"{ROOM}.ipynb"
    names = job.names | {"embedding": job.embedding}
    execute(source, room, names, solved=False, **folders(job) | {"out": own})
    _link_and_sign(source, room)
    print("In JupyterLab: Run > Run All Cells brings the listening room to life.")
    open_in_lab(room)


def _link_and_sign(source, room):
    """Link the room to the suite's own notebooks, and sign it: else its players stay shut."""
    notebook = relinked(nbformat.read(room, as_version=4), source, room, beside=False)
    with atomic(room) as place:
        nbformat.write(notebook, place)
    NotebookNotary().sign(notebook)


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
