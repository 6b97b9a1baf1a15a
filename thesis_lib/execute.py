"""Run a notebook without a browser, as a stage of the pipeline."""

import logging
from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError

from thesis_lib.errors import InputError, NothingToShow
from thesis_lib.files import atomic

log = logging.getLogger(__name__)


def execute(notebook, executed, names=None, **folders):
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
    own = papermill.inspect_notebook(str(notebook))
    given = (names or {}) | {name: str(Path(path).resolve()) for name, path in folders.items()}
    parameters = {name: value for name, value in given.items() if name in own}
    executed.parent.mkdir(parents=True, exist_ok=True)
    try:
        with atomic(executed) as part:
            _run(notebook, part, parameters)
    except PapermillExecutionError as error:
        raise InputError(
            f"{notebook}, cell {error.exec_count}: {error.ename}: {error.evalue}"
        ) from error


def _run(notebook, executed, parameters):
    """Run all cells, or those before one that says that there is nothing to show."""
    try:
        papermill.execute_notebook(
            str(notebook),
            str(executed),
            parameters,
            cwd=str(notebook.parent),
            progress_bar={"desc": notebook.stem, "unit": " cells"},
            log_output=False,
            kernel_name="python3",
            extra_arguments=["--IPKernelApp.log_level=50"],  # errors are the cells' to tell
        )
    except PapermillExecutionError as error:
        if error.ename != NothingToShow.__name__:
            raise
        log.warning(error.evalue)
