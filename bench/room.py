"""How fast the listening room answers and draws.

Run ``python bench/room.py``; it writes ``bench/results/room.json``. A made-up corpus of as many
vectors as SINS has tiles is asked for neighbours, and a file for a sound with its picture: this is
what a press waits for beside the browser. A page without a kernel, in headless Chromium, is pressed
until its sound has begun; and a map of random points is zoomed for some seconds, a step a frame.
There WebGL is SwiftShader's, which draws by the processor: with a graphics card it is faster. On a
machine that does other work too, `ms` is what was waited, `processor ms` what the work itself took:
of a frame, by all of Chromium's processes together.
"""

import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import soundfile
from harness import RATE, arguments, machine, publish, row, sound, start
from playwright.sync_api import sync_playwright

from thesis_lib.room import page
from thesis_lib.room.answers import answer
from thesis_lib.room.widget import listen

OPTIONS = {
    "sounds": (73_000, 300, "vectors"),
    "dimensions": (256, 8, "of each"),
    "points": (100_000, 500, "of the map that is drawn"),
    "rounds": (30, 2, "times"),
    "seconds": (6.0, 0.5, "of drawing"),
}
SEGMENTS = 20  # tiles of a recording
WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
WEBGL += ("--no-sandbox", "--autoplay-policy=no-user-gesture-required")
# Zooms in and out by turns, and counts the frames: [how many, in ms].
ZOOM = """async ([seconds]) => {
  const canvas = document.querySelector(".map canvas"), box = canvas.getBoundingClientRect();
  canvas.focus();
  const at = {clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, bubbles: true};
  const began = performance.now();
  let frames = 0;
  while (performance.now() - began < 1000 * seconds) {
    const deltaY = frames % 40 < 20 ? -20 : 20;
    canvas.dispatchEvent(new WheelEvent("wheel", {...at, deltaY, cancelable: true}));
    await new Promise(requestAnimationFrame);
    frames += 1;
  }
  return [frames, performance.now() - began];
}"""
# Chooses a sound as a click does, and waits until it is heard: ms.
PRESS = """async (number) => {
  const box = document.querySelector(".search input"), audio = document.querySelector("audio");
  box.value = "song " + number;
  box.dispatchEvent(new Event("input"));
  const began = performance.now();
  const heard = new Promise((done) => audio.addEventListener("playing", done, {once: true}));
  box.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", bubbles: true}));
  await heard;
  return performance.now() - began;
}"""


def made_up(folder, count, dimensions):
    """A room of random vectors; each recording is one of a few files of sound."""
    for number in range(SEGMENTS):
        wave = sound(4.0, number)
        soundfile.write(folder / f"song {number}.wav", wave, RATE)
    number = np.arange(count)
    files = [f"song {one}.wav" for one in number % SEGMENTS]
    table = pd.DataFrame({"path": files, "start": 1.0, "duration": 2.0})
    table = table.assign(group=(number // SEGMENTS).astype(str), label=(number % 9).astype(str))
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((count, dimensions), np.float32)
    maps = {"random": rng.uniform(-1, 1, (count, 2))}
    return listen(table, vectors, folder, name="made up", maps=maps)


def answers(folder, args):
    """Rows of what the kernel takes to answer, ms."""
    room = made_up(folder, args.sounds, args.dimensions)
    questions = {
        "20 nearest of one sound": {"ask": "near", "k": 20},
        "20 nearest, one a group": {"ask": "near", "k": 20, "spread": True},
        "2 s of sound and its picture": {"ask": "sound", "large": True},
    }
    corpus = f"{args.sounds} x {args.dimensions}"
    for name, question in questions.items():
        values = []
        for number in range(args.rounds + 1):
            began = time.perf_counter(), time.process_time()
            found, _ = answer(room, question | {"item": number}, [])
            values.append((time.perf_counter() - began[0], time.process_time() - began[1]))
            assert "error" not in found, found
        waited, worked = zip(*values[1:], strict=True)  # what is prepared once does not count
        yield row(corpus, name, "ms", [1e3 * one for one in waited])
        yield row(corpus, name, "processor ms", [1e3 * one for one in worked])


def browsing():
    """The processor's time of all of Chromium's processes so far, s."""
    times = [0.0]
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "chrom" in process.name():
                times.append(sum(process.cpu_times()[:2]))
    return sum(times)


def drawn(folder, args, browser):
    """The rows of frames: how many a second, and what each took."""
    room = made_up(folder, args.points, 2)
    page.document(folder, page.traits(room, 0))
    tab = browser.new_page(viewport={"width": 1400, "height": 900})
    tab.goto((folder / "index.html").as_uri())
    tab.locator(".listening-room[data-ready]").wait_for()
    tab.evaluate(ZOOM, [1.0])
    rates, worked = [], []
    for _ in range(3):
        before = browsing()
        frames, took = tab.evaluate(ZOOM, [args.seconds])
        rates.append(1e3 * frames / took)
        worked.append(1e3 * (browsing() - before) / frames)
    tab.close()
    what = f"{args.points} points", "map, drawn by the processor"
    return [row(*what, "frames/s", rates), row(*what, "processor ms", worked)]


def pressed(folder, args, browser):
    """The row of a page without a kernel, from a press to the sound, ms."""
    room = made_up(folder, 2 * SEGMENTS, args.dimensions)
    page.write(room, folder / "page")
    tab = browser.new_page(viewport={"width": 1400, "height": 900})
    tab.goto((folder / "page" / "index.html").as_uri())
    tab.locator(".listening-room[data-ready]").wait_for()
    values = [tab.evaluate(PRESS, number) for number in range(1, min(args.rounds, SEGMENTS) + 1)]
    return row("page without a kernel", "press to sound", "ms", values[1:])


def measure(args):
    with sync_playwright() as engine, tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        rows = list(answers(folder, args))
        browser = engine.chromium.launch(executable_path=shutil.which("chromium"), args=[*WEBGL])
        rows += [pressed(folder, args, browser), *drawn(folder, args, browser)]
        browser.close()
    return rows


def main(argv=None):
    args = arguments(__doc__, argv, **OPTIONS)
    publish(args, "room", measure(args), machine(webgl="SwiftShader, in headless Chromium"))


if __name__ == "__main__":
    start(main)
