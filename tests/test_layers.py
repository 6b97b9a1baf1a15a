"""The house: what imports what, how long files are, and what the heart loads."""

import ast
import subprocess
import sys

import pytest
from corpora import ROOT

LIBRARY = ROOT / "thesis_lib"
HEART = {"corpus", "spectrogram", "store", "sampler", "resnet", "triplet_loss", "recipe", "embed"}
BELOW = HEART | {"util"}

# What each package, and each file on top, may import beside itself; nothing runs back up.
MAY_IMPORT = {
    "util": set(),
    **dict.fromkeys(HEART, BELOW),
    "training": BELOW,
    "contrastive": BELOW | {"training"},
    "train": BELOW | {"training"},  # the loop; it finds a method by the name in the recipe
    "audio": {"util"},
    "datasets": {"audio", "corpus", "util"},
    "analysis": {"util"},
    "plots": {"util"},
    "listening": {"analysis", "audio", "plots", "util"},
    "room": {"embed", "recipe", "spectrogram", "analysis", "audio", "listening", "plots", "util"},
    "reporting": {"audio", "training", "util"},
    "site": {"util"},
    "pipeline": BELOW
    | {"train", "training", "contrastive", "audio", "datasets", "analysis", "reporting"}
    | {"listening", "room", "site"},
    "__main__": {"analysis", "datasets", "pipeline", "reporting", "util"},
    "__init__": set(),
}

# What hints alone may name beside that: such an import, under `TYPE_CHECKING`, is never run.
MAY_NAME = {
    "util": {"recipe"},
    "analysis": HEART,
    "plots": {"datasets"},
    "listening": HEART | {"pipeline", "reporting"},
    "room": HEART | {"pipeline"},
    "reporting": HEART | {"listening", "pipeline"},
}


def files():
    return sorted(LIBRARY.rglob("*.py"))


def top(path):
    """The package, or the file on top, that a path below the library belongs to."""
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def imported(path):
    """The packages and files on top that a file imports anything from as it runs."""
    return set(parts_of(nodes(ast.parse(path.read_text()))))


def named(path):
    """Those that a file names in hints alone."""
    return set(parts_of(ast.walk(ast.parse(path.read_text())))) - imported(path)


def nodes(tree):
    """All nodes but those under `if TYPE_CHECKING`."""
    yield tree
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield from nodes(node)


def parts_of(nodes):
    """The packages and files on top that some nodes import anything from."""
    for node in nodes:
        modules = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        modules += [name.name for name in node.names] if isinstance(node, ast.Import) else []
        for module in modules:
            if module == "thesis_lib":
                yield from (name.name for name in node.names)
            elif module.startswith("thesis_lib."):
                yield module.split(".")[1]


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(LIBRARY).as_posix())
def test_no_import_runs_back_up(path):
    own = top(path)
    assert imported(path) <= MAY_IMPORT[own] | {own}
    assert named(path) <= MAY_IMPORT[own] | {own} | MAY_NAME.get(own, set())


def test_imports_are_found(tmp_path):
    path = tmp_path / "x.py"
    lines = ["import os, thesis_lib.plots", "def f():", "    from thesis_lib import train"]
    lines += ["if TYPE_CHECKING:", "    from thesis_lib.store import SpectrogramStore"]
    path.write_text("\n".join(lines))
    assert imported(path) == {"plots", "train"}
    assert named(path) == {"store"}


def test_the_heart_runs_in_no_circle():
    """Each file of the heart imports only those that are known before it."""
    known, left = set(), {path.stem: imported(path) & HEART for path in files()
                          if path.stem in HEART and path.parent == LIBRARY}  # fmt: skip
    while left:
        ready = {name for name, needs in left.items() if needs <= known}
        assert ready, left
        known |= ready
        left = {name: needs for name, needs in left.items() if name not in ready}


def test_the_heart_loads_nothing_to_draw_or_show():
    heart = ", ".join(f"thesis_lib.{name}" for name in sorted(HEART | {"train"}))
    found = loaded(f"import {heart}")
    assert "torch" in found
    assert not found & {"IPython", "matplotlib", "seaborn", "papermill", "av", "librosa"}


def loaded(code):
    """The modules that a piece of code leaves loaded in a new process."""
    code += "; import sys; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_commands_load_no_more_than_they_need():
    """Every stage is a process: what it loads in vain, each of them pays."""
    assert "pandas" not in loaded("import thesis_lib.pipeline.arguments, thesis_lib.pipeline.job")
    front_door = loaded("import thesis_lib.pipeline.front_door")
    assert "pandas" in front_door and not front_door & {"torch", "matplotlib"}
    assert not loaded("import thesis_lib.reporting.summary") & {"torch", "matplotlib", "IPython"}


@pytest.mark.parametrize("folder", ["thesis_lib", "tests", "bench", "data"])
def test_no_file_is_longer_than_can_be_read_at_once(folder):
    paths = [path for path in (ROOT / folder).rglob("*.py") if ".venv" not in path.parts]
    long = {path.name: n for path in paths if (n := len(path.read_text().splitlines())) > 300}
    assert paths and long == {}
