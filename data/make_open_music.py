"""Make the list of open music, `open_music.json`, from the packages that hold it.

The list is part of the repository, so nobody needs to run this. It is here so that anybody can see
where every line comes from, or add a game::

    thesis fetch open-music --to FOLDER
    python data/make_open_music.py FOLDER --check     # compare, change nothing
    python data/make_open_music.py FOLDER             # make it again

A new package goes into `archives.json`, and below. Every track is decoded once, as other music is:
silence at both ends is trimmed, files that hold the same recording become one song, and those that
are cut off or damaged in the package are left out.
"""

import argparse
import hashlib
import json
import re
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import soundfile
from debian.copyright import Copyright
from tinytag import TinyTag

from thesis_lib.datasets.metadata import named
from thesis_lib.datasets.recordings import scan_files
from thesis_lib.util.files import atomic
from thesis_lib.util.names import clean

HERE = Path(__file__).parent
SHORTEST = 45.0  # s; what is shorter is a jingle
ENDINGS = (".ogg", ".mp3")
FASTER = re.compile("_f(ast)?$")  # the same track again, for the last lap of a race
SCANNED = ("start", "duration", "sample_rate", "channels", "channel")


class Game(NamedTuple):
    """One class: what it is called, and where its music is in the source of its package.

    `licence` and `holders` are for packages whose copyright file only people can read. `loops` are
    tracks that play the same again and again, and after how many seconds: only once is taken.
    """

    name: str
    source: str = ""
    licence: str = ""
    holders: str = ""
    loops: dict = {}


GAMES = {
    "wesnoth-1.16-music": Game(
        "The Battle for Wesnoth", licence="GPL-2+", holders="see the package's copyright file"),
    "drascula-music": Game("Drascula"),
    "planetblupi-music-ogg": Game(
        "Planet Blupi", loops={"music000": 152, "music001": 176, "music002": 152, "music003": 120}),
    "supertux-data": Game("SuperTux", "data/music"),
    "colobot-common-sounds": Game("Colobot", "data/music"),
    "supertuxkart-data": Game("SuperTuxKart", "data/music"),
    "hedgewars-data": Game("Hedgewars", "share/hedgewars/Data/Music"),
    "unknown-horizons": Game("Unknown Horizons", "content/audio/music"),
    "flare-game": Game("Flare", "mods/fantasycore/music"),
    "hyperrogue-music": Game("HyperRogue", "music"),
    "pushover-data": Game("Pushover", "data/themes"),
    "fillets-ng-data": Game(
        "Fish Fillets", licence="GPL-2", holders="see the package's copyright file"),
    "asc-music": Game("Advanced Strategic Command"),
    "ardentryst": Game("Ardentryst", "Music"),
    "lordsawar-data": Game("LordsAWar!", "dat/music"),
    "lincity-ng-data": Game("LinCity-NG", "data/music/default"),
}  # fmt: skip


def listed(folder):
    """The tracks of all packages in a folder, before any is decoded.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    DataFrame
        A row a file that is long enough: package, path (below `folder`), label, song, name, author,
        licence, copyright, seconds.
    """
    rows = [row for package in GAMES for row in _of_package(folder, package)]
    return pd.DataFrame(rows)


def _of_package(folder, package):
    paths = sorted(path for path in (folder / package).rglob("*") if path.suffix in ENDINGS)
    rights = _rights(folder / package / "usr" / "share" / "doc" / package / "copyright")
    for path in paths:
        seconds = soundfile.info(path).duration
        if path.is_symlink() or seconds <= SHORTEST or FASTER.search(path.stem):
            continue
        author, title = _tags(path)
        licence, holders = rights(GAMES[package], path.name)
        yield {
            "package": package,
            "path": path.relative_to(folder).as_posix(),
            "label": GAMES[package].name,
            "song": f"{package}/{path.stem}",
            "name": named(author or GAMES[package].name, title or clean(path.stem)),
            "author": author,
            "licence": licence,
            "copyright": holders,
            "seconds": round(seconds, 3),
        }


def _tags(path):
    """Artist and title; some files have the titles of all tracks before them too."""
    tags = TinyTag.get(path, duration=False).as_dict()
    return tuple(clean(str(tags[key][-1])) if key in tags else "" for key in ("artist", "title"))


def _rights(path):
    """A function: the licence and the holders that a copyright file names for a track."""

    def rights(game, name):
        if game.licence:
            return game.licence, game.holders
        with path.open(encoding="utf-8") as file:
            found = Copyright(file).find_files_paragraph(f"{game.source}/{name}".lstrip("/"))
        return found.license.synopsis, _holders(found.copyright)

    return rights


def _holders(text):
    """The first holder, without years and address, and whether there are more."""
    lines = [line.strip() for line in text.strip().splitlines()]
    first = re.sub(r"^[\d\s,–-]+|\s*[<(].*$", "", lines[0])
    return first + " and others" * (len(lines) > 1)


def make(folder):
    """The list: dict, as it is in `open_music.json`."""
    table = listed(folder)
    scanned, _ = scan_files(folder, table)  # names what is damaged, and leaves it out
    scanned = scanned[["path", "name", "group", *SCANNED]].assign(duration=_once(scanned))
    table = table.drop(columns=["name", "song"]).merge(scanned, on="path", validate="one_to_one")
    games = [
        {
            "game": GAMES[package].name,
            "package": package,
            "tracks": [_track(folder, row) for row in rows.itertuples()],
        }
        for package, rows in table.groupby("package", sort=False)
    ]
    return {"games": games}


def _once(scanned):
    """The seconds of each track until it begins again: array."""
    loops = {
        f"{package}/{stem}": seconds
        for package, game in GAMES.items()
        for stem, seconds in game.loops.items()
    }
    places = scanned.path.map(lambda path: f"{path.partition('/')[0]}/{Path(path).stem}")
    return np.minimum(scanned.duration, places.map(loops).fillna(np.inf))


def _track(folder, row):
    data = (folder / row.path).read_bytes()
    return {
        "path": row.path.partition("/")[2],
        "name": row.name,
        "group": row.group,
        "author": row.author,
        "licence": row.licence,
        "copyright": row.copyright,
        "seconds": row.seconds,
        **{key: round(getattr(row, key), 4) for key in SCANNED},
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def write(games, path):
    """Write the list, a line a track."""
    text = ",\n".join(map(_text, games["games"]))
    with atomic(path) as place:
        place.write_text(f'{{"games": [\n{text}\n]}}\n', encoding="utf-8")


def _text(game):
    head = json.dumps({"game": game["game"], "package": game["package"]})
    tracks = ",\n".join(f"  {json.dumps(one, ensure_ascii=False)}" for one in game["tracks"])
    return f' {head[:-1]}, "tracks": [\n{tracks}\n ]}}'


def main():
    """Read the command line; see the text at the top of this file."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path, help="where the packages were unpacked")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    args = parser.parse_args()
    games = make(args.folder)
    if not args.check:
        write(games, HERE / "open_music.json")
    elif games != json.loads((HERE / "open_music.json").read_text(encoding="utf-8")):
        sys.exit("open_music.json is not what this script makes.")


if __name__ == "__main__":
    main()
