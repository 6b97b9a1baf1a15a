"""The room in a real browser: alive in JupyterLab, and as a page without kernel and network.

Needs a Chromium (Debian: `apt-get install chromium`); without one these tests are skipped.
"""

import re

import chromium
import in_lab
import numpy as np
import pytest
import soundfile
from in_lab import run_all_cells
from rooms import room_of

from thesis_lib.room import page as room_page
from thesis_lib.room.sounds import Sounds
from thesis_lib.room.widget import Room

pytestmark = chromium.needed
browser = pytest.fixture(scope="module")(chromium.browser_with_webgl)
page = pytest.fixture(chromium.page)
lab = pytest.fixture(scope="module")(in_lab.lab)


@pytest.fixture
def faults(page):
    """What the page complains of."""
    found = []
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("console", lambda line: line.type == "error" and found.append(line.text))
    return found


def playing(page):
    """Wait until something is heard; the address of what it is."""
    audio = page.locator(".listening-room audio")
    page.wait_for_function(
        "one => one.currentTime > 0 && !one.error", arg=audio.element_handle(), timeout=60_000
    )
    return audio.get_attribute("src")


def choose(page, words):
    page.get_by_role("combobox", name="Search sounds").fill(words)
    page.keyboard.press("Enter")
    return playing(page)


def shown(page):
    """The rows, once there are any and the first has its picture."""
    rows = page.locator(".listening-room .row")
    page.wait_for_function("document.querySelector('.row canvas')?.height > 0")
    return [int(item) for item in rows.evaluate_all("all => all.map(one => one.dataset.item)")]


@pytest.fixture(scope="module")
def written(tiny_run, tmp_path_factory):
    """The tiny run's room, and its page."""
    room, folder = Room(Sounds.of_run(tiny_run)), tmp_path_factory.mktemp("page") / "room"
    room_page.write(room, folder)
    return room, folder


@pytest.fixture
def static(written, page, faults):
    """The page, opened as a file, with the network off."""
    page.context.set_offline(True)
    page.goto((written[1] / "index.html").as_uri())
    page.locator(".listening-room[data-ready]").wait_for()
    return page


def test_page_plays_what_is_searched_for(static, written, faults):
    room, folder = written
    source = choose(static, "hum song2")
    item = int(re.search(r"sounds/(\d+)\.mp3$", source)[1])
    row = room.sounds.table.iloc[item]
    assert (row.path, row.start) == ("hum/song2.wav", 0)
    heard, rate = soundfile.read(folder / source)
    wave, _ = soundfile.read(room.sounds.root / row.path, stop=round(row.duration * rate))
    assert np.corrcoef(heard, wave)[0, 1] > 0.99
    assert static.locator(".listening-room audio").evaluate("one => one.duration") == 2
    assert faults == []


def test_page_lists_the_true_neighbours_and_plays_them_in_sequence(static, written, faults):
    room, _ = written
    choose(static, "ticks song0")
    found = shown(static)
    vectors, group = room.sounds.vectors, room.sounds.table.group.to_numpy()
    item = int(np.flatnonzero(room.sounds.table.path == "ticks/song0.wav")[0])
    apart = np.where(group == group[item], np.inf, np.linalg.norm(vectors - vectors[item], axis=1))
    assert found == np.argsort(apart, kind="stable")[:10].tolist()
    first = static.locator(".row .distance").first.inner_text()
    assert float(first) == pytest.approx(apart.min(), abs=6e-4)
    static.get_by_role("button", name="Play all").click()
    static.locator(f'.row.playing[data-item="{found[0]}"]').wait_for()
    static.locator(f'.row.playing[data-item="{found[1]}"]').wait_for()  # two seconds later
    assert faults == []


def test_page_keeps_a_list_over_a_visit(static, faults):
    choose(static, "hum song1")
    keep, last = shown(static)[:2]
    buttons = static.get_by_role("button", name=re.compile("^Keep: "))
    buttons.nth(0).click()
    buttons.nth(1).click()
    static.reload()
    static.locator(".listening-room[data-ready]").wait_for()
    static.get_by_role("tab", name="Kept (2)").click()
    assert shown(static) == [keep, last]
    static.get_by_role("button", name=re.compile("^Move down: ")).first.click()
    assert shown(static) == [last, keep]
    static.get_by_role("button", name=re.compile("^Remove: ")).first.click()
    assert shown(static) == [keep]
    assert faults == []


def test_a_click_on_the_map_chooses_and_keys_do_the_rest(static, faults):
    source = choose(static, "hiss song0")
    ring = static.locator(".listening-room .ring")
    ring.wait_for()
    static.wait_for_timeout(800)  # the map has come to rest
    box = static.locator(".map canvas").bounding_box()
    x, y = map(float, re.findall(r"(-?[\d.]+)px", ring.get_attribute("style"))[:2])
    choose(static, "ticks song3")
    chosen = shown(static)
    static.mouse.move(box["x"] + x, box["y"] + y)
    static.locator(".tip", has_text="hiss").wait_for()
    static.mouse.click(box["x"] + x, box["y"] + y)
    static.locator(".chosen .class", has_text="hiss").wait_for()
    assert shown(static) != chosen and playing(static)
    static.keyboard.press("ArrowRight")  # on the map: to another sound
    static.keyboard.press("Escape")
    assert static.locator(".listening-room audio").evaluate("one => one.paused")
    static.locator(".lists .rows").click(position={"x": 2, "y": 2})
    static.keyboard.press("ArrowDown")
    static.locator(".row.playing").wait_for()
    static.keyboard.press("k")
    static.get_by_role("tab", name="Kept (1)").wait_for()
    static.keyboard.press("?")
    static.get_by_role("dialog", name="Help").wait_for()
    assert source and faults == []


def test_every_control_has_a_name_and_tab_reaches_it(static):
    choose(static, "hum")
    shown(static)
    controls = static.locator(
        ".listening-room :is(button, select, input, canvas):not([aria-hidden])"
    )
    names = controls.evaluate_all(
        "all => all.map(one => one.ariaLabel || one.labels?.[0]?.innerText || one.innerText)"
    )
    assert len(names) > 30 and all(name.strip() for name in names)
    reached = set()
    static.get_by_role("combobox", name="Search sounds").focus()
    for _ in range(60):
        static.keyboard.press("Tab")
        reached.add(static.evaluate("document.activeElement.ariaLabel"))
    assert {"Map", "Colour", "How many neighbours", "Help and keys"} <= reached
    assert any(name and name.startswith("Map of all sounds") for name in reached)
    assert any(name and name.startswith("Keep: ") for name in reached)


def test_names_are_text_and_a_missing_file_says_so(tmp_path, page, faults):
    room = room_of(tmp_path / "a")
    name = '<img src=x onerror="alert(1)">'
    room.sounds.table.loc[:, "name"] = name
    room = Room(room.sounds)
    (tmp_path / "a" / "3.wav").unlink()
    room_page.write(room, tmp_path / "page")
    page.goto((tmp_path / "page" / "index.html").as_uri())
    page.locator(".listening-room[data-ready]").wait_for()
    choose(page, "a node 1")
    page.locator(".row.missing", has_text="3.wav is missing").wait_for()
    assert page.locator(".listening-room img").count() == 0
    assert page.locator(".place", has_text=name).count() >= 3
    page.locator(".row:not(.missing) button[aria-label^=Play]").first.click()
    assert playing(page) and faults == []


def test_without_webgl_all_but_the_map_works(written, page, faults):
    page.add_init_script(
        """const given = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
            return kind.includes("webgl") ? null : given.call(this, kind, ...more);
        };"""
    )
    page.goto((written[1] / "index.html").as_uri())
    page.locator(".map .sorry", has_text="no WebGL").wait_for()
    assert choose(page, "ticks") and shown(page)
    assert faults == []


def test_room_answers_in_jupyterlab(lab, page, faults, tiny_music):
    page.goto(lab)
    assert run_all_cells(page), "a cell failed"
    page.locator(".listening-room[data-ready]").wait_for()
    faults.clear()  # JupyterLab's own, while it starts

    source = choose(page, "hum song1")
    assert source.startswith("blob:")
    heard = page.evaluate(
        """async (source) => {
            const content = await (await fetch(source)).arrayBuffer();
            const sound = await new AudioContext({sampleRate: 16000}).decodeAudioData(content);
            return Array.from(sound.getChannelData(0));
        }""",
        source,
    )
    assert len(heard) == 2 * 16000
    wave, _ = soundfile.read(tiny_music / "hum" / "song1.wav", stop=len(heard))
    assert np.corrcoef(heard, wave)[0, 1] > 0.99

    # Others alone are neighbours, unless its own recording is let in.
    others = page.locator(".row .place")
    shown(page)
    assert not any(text.startswith("hum/song1 ") for text in others.all_inner_texts())
    page.get_by_label("other recordings").uncheck()
    page.locator(".row .place", has_text="hum/song1").first.wait_for()

    # Keys are the room's: "x" would cut the cell.
    cells = page.locator(".jp-Cell").count()
    page.locator(".listening-room .rows").click(position={"x": 2, "y": 2})
    page.keyboard.press("x")
    page.keyboard.press("ArrowDown")
    page.locator(".row.playing").wait_for()
    page.keyboard.press("k")
    page.get_by_role("tab", name="Kept (1)").wait_for()
    assert page.locator(".jp-Cell").count() == cells

    # Seconds around it, and another map.
    page.get_by_label("Seconds around each sound").select_option("2")
    page.locator(".chosen button[aria-label^=Play], .chosen button[aria-label^=Pause]").click()
    page.wait_for_function(
        "Math.abs(document.querySelector('.listening-room audio').duration - 4) < 0.02"
    )
    page.get_by_label("Colour", exact=True).select_option("preserved")
    page.locator(".legend", has_text="kept").wait_for()
    assert faults == []
