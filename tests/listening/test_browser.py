"""The listening room in a real browser: alive in JupyterLab, and as a page without a kernel.

Needs a Chromium (Debian: `apt-get install chromium`); without one these tests are skipped.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from nbconvert import HTMLExporter

from thesis_lib.pipeline.execute import execute
from thesis_lib.util.text import as_html, as_markdown, table_as_html

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "09_listening_room.ipynb"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 240_000  # ms; a busy machine is slow

# What JupyterLab would take for formulas; it looks for them again in what Markdown has made.
NAMES = ["A$AP & Ke$ha", "Ca$$h $x$", r"\(x\) and \[y\]", "<i>_a_*b*"]
NAMES += [r"\begin{equation}x\end{equation}"]

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here; on Debian: apt-get install chromium"
)


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    arguments = ["--no-sandbox", "--headless", "--disable-background-networking", "--disable-gpu"]
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    """A page that reaches nothing but this machine."""
    context = browser.new_context(viewport={"width": 1500, "height": 1300})
    context.set_default_timeout(PATIENCE)
    local = re.compile(r"^(file|data|blob|about):|^(http|ws)://127\.0\.0\.1[:/]")
    context.route(lambda url: not local.match(url), lambda route: route.abort())
    page = context.new_page()
    yield page
    picture = os.environ.get("THESIS_SCREENSHOT")  # a file to see what the page was like
    if picture:
        page.screenshot(path=picture)
    context.close()


@pytest.fixture(scope="module")
def lab(tiny_run, tmp_path_factory):
    """A JupyterLab of its own, showing a copy of the notebook that is pointed at the tiny run."""
    folder = tmp_path_factory.mktemp("lab")
    work = folder / "work"
    work.mkdir()
    shutil.copy(NOTEBOOK, work / "room.ipynb")
    _point(work / "room.ipynb", tiny_run, folder)
    _show_names(work / "names.ipynb")
    _settle(folder / "settings")
    port = _free_port()
    log = open(folder / "log.txt", "w")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
            *("--IdentityProvider.token=", f"--ServerApp.root_dir={work}"),
            "--expose-app-in-browser",  # tests wait for its promises
        ],
        env=os.environ | _own_folders(folder),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}/api", server, folder / "log.txt")
        yield f"http://127.0.0.1:{port}/lab/tree/room.ipynb"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def _point(path, run, out):
    """Put the tiny run into the notebook's parameters."""
    notebook = json.loads(path.read_text())
    cell = next(c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", []))
    for name, value in (_twice(run) | {"out": out}).items():
        cell["source"].append(f"\n{name} = {str(value)!r}")
    path.write_text(json.dumps(notebook))


def _show_names(path):
    """A notebook that has shown some names in each way there is, and one formula at its end."""
    written = [
        {"text/markdown": "\n\n".join(f"**{as_markdown(name)}** and" for name in NAMES)},
        {"text/html": "".join(f"<p>{as_html(name)}</p>" for name in NAMES)},
        {"text/html": table_as_html(pd.DataFrame({name: [name] for name in NAMES}, index=["$a$"]))},
        {"text/markdown": "$x^2$"},
    ]
    outputs = [nbformat.v4.new_output("display_data", data=data) for data in written]
    cell = nbformat.v4.new_code_cell("show()", outputs=outputs, metadata={"trusted": True})
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), path)


def _twice(run):
    """The same music in the place of both corpora, and where the run on it lies."""
    folder, work = run.corpus.root, run.folder.parents[1]
    return {
        **{"home": "music", "home_folder": folder, "music": "music", "music_folder": folder},
        "work": work,
    }


def _settle(settings):
    """No news, no look for updates, no saving by the clock; cells out of sight stay on the page."""
    for name, content in {
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "docmanager-extension/plugin": {"autosave": False},
        "notebook-extension/tracker": {"windowingMode": "none"},
    }.items():
        path = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content))


def _own_folders(folder):
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return {variable: str(folder / name) for variable, name in names.items()}


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(url, server, log):
    for _ in range(240):
        try:
            return urllib.request.urlopen(url).read()
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None, log.read_text()
            time.sleep(0.25)
    raise AssertionError(f"{url} does not answer\n{log.read_text()}")


def _heard(part):
    """The sources of all players in a part of a page."""
    return part.locator("audio").evaluate_all("all => all.map(one => one.src)")


def _playable(part):
    """Of every player in a part of a page: whether it can be played, once all have loaded."""
    return part.locator("audio").evaluate_all(
        """(all, patience) => Promise.all(all.map(one => new Promise(done => {
            const answer = () => done([one.readyState, one.duration, one.error?.message ?? ""]);
            if (one.readyState > 0 || one.error) return answer();
            for (const event of ["loadedmetadata", "error"]) one.addEventListener(event, answer);
            setTimeout(answer, patience);
        })))""",
        PATIENCE,
    )


def _all_playable(table):
    states = _playable(table)
    assert states and all(ready > 0 and length > 0 for ready, length, _ in states), states


def _run_all_cells(page):
    """Run all cells of the notebook that is shown, and wait until the last of them has ended."""
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()
    return page.evaluate(
        """async () => {
            const app = window.jupyterapp;
            await app.restored;
            const panel = await app.commands.execute("docmanager:open", {path: "room.ipynb"});
            await Promise.all([panel.context.ready, panel.sessionContext.ready, panel.revealed]);
            app.shell.activateById(panel.id);
            return app.commands.execute("notebook:run-all-cells");
        }"""
    )


def test_room_answers_in_jupyterlab(lab, page):
    page.goto(lab)
    assert _run_all_cells(page), "a cell failed"
    tile = page.get_by_label("Tile", exact=True)
    tile.wait_for()
    room = page.locator(".jp-OutputArea", has=tile).last
    table = room.locator("table.players")
    table.wait_for()
    page.locator(".listening[data-lm-suppress-shortcuts]", has=tile).wait_for()
    _all_playable(table)

    # Another tile in the list: other sounds, another table.
    sounds, rows = _heard(table), table.locator("tbody").inner_text()
    tile.select_option(index=1)
    _changed(table, rows)
    assert not set(_heard(table)) & set(sounds[:1])
    _all_playable(table)

    # By the keyboard alone: on to the next tile in the list, then to the next by its button.
    rows = table.locator("tbody").inner_text()
    cells = page.locator(".jp-Cell").count()
    tile.focus()
    page.keyboard.press("x")  # would cut the cell
    page.keyboard.press("ArrowDown")
    _changed(table, rows)
    assert page.locator(".jp-Cell").count() == cells
    rows = table.locator("tbody").inner_text()
    room.get_by_role("button", name="next").focus()
    page.keyboard.press("Space")
    _changed(table, rows)
    room.get_by_label("Class", exact=True).select_option(label="ticks")
    table.locator("caption", has_text="ticks").wait_for()

    # A player's keys are its own.
    player = table.locator("audio").first
    player.evaluate("one => { one.muted = true; one.focus(); }")
    page.keyboard.press("Space")
    page.wait_for_function("one => one.currentTime > 0", arg=player.element_handle())

    # Every list and every number has its name.
    for name in ("Corpus", "Class", "Session or song", "Recording", "Neighbours of", "How many"):
        assert room.get_by_label(name, exact=True).count() == 1, name
    assert page.locator("audio[autoplay]").count() == 0


def _changed(table, rows):
    """Wait until the table shows something else; the room puts a new one in its place."""
    from playwright.sync_api import expect  # with the browser: neither need be here

    expect(table.locator("tbody")).not_to_have_text(rows, use_inner_text=True, timeout=PATIENCE)


@pytest.fixture(scope="module")
def executed(tiny_run, tmp_path_factory):
    """The notebook as papermill leaves it."""
    folder = tmp_path_factory.mktemp("executed")
    copy = folder / "room.ipynb"
    given = _twice(tiny_run) | {"out": folder}
    execute(NOTEBOOK, copy, {name: str(value) for name, value in given.items()})
    return copy


def test_executed_notebook_is_small_and_leaves_its_figures(executed):
    assert executed.stat().st_size < 6e6
    figures = {path.name for path in (executed.parent / "figures").iterdir()}
    assert {"listening_room_home.png", "listening_room_music.mp3"} <= figures


def test_page_without_a_kernel_plays(executed, page):
    html, _ = HTMLExporter().from_filename(str(executed))
    path = executed.with_suffix(".html")
    path.write_text(html)
    page.goto(path.as_uri(), wait_until="domcontentloaded")
    tables = page.locator("table.players")
    assert tables.count() == 7  # 3 classes of each corpus, and a walk
    states = _playable(page)
    assert len(states) > 7 * 4
    assert all(ready > 0 and length > 0 for ready, length, _ in states), states
    sound = tables.first.locator("audio").first
    sound.evaluate("one => { one.muted = true; return one.play(); }")
    page.wait_for_function("one => one.currentTime > 0", arg=sound.element_handle())
    picture = tables.first.locator("img").first
    assert picture.evaluate("one => one.naturalWidth") > 0


def test_no_name_becomes_a_formula(lab, page):
    page.goto(lab.replace("room.ipynb", "names.ipynb"), wait_until="domcontentloaded")
    formula = page.locator(".jp-OutputArea-output mjx-container")  # at the end, so all are through
    formula.first.wait_for()
    outputs = page.locator(".jp-OutputArea-output")
    assert [one.locator("mjx-container").count() for one in outputs.all()] == [0, 0, 0, 1]
    for one in outputs.all()[:3]:
        assert all(one.inner_text().count(name) >= 1 for name in NAMES)
