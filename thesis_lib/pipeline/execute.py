"""Run a notebook without a browser, as a stage of the pipeline: papermill does it."""

import logging
import os
import re
from pathlib import Path
from typing import Any

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError
from papermill.execute import remove_error_markers
from papermill.iorw import load_notebook_node, write_ipynb

from thesis_lib.util.errors import InputError, NothingToShow
from thesis_lib.util.files import atomic

SMOKE = {"pictures": 4, "sample": 300, "steps": 3, "most_walks": 8}  # parameters that take seconds
SELDOM = 30  # s between two looks of a bar: two notebooks at a time share a line
LINK = re.compile(r"(?<=\]\()([^):#\s]+)")  # to a file, in Markdown
SOLUTION = re.compile(r"<summary>Solution</summary>\s+```python\n(.*?)```", re.DOTALL)
log = logging.getLogger(__name__)


def execute(
    notebook: Path | str,
    executed: Path | str,
    names: dict[str, Any] | None = None,
    solved: bool = False,
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
    solved : bool
        Whether the solutions of its exercises are executed too, after its own cells.
    folders
        The same for those that are folders, relative to where the command is given. What the
        notebook has no parameter for is left out.

    Raises
    ------
    InputError
        A cell failed: names the notebook, the cell and the error.
    """
    bar = {"desc": Path(notebook).stem, "unit": " cells", "mininterval": SELDOM}
    with atomic(executed) as part:
        source = notebook
        if solved:
            write_ipynb(with_solutions(notebook), str(part))
            source = part
        try:
            _papermill(source, part, names, folders, cwd=Path(notebook).parent, progress_bar=bar)
        except PapermillExecutionError as error:
            if error.ename != NothingToShow.__name__:
                raise InputError(
                    f"{notebook}, cell {error.exec_count}: {error.ename}: {error.evalue}"
                ) from error
            log.warning(error.evalue)
            _end(part, error.cell_index)
        write_ipynb(relinked(load_notebook_node(str(part)), notebook, executed), str(part))


def with_solutions(notebook: Path | str) -> nbformat.NotebookNode:
    """A notebook that ends with the solutions of its exercises, each a code cell: NotebookNode."""
    content = load_notebook_node(str(notebook))
    texts = [cell.source for cell in content.cells if cell.cell_type == "markdown"]
    found = [code.strip() for text in texts for code in SOLUTION.findall(text)]
    content.cells += [
        nbformat.v4.new_code_cell(code, id=f"solution-{number}", metadata={"tags": []})
        for number, code in enumerate(found, start=1)
    ]
    return content


def relinked(
    content: nbformat.NotebookNode, source: Path | str, copy: Path | str, beside: bool = True
) -> nbformat.NotebookNode:
    """A copy of a notebook whose links lead where those of the notebook do: NotebookNode.

    Parameters
    ----------
    content : NotebookNode
        Of the copy, with the links of `source`.
    source, copy : Path
        Where both are.
    beside : bool
        Whether copies of other notebooks lie beside this one: links to them stay.
    """
    there, here = (os.path.dirname(os.path.abspath(path)) for path in (source, copy))

    def moved(link):
        path = os.path.normpath(os.path.join(there, link[1]))
        stays = not os.path.exists(path) or (beside and os.path.dirname(path) == there)
        return link[1] if stays else os.path.relpath(path, here)

    for cell in content.cells:
        if cell.cell_type == "markdown":
            cell.source = LINK.sub(moved, cell.source)
    return content


def with_parameters(
    notebook: Path | str, names: dict[str, Any] | None = None, **folders: Path | str
) -> nbformat.NotebookNode:
    """A notebook with its parameters filled in, as for `execute`, not run yet: NotebookNode."""
    return _papermill(notebook, None, names, folders, prepare_only=True)


def _papermill(notebook, output, names, folders, **options):
    try:
        known = papermill.inspect_notebook(notebook)
    except (OSError, ValueError) as error:
        raise InputError(f"{notebook} is no notebook ({error}); give an .ipynb file.") from None
    given = (names or {}) | {name: os.path.abspath(path) for name, path in folders.items()}
    return papermill.execute_notebook(
        notebook,
        output,
        {name: value for name, value in given.items() if name in known},
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=50"],  # errors are the cells' to tell
        **options,
    )


def _end(executed, last):
    """Take away papermill's banner of a notebook that ended early, and the cells never run."""
    notebook = remove_error_markers(load_notebook_node(str(executed)))
    notebook.cells = notebook.cells[: last + 1]
    write_ipynb(notebook, str(executed))
