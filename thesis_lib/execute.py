"""Run a notebook without a browser, as a stage of the pipeline."""

from pathlib import Path

import papermill
from papermill.exceptions import PapermillExecutionError

from thesis_lib.errors import InputError
from thesis_lib.files import atomic


def execute(notebook, executed, **parameters):
    """Execute a notebook with papermill; a copy with its outputs is kept.

    Parameters
    ----------
    notebook : Path
    executed : Path
        Where the copy goes; of a notebook that failed it is kept too, to be looked at.
    parameters
        Folders, relative to where the command is given; they replace those of the notebook's own
        parameters that have the same name.

    Raises
    ------
    InputError
        A cell failed: names the notebook, the error and the copy.
    """
    notebook, executed = Path(notebook), Path(executed)
    own = papermill.inspect_notebook(str(notebook))
    parameters = {name: str(Path(parameters[name]).resolve()) for name in parameters if name in own}
    executed.parent.mkdir(parents=True, exist_ok=True)
    try:
        with atomic(executed) as part:
            papermill.execute_notebook(
                str(notebook),
                str(part),
                parameters,
                cwd=str(notebook.parent),
                progress_bar={"desc": notebook.stem, "unit": " cells"},
                log_output=False,
                kernel_name="python3",
                extra_arguments=["--IPKernelApp.log_level=50"],  # errors are the cells' to tell
            )
    except PapermillExecutionError as error:
        raise InputError(
            f"{notebook}, cell {error.exec_count}: {error.ename}: {error.evalue}"
        ) from error
