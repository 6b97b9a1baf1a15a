"""Waveforms to a spectrogram store: streaming, on all cores, gone on with after a kill, in shards.

What is made is beside the store, in `<store>.partial`, until it is whole (`store_parts`). A build
that was killed finds it there and goes on. A shard, made by another process or machine, is such a
folder too, `<store>.shard_2_of_8`; a build copies what is done in shards beside it. So it does if
recordings joined or left the corpus in the middle of it: those that stayed are not computed again.
"""

import hashlib
import json
import shutil
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from joblib import Parallel, cpu_count, delayed
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

from thesis_lib.audio import io as audio_io
from thesis_lib.audio.ffmpeg import BLOCK
from thesis_lib.corpus import Corpus
from thesis_lib.pipeline.store_parts import Part, empty, read, unchanged
from thesis_lib.spectrogram import Features, log_mel
from thesis_lib.store import FORMAT, SpectrogramStore
from thesis_lib.util.errors import InputError, in_short
from thesis_lib.util.files import atomic, write_json

PIECE = 12000  # frames computed at a time: two minutes; only longer recordings are read in pieces
SAVED = 30.0  # s after which what is done is written down: what a kill costs at most
ROOM = 8e8  # bytes that the samples of all pieces read at the same time may take
LINES = 10000  # of the index, turned to text at a time


def build(
    corpus: Corpus,
    features: Features,
    folder: Path | str,
    shard: tuple[int, int] | None = None,
    progress: bool = True,
    at_least: int = 0,
) -> SpectrogramStore | None:
    """Make the store of a corpus, or go on making it; the same to the byte however it is made.

    Parameters
    ----------
    corpus : Corpus
    features : Features
    folder : Path
        Of the store; it appears when it is whole.
    shard : (int, int), optional
        (2, 8): make the second of eight shards of it only.
    progress : bool
        Show a bar.
    at_least : int
        Frames of each recording: one that has fewer is repeated, so that a tile fits in.

    Returns
    -------
    SpectrogramStore, or None of a shard

    Raises
    ------
    InputError
        A recording cannot be read or is shorter than one frame, or the disk is full; what was done
        is kept.
    """
    folder, index = Path(folder), _index(corpus, features, at_least)
    if shard is None and _is_made(folder, corpus, index, features):
        return SpectrogramStore.open(folder)
    rows = index.iloc[_range(index, shard)]
    part = Part.begin(_part_folder(folder, shard), corpus, rows, features)
    for other in _leftovers(folder):
        part.reuse_from(other, other_rows=True)
    part.reuse_from(folder)
    fill(part, corpus, progress)
    if shard is not None:
        return None
    _finish(part, corpus, index, folder)
    return SpectrogramStore.open(folder)


def _index(corpus, features, at_least):
    count = corpus.table.duration.map(features.frames)
    if (count == 0).any():
        row = corpus.table[count == 0].iloc[0]
        raise InputError(
            f"{corpus.path(row)} lasts {row.duration:.3f} s, less than one frame; leave it out."
        )
    table = corpus.table.drop(columns="name").reset_index(drop=True)
    count = count.clip(lower=at_least)
    return table.assign(first_frame=count.cumsum() - count, n_frames=count)


def _range(index, shard):
    """The recordings of a shard: shards hold equally many frames, as far as recordings allow."""
    if shard is None:
        return slice(None)
    number, of = shard
    if not 1 <= number <= of:
        raise InputError(f"shard {number}/{of} does not exist; choose 1/{of} to {of}/{of}.")
    ends = index.n_frames.cumsum().to_numpy()
    bounds = np.searchsorted(ends, ends[-1] * np.array([number - 1, number]) / of)
    return slice(int(bounds[0]), int(bounds[1]) if number < of else len(index))


def _part_folder(folder, shard):
    if shard is None:
        return folder.with_name(f"{folder.name}.partial")
    return folder.with_name(f"{folder.name}.shard_{shard[0]}_of_{shard[1]}")


def _leftovers(folder):
    """What builds of a store left beside it: shards, and parts of another corpus."""
    shards = folder.parent.glob(f"{folder.name}.shard_*_of_*")
    return [*sorted(shards), folder.with_name(f"{folder.name}.partial.before")]


def _is_made(folder, corpus, index, features):
    """Whether a whole store of just this lies there, and no file has changed since."""
    records, now = read(folder, features), empty(corpus, index)
    if records is None or not np.array_equal(records["key"], now["key"]):
        return False
    made = _made(corpus, index, features, records)
    there = folder / "meta.json"
    same = there.is_file() and json.loads(there.read_text()) == made
    return same and bool(unchanged(now, records).all())


def fill(part: Part, corpus: Corpus, progress: bool = True) -> None:
    """Compute those recordings of a `Part` that are not done yet, on all cores.

    A recording that cannot be read is reported when all others are done.
    """
    todo = part.rows[~part.records["done"]]
    faults: list[str] = []
    if todo.empty:
        return
    bar = tqdm(
        desc=f"spectrograms of {corpus.name}", disable=not progress,
        total=len(part.rows), initial=len(part.rows) - len(todo),
    )  # fmt: skip

    def one(row):
        torch.set_num_threads(1)  # the recordings share the cores
        return row, _compute(part, corpus, row, faults)

    workers = _workers(todo, part.features)
    jobs = Parallel(workers, require="sharedmem", return_as="generator_unordered")
    saved = time.monotonic()
    try:
        with threadpool_limits(1):  # numpy's own threads as well
            for row, found in jobs(delayed(one)(row) for row in todo.itertuples()):
                if found:
                    part.mark_done(row, *found)
                bar.update()
                if time.monotonic() - saved > SAVED:
                    part.save()
                    saved = time.monotonic()
    finally:
        part.save()
        bar.close()
    if faults:
        raise InputError(f"{in_short(sorted(faults))} All others are done and kept.")


def _workers(rows, features):
    """As many recordings at a time as there are cores, and room for their samples."""
    samples = rows.duration * rows.sample_rate
    # A block of all channels and its copies, a piece and what is computed of it; as measured.
    blocks = 3 * samples.clip(upper=BLOCK) * rows.channels
    pieces = 4 * rows.duration.clip(upper=PIECE / features.frame_rate) * features.sample_rate
    return max(1, min(cpu_count(), int(ROOM // (4 * (blocks + pieces).max()))))


def _compute(part, corpus, row, faults):
    """Write the frames of one recording; what `parts.FOUND` names, or None of a faulty one."""
    total, squares, digest, first = 0.0, 0.0, hashlib.sha256(), 0
    try:
        for wave in _waves(corpus, part.features, row):
            # In double precision three float16 values in ten thousand were others, by 1/16 dB.
            frames = log_mel(wave, part.features, torch.float32).half()
            if _is_repeated(row, part.features):
                frames = frames[torch.arange(row.n_frames) % len(frames)]
            part.write(row, first, frames.numpy())
            first += len(frames)
            values = frames.float()
            total += values.sum(dtype=torch.float64).item()
            squares += values.square_().sum(dtype=torch.float64).item()
            digest.update(frames.numpy())
    except InputError as error:
        faults.append(str(error))
        return None
    return True, total, squares, digest.digest()


def _is_repeated(row, features):
    """Whether a recording has fewer frames of its own than the store holds of it."""
    return features.frames(row.duration) < row.n_frames


def _waves(corpus, features, row):
    """The waveform of one recording in pieces of so many frames; they overlap as frames do."""
    args = corpus.path(row), features.sample_rate, row.channel, row.start, row.duration
    if row.n_frames <= PIECE or _is_repeated(row, features):
        yield audio_io.read(*args)
        return
    held: list[np.ndarray] = []
    size = 0
    piece = PIECE * features.hop_length + features.win_length - features.hop_length  # samples
    for wave in audio_io.blocks(*args):
        held, size = [*held, wave], size + len(wave)
        if size >= piece:
            wave = np.concatenate(held)
            for start in range(0, size - piece + 1, PIECE * features.hop_length):
                yield wave[start : start + piece]
            held = [wave[start + PIECE * features.hop_length :]]
            size = len(held[0])
    if size >= features.win_length:
        yield np.concatenate(held)


def _finish(part, corpus, index, folder):
    """Turn a part that holds all recordings into the store."""
    made = _made(corpus, index, part.features, part.records)
    with atomic(part.folder / "index.csv") as place:
        index.to_csv(place, index=False, errors="surrogateescape")
    write_json(part.folder / "meta.json", made)
    for left in part.folder.glob(".*.tmp"):  # of `atomic` in a build that was killed
        shutil.rmtree(left)
    before = folder.with_name(f"{folder.name}.before")
    shutil.rmtree(before, ignore_errors=True)
    if folder.exists():  # killed between two steps, the next build has only the last one to do
        folder.rename(before)
    part.folder.rename(folder)
    killed = folder.parent.glob(f".{folder.name}.partial.*.tmp")
    for left in (before, *_leftovers(folder), *killed):
        shutil.rmtree(left, ignore_errors=True)


def _made(corpus, index, features, records):
    made = {
        "format": FORMAT,
        "corpus": corpus.name,
        "note": corpus.note,
        "features": asdict(features),
        "folds": {
            part: _level(~index.split.isin(["test", part]), index, features, records)
            for part in sorted({*index.split} - {"train", "test"})
        },
    }
    made |= _level(index.split != "test", index, features, records)
    return made | {"hash": _hash(made, index, records)}


def _level(rows, index, features, records):
    """Mean and standard deviation (dB) of some recordings; of all where there are none."""
    rows = rows.to_numpy() if rows.any() else slice(None)
    count = int(index.n_frames.to_numpy()[rows].sum()) * features.n_mels
    mean = records["sum"][rows].sum() / count
    variance = records["squares"][rows].sum() / count - mean**2
    return {"mean": float(mean), "std": float(max(variance, 0) ** 0.5)}


def _hash(made, index, records):
    """sha256 of how the store was made, of its index and of every frame in it."""
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode())
    for first in range(0, len(index), LINES):
        lines = index.iloc[first : first + LINES].to_csv(index=False, header=first == 0)
        digest.update(lines.encode(errors="surrogateescape"))
    digest.update(records["sha256"].tobytes())
    return digest.hexdigest()
