"""The script of a room on a page of its own: what keys send, what plays, where the cursor is."""

import io
from base64 import b64encode
from pathlib import Path

import chromium
import numpy as np
import pytest
import soundfile

from thesis_lib.listening import keys

pytestmark = chromium.needed
browser = pytest.fixture(scope="module")(chromium.browser)
page = pytest.fixture(chromium.page)

SCRIPT = Path(keys.__file__).parent / "static" / "keys.js"
PICTURE = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='150' height='48'></svg>"
)


def sound(seconds):
    file = io.BytesIO()
    soundfile.write(file, np.zeros(round(seconds * 8000)), 8000, format="wav")
    return f"data:audio/wav;base64,{b64encode(file.getvalue()).decode()}"


@pytest.fixture
def room(page):
    """Two rows with a picture and a sound, one of two pictures, a button, a list; the script on."""
    one = '<tr><td><img src="{}"></td><td><audio controls src="{}"></audio></td></tr>'
    rows = "".join(one.format(PICTURE, sound(seconds)) for seconds in (4, 3))
    rows += f'<tr><td><img src="{PICTURE}"><img src="{PICTURE}"></td>'
    rows += f'<td><audio controls src="{sound(2)}"></audio></td></tr>'
    page.set_content(
        f'<div class="listening"><table>{rows}</table><button>Keep</button><input>'
        '<select><option>k</option><option>w</option></select><div id="own"></div></div>'
    )
    page.evaluate(
        """async ([script, answers]) => {
            const { default: widget } = await import(script);
            window.sent = [];
            const model = { get: (name) => ({ answers, shown: 7 })[name],
                            send: (message) => window.sent.push(message) };
            // As ipywidgets does, to keep keys from the notebook.
            document.querySelector("input").onkeydown = (event) => event.stopPropagation();
            window.stop = widget.render({ model, el: document.querySelector("#own") });
            document.querySelectorAll("audio").forEach((one) => { one.muted = true; });
        }""",
        [f"data:text/javascript;base64,{b64encode(SCRIPT.read_bytes()).decode()}",
         {"k": "keep", "w": "wrong label"}],
    )  # fmt: skip
    return page


def sent(room):
    return [(one["pressed"], one["shown"]) for one in room.evaluate("window.sent")]


def playing(room):
    return room.locator("audio").evaluate_all("all => all.map(one => !one.paused)")


def test_keys_are_sent_with_what_was_shown_and_jupyterlab_keeps_off(room):
    place = room.locator(".listening")
    assert place.get_attribute("data-lm-suppress-shortcuts") == "true"
    place.focus()
    for key in ("k", "W", "x", "Control+k"):
        room.keyboard.press(key)
    assert sent(room) == [("keep", 7), ("wrong label", 7)]
    room.locator("audio").first.focus()
    room.keyboard.press("k")  # the room gets the focus, for the sound will be replaced
    assert room.evaluate("document.activeElement.className") == "listening"
    room.evaluate("window.stop()")
    room.keyboard.press("k")
    assert len(sent(room)) == 3


def test_a_key_that_is_held_down_answers_once(room):
    room.locator(".listening").focus()
    for _ in range(3):
        room.keyboard.down("k")
    assert sent(room) == [("keep", 7)]


@pytest.mark.parametrize("part", ["input", "select"])
def test_what_is_typed_is_text_until_enter(room, part):
    room.locator(part).focus()
    room.keyboard.press("w")
    assert sent(room) == [] and room.locator(part).input_value() == "w"
    room.keyboard.press("Enter")
    room.keyboard.press("k")
    assert sent(room) == [("keep", 7)]


def test_the_space_bar_presses_a_button_that_was_reached_by_tab_and_else_plays(room):
    room.evaluate(
        "window.clicks = 0; void (document.querySelector('button').onclick = () => clicks++)"
    )
    button = room.locator("button")
    button.focus()
    room.keyboard.press("Space")
    assert room.evaluate("clicks") == 1 and not any(playing(room))
    button.click()
    room.keyboard.press("Space")
    assert room.evaluate("clicks") == 2 and playing(room) == [True, False, False]
    room.keyboard.press("Space")
    assert not any(playing(room))


def test_one_sound_plays_at_a_time(room):
    for number in (0, 2, 1):
        room.locator("audio").nth(number).evaluate("one => one.play()")
        room.wait_for_function(
            "number => [...document.querySelectorAll('audio')].every("
            "(one, place) => one.paused === (place !== number))",
            arg=number,
        )


@pytest.mark.parametrize("number, seconds", [(0, 1.0), (0, 3.2), (1, 1.5)])
def test_the_cursor_stands_where_the_sound_is(room, number, seconds):
    whole = [4, 3][number]
    place = (
        room.locator("audio")
        .nth(number)
        .evaluate(
            """(one, seconds) => new Promise((done) => {
            one.addEventListener("seeked", () => {
                const part = one.closest("tr");
                const picture = part.querySelector("img").getBoundingClientRect();
                const line = part.querySelector(".cursor").getBoundingClientRect();
                done([line.left + line.width / 2 - picture.left, line.top - picture.top,
                      line.height, document.querySelectorAll(".cursor").length]);
            });
            one.currentTime = seconds;
        })""",
            seconds,
        )
    )
    assert place == pytest.approx([150 * seconds / whole, 0, 48, 1], abs=1)


def test_the_cursor_moves_as_the_sound_does(room):
    audio = room.locator("audio").first
    audio.evaluate("one => one.play()")
    room.wait_for_function("document.querySelector('audio').currentTime > 0.5")
    apart = audio.evaluate(
        """(one) => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => {
            const line = document.querySelector(".cursor").getBoundingClientRect();
            const picture = document.querySelector("img").getBoundingClientRect();
            done(line.left + 1 - picture.left - (150 * one.currentTime) / 4);
        })))"""
    )
    assert abs(apart) < 150 / 4 * 0.1  # a tenth of a second; frames may be slow


def test_a_click_on_a_picture_plays_from_there_and_two_pictures_have_no_cursor(room):
    room.locator("img").nth(1).click(position={"x": 100, "y": 10})
    room.wait_for_function("document.querySelectorAll('audio')[1].currentTime >= 2")
    assert playing(room) == [False, True, False]
    room.locator("img").nth(3).click(position={"x": 100, "y": 10})
    room.locator("audio").nth(2).evaluate("one => one.play()")
    room.wait_for_function("document.querySelectorAll('audio')[2].currentTime > 0")
    last = room.locator("tr").nth(2)
    assert last.locator(".cursor").count() == 0 and playing(room) == [False, False, True]
