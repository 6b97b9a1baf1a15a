"""Run a notebook without a browser, as a stage of the pipeline."""

import logging
import os
from pathlib import Path
from typing import Any

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from papermill.iorw import load_notebook_node
from papermill.parameterize import parameterize_notebook

from thesis_lib.util.errors import InputError, NothingToShow
from thesis_lib.util.files import atomic

SMOKE = {"pictures": 4, "sample": 300, "steps": 3, "most_walks": 8}  # parameters that take seconds
SELDOM = 30  # s between two looks of a bar: two notebooks at a time share a line
BANNER = "papermill-error-cell-tag"
log = logging.getLogger(__name__)


def execute(
    notebook: Path | str,
    executed: Path | str,
    names: dict[str, Any] | None = None,
    **folders: Path | str,
) -> None:
    """Execute a notebook with papermill; a copy with its outputs is kept.

    Parameters
    ----------
    notebook : Path
    executed : Path
        Where the copy goes; one of a notebook that fails is not kept.
    names : dict
        Values for the notebook's parameters.
    folders
        The same for those that are folders, relative to where the command is given. What the
        notebook has no parameter for is left out.

    Raises
    ------
    InputError
        A cell failed: names the notebook, the error and the copy.
    """
    notebook, executed = Path(notebook), Path(executed)
    executed.parent.mkdir(parents=True, exist_ok=True)
    try:
        with atomic(executed) as part:
            _run(notebook, part, _parameters(notebook, names, folders))
    except PapermillExecutionError as error:
        raise InputError(
            f"{notebook}, cell {error.exec_count}: {error.ename}: {error.evalue}"
        ) from error


def with_parameters(
    notebook: Path | str, names: dict[str, Any] | None = None, **folders: Path | str
) -> nbformat.NotebookNode:
    """A notebook with its parameters filled in, as for `execute`, not run yet: NotebookNode."""
    parameters = _parameters(notebook, names, folders)
    return parameterize_notebook(load_notebook_node(str(notebook)), parameters)


def _parameters(notebook, names, folders):
    own = papermill.inspect_notebook(str(notebook))
    given = (names or {}) | {name: os.path.abspath(path) for name, path in folders.items()}
    return {name: value for name, value in given.items() if name in own}


def _run(notebook, executed, parameters):
    """Run all cells, or those before one that says that there is nothing to show."""
    try:
        papermill.execute_notebook(
            str(notebook),
            str(executed),
            parameters,
            cwd=str(notebook.parent),
            progress_bar={"desc": notebook.stem, "unit": " cells", "mininterval": SELDOM},
            log_output=False,
            kernel_name="python3",
            extra_arguments=["--IPKernelApp.log_level=50"],  # errors are the cells' to tell
        )
    except PapermillExecutionError as error:
        if error.ename != NothingToShow.__name__:
            raise
        log.warning(error.evalue)
        _without_banner(executed)


def _without_banner(executed):
    """Take away what papermill writes above a copy that ended early, and the cells never run."""
    notebook = nbformat.read(executed, as_version=4)
    cells = [cell for cell in notebook.cells if BANNER not in cell.metadata.get("tags", ())]
    last = max(i for i, cell in enumerate(cells) if cell.get("execution_count"))
    notebook.cells = cells[: last + 1]
    nbformat.write(notebook, executed)
