"""The review as a person uses it, in JupyterLab in a real browser: answers, undo, a kill."""

import os
import shutil
import signal

import chromium
import in_lab
import pandas as pd
import pytest
from in_lab import all_playable, changed, kernels, run_all_cells

pytestmark = chromium.needed
browser = pytest.fixture(scope="module")(chromium.browser)
page = pytest.fixture(chromium.page)
lab = pytest.fixture(scope="module")(in_lab.lab)


def test_a_suspect_is_decided_undone_and_after_a_kill_the_review_goes_on(lab, page, tiny_run):
    folder = tiny_run.folder / "review"
    shutil.rmtree(folder, ignore_errors=True)
    page.goto(lab)
    assert run_all_cells(page), "a cell failed"
    room = review(page)
    table = room.locator("table.players")
    first = table.locator("tbody").inner_text()
    all_playable(table)
    room.get_by_label("Reviewer", exact=True).fill("ann")
    page.keyboard.press("Tab")
    keep = room.get_by_role("button", name="Keep")
    keep.click()
    changed(table, first)
    second = table.locator("tbody").inner_text()
    room.get_by_role("button", name="Wrong label").focus()
    page.keyboard.press("Space")
    changed(table, second)
    third = table.locator("tbody").inner_text()
    room.get_by_role("button", name="Undo").click()
    changed(table, third)
    assert table.locator("tbody").inner_text() == second
    kept = pd.read_csv(folder / "decisions_ann.csv")
    assert kept.answer.tolist() == ["keep", "wrong label", "undo"]

    # The kernel is killed, a new one begins: it goes on with the second.
    running = kernels()
    assert running
    for process in running:
        os.kill(process, signal.SIGKILL)
    page.goto("about:blank")
    page.goto(lab)
    assert run_all_cells(page), "a cell failed"
    room = review(page)
    table = room.locator("table.players")
    before = table.locator("tbody").inner_text()
    room.get_by_label("Reviewer", exact=True).fill("ann")
    page.keyboard.press("Tab")
    if before != second:
        changed(table, before)
    assert table.locator("tbody").inner_text() == second


def review(page):
    """The review in the notebook that is shown."""
    who = page.get_by_label("Reviewer", exact=True)
    who.wait_for()
    room = page.locator(".jp-OutputArea", has=who).last
    room.locator("table.players").wait_for()
    page.locator(".listening[data-lm-suppress-shortcuts]", has=who).wait_for()
    return room
