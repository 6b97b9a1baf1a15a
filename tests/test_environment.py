"""The places that name packages and Pythons say the same, and the sentences on them are true."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import requires, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LINES = (ROOT / "requirements.lock").read_text().splitlines()
PINS = [Requirement(line) for line in LINES if line and not line.startswith("#")]
LOCK = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in PINS}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def direct():
    """What pyproject.toml asks for, as `Requirement`s: to run, to test and to build."""
    project = PROJECT["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["test"]
    return list(map(Requirement, asked + PROJECT["build-system"]["requires"]))


def next_major(release):
    return str(int(release.split(".")[0]) + 1)


def needed():
    """The names of all packages that `direct` needs on this Python, itself included."""
    todo, found = [(asked.name, "") for asked in direct()], set()
    while todo:
        name, extra = todo.pop()
        if (canonicalize_name(name), extra) in found or canonicalize_name(name) not in LOCK:
            continue  # of what the lock lacks, NVIDIA's packages, nothing is looked up
        found.add((canonicalize_name(name), extra))
        for line in requires(name) or []:
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate({"extra": extra}):
                todo += [(wanted.name, part) for part in {"", *wanted.extras}]
    return {name for name, _ in found}


@pytest.mark.parametrize("asked", direct(), ids=lambda asked: asked.name)
def test_every_direct_dependency_is_locked_within_its_range(asked):
    pin = LOCK[canonicalize_name(asked.name)]
    assert asked.specifier.contains(pin)
    bounds = {bound.operator: bound.version for bound in asked.specifier}
    assert bounds.keys() == {">=", "<"}
    assert bounds["<"] == next_major(pin)


def test_every_locked_package_is_needed():
    here = {canonicalize_name(pin.name) for pin in PINS
            if pin.marker is None or pin.marker.evaluate()}  # fmt: skip
    assert len(here) > 100
    assert here - needed() == set()


def test_what_a_package_of_the_lock_asks_for_is_locked_and_admits_its_pin():
    for name in needed():
        for line in requires(name) or []:
            wanted = Requirement(line)
            pin = LOCK.get(canonicalize_name(wanted.name))
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                assert pin or name == "torch", f"{name} asks for {line}"  # NVIDIA's packages
                assert pin is None or wanted.specifier.contains(pin), f"{name} asks for {line}"


def test_torch_is_pinned_to_no_build_and_may_be_older_on_a_gpu():
    assert LOCK["torch"] == "2.13.0"
    (torch,) = (asked for asked in direct() if asked.name == "torch")
    assert torch.specifier.contains("2.11.0") and not torch.specifier.contains("3.0")


def test_the_lock_pins_nothing_loosely_and_no_build_of_one_machine():
    pin = re.compile(r'[\w.-]+==[\w.]+(; python_version [=>]= "3\.1[123]")?')
    loose = [line for line in LINES if not line.startswith("#") and not pin.fullmatch(line)]
    assert loose == []


def test_the_python_that_the_project_asks_for_is_the_one_make_asks_for():
    from_, below = map(int, re.findall(r"3\.(\d+)", PROJECT["project"]["requires-python"]))
    makefile = (ROOT / "Makefile").read_text()
    assert f"(3, {from_}) <= sys.version_info[:2] < (3, {below})" in makefile
    assert f"Python 3.{from_} to 3.{below - 1} is needed" in makefile
    versions = ", ".join(f"3.{minor}" for minor in range(from_, below - 1))
    assert f"Python {versions} or 3.{below - 1} and `make`" in (ROOT / "README.md").read_text()
    assert (3, from_) <= sys.version_info[:2] < (3, below)


def test_conda_installs_the_same_lock():
    text = (ROOT / "environment.yml").read_text()
    assert "- -r requirements.lock" in text
    # Nothing but Python, pip and make may come from elsewhere than the lock.
    named = re.findall(r"^  - ([\w-]+)", text, re.MULTILINE)
    assert named == ["conda-forge", "python", "pip", "make", "pip"]


@pytest.mark.parametrize("name", [asked.name for asked in direct()])
def test_what_is_installed_is_what_is_pinned(name):
    assert version(name).split("+")[0] == LOCK[canonicalize_name(name)]


def test_every_dependency_is_used():
    """Each direct dependency is imported somewhere, or run by the Makefile or Snakefile."""
    code = [p.read_text() for place in ("thesis_lib", "tests", "bench", "data")
            for p in (ROOT / place).rglob("*.py")]  # fmt: skip
    code += [path.read_text() for path in (ROOT / "notebooks").glob("*.ipynb")]
    text = "\n".join(code) + (ROOT / "Makefile").read_text() + (ROOT / "Snakefile").read_text()
    modules = {"scikit-learn": "sklearn", "ipython": "IPython", "jupyterlab": "jupyter lab"}
    modules |= {"python-debian": "debian.arfile"}
    modules |= {"setuptools": "pip install"}  # builds the package itself
    modules |= {"umap-learn": "from umap import"}
    modules |= {"pytest-xdist": "pytest -n auto"}
    unused = [
        name
        for name in (asked.name for asked in direct())
        if not re.search(rf"\b{modules.get(name, name.replace('-', '_'))}\b", text)
    ]
    assert unused == []


def test_torchaudio_is_imported_in_one_place_only():
    users = [
        path.name
        for path in (ROOT / "thesis_lib").rglob("*.py")
        if re.search(r"^\s*(import torchaudio|from torchaudio )", path.read_text(), re.MULTILINE)
    ]
    assert users == ["reference_features.py"]


@pytest.mark.parametrize("fails", ["ImportError", "OSError", "RuntimeError", ""])
def test_where_torchaudio_does_not_load_all_else_does(tmp_path, fails):
    """As its wheel does beside a CPU build of torch; here a stand-in, found before it, does."""
    (tmp_path / "torchaudio.py").write_text(f"raise {fails}('no CUDA')" if fails else "")
    code = "from thesis_lib.analysis.reference_features import torchaudio; print(torchaudio)"
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        env=os.environ | {"PYTHONPATH": path},
    )  # fmt: skip
    assert (done.stdout == "None\n") == bool(fails)


@pytest.fixture
def suite(tmp_path):
    """A folder with the suite's Makefile, whose environment is the one that runs the tests."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    (tmp_path / ".venv" / "ready").touch()
    (tmp_path / "thesis_lib").mkdir()
    return tmp_path


def make(target, folder, *given):
    command = ["make", "--no-print-directory", target, *given]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


ASKED = [("", ""), ("TRAIN=0", ""), ("TRAIN=1", "--train")]
ASKED += [("CORRECTIONS=review", "--corrections=review")]


@pytest.mark.parametrize("given, asked", ASKED)
def test_what_is_typed_behind_make_reaches_the_command(suite, given, asked):
    command = suite / ".venv" / "bin" / "thesis"
    command.write_text('#!/bin/sh\necho "$@"\n')
    command.chmod(0o755)
    done = make("listen", suite, "MUSIC=songs", *given.split())
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == f"listen --music=songs {asked}".split()


FAULTS = {
    "import os\n": "F401",
    "def public():\n    return 1\n": "ANN201",
    "class Public:\n    def __init__(self, x):\n        self.x = x\n": "ANN204",
    "def public(x) -> int:\n    return 1\n": "no-untyped-def",
    "def public(x: int) -> int:\n    return str(x)\n": "return-value",
    "def _private(x):\n    return 1 + str(x)\n": "operator",
}


@pytest.mark.parametrize(("code", "said"), FAULTS.items(), ids=FAULTS.values())
def test_a_fault_of_style_or_type_fails_the_tests_before_they_begin(suite, code, said):
    (suite / "thesis_lib" / "fault.py").write_text(code)
    (suite / "tests").mkdir()
    (suite / "tests" / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    for target in ("lint", "test"):
        done = make(target, suite)
        assert done.returncode and said in done.stdout and "passed in" not in done.stdout


def test_code_without_fault_passes(suite):
    (suite / "thesis_lib" / "fine.py").write_text("def twice(x: int) -> int:\n    return 2 * x\n")
    (suite / "bench.py").write_text("def no_part_of_the_library(x):\n    return x\n")
    done = make("lint", suite)
    assert done.returncode == 0 and "All checks passed" in done.stdout
    assert "no issues found" in done.stdout


def test_the_workflow_runs_the_tests_on_the_first_and_the_last_python():
    text = (ROOT / ".github" / "workflows" / "test.yml").read_text()
    from_, below = map(int, re.findall(r"3\.(\d+)", PROJECT["project"]["requires-python"]))
    assert f'python: ["3.{from_}", "3.{below - 1}"]' in text
    assert re.search(r"run: make test\b", text)


def test_before_a_commit_the_same_ruff_and_mypy_run_as_in_the_tests():
    text = (ROOT / ".pre-commit-config.yaml").read_text()
    assert f"ruff=={LOCK['ruff']}" in text
    assert "entry: .venv/bin/python -m mypy\n" in text


def test_citation_and_changelog_name_the_version():
    number = PROJECT["project"]["version"]
    assert f"\nversion: {number}\n" in (ROOT / "CITATION.cff").read_text()
    released = re.findall(r"^## \[([\d.]+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert released[0] == number
