"""Listed files to recordings: each is decoded once, trimmed, named and compared with the others."""

import logging
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from tqdm.auto import tqdm

from thesis_lib.audio import fingerprint
from thesis_lib.audio import io as audio_io
from thesis_lib.audio.ends import Ends
from thesis_lib.datasets import metadata
from thesis_lib.datasets.listing import TAKE
from thesis_lib.util.errors import InputError
from thesis_lib.util.names import presentable
from thesis_lib.util.notices import log_notices, shown

SILENCE = 60  # dB below its peak a recording counts as silent at its ends
RATE = 16000  # Hz, at which files are listened to here

log = logging.getLogger(__name__)


def scan_files(
    root: Path | str, listing: pd.DataFrame, faults: Iterable[str] = ()
) -> tuple[pd.DataFrame, list[str]]:
    """Decode each file once: what can be read, from where to where it sounds, and what is the same.

    Parameters
    ----------
    root : Path
        Where relative paths start.
    listing : DataFrame, a row a file
        `path`, `label`, `song`, `name` (empty: of the file's tags, or else of the file).
    faults : list of str
        Sentences on files that were left out before.

    Returns
    -------
    table : DataFrame
        A row a readable file, with the columns of a `Corpus` but for `split`. `group` is the song;
        songs of which two files hold the same recording are one.
    left_out : list of str
        `faults`, and a sentence for each file that cannot be read.

    Raises
    ------
    InputError
        None of the files can be read.
    """
    jobs = (delayed(_scan_file)(Path(root), row) for row in listing.itertuples())
    work = Parallel(n_jobs=-1, require="sharedmem", return_as="generator")(jobs)
    scanned = list(tqdm(work, "reading all files", len(listing)))
    faults = [*faults, *(one for one in scanned if isinstance(one, str))]
    scanned = [one for one in scanned if not isinstance(one, str)]
    _log_skipped(faults, len(scanned) + len(faults))
    if not scanned:
        why = f" ({shown(faults[0])})" if faults else "; add some"
        raise InputError(f"{root} holds no readable audio{why}")
    table = pd.DataFrame([row for row, _ in scanned])
    table["name"] = _unique_names(table.assign(name=table.name.map(presentable)))
    table = _merged(table, fingerprint.pairs([words for _, words in scanned]))
    return table, list(map(shown, faults))


def _scan_file(root, listed):
    """A file's row and fingerprint, or the sentence that says why it is left out."""
    path = root / listed.path
    try:
        scanned = _scan_channel(path, audio_io.MEAN)
        if scanned.fault is None and scanned.warning:
            log.warning("%s", shown(scanned.warning))
            scanned = _scan_channel(path, 0)
    except InputError as error:
        return str(error)
    if scanned.fault:
        return scanned.fault
    first, last = scanned.ends
    header = audio_io.probe(path)
    row = {
        "path": listed.path,
        "start": first / RATE,
        "duration": min(last / RATE, header.duration) - first / RATE,
        "sample_rate": header.sample_rate,
        "channels": header.channels,
        "channel": scanned.channel,
        "label": listed.label,
        "group": listed.song,
        "node": "",
        "position": 0,
        "known": True,
        "name": listed.name or metadata.read(path).name or path.stem,
    }
    return row, scanned.words


class _Scan(NamedTuple):
    """What one channel of a file, or the mean of all, holds."""

    channel: int
    ends: tuple  # the first sample that sounds and the one behind the last, at RATE
    words: np.ndarray  # fingerprint
    fault: str | None
    warning: str | None


def _scan_channel(path, channel):
    """Decode a file once, piece by piece: an hour takes no more memory than a minute."""
    ends, listener = Ends(SILENCE), fingerprint.Listener(RATE)
    with audio_io.whole(path) as (source, content):
        waves = (audio_io.pick(path, block, channel) for block in source.blocks)
        for wave in audio_io.resampled(waves, source.sample_rate, RATE):
            ends.add(wave)
            listener.add(wave)
    if fault := content.fault():
        return _Scan(channel, (0, 0), np.zeros(0, np.uint32), fault, None)
    return _Scan(channel, ends.found(), listener.words(), None, content.cancels())


def _log_skipped(faults, files):
    """List what is left out, a line each."""
    if faults:
        log.warning("%d of %d files are left out:", len(faults), files)
    log_notices(log, faults, "Left out: ")


def _unique_names(table):
    """Names no two of which are the same: a take's letter is added, or the file's name or path."""
    files = table.path.map(Path)
    stems, names = files.map(lambda file: presentable(file.stem)), table.name
    takes = stems.str.extract(TAKE)[0].fillna("")
    for more in (takes, stems):
        same = names.duplicated(keep=False) & (more != "") & (names != stems)
        names = names.where(~same, names + " (" + more + ")")
    for place in (files.map(lambda file: file.with_suffix("").as_posix()), table.path):
        names = names.where(~names.duplicated(keep=False), place.map(presentable))
    same = names.groupby(names).cumcount()  # paths can look alike, too
    return names.where(same == 0, names + " (" + (same + 1).astype(str) + ")")


def _merged(table, pairs):
    """The table, the songs of files that hold the same recording made one; each is reported."""
    codes, songs = pd.factorize(table.group)
    edges = np.array([(codes[a], codes[b]) for a, b in pairs], int).reshape(-1, 2)
    links = coo_array((np.ones(len(edges)), edges.T), shape=(len(songs), len(songs)))
    _, cluster = connected_components(links, directed=False)
    merged = np.arange(len(songs))  # the song that each is part of so far
    notices = []
    for a, b in pairs:
        one, other = merged[codes[a]], merged[codes[b]]
        if one != other:
            merged[merged == other] = one
            notices.append(
                f"{table.path[a]} and {table.path[b]} are the same recording; kept on one side of "
                "the split."
            )
    log_notices(log, notices)
    first = pd.Series(songs).groupby(cluster).min()
    return table.assign(group=first.loc[cluster[codes]].to_numpy())
