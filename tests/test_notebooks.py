"""Notebooks as they are committed: no outputs, nothing of one machine, a question as title."""

import ast
import importlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
CELLS, LINES = 25, 12  # of code, at most; lines of each, at most
HEART = "corpus spectrogram store sampler resnet triplet_loss recipe train embed".split()
EXPLAINED = re.compile(rf"thesis_lib\.({'|'.join(HEART)}|analysis\.\w+|contrastive\.\w+)")
REPORT = re.compile(r"\b(record|report|quality)\b")  # modules and object that write reports

# What a committed notebook must not hold, and why.
FORBIDDEN = {
    r"sys\.path": "the library is installed",
    r"^\s*[!%]+\s*(pip|conda)\b": "packages come with the environment",
    r"""["'(\s=](/(home|root|Users|tmp|work|mnt|data|usr|opt|var)/|~/|[A-Za-z]:\\)""": (
        "an absolute path is one person's"
    ),
}


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return json.loads(request.param.read_text())


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def source(cell):
    return "".join(cell["source"])


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_no_outputs_and_no_counts(notebook):
    for cell in code(notebook):
        assert cell["outputs"] == [] and cell["execution_count"] is None
        assert not set(cell["metadata"]) - {"tags"}
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}


def test_cells_are_numbered(notebook):
    ids = [cell["id"] for cell in notebook["cells"]]
    assert ids == [str(number) for number in range(len(ids))]


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_nothing_of_one_machine(notebook, pattern):
    for cell in notebook["cells"]:
        found = re.search(pattern, source(cell), re.MULTILINE)
        assert not found, f"cell {cell['id']}: {found[0]!r}; {FORBIDDEN[pattern]}"


@pytest.mark.parametrize(
    "line",
    ["sys.path.append('x')", "!pip install x", "%pip install x", "x = '/home/me'", "('~/x')"],
)
def test_what_is_of_one_machine_would_be_found(line):
    line = line.replace("/home/me", "/home/me/x")
    assert any(re.search(pattern, line, re.MULTILINE) for pattern in FORBIDDEN)
    assert not any(re.search(pattern, 'home = "../runs/full/home"') for pattern in FORBIDDEN)


def test_one_cell_holds_the_parameters(notebook):
    tagged = [cell for cell in code(notebook) if "parameters" in cell["metadata"].get("tags", [])]
    assert len(tagged) == 1
    assert tagged[0] is code(notebook)[0], "the parameters come first"


def test_cells_are_few(notebook):
    assert len(code(notebook)) <= CELLS


def test_cells_are_short(notebook):
    assert [cell["id"] for cell in code(notebook) if len(cell["source"]) > LINES] == []


def test_at_most_one_line_in_five_writes_a_report(notebook):
    lines = [line for cell in code(notebook) for line in cell["source"] if line.strip()]
    lines = [line for line in lines if not re.match("(from|import) ", line)]
    assert sum(map(bool, map(REPORT.search, lines))) <= len(lines) / 5


def test_links_lead_somewhere_and_one_to_the_library(notebook):
    text = "\n".join(map(source, notebook["cells"]))
    links = re.findall(r"\]\(([^)#]+)\)", text)
    assert [link for link in links if not (ROOT / "notebooks" / link).exists()] == []
    assert any(re.fullmatch(r"\.\./thesis_lib/.*\.py", link) for link in links)


def named(notebook):
    """What a notebook names of the library's modules: pairs of module and name."""
    modules = {}
    for node in ast.walk(ast.parse("\n".join(map(source, code(notebook))))):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("thesis_lib"):
            for one in node.names:
                module = f"{node.module}.{one.name}"
                if (ROOT / (module.replace(".", "/") + ".py")).is_file():
                    modules[one.asname or one.name] = module
                else:
                    yield node.module, one.name
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in modules:
                yield modules[node.value.id], node.attr


def test_what_it_uses_of_heart_and_analyses_names_a_notebook(notebook):
    stems = {path.stem for path in NOTEBOOKS}
    for module, name in named(notebook):
        thing = getattr(importlib.import_module(module), name)
        if EXPLAINED.fullmatch(module) and callable(thing):
            assert set(re.findall(r"\b\d\d_\w+", thing.__doc__)) & stems, f"{module}.{name}"


def test_opposite_is_introduced_by_the_field_s_word(notebook):
    text = "\n".join(source(cell) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    words = re.sub(r"`[^`]*`|\$[^$]*\$|\*", "", text)  # without code and formulas
    first = re.search(r"\bopposites?\b.{,13}", words, re.DOTALL)
    assert not first or re.match(r"opposites?\s+\(negatives?\)", first[0]), first[0]


def test_title_is_a_question(notebook):
    first = notebook["cells"][0]
    assert first["cell_type"] == "markdown"
    title = source(first).splitlines()[0]
    assert title.startswith("# ") and title.endswith("?")
