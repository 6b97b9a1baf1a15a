"""How long it takes from a folder of 100 songs (7 hours) to the listening room.

Run ``python bench/listening.py``; it writes ``bench/results/listening.json``. The songs are tracks
of the open music, a hundred neighbours by length that last seven hours together, as links in a
class folder of each game. `thesis listen` is given that folder, with nothing computed before, and
the clock stops when the page has all of the room. Rows: each step, and all of it; in s.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from harness import arguments, class_folders, machine, publish, row, start

from thesis_lib.datasets import open_music
from thesis_lib.util.files import ROOT

SONGS, HOURS = 100, 7
OPTIONS = {
    "open_music": ("data/open_music", "", "folder of the open music"),
    "rounds": (1, 1, "times"),
}
STEPS = (  # what is said first of each
    (b"reading all files", "reading files"),
    (b"spectrograms", "spectrograms"),
    (b"by ours", "embedding by the shipped network"),
    (b"The listening room", "opening the room"),
)
SERVES = re.compile(rb"(http://\S+)\s")  # the page's address, once it is served


def songs(args, folder):
    """Link the songs into class folders."""
    if args.quick:
        return class_folders(folder, songs=4)
    corpus = open_music.read(args.open_music)
    table = corpus.table.sort_values("duration", ignore_index=True)
    lasts = table.duration.rolling(SONGS).sum() / 3600
    last = (lasts >= HOURS).idxmax()
    for song in table.iloc[last + 1 - SONGS : last + 1].itertuples():
        link = folder / song.label / Path(song.path).name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(os.path.abspath(corpus.path(song)))
    return folder


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def listened(folder, runs):
    """When each step began, and when the room was there: {step: s}."""
    line = [sys.executable, "-m", "thesis_lib", "listen", "--music", str(folder), "--runs", runs]
    line += ["--no-browser", "--port", str(free_port())]
    began, seen, said = time.perf_counter(), {"starting": 0.0}, b""
    process = subprocess.Popen(
        line, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    try:
        while new := os.read(process.stdout.fileno(), 2**16):  # bars end no lines
            said += new
            for text, step in STEPS:
                if text in said:
                    seen.setdefault(step, time.perf_counter() - began)
            if found := SERVES.search(said):
                urllib.request.urlopen(found[1].decode()).read()  # ends where the room is made
                return seen | {"all": time.perf_counter() - began}
    finally:
        os.killpg(process.pid, signal.SIGTERM)  # the page ends its kernel
        process.wait()
    raise SystemExit(f"`thesis listen` ended before the room was there: {said[-2000:].decode()}")


def measure(args):
    values = {}
    for _ in range(args.rounds):
        (ROOT / "runs").mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=ROOT / "runs") as place:
            seen = listened(songs(args, Path(place) / "songs"), f"{place}/runs")
        names = list(seen)
        for step, then in zip(names, names[1:], strict=False):
            values.setdefault(step, []).append(seen[then] - seen[step])
        values.setdefault("all", []).append(seen["all"])
    return [row("100 songs", "thesis listen", name, each) for name, each in values.items()]


def main(argv=None):
    args = arguments(__doc__, argv, **OPTIONS)
    publish(args, "listening", measure(args), machine())


if __name__ == "__main__":
    start(main)
