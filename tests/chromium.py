"""A real browser, that reaches nothing but this machine; functions to make fixtures of.

``browser = pytest.fixture(scope="module")(chromium.browser)``, ``page =
pytest.fixture(chromium.page)``; ``pytestmark = chromium.needed``.
"""

import os
import re
import shutil

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PATIENCE = 240_000  # ms; a busy machine is slow

needed = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium here; on Debian: apt-get install chromium"
)


# WebGL by software, where there is no graphics card.
WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")


def browser(*more):
    """A Chromium without a window."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    arguments = ["--no-sandbox", "--headless", "--disable-background-networking"]
    arguments += more or ["--disable-gpu"]
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


def browser_with_webgl():
    """The same with WebGL."""
    yield from browser(*WEBGL)


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
