"""Running a notebook without a browser: what it is given, and how it ends."""

import json
import logging

import nbformat
import pytest

from thesis_lib.pipeline.execute import execute
from thesis_lib.pipeline.places import run_folder
from thesis_lib.util.errors import InputError


def notebook(folder, *cells):
    """A notebook whose first cell holds the parameters."""
    cells = [nbformat.v4.new_code_cell(cell) for cell in ('out = "."\nname = ""', *cells)]
    cells[0]["metadata"]["tags"] = ["parameters"]
    path = folder / "07_made_up.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


def test_names_are_given_as_they_are_and_folders_from_here(tmp_path, monkeypatch):
    made = notebook(tmp_path, "import json; print(json.dumps([out, name]))")
    monkeypatch.chdir(tmp_path)
    execute(made, tmp_path / "done.ipynb", {"name": "fma", "unknown": "x"}, out="results")
    cells = json.loads((tmp_path / "done.ipynb").read_text())["cells"]
    assert json.loads("".join(cells[-1]["outputs"][0]["text"])) == [
        str(tmp_path / "results"),
        "fma",
    ]


def test_a_cell_that_fails_is_named_and_no_copy_left(tmp_path):
    made = notebook(tmp_path, "1 / 0")
    with pytest.raises(InputError, match=r"07_made_up.ipynb, cell 3: ZeroDivisionError"):
        execute(made, tmp_path / "done.ipynb", out=tmp_path)
    assert not (tmp_path / "done.ipynb").exists()


SOLVED = """1. Is it so?

<details><summary>Solution</summary>

```python
print({})
```

It is.

</details>
"""


def test_solutions_are_executed_after_the_cells_where_that_is_asked(tmp_path):
    made = notebook(tmp_path, "answer = 6 * 7")
    content = nbformat.read(made, as_version=4)
    content.cells.insert(1, nbformat.v4.new_markdown_cell(SOLVED.format("answer") * 2))
    nbformat.write(content, made)
    before = made.read_bytes()
    for solved in (False, True):
        execute(made, tmp_path / "done.ipynb", solved=solved)
        cells = json.loads((tmp_path / "done.ipynb").read_text())["cells"]
        ends = cells[-2:] if solved else cells[-1:]
        texts = [cell["outputs"][0]["text"] for cell in ends if cell["outputs"]]
        assert texts == [["42\n"]] * (2 if solved else 0)
    assert made.read_bytes() == before


def test_a_broken_solution_fails(tmp_path):
    made = notebook(tmp_path, "answer = 6 * 7")
    content = nbformat.read(made, as_version=4)
    content.cells.append(nbformat.v4.new_markdown_cell(SOLVED.format("anwser")))
    nbformat.write(content, made)
    with pytest.raises(InputError, match="name 'anwser' is not defined"):
        execute(made, tmp_path / "done.ipynb", solved=True)


UNLABELLED = """
from thesis_lib.pipeline.run import run_of
from thesis_lib.reporting.notebook_record import Record
run = run_of("music", {folder!r}, {work!r})
record = Record("07_made_up", out, {{}}, [run], learned=False)
if not run.corpus.labels:
    record.leave_out("tiny music carries 0 labels")
raise RuntimeError("goes on without labels")
"""


@pytest.mark.parametrize("labelled", [False, True])
def test_without_labels_a_notebook_is_left_out_and_its_result_says_so(
    tiny_run, tmp_path, caplog, labelled
):
    folder = tmp_path / "songs"
    corpus, place = tiny_run.corpus_of_all_folds, run_folder("music", folder, tmp_path)
    if not labelled:
        corpus = type(corpus)(corpus.name, corpus.root, corpus.table.assign(label=""))
    corpus.save(place / "corpus")
    for name in ("run.json", "store"):
        (place / name).symlink_to(tiny_run.folder / name)
    made = notebook(tmp_path, UNLABELLED.format(folder=str(folder), work=str(tmp_path)))
    if labelled:
        with pytest.raises(InputError, match="goes on without labels"):
            execute(made, tmp_path / "done.ipynb", out=tmp_path)
        return
    with caplog.at_level(logging.WARNING):
        execute(made, tmp_path / "done.ipynb", out=tmp_path)
    assert "07_made_up is left out: tiny music carries 0 labels" in caplog.text
    cells = json.loads((tmp_path / "done.ipynb").read_text())["cells"]
    assert "left out: tiny music carries 0 labels" in json.dumps(cells[-1])
    assert not any("Exception" in "".join(cell["source"]) for cell in cells)  # it is no fault
    result = json.loads((tmp_path / "results" / "07_made_up.json").read_text())
    assert result["figures"] == {} and "carries 0 labels" in result["numbers"]["left_out"]


@pytest.mark.filterwarnings("ignore:the file is not specified with any extension")
@pytest.mark.parametrize("content", [None, "# no notebook"])
def test_what_is_no_notebook_is_named(tmp_path, content):
    path = tmp_path / "x.ipynb"
    if content:
        path.write_text(content)
    with pytest.raises(InputError, match=r"x\.ipynb is no notebook \(.*; give an \.ipynb file"):
        execute(path, tmp_path / "y.ipynb")
    assert not (tmp_path / "y.ipynb").exists()
