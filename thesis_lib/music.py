"""Reader of music: a folder of class folders, as any collection may be laid out."""

import logging
import re
from pathlib import Path

import librosa
import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from thesis_lib import audio
from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.errors import InputError

SILENCE = 60  # dB below its peak a recording counts as silent at its ends
RATE = 16000  # Hz, at which the ends are looked at
TAKE = re.compile(r"-[A-Z]$")  # `song-A`, `song-B`: takes or excerpts of one song

log = logging.getLogger(__name__)


def read(folder, parts=3, seed=1234, note=""):
    """Read a folder of class folders.

    Every file is decoded once: what cannot be read is named and left out, and silence at both
    ends is trimmed (thesis, data). Files that differ only in a trailing `-A`, `-B`, ... are
    excerpts of one song. Whole songs of each class are dealt to `parts` parts; each is held out as
    test in one trial, so that in the end every song was tested unheard.

    Parameters
    ----------
    folder : Path
        `folder/<class>/<song>.wav` (or .flac, .ogg, .opus, .mp3, .aiff); deeper folders count.
    parts : int
        As many as there will be trials.
    seed : int
        For dealing the songs.
    note : str
        What captions have to say of this corpus.

    Returns
    -------
    Corpus

    Raises
    ------
    InputError
        No readable audio, one class only, or a class with a single song.
    """
    folder = Path(folder)
    paths = _find(folder)
    rows = Parallel(n_jobs=-1, require="sharedmem")(delayed(_row)(folder, path) for path in paths)
    faults = [row for row in rows if isinstance(row, str)]
    for fault in faults:
        log.warning("Left out: %s", fault)
    table = pd.DataFrame([row for row in rows if not isinstance(row, str)])
    if table.empty:
        raise InputError(f"{folder} holds no readable audio ({faults[0]})")
    _check_classes(folder, table)
    table["split"] = _deal(table, parts, np.random.default_rng(seed))
    return Corpus(folder.name.replace("_", " "), folder, table[list(COLUMNS)], note)


def _find(folder):
    if not folder.is_dir():
        raise InputError(f"{folder} is not a folder; give one that holds a folder for each class.")
    hidden = re.compile(r"/\.|^\.")
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/**/*"))
    paths = [p for p in paths if Path(p).suffix.lower() in audio.ENDINGS and not hidden.search(p)]
    if not paths:
        raise InputError(
            f"{folder} holds no class folders with audio in them; lay it out as "
            f"{folder.name}/<class>/<song>.wav ({', '.join(sorted(audio.ENDINGS))})."
        )
    return paths


def _row(folder, path):
    """One row of the table, or the sentence that says why the file is left out."""
    try:
        header = audio.probe(folder / path)
        wave = audio.read(folder / path, RATE)
    except InputError as error:
        return str(error)
    if not wave.any():
        return f"{folder / path} is silent from end to end; export it again or remove it."
    first, last = librosa.effects.trim(wave, top_db=SILENCE)[1]
    label = path.split("/")[0]
    return {
        "path": path,
        "start": first / RATE,
        "duration": min(last / RATE, header.duration) - first / RATE,
        "sample_rate": header.sample_rate,
        "channels": header.channels,
        "channel": audio.MEAN,
        "label": label,
        "group": f"{label}/{TAKE.sub('', Path(path).stem)}",
        "node": "",
        "position": 0,
        "known": True,
    }


def _check_classes(folder, table):
    songs = table.groupby("label").group.nunique()
    if len(songs) == 1:
        raise InputError(
            f"{folder} holds one class only, {songs.index[0]!r}; add a second class folder."
        )
    if songs.min() == 1:
        raise InputError(
            f"{folder / songs.idxmin()} holds a single song; a class needs at least two, one "
            "to learn from and one to be tested on."
        )


def _deal(table, parts, rng):
    """The part of each row, "0", "1", ...: whole songs are dealt, class by class."""
    part = {}
    for songs in table.groupby("label").group.unique():
        part.update({song: str(i % parts) for i, song in enumerate(rng.permutation(sorted(songs)))})
    return table.group.map(part)
