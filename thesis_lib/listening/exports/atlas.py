"""A parquet file with vectors, places on a map and the audio itself, as Embedding Atlas takes it.

It needs pyarrow, which is no part of the suite: with it installed, pandas refuses text that is no
UTF-8, as names of files may be. Read back by pyarrow 26.0.1 and by `datasets.vector_file`.
Embedding Atlas (``embedding-atlas sounds.parquet --x map_x --y map_y``) was not run; that a player
is drawn for a column of `bytes` and `path`, its documentation says. See 09_listening_room.
"""

from pathlib import Path

import numpy as np

from thesis_lib.analysis.projection import default, project
from thesis_lib.audio import io as audio_io
from thesis_lib.listening.clips import RATE
from thesis_lib.listening.exports.sounds import Sounds, changed
from thesis_lib.util.errors import InputError, in_short

FILE = "sounds.parquet"


def write(sounds: Sounds, folder: Path) -> list[str]:
    """Write sounds.parquet: a row a sound (09_listening_room).

    Parameters, returns and raises as `tensorboard.write`; also raises where pyarrow is missing.
    """
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise InputError(
            "A parquet file takes a package that the suite does not come with: "
            "`pip install pyarrow`."
        ) from None
    if sounds.vectors is None:
        raise InputError(f"{sounds.name} has no vectors; give a run that has them.")
    columns: dict[str, object] = {name: sounds.shown[name].tolist() for name in sounds.shown}
    places = project(sounds.vectors, default(len(sounds.vectors)))
    columns |= {"map_x": places[:, 0], "map_y": places[:, 1]}
    columns["vectors"] = pyarrow.FixedSizeListArray.from_arrays(
        np.asarray(sounds.vectors, np.float32).ravel(), sounds.vectors.shape[1]
    )
    columns["audio"], silent = _audio(sounds)
    parquet.write_table(pyarrow.table(columns), folder / FILE, compression="zstd")
    said = changed(sounds.table[["path", "name", "label"]].stack())
    if silent:
        said.append(f"{len(silent)} sound(s) have no audio there: {in_short(silent)}")
    return said


def _audio(sounds):
    """Of each sound an MP3 and what to call it, None where it cannot be read; and why not."""
    found: list[dict | None] = []
    faults = []
    for number, row in enumerate(sounds.table.itertuples()):
        try:
            wave = audio_io.read(sounds.file(number), RATE, row.channel, row.start, row.duration)
        except InputError as error:
            faults.append(str(error))
            found.append(None)
            continue
        name = f"{Path(sounds.shown.path.iloc[number]).stem}_{row.start:g}.mp3"
        found.append({"bytes": audio_io.mp3(np.clip(wave, -1, 1), RATE), "path": name})
    return found, faults
