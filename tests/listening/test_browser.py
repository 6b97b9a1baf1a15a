"""The listening room in a real browser: alive in JupyterLab, and as a page without a kernel.

Needs a Chromium (Debian: `apt-get install chromium`); without one these tests are skipped.
"""

import chromium
import in_lab
import pytest
from in_lab import (
    NAMES,
    NOTEBOOK,
    all_playable,
    changed,
    heard,
    playable,
    run_all_cells,
    twice,
)
from nbconvert import HTMLExporter

from thesis_lib.pipeline.execute import execute

pytestmark = chromium.needed
browser = pytest.fixture(scope="module")(chromium.browser)
page = pytest.fixture(chromium.page)
lab = pytest.fixture(scope="module")(in_lab.lab)


def test_room_answers_in_jupyterlab(lab, page):
    page.goto(lab)
    assert run_all_cells(page), "a cell failed"
    tile = page.get_by_label("Tile", exact=True)
    tile.wait_for()
    room = page.locator(".jp-OutputArea", has=tile).last
    table = room.locator("table.players")
    table.wait_for()
    page.locator(".listening[data-lm-suppress-shortcuts]", has=tile).wait_for()
    all_playable(table)

    # Another tile in the list: other sounds, another table.
    sounds, rows = heard(table), table.locator("tbody").inner_text()
    tile.select_option(index=1)
    changed(table, rows)
    assert not set(heard(table)) & set(sounds[:1])
    all_playable(table)

    # By the keyboard alone: on to the next tile in the list, then to the next by its button.
    rows = table.locator("tbody").inner_text()
    cells = page.locator(".jp-Cell").count()
    tile.focus()
    page.keyboard.press("x")  # would cut the cell
    page.keyboard.press("ArrowDown")
    changed(table, rows)
    assert page.locator(".jp-Cell").count() == cells
    rows = table.locator("tbody").inner_text()
    room.get_by_role("button", name="next").focus()
    page.keyboard.press("Space")
    changed(table, rows)
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


@pytest.fixture(scope="module")
def executed(tiny_run, tmp_path_factory):
    """The notebook as papermill leaves it."""
    folder = tmp_path_factory.mktemp("executed")
    copy = folder / "room.ipynb"
    given = twice(tiny_run) | {"out": folder}
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
    assert tables.count() == 9  # 3 classes of each corpus, a walk, a sum, a test's power
    states = playable(page)
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
