"""What stands behind `thesis export`: sounds of a run or a folder, written for other tools."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from thesis_lib.audio import io as audio_io
from thesis_lib.corpus import Corpus
from thesis_lib.datasets import registry, vector_file
from thesis_lib.embed import pool
from thesis_lib.listening.clips import picture
from thesis_lib.listening.exports import atlas, label_studio, raven, tensorboard
from thesis_lib.listening.exports.opinions import gather
from thesis_lib.listening.exports.sounds import Sounds
from thesis_lib.pipeline.run import Run, run_of
from thesis_lib.util.errors import InputError, in_short
from thesis_lib.util.files import atomic

OF_VECTORS: dict[str, Callable] = {"tensorboard": tensorboard.write, "parquet": atlas.write}
OF_LABELS: dict[str, Callable] = {"raven": raven.write, "labelstudio": label_studio.write}


def export(
    place: Path | str,
    to: str,
    out: Path | str,
    unit: str = "recording",
    embedding: str = "ours",
    embeddings: Path | str = "",
    work: Path | str = "runs",
    review: Path | str = "",
    audit: Path | str = "",
) -> list[str]:
    """Write sounds and what is known of them for another tool.

    Parameters
    ----------
    place : Path
        A run, or a folder of audio: its run is then looked for below `work`.
    to : {"tensorboard", "parquet", "raven", "labelstudio"}
        The first two take vectors, the others labels, decisions and suspects.
    out : Path
        A folder that is new or empty; it is written whole or not at all.
    unit : {"recording", "tile"}
        Of a run; a recording's vector is the mean of its tiles'.
    embedding : str
        See `Run.embedding_shown`.
    embeddings : Path, optional
        Vectors of any other model, see `vector_file.units`; paths start from `place`.
    work : Path
        The folder of all runs.
    review, audit : Path, optional
        See `exports.opinions.gather`.

    Returns
    -------
    list of str
        Sentences on what was written, and on what is to know of it.

    Raises
    ------
    InputError
        A place is not what it should be, or has no vectors where these are needed.
    """
    out = Path(out)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out} holds something already; give a new folder.")
    if to in OF_VECTORS and (review or audit):
        raise InputError(f"--to {to} has no place for decisions; take raven or labelstudio.")
    said: list[str] = []
    sounds = _sounds(Path(place), to in OF_VECTORS, unit, embedding, embeddings, work, said)
    more = {} if to in OF_VECTORS else {"opinions": gather(sounds.table, review, audit)}
    with atomic(out) as part:
        part.mkdir(parents=True)
        said += (OF_VECTORS | OF_LABELS)[to](sounds, part, **more)
    return [f"{out} has {len(sounds.table)} sounds of {sounds.name}.", *said]


def _sounds(place, vectors, unit, embedding, embeddings, work, said):
    if embeddings:
        return of_file(place, embeddings, said)
    if (place / "run.json").is_file():
        return of_run(Run(place), unit, embedding)
    name = registry.recognise(place)
    if not vectors and unit == "recording":
        return of_corpus(registry.in_all_folds(name, place))
    run = run_of(name, place, work)
    if not run.is_embedded:
        raise InputError(
            f"{place} is not embedded yet: nothing is in {run.folder}; run `thesis listen --music "
            f"{place}` or `make figures` first, or give vectors by --embeddings."
        )
    return of_run(run, unit, embedding)


def of_corpus(corpus: Corpus) -> Sounds:
    """The recordings of a corpus, without vectors."""
    return Sounds(corpus.name, corpus.root, corpus.table)


def of_run(run: Run, unit: str = "recording", embedding: str = "ours") -> Sounds:
    """The recordings or tiles of a run, with vectors and spectrograms (09_listening_room)."""
    found, store = run.embeddings(run.embedding_shown(embedding)), run.store
    if unit == "recording":
        found = pool(found, ["recording"])
    recordings = run.corpus.table.iloc[found.tiles.recording].reset_index(drop=True)
    table = found.tiles.assign(name=recordings.name, sample_rate=recordings.sample_rate)
    if unit == "recording":
        table = table.assign(start=recordings.start, duration=recordings.duration)

    def levels(row):
        if unit == "recording":
            return store.spectrogram(int(table.recording[row]))
        return picture(store, table.iloc[row])

    mean, deviation = store.meta["mean"], store.meta["std"]
    ends = {"low": mean - 2 * deviation, "high": mean + 3 * deviation}
    return Sounds(run.corpus.name, run.corpus.root, table, found.vectors, levels, **ends)


def of_file(root: Path, file: Path | str, said: list[str]) -> Sounds:
    """What the vectors of any other model are of (09_listening_room).

    Parameters
    ----------
    root : Path
        Where paths start; one that leads out of it is refused.
    file : Path
        See `vector_file.units`.
    said : list of str
        Gets a sentence where files are missing; their sounds are left out.
    """
    if not root.is_dir():
        raise InputError(f"{root} is not a folder; give the one in which the paths start.")
    table, vectors = vector_file.units(file)
    headers, faults = _headers(root, table.path.unique())
    there = table.path.isin(headers).to_numpy()
    if faults:
        said.append(f"{(~there).sum()} of {len(table)} sounds are left out: {in_short(faults)}")
    if not there.any():
        raise InputError(f"{root} holds none of the files of {file}: {in_short(faults)}")
    table, vectors = table[there].reset_index(drop=True), vectors[there]
    own = table.path.map(headers)
    rest = own.map(lambda one: one.duration) - table.start
    table = table.assign(
        duration=table.duration.fillna(np.maximum(rest, 0)),
        sample_rate=own.map(lambda one: one.sample_rate),
        channel=audio_io.MEAN,
    )
    return Sounds(root.resolve().name, root, table, vectors)


def _headers(root: Path, paths: pd.Series) -> tuple[dict, list[str]]:
    """What each file is, by path; and sentences on those that cannot be read."""
    headers, faults = {}, []
    for path in paths:
        if not (root / path).resolve().is_relative_to(root.resolve()):
            raise InputError(f"{path} is not below {root}; give paths that start there.")
        try:
            headers[path] = audio_io.probe(root / path)
        except InputError as error:
            faults.append(str(error))
    return headers, faults
