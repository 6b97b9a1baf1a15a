"""The room in a real browser: alive in JupyterLab, and as a page without kernel and network."""

import chromium
import in_lab
import pytest
from in_lab import run_all_cells

pytestmark = chromium.needed
browser = pytest.fixture(scope="module")(chromium.browser_with_webgl)
page = pytest.fixture(chromium.page)
lab = pytest.fixture(scope="module")(in_lab.lab)


def test_room_answers_in_jupyterlab(lab, page):
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(lab)
    assert run_all_cells(page), "a cell failed"
    room = page.locator(".listening-room[data-ready]")
    room.wait_for()
    room.scroll_into_view_if_needed()
    room.get_by_role("combobox", name="Search sounds").fill("hiss")
    page.keyboard.press("Enter")
    room.locator(".row canvas").first.wait_for()
    assert room.locator(".row").count() == 10
    assert not faults
