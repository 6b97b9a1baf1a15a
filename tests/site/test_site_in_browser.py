"""The site in a real browser, opened as files: no network, no kernel."""

import re

import chromium
import pytest

pytestmark = chromium.needed
browser = pytest.fixture(scope="module")(chromium.browser)
page = pytest.fixture(chromium.page)


@pytest.fixture
def faults(page):
    """What the page says of itself, and what it asks for that is no file."""
    found = []
    page.context.set_offline(True)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: line.type == "error" and found.append(line.text))
    page.on("requestfailed", lambda one: found.append(f"{one.url} failed"))
    files = ("file:", "data:", "blob:")
    page.on("request", lambda one: one.url.startswith(files) or found.append(one.url))
    return found


def test_a_page_shows_formulas_widgets_and_plays(site, page, faults):
    page.goto((site / "00_first.html").as_uri())
    page.locator(".katex").nth(1).wait_for()
    assert page.locator(".katex-display").count() == 1 and page.locator(".katex").count() == 2
    assert "$" not in page.locator("main p", has_text="A mean is").inner_text()
    chosen = page.get_by_label("Class", exact=True)
    chosen.wait_for()
    assert chosen.locator("option:checked").inner_text() == "tick"
    page.get_by_text("drawn without a kernel", exact=True).wait_for()
    players = page.locator("audio")
    assert players.count() == 2  # a table's, and a widget's
    for player in players.all():
        player.evaluate("one => { one.muted = true; return one.play(); }")
        page.wait_for_function("one => one.currentTime > 0", arg=player.element_handle())
    assert page.locator("img").first.evaluate("one => one.naturalWidth") == 8
    code = page.locator(".jp-CodeCell .jp-InputArea").first
    assert code.is_visible()
    page.get_by_label("Show the code").uncheck()
    assert not code.is_visible() and page.locator("img").first.is_visible()
    assert faults == []


def test_from_page_to_page(site, page, faults):
    page.goto((site / "index.html").as_uri())
    page.get_by_role("link", name="Is <this> a question?").click()
    page.get_by_role("link", name="The second →").first.click()
    page.get_by_role("heading", name="The second").wait_for()
    page.get_by_role("link", name="All pages").first.click()
    page.get_by_role("heading", name="Deep embedded music").wait_for()
    assert faults == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_it_fits_and_can_be_read_by_day_and_by_night(site, page, faults, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    for name in ("index.html", "00_first.html"):
        page.goto((site / name).as_uri())
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        ground, ink = page.evaluate(
            "() => ['backgroundColor', 'color'].map(name => getComputedStyle(document.body)[name])"
        )
        assert contrast(ground, ink) > 7
        assert (luminance(ground) > 0.5) == (scheme == "light")
    label = page.locator(".widget-label", has_text="Class")
    assert contrast(ground, label.evaluate("one => getComputedStyle(one).color")) > 4.5
    assert faults == []


def contrast(one, other):
    """The ratio of WCAG 2."""
    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour):
    """Of "rgb(r, g, b)" or "rgba(r, g, b, opacity)", which is left out, as WCAG 2 has it."""
    parts = [float(part) / 255 for part in re.findall(r"[\d.]+", colour)[:3]]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(weight * x for weight, x in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
