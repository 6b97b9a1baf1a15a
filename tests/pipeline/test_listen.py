"""`make listen`: the room as a page in the browser, for this machine and its token alone."""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

import chromium
import pytest
from in_lab import free_port

from thesis_lib.pipeline import listen
from thesis_lib.pipeline.job import Job
from thesis_lib.util.errors import InputError

browser = pytest.fixture(scope="module")(chromium.browser_with_webgl)
page = pytest.fixture(chromium.page)

SERVE = """
import signal
from pathlib import Path
from thesis_lib.pipeline.job import Job
from thesis_lib.pipeline.listen import serve
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a job in the background lacks
serve(Job({{"music": ("music", {music!r})}}, runs={runs!r}), Path({folder!r}), {port}, {opens})
"""

# Keeps every sound that a page makes, so that a test can ask what was played.
EAR = """
window.heard = [];
const Sound = window.Audio;
window.Audio = function (...given) {
  const sound = new Sound(...given);
  window.heard.push(sound);
  return sound;
};
"""


def begin(run, folder, opens=False, **environment):
    """A server of its own that shows the tiny run, and its address."""
    names = {"music": str(run.corpus.root), "runs": str(run.folder.parents[1])}
    code = SERVE.format(**names, folder=str(folder), port=free_port(), opens=opens)
    server = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONPATH": str(listen.ROOT)} | environment,
    )
    line = server.stdout.readline()
    assert line.startswith("The listening room: http"), line + server.stdout.read()
    return server, line.split()[-1]


@pytest.fixture(scope="module")
def room(tiny_run):
    """The address of a page that shows the tiny run."""
    with tempfile.TemporaryDirectory() as folder:
        server, address = begin(tiny_run, folder)
        yield address
        server.terminate()
        server.communicate(timeout=60)


def answer(address, path, **headers):
    """The status and the text that an address answers with."""
    try:
        whole = re.match(r"http://[^/]+", address)[0] + path
        with urllib.request.urlopen(urllib.request.Request(whole, headers=headers)) as found:
            return found.status, found.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(errors="replace")


@pytest.mark.parametrize("path", ["/", "/?token=wrong", "/?token=", "/api/kernels", "/login"])
def test_who_has_no_token_gets_a_sentence(room, path):
    status, said = answer(room, path)
    assert status == 403 and "make listen" in said


@pytest.mark.parametrize(
    "path",
    [
        *("room.ipynb", "open.html", "../room.ipynb", "..%2f..%2fetc%2fpasswd", "/etc/passwd"),
        *("hum/song0.wav", "x.png", ""),
    ],
)
def test_no_file_is_served_not_even_with_the_token(room, path):
    token = room.partition("token=")[2]
    assert answer(room, f"/voila/files/{path}", Authorization=f"token {token}")[0] == 403


def test_what_is_outside_of_the_pages_own_parts_is_refused(room):
    token = room.partition("token=")[2]
    outside = ["/voila/static/../app.py", "/voila/templates/room/static/../../../../listen.py"]
    for path in outside + ["/voila/api/contents", "/api/contents/", "/voila/tree"]:
        status, said = answer(room, path, Authorization=f"token {token}")
        assert status >= 400 and "import" not in said, path


def test_it_listens_to_this_machine_alone(room):
    port = int(re.search(r":(\d+)/", room)[1])
    with socket.create_connection(("127.0.0.1", port)):
        pass
    with pytest.raises(OSError), socket.create_connection(("127.0.0.2", port), timeout=5):
        pass  # another address of the same machine


@chromium.needed
def test_choose_click_hear(room, page):
    asked, faults = [], []
    page.on("request", lambda one: asked.append(one.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: line.type == "error" and faults.append(line.text))
    page.add_init_script(EAR)
    page.goto(room, wait_until="commit")
    shown = page.locator(".listening-room[data-ready]")
    shown.wait_for()
    shown.get_by_role("combobox", name="Search sounds").fill("hiss")
    page.keyboard.press("Enter")
    shown.locator(".row canvas").first.wait_for()
    assert shown.locator(".row").count() == 10
    page.wait_for_function("() => window.heard.some(one => one.currentTime > 0)")
    page.get_by_role("button", name="segment", exact=True).click()
    page.locator(".listening-room[data-ready]", has_text="12 segments").wait_for()
    own = re.match(r"http://[^/]+/", room)[0]
    others = [url for url in asked if not url.startswith((own, "data:", "blob:"))]
    assert asked and others == [] and faults == []


@chromium.needed
def test_the_page_itself_may_not_ask_another_host(room, page):
    page.goto(room, wait_until="commit")
    page.locator(".listening-room[data-ready]").wait_for()
    refused = page.evaluate("() => fetch('http://127.0.0.1:1/').catch(error => error.message)")
    blocked = page.evaluate(
        """() => new Promise(done => {
            document.addEventListener("securitypolicyviolation", one => done(one.blockedURI));
            const picture = new Image();
            picture.src = "http://127.0.0.1:2/x.png";
        })"""
    )
    assert "Failed to fetch" in refused and blocked == "http://127.0.0.1:2/x.png"


def test_ctrl_c_ends_it_quietly_and_leaves_nothing(tiny_run, tmp_path):
    """The browser is asked for, and there is none."""
    (tmp_path / "page").mkdir()
    nobody = {"BROWSER": str(tmp_path / "no_browser"), "DISPLAY": "", "PATH": str(tmp_path)}
    server, address = begin(tiny_run, tmp_path / "page", opens=True, **nobody)
    said = [server.stdout.readline() for _ in range(2)]
    assert said == ["Ctrl-C ends it.\n", "No browser was found; open the address above in one.\n"]
    link = tmp_path / "page" / "open.html"
    assert address in link.read_text() and link.stat().st_mode & 0o077 == 0
    server.send_signal(signal.SIGINT)
    try:
        rest, _ = server.communicate(timeout=60)
    finally:
        server.kill()
    assert rest == "" and server.returncode == 0


def test_a_port_in_use_is_said_before_anything_is_computed(monkeypatch):
    monkeypatch.setattr(listen, "embed", lambda job: pytest.fail("computed"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=rf"Port {port} is in use.*PORT={port + 1}\."):
            listen.listen(Job(), port)
    with pytest.raises(InputError, match="Port 70000 is none"):
        listen.listen(Job(), 70000)


def test_a_folder_without_audio_is_said_in_a_sentence(tmp_path):
    (tmp_path / "notes.txt").write_text("no music")
    job = Job({"music": ("music", str(tmp_path))}, runs=str(tmp_path / "runs"))
    with pytest.raises(InputError, match=str(tmp_path)):
        listen.listen(job, free_port())


def test_listening_begins_with_what_is_heard_of_the_folder(tiny_run, monkeypatch):
    made = []
    monkeypatch.setattr(listen, "pipeline", lambda job, *targets: made.append(targets))
    runs = str(tiny_run.folder.parents[1])
    job = Job({"music": ("music", str(tiny_run.corpus.root))}, runs=runs)
    listen.embed(job)
    listen.embed(Job(job.given, recipe="thesis", runs=runs))  # which its network does not take
    listen.embed(Job(job.given, train=True, runs=runs))
    folder = f"{job.run['music']}/embeddings"
    assert made[0] == (f"{folder}/ours.json",)  # no home, and no training
    assert made[1] == (
        f"{runs}/thesis/{Path(job.run['music']).relative_to(runs)}/embeddings/done.json",
    )
    assert made[2] == (f"{folder}/ours.json", f"{folder}/adapted.json")
