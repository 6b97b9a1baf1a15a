"""The page's side: its logic in Node.js, and the one file that it is bundled into."""

import json
import os
import shutil
import subprocess

import pytest
from corpora import ROOT

SOURCES, STATIC = ROOT / "thesis_lib" / "room" / "js", ROOT / "thesis_lib" / "room" / "static"
NODE = shutil.which("node")


@pytest.mark.skipif(NODE is None, reason="Node.js is not installed: the page's logic is not tested")
def test_the_logic_of_the_page():
    tests = sorted(map(str, (ROOT / "tests" / "room" / "js").glob("*.test.mjs")))
    done = subprocess.run([NODE, "--test", *tests], capture_output=True, text=True)
    assert tests and done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]


def test_the_bundle_is_small_and_asks_nobody():
    text = (STATIC / "room.js").read_text()
    assert len(text.encode()) <= 400_000
    assert not any(
        word in text for word in ("fetch(", "XMLHttpRequest", "importScripts", "innerHTML")
    )


def test_every_package_in_the_bundle_has_its_licence_beside_it():
    packages = json.loads((SOURCES / "package-lock.json").read_text())["packages"]
    shipped = {path.split("node_modules/")[-1]: one["version"] for path, one in packages.items()
               if path and not one.get("dev")}  # fmt: skip
    licences = (STATIC / "LICENSES.txt").read_text()
    assert "regl-scatterplot" in shipped
    for name, version in shipped.items():
        assert f"{name} {version} (" in licences, name


@pytest.mark.skipif(
    NODE is None or not (SOURCES / "node_modules").is_dir(),
    reason="the page's packages are not installed (make widget): nothing is bundled again",
)
def test_the_same_sources_give_the_same_bundle(tmp_path):
    subprocess.run([NODE, "build.mjs", tmp_path], cwd=SOURCES, check=True, env=os.environ)
    for name in ("room.js", "LICENSES.txt"):
        assert (tmp_path / name).read_bytes() == (STATIC / name).read_bytes(), "make widget"
