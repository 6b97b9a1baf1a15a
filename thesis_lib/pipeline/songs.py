"""A folder of songs for `thesis playlist`: read, embedded, listened to; what took long is kept.

Kept below the folder of spectrograms of `thesis audit`, under the name of the folder: the corpus as
long as no file changes, vectors as long as the corpus does not, tempo and key of each file.
"""

import hashlib
import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from tqdm.auto import tqdm

from thesis_lib.analysis import tempo
from thesis_lib.audio import fingerprint
from thesis_lib.audio import io as audio_io
from thesis_lib.contrastive import pretrained
from thesis_lib.corpus import Corpus
from thesis_lib.datasets import listing, registry, vector_file
from thesis_lib.pipeline import audit
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import ROOT, atomic, sha256, write_json

FINGERPRINTED = 16000  # Hz, at which files are listened to for copies
FORMAT = 1  # counts up when what is kept is found differently


class Songs(NamedTuple):
    """A collection that lists are made of.

    corpus: Corpus; vectors: (n, d) float32 array of length 1; copy_of: (n,) int array, the first
    row that is the same recording; folder: Path; kept: Path, where what took long is; about: what
    the parameters of a list say of corpus and embedding.
    """

    corpus: Corpus
    vectors: np.ndarray
    copy_of: np.ndarray
    folder: Path
    kept: Path
    about: dict


def read(folder: Path | str, embeddings: Path | str = "", work: Path | str = "runs") -> Songs:
    """Read and embed the songs of a folder.

    Parameters
    ----------
    folder : Path
        What the readers know: class folders, any folder of music, a CSV, a playlist.
    embeddings : Path, optional
        Vectors of any other model, see `vector_file`; by default the suite's network embeds.
    work : Path
        What takes long is kept below; seen from the suite.

    Raises
    ------
    InputError
        The folder or the vectors cannot be read, or there is a single song.
    """
    folder = Path(folder)
    given = vector_file.read(embeddings) if embeddings else None
    key = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
    kept = ROOT / work / f"lists_{key}"
    corpus = _corpus(folder, kept)
    about = {"corpus": {"name": corpus.name, "sounds": len(corpus.table), "hash": _hash(corpus)}}
    if given is None:
        vectors = _vectors(corpus, folder, work, kept)
        model = {
            "model": "the network that comes with the suite",
            "sha256": sha256(pretrained.PATH),
        }
    else:
        vectors = vector_file.matched(given, corpus)
        model = {"model": Path(embeddings).name, "sha256": sha256(embeddings)}
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = vectors / np.maximum(length, np.finfo(np.float32).tiny)
    copy_of = _copy_of(corpus, kept, about["corpus"]["hash"])
    return Songs(corpus, vectors, copy_of, folder, kept, about | {"embedding": model})


def music(songs: Songs, rows: np.ndarray) -> dict[int, tempo.Music]:
    """Tempo, beats and key of some songs: {row: `tempo.Music`}; found once, then kept.

    Parameters
    ----------
    songs : Songs
    rows : int array
        Of the corpus's table.
    """
    place = songs.kept / "music.json"
    known = _json(place)
    table = songs.corpus.table
    keys = {row: _key(songs.corpus, table.iloc[row]) for row in map(int, rows)}
    todo = [row for row, key in keys.items() if key not in known]
    if todo:
        jobs = (delayed(_listen)(songs.corpus, table.iloc[row]) for row in todo)
        work = Parallel(n_jobs=-1, require="sharedmem", return_as="generator")(jobs)
        found = tqdm(work, "tempo and key", len(todo))
        known |= {keys[row]: one for row, one in zip(todo, found, strict=True)}
        write_json(place, known)
    return {row: _as_music(known[key]) for row, key in keys.items()}


def _listen(corpus, row):
    rate = tempo.RATE
    wave = audio_io.read(corpus.path(row), rate, row.channel, row.start, row.duration)
    found = tempo.listen(wave, rate)
    numbers = [None if np.isnan(value) else float(value) for value in
               (found.bpm, found.pulse, found.key, found.key_correlation)]  # fmt: skip
    return [*numbers, found.beats.round(4).tolist()]


def _as_music(kept):
    bpm, pulse, key, correlation, beats = kept
    bpm, correlation = (np.nan if value is None else value for value in (bpm, correlation))
    return tempo.Music(bpm, np.array(beats), pulse, int(key), correlation)


def _key(corpus, row):
    """What a file's tempo and key are kept under: another file, or another part, is another."""
    file = os.stat(corpus.path(row))
    said = f"{FORMAT} {row.path}\0{row.start:.3f} {row.duration:.3f} {row.channel}"
    said += f" {file.st_size} {file.st_mtime_ns}"
    return hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()


def _corpus(folder, kept):
    """The corpus in a folder; decoding all of it takes long, so it is kept as long as it is so."""
    name = registry.recognise(folder)
    if name != registry.OTHERS:
        return registry.in_all_folds(name, folder)
    found = listing.find(folder)
    if len(found.table) < 2:
        raise InputError(
            f"{folder} holds {len(found.table)} sound(s); a list needs two at least: add more, or "
            "give a folder above."
        )
    stamp, place = _stamp(found), kept / "read"
    if _json(kept / "read.json").get("stamp") == stamp and (place / "corpus.json").is_file():
        return Corpus.open(place)
    corpus = registry.in_all_folds(name, folder)
    (kept / "read.json").unlink(missing_ok=True)
    corpus.save(place)
    write_json(kept / "read.json", {"stamp": stamp})
    return corpus


def _stamp(found):
    """What is listed and how every file lies there, as one sum."""
    said = [str(FORMAT), str(found.root), *found.faults]
    for row in found.table.itertuples():
        path = Path(found.root, row.path)
        file = os.stat(path) if os.path.isfile(path) else None
        said.append("\0".join(row[1:]) + f"\0{file and (file.st_size, file.st_mtime_ns)}")
    return hashlib.sha256("\n".join(said).encode("utf-8", "surrogateescape")).hexdigest()


def _hash(corpus):
    """The sum of a corpus: its recordings, their lengths and labels, and the sizes of the files."""
    table = corpus.table[["path", "start", "duration", "channel", "label", "group"]]
    sizes = [os.path.getsize(corpus.path(row)) for row in table.itertuples()]
    lines = table.assign(size=sizes).to_csv(index=False, float_format="%.4f")
    return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()


def _vectors(corpus, folder, work, kept):
    """A vector of each recording by the suite's own network, kept as long as the store is."""
    store = audit.store_of(corpus, folder, work)
    made = {"store": store.meta["hash"], "network": sha256(pretrained.PATH)}
    place = kept / "vectors.npy"
    if _json(kept / "vectors.json") == made and place.is_file():
        return np.load(place)
    vectors = audit.vectors_of(store)
    (kept / "vectors.json").unlink(missing_ok=True)
    with atomic(place) as part:
        np.save(part, vectors)
    write_json(kept / "vectors.json", made)
    return vectors


def _copy_of(corpus, kept, hashed):
    """The first row that is the same recording as each: int array (n,)."""
    known = _json(kept / "copies.json")
    if known.get("corpus") != hashed:
        known = {"corpus": hashed, "pairs": _copies(corpus.table, corpus)}
        write_json(kept / "copies.json", known)
    n, edges = len(corpus.table), np.array(known["pairs"], int).reshape(-1, 2)
    links = coo_array((np.ones(len(edges)), edges.T), shape=(n, n))
    _, number = connected_components(links, directed=False)
    return pd.Series(np.arange(n)).groupby(number).transform("min").to_numpy()


def _copies(table, corpus):
    """Pairs of rows that are the same recording, as long; only within a song are there any.

    The reader has put files of one recording into one song; excerpts are not copies.
    """
    number = table.reset_index(drop=True).groupby("group").indices
    alike = [rows[_has_twin(table.duration.to_numpy()[rows])] for rows in number.values()]
    rows = np.sort(np.concatenate(alike))
    jobs = (delayed(_words)(corpus, table.iloc[row]) for row in rows)
    words = Parallel(n_jobs=-1, require="sharedmem")(jobs)
    found = fingerprint.copies(words, table.duration.to_numpy()[rows])
    return [(int(rows[a]), int(rows[b])) for a, b in found]


def _has_twin(durations):
    """Of which recordings of a song there is another one as long: bool array."""
    near = np.abs(durations[:, None] - durations) <= fingerprint.AS_LONG
    return near.sum(axis=1) > 1


def _words(corpus, row):
    listener = fingerprint.Listener(FINGERPRINTED)
    where = (corpus.path(row), FINGERPRINTED, row.channel, row.start, row.duration)
    for wave in audio_io.blocks(*where):
        listener.add(wave)
    return listener.words()


def _json(path):
    """What was kept there; nothing where there is none, or no longer a whole one."""
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
