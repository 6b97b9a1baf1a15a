"""A few songs of a collection, read for a first look, before anything is made of it."""

from itertools import chain, zip_longest
from pathlib import Path

import numpy as np
import pandas as pd

from thesis_lib.audio import io as audio_io
from thesis_lib.datasets import listing, registry
from thesis_lib.util.errors import InputError
from thesis_lib.util.text import cut, one_line, readable

LONGEST = 70  # letters of a title


def excerpts(
    name: str,
    folder: Path | str,
    seconds: float,
    sample_rate: int = 16000,
    shortest: float = 0.0,
    count: int = 3,
) -> tuple[dict[str, np.ndarray], list[str]]:
    """The beginnings of a few songs, of as many classes as there are.

    Parameters
    ----------
    name : str
        Of music, one of `registry.names()`.
    folder : Path
        Where it is: a folder, a CSV or a playlist.
    seconds : float
        How much of each song, at most.
    sample_rate : int, Hz
    shortest : float
        Shorter songs are passed over, s.
    count : int

    Returns
    -------
    waves : dict, title -> float32 array
        At most `count`; fewer where there are no more that can be read.
    passed_over : list of str
        A sentence for each file that came before them and could not be used.
    """
    waves: dict[str, np.ndarray] = {}
    passed_over = []
    for path, title in _in_turn(_songs(name, Path(folder))):
        if len(waves) == count:
            break
        try:
            wave = _beginning(path, seconds, sample_rate)
        except InputError as error:
            passed_over.append(readable(f"Passed over: {error}"))
            continue
        if len(wave) < shortest * sample_rate:
            lasts = len(wave) / sample_rate
            sentence = f"Passed over: {path} lasts {lasts:.1f} s, too short for this page."
            passed_over.append(readable(sentence))
            continue
        waves[title if title not in waves else f"{title} ({len(waves) + 1})"] = wave
    return waves, passed_over


def _songs(name, folder):
    """A row a song: `path`, `label`, `title`; the first file of those that are one song."""
    if name == "fma":  # its genres are in a table of their own, which takes longer to read
        paths, _ = registry.files(name, folder)
        rows = [(path, "", path.stem) for path in paths]
        return pd.DataFrame(rows, columns=["path", "label", "title"])
    root, table, *_ = listing.find(folder)
    found = table.drop_duplicates(["label", "song"])
    titles = [row.name or Path(row.path).stem for row in found.itertuples(index=False)]
    return pd.DataFrame({"path": [root / path for path in found.path], "label": found.label.array,
                         "title": titles})  # fmt: skip


def _in_turn(songs):
    """Path and title of every song: the first of each class, then the second of each, ..."""
    classes = [own.itertuples() for _, own in songs.groupby("label", sort=True)]
    for row in filter(None, chain.from_iterable(zip_longest(*classes))):
        title = one_line(readable(f"{row.label}: {row.title}" if row.label else row.title))
        yield row.path, cut(title, LONGEST)


def _beginning(path, seconds, sample_rate):
    """A second more is read than is asked for: the end of a part is not filtered as its middle."""
    long = audio_io.probe(path).duration > seconds + 1
    wave = audio_io.read(path, sample_rate, duration=seconds + 1 if long else None)
    return wave[: round(seconds * sample_rate)]
