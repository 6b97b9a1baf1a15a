"""What stands behind `thesis playlist`: a list is made, written, and made again.

Beside `set.m3u8` are `set.csv`, which says more of each song, and `set.json`, its parameters: the
folder and what was in it, the embedding, and what was asked. From these `again` makes the same
list, byte for byte, or says what is no longer the same.
"""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from thesis_lib.audio import io as audio_io
from thesis_lib.audio import mix, playlist_file
from thesis_lib.audio.playlist_file import Track
from thesis_lib.pipeline import list_makers
from thesis_lib.pipeline import songs as songs_of
from thesis_lib.pipeline.songs import Songs
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import write_json

RATE, CHANNELS = 44100, 2  # of a mix
PAIRS = 10_000  # of songs at random, for how far two of them are from each other
ABOUT = ["path", "name", "label", "duration"]  # columns of a list's table, then what is its own


class Made(NamedTuple):
    """A list.

    songs: Songs; how: str, of `list_makers.MAKERS`; table: DataFrame, `item` (row of the corpus's
    table), `ABOUT`, and what its way says, see `list_makers.make`; written: list of Path.
    """

    songs: Songs
    how: str
    table: pd.DataFrame
    written: list[Path]


def playlist(
    folder: Path | str,
    asked: dict[str, Any],
    out: Path | str = "",
    embeddings: Path | str = "",
    work: Path | str = "runs",
) -> Made:
    """Make a list of the songs of a folder, and write it.

    Parameters
    ----------
    folder : Path
        What the readers know, see `songs.read`.
    asked : dict
        See `list_makers.resolve`; and `audio`, None or the `file`, `fade` (s) and `seconds` (of
        each song, 0: all of it) of a mix.
    out : Path, optional
        The list, a name that ends in .m3u8; without, nothing but a mix is written.
    embeddings : Path, optional
        Vectors of any other model.
    work : Path
        What takes long is kept below.

    Raises
    ------
    InputError
        Something cannot be read, found, made or written.
    """
    _check_places(folder, out, asked)
    return _make(songs_of.read(folder, embeddings, work), asked, out, embeddings)


def again(file: Path | str, out: Path | str = "", work: Path | str = "runs") -> Made:
    """Make a list again from its parameters.

    Parameters
    ----------
    file : Path
        The list, or the JSON beside it.
    out : Path, optional
        Another place for it; by default its own.
    work : Path
        As for `playlist`.

    Raises
    ------
    InputError
        There are no parameters, or the folder or the embedding is no longer what it was.
    """
    place = Path(file).with_suffix(".json")
    said = _parameters(place)
    folder, embeddings = (said[name] and os.path.normpath(place.parent / said[name])
                          for name in ("folder", "embeddings"))  # fmt: skip
    asked, out = dict(said["asked"]), Path(out or place.with_suffix(".m3u8"))
    if asked["audio"]:
        asked["audio"] = asked["audio"] | {"file": str(out.parent / asked["audio"]["file"])}
    _check_places(folder, out, asked)
    songs = songs_of.read(folder, embeddings, work)
    for what, now in songs.about.items():
        if now != said[what]:
            raise InputError(_changed(place, what, said[what], now, folder))
    return _make(songs, asked, out, embeddings)


def random_step(vectors: np.ndarray, seed: int = 0) -> float:
    """How far two songs at random are from each other on average: what a list is held against."""
    one, other = np.random.default_rng(seed).integers(len(vectors), size=(2, PAIRS))
    return float(np.linalg.norm(vectors[one] - vectors[other], axis=1)[one != other].mean())


def _make(songs, asked, out, embeddings):
    asked = list_makers.resolve(songs, asked)
    made = list_makers.make(songs, asked)
    files = songs.corpus.table.iloc[made["item"]].reset_index(drop=True)
    table = pd.concat([made[["item"]], files[ABOUT], made.drop(columns="item")], axis=1)
    written = [_mix(songs, table["item"].to_numpy(), **asked["audio"])] if asked["audio"] else []
    if out:
        written = [*_write(Path(out), songs, table, asked, embeddings), *written]
    return Made(songs, asked["how"], table, written)


def _check_places(folder, out, asked):
    """Errors in names, before hours of decoding."""
    if asked["audio"]:
        mix.check_name(asked["audio"]["file"])
        _check_free(Path(asked["audio"]["file"]), folder, out)
    if not out:
        return
    if Path(out).suffix.lower() != ".m3u8":
        raise InputError(f"{out} does not end in .m3u8; give the list such a name.")
    if disk.kind(folder) == "folder" and Path(out).resolve().parent == Path(folder).resolve():
        raise InputError(
            f"{out} would be at the top of {folder}, and be read in place of the folder the next "
            f"time; put it elsewhere, such as {Path(out).parent / 'lists' / Path(out).name}."
        )

    for ending in (".m3u8", ".csv"):
        if not _is_ours(out):
            _check_new(Path(out).with_suffix(ending))


def _check_free(audio, folder, out):
    """Errors where a mix would take the place of a file, or be read as a song the next time."""
    if disk.kind(folder) == "folder" and audio.resolve().is_relative_to(Path(folder).resolve()):
        raise InputError(f"{audio} would be one of the songs of {folder}; put the mix elsewhere.")
    if not (out and _is_ours(out)):
        _check_new(audio)


def _check_new(path):
    if os.path.lexists(path):
        raise InputError(f"{path} is there already, and no list of ours; choose another name.")


def _is_ours(out):
    """Whether the JSON beside a list says that it was made here, so that it may be made again."""
    place = Path(out).with_suffix(".json")
    if not os.path.lexists(place):
        return False
    _parameters(place)
    return True


def _write(out, songs, table, asked, embeddings):
    """The list, its CSV and its parameters: their paths."""
    here, root = out.parent, songs.corpus.root
    files = [Path(root, path) for path in table.path]
    tracks = map(Track, files, table.duration, table.name)
    playlist_file.write(out, playlist_file.m3u8(tracks, here))
    own = table.drop(columns="item").assign(path=[_seen_from(here, file) for file in files])
    own.insert(0, "position", np.arange(1, len(own) + 1))
    rows = own.itertuples(index=False, name=None)
    playlist_file.write(out.with_suffix(".csv"), playlist_file.table(list(own.columns), rows))
    audio = asked["audio"] and asked["audio"] | {"file": _seen_from(here, asked["audio"]["file"])}
    said = {"folder": _seen_from(here, songs.folder)}
    said["embeddings"] = embeddings and _seen_from(here, embeddings)
    said |= songs.about | {"asked": asked | {"audio": audio}, "list": table.path.tolist()}
    write_json(out.with_suffix(".json"), said)
    return [out, out.with_suffix(".csv"), out.with_suffix(".json")]


def _seen_from(folder, path):
    return Path(os.path.relpath(path, folder or ".")).as_posix()


def _parameters(place):
    try:
        said = json.loads(place.read_text())
        wanted = {"folder", "embeddings", "corpus", "embedding", "asked"}
        if wanted <= set(said) and {"how", "audio", *list_makers.ROLES} <= set(said["asked"]):
            return said
    except OSError as error:
        raise InputError(disk.no_file(place) or disk.refused(place, error)) from None
    except (ValueError, TypeError):
        pass
    raise InputError(f"{place} holds no parameters of a list; give a list of `thesis playlist`.")


def _changed(place, what, before, now, folder):
    if what == "embedding":
        return (
            f"{place}: the list was made by {before['model']}, which is another now (or another "
            "version of it); fetch that one again, or make a new list."
        )
    return (
        f"{place}: {folder} holds other songs now ({now['sounds']} in place of {before['sounds']}, "
        "or others, or changed ones); restore them, or make a new list."
    )


def _mix(songs, items, file, fade, seconds):
    """One file of all songs, each fading into the next: its path."""
    heard = songs_of.music(songs, items)
    parts = (_part(songs, row, heard[row].beats, seconds) for row in map(int, items))
    mix.write(file, tqdm(parts, "mixing", len(items)), RATE, CHANNELS, fade)
    return Path(file)


def _part(songs, row, beats, seconds):
    """A song, or so many seconds from its middle, in stereo."""
    own = songs.corpus.table.iloc[row]
    length = min(seconds or own.duration, own.duration)
    offset = (own.duration - length) / 2
    two = own.channels == 2 and own.channel == audio_io.MEAN
    where = songs.corpus.path(own), RATE
    waves = [audio_io.read(*where, channel, own.start + offset, length)
             for channel in ((0, 1) if two else (own.channel,))]  # fmt: skip
    beats = beats - offset
    wave = np.stack([waves[0], waves[-1]], axis=1)
    return mix.Part(wave, beats[(beats >= 0) & (beats < length)])
