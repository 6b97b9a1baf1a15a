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
    # A click by mouse, a key, a button by the keyboard, and undo by a key.
    room.get_by_role("button", name="Keep").click()
    changed(table, first)
    second, cells = table.locator("tbody").inner_text(), page.locator(".jp-Cell").count()
    page.keyboard.press("w")
    changed(table, second)
    third = table.locator("tbody").inner_text()
    room.get_by_role("button", name="Broken").focus()
    page.keyboard.press("Space")
    changed(table, third)
    fourth = table.locator("tbody").inner_text()
    for before, after in ((fourth, third), (third, second)):
        page.keyboard.press("u")
        changed(table, before)
        assert table.locator("tbody").inner_text() == after
    kept = pd.read_csv(folder / "decisions_ann.csv")
    assert kept.answer.tolist() == ["keep", "wrong label", "broken", "undo", "undo"]
    assert page.locator(".jp-Cell").count() == cells

    # What is typed is no answer, until Enter gives the keys back.
    room.get_by_label("Reviewer", exact=True).press("k")
    room.get_by_label("Reviewer", exact=True).fill("ann")
    page.keyboard.press("Enter")
    page.keyboard.press("s")
    changed(table, second)
    page.keyboard.press("u")
    changed(table, third)
    kept = pd.read_csv(folder / "decisions_ann.csv")
    assert kept.answer.tolist()[5:] == ["skip", "undo"]

    the_space_bar_plays_and_the_cursor_moves(page, table)

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


def the_space_bar_plays_and_the_cursor_moves(page, table):
    """At each time the line is where it is in the sound, within a pixel."""
    sound, other = table.locator("audio").nth(0), table.locator("audio").nth(1)
    for one in (sound, other):
        one.evaluate("one => { one.muted = true; }")
    page.keyboard.press("Space")
    page.wait_for_function("one => one.currentTime > 0", arg=sound.element_handle())
    page.keyboard.press("Space")
    page.wait_for_function("one => one.paused", arg=sound.element_handle())
    for share in (0.25, 0.8):
        places = sound.evaluate(
            """(one, share) => new Promise(done => {
                one.addEventListener("seeked", () => requestAnimationFrame(() => {
                    const part = one.closest("td"), line = part.querySelector(".cursor");
                    const [picture, cursor] = [part.querySelector("img"), line].map(
                        one => one.getBoundingClientRect());
                    done({left: cursor.left + cursor.width / 2 - picture.left,
                          wanted: picture.width * one.currentTime / one.duration,
                          width: picture.width, heights: [picture.height, cursor.height]});
                }), {once: true});
                one.currentTime = share * one.duration;
            })""",
            share,
        )
        assert places["left"] == pytest.approx(places["wanted"], abs=1)
        assert places["left"] / places["width"] == pytest.approx(share, abs=0.02)
        assert places["heights"][0] == pytest.approx(places["heights"][1], abs=1)

    # A click on the other's picture plays that from there, and one sound at a time.
    page.keyboard.press("Space")
    picture = table.locator("img").nth(1)
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] / 2, "y": 10})
    page.wait_for_function(
        "one => one.currentTime > 0.45 * one.duration", arg=other.element_handle()
    )
    page.wait_for_function("one => one.paused", arg=sound.element_handle())
    other.evaluate("one => one.pause()")


def review(page):
    """The review in the notebook that is shown."""
    who = page.get_by_label("Reviewer", exact=True)
    who.wait_for()
    room = page.locator(".jp-OutputArea", has=who).last
    room.locator("table.players").wait_for()
    page.locator(".listening[data-lm-suppress-shortcuts]", has=who).wait_for()
    return room
