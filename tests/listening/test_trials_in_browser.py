"""The listening test as a person uses it, in JupyterLab in a real browser: keys, answers, a kill.

The answers here are a test's own, into a temporary folder; no person has given them.
"""

import os
import shutil
import signal

import chromium
import in_lab
import nbformat
import pandas as pd
import pytest
from in_lab import all_playable, heard, kernels, run_all_cells

pytestmark = chromium.needed
browser = pytest.fixture(scope="module")(chromium.browser)
page = pytest.fixture(chromium.page)

SHOW = """from thesis_lib.listening.collection import Collection
from thesis_lib.listening.trial_room import TrialRoom
from thesis_lib.pipeline.listening_test import of_run
from thesis_lib.pipeline.run import run_of

run = run_of(music, music_folder, work)
TrialRoom(of_run(run, each=4), Collection(run).sound, run.folder / "trials", least_s=0)"""


@pytest.fixture(scope="module")
def lab(tiny_run, tmp_path_factory):
    """A JupyterLab with a notebook that shows the test alone."""
    path = tmp_path_factory.mktemp("notebook") / "trials.ipynb"
    tagged = nbformat.v4.new_code_cell("", metadata={"tags": ["parameters"]})
    notebook = nbformat.read(in_lab.NOTEBOOK, 4)  # for its kernel, which else is asked for
    notebook.cells = [tagged, nbformat.v4.new_code_cell(SHOW)]
    for cell in notebook.cells:
        cell["source"] = cell["source"].splitlines(keepends=True)
    nbformat.write(notebook, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_lab, "NOTEBOOK", path)
        yield from in_lab.lab(tiny_run, tmp_path_factory)


def test_trials_are_heard_and_answered_by_keys_and_after_a_kill_it_goes_on(lab, page, tiny_run):
    folder = tiny_run.folder / "trials"
    shutil.rmtree(folder, ignore_errors=True)
    page.goto(lab)
    assert run_all_cells(page), "a cell failed"
    room = opened(page)
    sounds = heard(room)
    assert len(set(sounds)) == 3
    all_playable(room)
    sound = room.locator("audio").nth(1)
    sound.evaluate("one => { one.muted = true; return one.play(); }")
    page.wait_for_function("one => one.currentTime > 0", arg=sound.element_handle())
    name(page, room, "ann")
    room.get_by_role("button", name="Left (l)").focus()
    page.keyboard.press("Enter")
    room.get_by_text("1 of ").wait_for()
    others = heard(room)
    assert others != sounds
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # "Right"
    room.get_by_text("2 of ").wait_for()
    page.keyboard.press("u")
    room.get_by_text("1 of ").wait_for()
    assert heard(room) == others
    assert pd.read_csv(folder / "answers_ann.csv").answer.tolist() == ["left", "right", "undo"]

    # The kernel is killed, a new one begins: it goes on with the second.
    running = kernels()
    assert running
    for process in running:
        os.kill(process, signal.SIGKILL)
    page.goto("about:blank")
    page.goto(lab)
    assert run_all_cells(page), "a cell failed"
    room = opened(page)
    name(page, room, "ann")
    room.get_by_text("1 of ").wait_for()
    assert heard(room) == others
    room.get_by_role("button", name="Show the results").click()
    room.get_by_text("1 person has answered").wait_for()


def opened(page):
    """The test in the notebook that is shown."""
    who = page.get_by_label("Listener", exact=True)
    who.wait_for()
    room = page.locator(".listening[data-lm-suppress-shortcuts]", has=who)
    room.locator("audio").first.wait_for()
    return room


def name(page, room, who):
    room.get_by_label("Listener", exact=True).fill(who)
    page.keyboard.press("Tab")
