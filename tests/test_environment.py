"""The three places that name packages say the same, and the sentences on them are true."""

import re
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINES = (ROOT / "requirements.lock").read_text().splitlines()
LOCK = dict(line.split(";")[0].split("==") for line in LINES if "==" in line.split(";")[0])
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def direct():
    project = PROJECT["project"]
    pins = project["dependencies"] + project["optional-dependencies"]["test"]
    return dict(pin.split("==") for pin in pins + PROJECT["build-system"]["requires"])


@pytest.mark.parametrize("name, pin", direct().items())
def test_every_direct_dependency_is_locked_at_its_pin(name, pin):
    assert {key.lower(): value for key, value in LOCK.items()}[name.lower()] == pin


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


@pytest.mark.parametrize("name", direct())
def test_what_is_installed_is_what_is_pinned(name):
    assert version(name).split("+")[0] == direct()[name]


def test_every_dependency_is_used():
    """Each direct dependency is imported somewhere, or run by the Makefile or Snakefile."""
    code = [p.read_text() for place in ("thesis_lib", "tests", "bench", "data")
            for p in (ROOT / place).rglob("*.py")]  # fmt: skip
    code += [path.read_text() for path in (ROOT / "notebooks").glob("*.ipynb")]
    text = "\n".join(code) + (ROOT / "Makefile").read_text() + (ROOT / "Snakefile").read_text()
    modules = {"scikit-learn": "sklearn", "ipython": "IPython", "jupyterlab": "jupyter lab"}
    modules |= {"setuptools": "pip install"}  # builds the package itself
    modules |= {"pytest-xdist": "pytest -n auto"}
    unused = [
        name
        for name in direct()
        if not re.search(rf"\b{modules.get(name, name.replace('-', '_'))}\b", text)
    ]
    assert unused == []


def test_torchaudio_is_imported_in_one_place_only():
    users = [
        path.name
        for path in (ROOT / "thesis_lib").rglob("*.py")
        if re.search(r"^\s*(import torchaudio|from torchaudio )", path.read_text(), re.MULTILINE)
    ]
    assert users == ["torchaudio_import.py"]


def test_torchaudio_works_here_and_says_what_it_lacks():
    code = (
        "import logging; logging.basicConfig(level=logging.INFO, format='%(message)s')\n"
        "from thesis_lib.util.torchaudio_import import torchaudio\n"
        "print(torchaudio.functional.create_dct(13, 128, 'ortho').shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "torch.Size([128, 13])"
    plain = subprocess.run([sys.executable, "-c", "import torchaudio"], capture_output=True)
    said = "its Python parts are used" in done.stderr
    assert said == (plain.returncode != 0)


def test_the_code_keeps_its_style():
    command = [sys.executable, "-m", "ruff", "check", "."]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
