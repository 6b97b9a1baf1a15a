"""A room as a page that needs neither a kernel nor a network: a folder that opens as a file.

A page that was opened as a file may not fetch, nor load a module: so all it needs comes as plain
scripts, and sounds as files that a player opens.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from tqdm.auto import tqdm

from thesis_lib.audio.io import mp3
from thesis_lib.room import excerpt
from thesis_lib.room.columns import floats, normalised
from thesis_lib.room.widget import STATIC, Room
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic
from thesis_lib.util.text import as_html

K = 30  # neighbours in the lists; others of the same group are left out
MOST = 400  # sounds on a page
TRAITS = ("title", "about", "columns", "colours", "picture", "theme", "k", "kept", "chosen")

PAGE = Template("""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>$title</title>
<style>
:root {color-scheme: light dark}
body {font: 15px/1.5 system-ui, sans-serif; max-width: 1500px; margin: 1em auto; padding: 0 1em}
footer {margin: 1em 0; opacity: .8; font-size: 14px}
</style></head><body>
<main id="room"></main>
<footer>$footer</footer>
<script src="traits.js"></script>
<script src="room.js"></script>
<script>
const traits = window.roomTraits, waiting = {}, observers = {};
const place = "kept " + location.pathname;
traits.kept = JSON.parse(localStorage.getItem(place)) ?? traits.kept;
window.roomSound = (item, sound) => waiting[item](sound);
const model = {
  get: (name) => traits[name],
  set: (name, value) => {
    traits[name] = value;
    for (const changed of observers["change:" + name] ?? []) changed();
  },
  save_changes: () => localStorage.setItem(place, JSON.stringify(traits.kept)),
  on: (event, changed) => (observers[event] ??= []).push(changed),
  off() {},
  script: (item) => new Promise((done, failed) => {
    waiting[item] = done;
    const script = document.createElement("script");
    script.src = traits.scripts.replace("{item}", item);
    script.onerror = () => failed(new Error("This sound is missing beside the page."));
    document.head.append(script);
  }),
};
window.listeningRoom.render({ model, el: document.getElementById("room") });
</script>
</body></html>
""")


def write(room: Room, folder: Path | str, most: int = MOST) -> None:
    """Write a page of a room, its sounds beside it (09_listening_room).

    Parameters
    ----------
    room : Room
    folder : Path
        It becomes `index.html`, `room.js`, `traits.js` and, in `sounds/`, of each sound an MP3 file
        and a script with its picture. A folder that is there is replaced.
    most : int
        Of more sounds than that, as many are taken at equal distances; the page says so.

    Raises
    ------
    InputError
        The folder cannot be written to. A sound that is missing does not stop the page: its row
        says so.
    """
    count = len(room.sounds)
    rows = (
        np.arange(count) if count <= most else np.linspace(0, count - 1, most).round().astype(int)
    )
    some = room if count <= most else _smaller(room, rows)
    footer = f"{len(rows)} of {count} {room.sounds.unit}s of {room.sounds.name}. "
    footer += f"{room.sounds.note}. " * bool(room.sounds.note)
    footer += "Neighbours come from the vectors themselves, not from the map."
    with atomic(Path(folder)) as part:
        (part / "sounds").mkdir(parents=True)
        for item in tqdm(range(len(rows)), f"page of {room.sounds.name}", leave=False):
            _sound(some, item, part / "sounds")
        document(part, traits(some), footer)


def document(folder: Path, given: dict[str, Any], footer: str = "") -> None:
    """Write what a page consists of beside its sounds, from what `traits` gives."""
    text = json.dumps(given, default=_plain)
    (folder / "traits.js").write_text(f"window.roomTraits = {text};\n")
    (folder / "room.js").write_text(as_script((STATIC / "room.js").read_text()))
    page = PAGE.substitute(title=as_html(given["title"]), footer=as_html(footer))
    (folder / "index.html").write_text(page)


def _smaller(room, rows):
    maps = {name: room.map_of(name)[0][rows] for name in room.maps}
    return Room(room.sounds.subset(rows), room.k, maps=maps, theme=room.theme)


def _sound(room: Room, item: int, folder: Path) -> None:
    """The MP3 file and the script of one sound."""
    try:
        heard = room.excerpt(item)
        shade = excerpt.picture(heard, room.levels, (320, 96), room.sounds.features)
        (folder / f"{item}.mp3").write_bytes(mp3(excerpt.levelled(heard), heard.rate))
        about: dict[str, Any] = {"start": heard.start, "duration": heard.duration}
        about |= {"columns": shade.shape[1], "bands": shade.shape[0], "shades": shade.tobytes()}
    except InputError as error:
        about = {"error": room.without_folder(str(error))}
    text = json.dumps(about, default=_plain)
    (folder / f"{item}.js").write_text(f"window.roomSound({item}, {text});\n")


def traits(room: Room, k: int = K) -> dict[str, Any]:
    """All that the page asks its model for, with lists of so many neighbours.

    Where k is 0, nothing is compared: of the maps there is the first alone.
    """
    k = min(k, len(room.sounds) - 1)
    items, distances = room.nearest.lists(range(len(room.sounds)), k)
    found = {name: room.map_of(name) for name in room.offered if k}
    kept = {name: floats(kept) for name, (_, kept) in found.items()}
    maps = {name: floats(normalised(places)) for name, (places, _) in found.items()} or room.maps
    return {name: getattr(room, name) for name in TRAITS} | {
        "maps": maps,
        "preserved": kept,
        "offered": list(maps),
        "near": {"k": k, "items": items.astype("<i4").tobytes(), "distances": floats(distances)},
        "audio": "sounds/{item}.mp3",
        "scripts": "sounds/{item}.js",
        "can_upload": False,
    }  # fmt: skip


def _plain(value: Any) -> str:
    """Bytes as text."""
    return b64encode(value).decode()


def as_script(module: str) -> str:
    """The bundle as a plain script, which leaves `window.listeningRoom`."""
    found = re.search(r"export\s*\{\s*([\w$]+) as default\s*\};?\s*$", module)
    if not found:
        raise InputError(f"{STATIC / 'room.js'} has no default export at its end; `make widget`.")
    body = module[: found.start()]
    return f'(() => {{"use strict";{body}window.listeningRoom={found[1]};}})();\n'
