"""A folder of songs for `thesis playlist`: read, embedded, listened to; what took long is kept.

joblib keeps it, below `runs`, under the name of the folder: the corpus as long as no file changes,
vectors as long as the spectrograms do not, tempo and key of each file. What is found by other code
is found anew.
"""

import hashlib
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from joblib import Memory, Parallel, delayed
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
from thesis_lib.util.files import ROOT, sha256

FINGERPRINTED = 16000  # Hz, at which files are listened to for copies


class Songs(NamedTuple):
    """A collection that lists are made of.

    corpus: Corpus; vectors: (n, d) float32 array of length 1; copy_of: (n,) int array, the first
    row that is the same recording; folder: Path; kept: Memory, of what took long; about: what the
    parameters of a list say of corpus and embedding.
    """

    corpus: Corpus
    vectors: np.ndarray
    copy_of: np.ndarray
    folder: Path
    kept: Memory
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
    kept = Memory(ROOT / work / f"lists_{key}", verbose=0)
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
    pairs = kept.cache(_copies, ignore=["corpus"])(about["corpus"]["hash"], corpus)
    copy_of = _copy_of(len(corpus.table), pairs)
    return Songs(corpus, vectors, copy_of, folder, kept, about | {"embedding": model})


def music(songs: Songs, rows: np.ndarray) -> dict[int, tempo.Music]:
    """Tempo, beats and key of some songs: {row: `tempo.Music`}; found once, then kept.

    Parameters
    ----------
    songs : Songs
    rows : int array
        Of the corpus's table.
    """
    kept = songs.kept.cache(_listen, ignore=["corpus", "row"])
    own = [songs.corpus.table.iloc[row] for row in rows]
    jobs = (delayed(kept)(_key(songs.corpus, row), songs.corpus, row) for row in own)
    work = Parallel(n_jobs=-1, require="sharedmem", return_as="generator")(jobs)
    found = tqdm(work, "tempo and key", len(rows))
    return dict(zip(map(int, rows), found, strict=True))


def _listen(_key, corpus, row):
    rate = tempo.RATE
    wave = audio_io.read(corpus.path(row), rate, row.channel, row.start, row.duration)
    return tempo.listen(wave, rate)


def _key(corpus, row):
    """What a file's tempo and key are kept under: another file, or another part, is another."""
    file = os.stat(corpus.path(row))
    said = f"{row.path}\0{row.start:.3f} {row.duration:.3f} {row.channel}"
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
    return kept.cache(_read, ignore=["name", "folder"])(_stamp(found), name, folder)


def _read(_stamp, name, folder):
    return registry.in_all_folds(name, folder)


def _stamp(found):
    """What is listed and how every file lies there, as one sum."""
    said = [str(found.root), *found.faults]
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
    kept = kept.cache(_embedded, ignore=["store"])
    return kept(store.meta["hash"], sha256(pretrained.PATH), store)


def _embedded(_spectrograms, _network, store):
    return audit.vectors_of(store)


def _copy_of(n, pairs):
    """The first row that is the same recording as each: int array (n,)."""
    edges = np.array(pairs, int).reshape(-1, 2)
    links = coo_array((np.ones(len(edges)), edges.T), shape=(n, n))
    _, number = connected_components(links, directed=False)
    return pd.Series(np.arange(n)).groupby(number).transform("min").to_numpy()


def _copies(_hash, corpus):
    """Pairs of rows that are the same recording, as long; only within a song are there any.

    The reader has put files of one recording into one song; excerpts are not copies.
    """
    table = corpus.table
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
