"""Is every file of a corpus as the table says, and whole? By its header, or decoded to its end."""

import os
import re
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from joblib import Parallel, delayed
from tqdm.auto import tqdm

from thesis_lib.audio import io as audio_io
from thesis_lib.corpus import Corpus
from thesis_lib.datasets.folders import by_ending, walk
from thesis_lib.util.errors import InputError
from thesis_lib.util.notices import number, shown

AT_ONCE = 64  # files a task: handing out each of 100,000 would cost more than a look at its header


class Examined(NamedTuple):
    """What `examine` found: (file, sentence) for each fault, in the order of the table."""

    faults: list[tuple[Path, str]]
    files: int
    seconds: float
    size: int  # bytes


def examine(files: dict[Path, list], progress: bool = True) -> Examined:
    """Decode every file to its end and compare it with what is known of it.

    Parameters
    ----------
    files : dict, Path -> list of rows of a corpus
        What each file has to be, see `by_file`; no rows where nothing is known of it.
    progress : bool
        Show a bar.

    Returns
    -------
    Examined
        A file is at fault that is missing, empty or no audio; whose sample rate, channels or length
        are not those of its rows; that breaks off, cannot be decoded, or holds NaN or infinite
        samples.
    """
    began = time.perf_counter()
    faults = _of_all(files, _decoding, progress)
    size = sum(os.path.getsize(path) for path in files if os.path.isfile(path))
    return Examined(faults, len(files), time.perf_counter() - began, size)


def headers(corpus: Corpus) -> list[str]:
    """Compare every file's header with the table: seconds where decoding takes minutes.

    Parameters
    ----------
    corpus : Corpus

    Returns
    -------
    faults : list of str, one sentence a fault, each naming the file

    Raises
    ------
    InputError
        There is no recording at all.
    """
    if corpus.table.empty:
        raise InputError(f"{corpus.root} holds no recordings; put audio files there.")
    return [sentence for _, sentence in _of_all(by_file(corpus), _header, progress=False)]


def report(examined: Examined, examples: int = 3, unseen: Sequence[str] = ()) -> str:
    """What was found, as a text: how much was checked, the faults by kind, what was not looked at.

    Parameters
    ----------
    examined : Examined
    examples : int
        So many files of each kind are named.
    unseen : list of str
        Files that were not looked at, see `unseen`; they are counted by their endings.

    Returns
    -------
    str
    """
    found = f"{len(examined.faults)} fault(s)" if examined.faults else "no faults"
    found = found if examined.files else "nothing was checked"
    speed = examined.size / 1e6 / max(examined.seconds, 1e-9)
    lines = [
        f"{examined.files} files, {examined.size / 1e9:.2f} GB, in {examined.seconds:.1f} s "
        f"({speed:.0f} MB/s): {found}."
    ]
    kinds: dict[str, list] = {}
    for path, sentence in examined.faults:
        kinds.setdefault(_kind(path, sentence), []).append((path, sentence))
    for alike in sorted(kinds.values(), key=len, reverse=True):
        lines.append(f"{len(alike)} x {alike[0][1]}")
        lines += [f"    also {path}" for path, _ in alike[1:examples]]
        lines += [f"    and {len(alike) - examples} more"] * (len(alike) > examples)
    if unseen:
        endings = by_ending(unseen, most=len(unseen))
        lines.append(f"Not looked at: {number(len(unseen), 'file')} ({endings}).")
    return "\n".join(map(shown, lines))


def unseen(folder: Path | str, files: Iterable[Path]) -> list[str]:
    """The files below a folder that are not among those examined; hidden ones do not count.

    Parameters
    ----------
    folder : Path
        Of a corpus; of a list, nothing but what it lists is looked for.
    files : iterable of Path

    Returns
    -------
    list of str, paths below the folder
    """
    if not os.path.isdir(folder):
        return []
    seen, walked = {os.path.realpath(path) for path in files}, walk(folder)
    places = sorted(walked.audio + walked.others)
    return [path for path in places if os.path.realpath(os.path.join(folder, path)) not in seen]


def _kind(path, sentence):
    """A sentence without its file and numbers: the same for all faults of a kind."""
    bare = sentence.replace(str(path), "").replace(shown(path), "")
    return re.sub(r"\d+(\.\d+)?", "#", bare)


def by_file(corpus: Corpus) -> dict[Path, list]:
    """The rows of each file of a corpus: one file may hold several recordings or channels."""
    files: dict[Path, list] = {}
    for row in corpus.table.itertuples():
        files.setdefault(corpus.path(row), []).append(row)
    return files


def _of_all(files, check, progress):
    """(file, sentence) of every fault; `check` yields the sentences of one file."""
    items = list(files.items())
    parts = [items[start : start + AT_ONCE] for start in range(0, len(items), AT_ONCE)]
    work = (delayed(_of_some)(part, check) for part in parts)
    # Threads: libsndfile and FFmpeg let the others work, and nothing has to be copied.
    found = Parallel(n_jobs=-1, require="sharedmem", return_as="generator")(work)
    faults = []
    with tqdm(total=len(items), desc="checking", unit="file", disable=not progress) as bar:
        for part, more in zip(parts, found, strict=True):
            faults += more
            bar.update(len(part))
    return faults


def _of_some(items, check):
    return [(path, sentence) for path, rows in items for sentence in check(path, rows)]


def _header(path, rows):
    """What is wrong with a file by its header."""
    try:
        header = audio_io.probe(path)
    except InputError as error:
        return [str(error)]
    # Its channels share a file's faults: each is listed once.
    return list(dict.fromkeys(filter(None, (_fault(path, header, row) for row in rows))))


def _fault(path, header, row):
    if (header.sample_rate, header.channels) != (row.sample_rate, row.channels):
        return (
            f"{path} has {header.sample_rate} Hz and {header.channels} channel(s) where "
            f"{row.sample_rate} Hz and {row.channels} are expected; record or convert it again."
        )
    if header.duration < row.start + row.duration - 1e-3:
        return (
            f"{path} lasts {header.duration:.3f} s where {row.start + row.duration:.3f} s "
            "are expected; copy it again."
        )
    return None


def _decoding(path, rows):
    """What is wrong with a file by its header, or if nothing is, by all its samples.

    Silence is a fault of a song; in a home it is a finding (notebook 06).
    """
    faults = _header(path, rows)
    if faults:
        return faults
    try:
        with audio_io.whole(path) as (source, content):
            for _ in source.blocks:
                pass
    except InputError as error:
        return [str(error)]
    fault = content.fault(sound=not any(row.node for row in rows)) or content.cancels()
    return [fault] if fault else []
