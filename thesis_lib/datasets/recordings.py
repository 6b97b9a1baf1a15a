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
from thesis_lib.util.notices import shown, tell

SILENCE = 60  # dB below its peak a recording counts as silent at its ends
RATE = 16000  # Hz, at which files are listened to here

log = logging.getLogger(__name__)


def hear(
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
    jobs = (delayed(_hear)(Path(root), row) for row in listing.itertuples())
    work = Parallel(n_jobs=-1, require="sharedmem", return_as="generator")(jobs)
    heard = list(tqdm(work, "listening to all files", len(listing)))
    faults = [*faults, *(one for one in heard if isinstance(one, str))]
    heard = [one for one in heard if not isinstance(one, str)]
    _say(faults, len(heard) + len(faults))
    if not heard:
        why = f" ({shown(faults[0])})" if faults else "; add some"
        raise InputError(f"{root} holds no readable audio{why}")
    table = pd.DataFrame([row for row, _ in heard])
    table["name"] = _told_apart(table.assign(name=table.name.map(presentable)))
    table = _merged(table, fingerprint.pairs([words for _, words in heard]))
    return table, list(map(shown, faults))


def _hear(root, listed):
    """A file's row and fingerprint, or the sentence that says why it is left out."""
    path = root / listed.path
    try:
        heard = _listen(path, audio_io.MEAN)
        if heard.fault is None and heard.warning:
            log.warning("%s", shown(heard.warning))
            heard = _listen(path, 0)
    except InputError as error:
        return str(error)
    if heard.fault:
        return heard.fault
    first, last = heard.ends
    header = audio_io.probe(path)
    row = {
        "path": listed.path,
        "start": first / RATE,
        "duration": min(last / RATE, header.duration) - first / RATE,
        "sample_rate": header.sample_rate,
        "channels": header.channels,
        "channel": heard.channel,
        "label": listed.label,
        "group": listed.song,
        "node": "",
        "position": 0,
        "known": True,
        "name": listed.name or metadata.read(path).name or path.stem,
    }
    return row, heard.words


class _Heard(NamedTuple):
    """What one channel of a file, or the mean of all, is heard to be."""

    channel: int
    ends: tuple  # the first sample that sounds and the one behind the last, at RATE
    words: np.ndarray  # fingerprint
    fault: str | None
    warning: str | None


def _listen(path, channel):
    """Decode a file once, piece by piece: an hour takes no more memory than a minute."""
    ends, listener = Ends(SILENCE), fingerprint.Listener(RATE)
    with audio_io.whole(path) as (source, content):
        waves = (audio_io.pick(path, block, channel) for block in source.blocks)
        for wave in audio_io.resampled(waves, source.sample_rate, RATE):
            ends.add(wave)
            listener.add(wave)
    if fault := content.fault():
        return _Heard(channel, (0, 0), np.zeros(0, np.uint32), fault, None)
    return _Heard(channel, ends.found(), listener.words(), None, content.cancels())


def _say(faults, files):
    """List what is left out, a line each."""
    if faults:
        log.warning("%d of %d files are left out:", len(faults), files)
    tell(log, faults, "Left out: ")


def _told_apart(table):
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
    told = np.arange(len(songs))  # songs that a line was written on already
    said = []
    for a, b in pairs:
        one, other = told[codes[a]], told[codes[b]]
        if one != other:
            told[told == other] = one
            said.append(
                f"{table.path[a]} and {table.path[b]} are the same recording; kept on one side of "
                "the split."
            )
    tell(log, said)
    first = pd.Series(songs).groupby(cluster).min()
    return table.assign(group=first.loc[cluster[codes]].to_numpy())
