"""A JupyterLab of its own in a real browser, showing the listening room on the tiny run.

``lab = pytest.fixture(scope="module")(in_lab.lab)``; see `chromium` for the browser.
"""

import json
import os
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
from chromium import PATIENCE

from thesis_lib.util.text import as_html, as_markdown, table_as_html

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "09_listening_room.ipynb"

# What JupyterLab would take for formulas; it looks for them again in what Markdown has made.
NAMES = ["A$AP & Ke$ha", "Ca$$h $x$", r"\(x\) and \[y\]", "<i>_a_*b*"]
NAMES += [r"\begin{equation}x\end{equation}"]


def lab(tiny_run, tmp_path_factory):
    """A JupyterLab of its own, showing a copy of the notebook that is pointed at the tiny run."""
    folder = tmp_path_factory.mktemp("lab")
    work = folder / "work"
    work.mkdir()
    shutil.copy(NOTEBOOK, work / "room.ipynb")
    point(work / "room.ipynb", tiny_run, folder)
    show_names(work / "names.ipynb")
    settle(folder / "settings")
    port = free_port()
    log = open(folder / "log.txt", "w")
    server = subprocess.Popen(
        [
            *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
            *(f"--ServerApp.port={port}", "--ServerApp.port_retries=0"),
            *("--IdentityProvider.token=", f"--ServerApp.root_dir={work}"),
            "--expose-app-in-browser",  # tests wait for its promises
        ],
        env=os.environ | own_folders(folder),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        wait_for(f"http://127.0.0.1:{port}/api", server, folder / "log.txt")
        kernels.server = server.pid
        yield f"http://127.0.0.1:{port}/lab/tree/room.ipynb"
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        log.close()


def point(path, run, out):
    """Put the tiny run into the notebook's parameters."""
    notebook = json.loads(path.read_text())
    cell = next(c for c in notebook["cells"] if "parameters" in c["metadata"].get("tags", []))
    for name, value in (twice(run) | {"out": out}).items():
        cell["source"].append(f"\n{name} = {str(value)!r}")
    path.write_text(json.dumps(notebook))


def show_names(path):
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


def twice(run):
    """The same music in the place of both corpora, and where the run on it lies."""
    folder, work = run.corpus.root, run.folder.parents[1]
    return {
        **{"home": "music", "home_folder": folder, "music": "music", "music_folder": folder},
        "work": work,
    }


def settle(settings):
    """No news, no look for updates, no saving by the clock; cells out of sight stay on the page."""
    for name, content in {
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
        "docmanager-extension/plugin": {"autosave": False},
        "notebook-extension/tracker": {"windowingMode": "none"},
    }.items():
        path = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(content))


def own_folders(folder):
    names = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
    }
    return {variable: str(folder / name) for variable, name in names.items()}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url, server, log):
    for _ in range(240):
        try:
            return urllib.request.urlopen(url).read()
        except (urllib.error.URLError, ConnectionError):
            assert server.poll() is None, log.read_text()
            time.sleep(0.25)
    raise AssertionError(f"{url} does not answer\n{log.read_text()}")


def heard(part):
    """The sources of all players in a part of a page."""
    return part.locator("audio").evaluate_all("all => all.map(one => one.src)")


def playable(part):
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


def all_playable(table):
    states = playable(table)
    assert states and all(ready > 0 and length > 0 for ready, length, _ in states), states


def run_all_cells(page):
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


def changed(table, rows):
    """Wait until the table shows something else; the room puts a new one in its place."""
    from playwright.sync_api import expect  # with the browser: neither need be here

    expect(table.locator("tbody")).not_to_have_text(rows, use_inner_text=True, timeout=PATIENCE)


def kernels():
    """The processes of kernels that this test's JupyterLab has started."""
    listed = subprocess.run(["pgrep", "-P", str(kernels.server), "-f", "ipykernel"],
                            capture_output=True, text=True)  # fmt: skip
    return [int(one) for one in listed.stdout.split()]
