"""Make a list of open music or sounds, such as `open_music.json`, from the packages that hold it.

The lists are part of the repository, so nobody needs to run this. It is here so that anybody can
see where every line comes from, or add a game::

    thesis fetch open-music --to FOLDER
    python data/make_open_music.py FOLDER --check     # compare, change nothing
    python data/make_open_music.py FOLDER             # make it again
    python data/make_open_music.py FOLDER --list open_sounds

A new package goes into `archives.json`, and below. Every track is decoded once, as all music is:
silence at both ends is trimmed, files of one recording become one song, damaged files are left out.
"""

import argparse
import hashlib
import json
import math
import operator
import re
import sys
from collections.abc import Callable
from functools import cache
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
ENDINGS = (".ogg", ".mp3", ".opus", ".flac", ".wav")
FASTER = re.compile("_f(ast)?$")  # the same track again, for the last lap of a race
SCANNED = ("start", "duration", "sample_rate", "channels", "channel")


class Game(NamedTuple):
    """One class: what it is called, and where its music is in the source of its package.

    `licence` and `holders` are for packages whose copyright file only people can read. `loops` are
    tracks that play the same again and again, and after how many seconds: only once is taken.
    `take` is a regular expression that the path of a file has to match. `song` makes a song's name
    of that path: of the file's name, of its folder's, or of all of it.
    """

    name: str
    source: str = ""
    licence: str = ""
    holders: str = ""
    loops: dict = {}
    take: str = ""
    song: Callable = operator.attrgetter("stem")


class List(NamedTuple):
    """The packages of a list, and how many seconds a file has to be long."""

    games: dict
    shortest: float


SEE = "see the package's copyright file"


GAMES = {
    "wesnoth-1.16-music": Game("The Battle for Wesnoth", licence="GPL-2+", holders=SEE),
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
    "fillets-ng-data": Game("Fish Fillets", licence="GPL-2", holders=SEE),
    "asc-music": Game("Advanced Strategic Command"),
    "ardentryst": Game("Ardentryst", "Music"),
    "lordsawar-data": Game("LordsAWar!", "dat/music"),
    "lincity-ng-data": Game("LinCity-NG", "data/music/default"),
}  # fmt: skip

# For reporting only. One track is by a composer of mini music; of another game, MegaGlest, the one
# by a composer of the list above is not even unpacked.
REPORT = {
    "widelands-data": Game("Widelands", "data/music"),
    "freedroidrpg-data": Game("FreedroidRPG", "data/sound/music"),
    "megaglest-data": Game("MegaGlest"),
    "freecol": Game("FreeCol", "data/default/resources/music/default"),
    "starfighter-data": Game("Project: Starfighter", "music", take="(?<!through_space)[.]ogg$"),
    "trackballs-data": Game("Trackballs", "share/music"),
    "extremetuxracer-data": Game("Extreme Tux Racer", "data/music"),
    "neverball-common": Game("Neverball", "data/bgm"),
    "plee-the-bear-data": Game(  # without the single instruments
        "Plee the Bear", licence="CC-BY-SA-3.0", holders=SEE, take="/music/[^/]+$"),
    "fretsonfire-songs-muldjord": Game(  # without the player's guitar, which is a file of its own
        "Frets on Fire", licence="CC-BY-SA-3.0", holders="El Senator", take="/song.ogg$",
        song=operator.attrgetter("parent.name")),
    "fretsonfire-songs-sectoid": Game(
        "Frets on Fire", licence="Expat", holders="Carlos Viola Iborra", take="/song.ogg$",
        song=operator.attrgetter("parent.name")),
}  # fmt: skip

# Short sounds and speech, to learn from without labels.
SOUNDS = {
    "tuxpaint-stamps-default": Game("Tux Paint", take="/(?!.*_desc_)[^/]+$"),
    "qabcs-data": Game("QAbcs"),
    "scratch": Game("Scratch", "Media"),
    "wesnoth-1.16-data": Game("The Battle for Wesnoth", licence="GPL-2+", holders=SEE),
    "sonic-pi-samples": Game("Sonic Pi", "etc/samples"),
    "bucklespring-data": Game("Bucklespring"),
    "lmms-common": Game("LMMS", "data/samples"),
    "hydrogen-data": Game("Hydrogen", "data/drumkits"),
    "lugaru-data": Game("Lugaru", "Data/Sounds", take="/Sounds/(?!Music)"),
    "klettres-data": Game("KLettres", "data"),
    "ktuberling-data": Game("KTuberling", "sounds"),
    "fillets-ng-data-cs": Game("Fish Fillets", licence="GPL-2", holders=SEE, take="/sound/[a-d]"),
}  # fmt: skip
SOUNDS = {
    package: game._replace(song=lambda path: path.with_suffix("").as_posix())
    for package, game in SOUNDS.items()
}

LISTS = {
    "open_music": List(GAMES, 45.0),  # what is shorter is a jingle
    "open_music_report": List(REPORT, 30.0),
    "open_sounds": List(SOUNDS, 0.3),
}


def listed(folder, which):
    """The tracks of all packages in a folder, before any is decoded.

    Parameters
    ----------
    folder : Path
    which : List

    Returns
    -------
    DataFrame
        A row a file that is long enough: package, path (below `folder`), label, song, name, author,
        licence, copyright, seconds.
    """
    rows = [
        row
        for package, game in which.games.items()
        for row in _of_package(folder, package, game, which.shortest)
    ]
    return pd.DataFrame(rows)


def _of_package(folder, package, game, shortest):
    about = folder / package / "usr" / "share" / "doc" / package / "copyright"
    for path in sorted((folder / package).rglob("*")):
        if path.suffix.lower() not in ENDINGS or path.is_symlink() or FASTER.search(path.stem):
            continue
        if not re.search(game.take, path.as_posix()) or (seconds := _seconds(path)) <= shortest:
            continue
        author, title = _tags(path)
        licence, holders = _rights(about, game, path.name)
        song = game.song(path.relative_to(folder / package))
        yield {
            "package": package,
            "path": path.relative_to(folder).as_posix(),
            "label": game.name,
            "song": f"{package}/{song}",
            "name": named(author or game.name, title or clean(Path(song).name)),
            "author": author,
            "licence": licence,
            "copyright": holders,
            "seconds": round(seconds, 3),
        }


def _seconds(path):
    """How long a file says that it is; 0 and a line of text, if it cannot be read."""
    try:
        return soundfile.info(path).duration
    except soundfile.LibsndfileError as error:
        print(error, file=sys.stderr)
        return 0.0


def _tags(path):
    """Artist and title; some files have the titles of all tracks before them too."""
    tags = TinyTag.get(path, duration=False).as_dict()
    return tuple(clean(str(tags[key][-1])) if key in tags else "" for key in ("artist", "title"))


def _rights(path, game, name):
    """The licence and the holders that a copyright file names for a track."""
    if game.licence:
        return game.licence, game.holders
    found = _copyright(path).find_files_paragraph(f"{game.source}/{name}".lstrip("/"))
    return found.license.synopsis, _holders(found.copyright)


@cache
def _copyright(path):
    with path.open(encoding="utf-8") as file:
        return Copyright(file)


def _holders(text):
    """The first holder, without years and address, and whether there are more."""
    lines = [line.strip() for line in text.strip().splitlines()]
    first = re.sub(r"^(copyright\b|\(c\)|©|by\b|[\d\s,–-])+|\s*[<(].*$", "", lines[0], flags=re.I)
    return first + " and others" * (len(lines) > 1)


def make(folder, which):
    """A list of music, a `List`: dict, as it is in its file."""
    table = listed(folder, which)
    scanned, _ = scan_files(folder, table)  # names what is damaged, and leaves it out
    scanned = scanned[["path", "name", "group", *SCANNED]].assign(
        duration=_once(scanned, which.games)
    )
    table = table.drop(columns=["name", "song"]).merge(scanned, on="path", validate="one_to_one")
    games = [
        {
            "game": which.games[package].name,
            "package": package,
            "tracks": [_track(folder, row) for row in rows.itertuples()],
        }
        for package, rows in table.groupby("package", sort=False)
    ]
    return {"games": games}


def _once(scanned, games):
    """The seconds of each track until it begins again: array."""
    loops = {
        f"{package}/{stem}": seconds
        for package, game in games.items()
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
        **{key: _down(getattr(row, key)) for key in SCANNED},
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }


def _down(value):  # never up: a track does not end behind its file
    return math.floor(value * 1e4) / 1e4 if isinstance(value, float) else value


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
    parser.add_argument("--list", default="open_music", choices=LISTS, help="which of them")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    args = parser.parse_args()
    path = HERE / f"{args.list}.json"
    games = make(args.folder, LISTS[args.list])
    if not args.check:
        write(games, path)
    elif games != json.loads(path.read_text(encoding="utf-8")):
        sys.exit(f"{path.name} is not what this script makes.")


if __name__ == "__main__":
    main()
