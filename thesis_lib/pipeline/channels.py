"""Every channel of every recording of a corpus, measured: what faults of recording are found by."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from joblib import Parallel, delayed
from tqdm.auto import tqdm

from thesis_lib.analysis import channel_faults
from thesis_lib.analysis.channel_measures import joined, measure
from thesis_lib.analysis.fault_planting import most_different
from thesis_lib.audio import decode
from thesis_lib.audio import io as audio_io
from thesis_lib.corpus import Corpus
from thesis_lib.recipe import Features
from thesis_lib.spectrogram import log_mel
from thesis_lib.util.errors import InputError

STRETCH = 0.02  # s of a waveform that is shown


def of_corpus(corpus: Corpus, workers: int = -1) -> pd.DataFrame:
    """The measures of all channels of all recordings (06_error_analysis_sins).

    Each recording is decoded once.

    Parameters
    ----------
    corpus : Corpus
    workers : int
        Threads, as joblib counts them.

    Returns
    -------
    DataFrame
        One row per recording and channel: `recording` (row of `corpus.table`), `path`, `group`,
        `position`, `node`, `label`, then the measures.

    Raises
    ------
    InputError
        A file cannot be read; the sentence names it.
    """
    work = (delayed(_of_row)(corpus, row) for row in corpus.table.itertuples())
    found = Parallel(workers, require="sharedmem", return_as="generator")(work)
    return joined(corpus.table, tqdm(found, "measuring all channels", len(corpus.table)))


def said_of(
    corpus: Corpus,
    row: int,
    broken: Mapping[str, tuple[np.ndarray, tuple[int, ...]]],
    recordings: int = 120,
) -> pd.DataFrame:
    """What an audit says of one recording, broken in each way (06_error_analysis_sins).

    Parameters
    ----------
    corpus : Corpus
    row : int
        Of `corpus.table`: what was broken.
    broken : dict, kind -> (wave, channels that are hit)
        From `fault_planting.each`.
    recordings : int
        How many others are measured, about, to know what is usual: whole moments, evenly spread.

    Returns
    -------
    DataFrame, one row per kind
        `planted`, `hit` (channels, the first is 1), `channel` (the most suspect, the first is 1),
        `score`, `cause` (of `channel_faults.CAUSES`), `why` (the sentence of the page).
    """
    corpus = _around(corpus, row, recordings)
    usual, rate = of_corpus(corpus), corpus.table.sample_rate[0]
    rows = []
    for kind, (wave, hit) in broken.items():
        own = joined(corpus.table[:1], [measure(wave, rate)])
        table = pd.concat([own, usual[usual.recording > 0]], ignore_index=True)
        said = channel_faults.by_recording(table, channel_faults.faults(table)).loc[0]
        places = ", ".join(str(one + 1) for one in hit)
        rows.append((kind, places, said.channel + 1, said.score, said.cause, said.why))
    return pd.DataFrame(rows, columns=["planted", "hit", "channel", "score", "cause", "why"])


def pictured(
    wave: np.ndarray,
    broken: Mapping[str, tuple[np.ndarray, tuple[int, ...]]],
    sample_rate: int,
    features: Features,
) -> list[tuple[str, np.ndarray, np.ndarray, np.ndarray]]:
    """A recording and what was made of it, as `plots.faults.causes` takes it.

    See 06_error_analysis_sins.

    Parameters
    ----------
    wave : float array, shape (channels, samples)
        Intact.
    broken : dict, kind -> (wave, channels that are hit)
        From `fault_planting.each`; the first of the channels is shown.
    sample_rate : int, Hz
    features : Features

    Returns
    -------
    list of (title, picture, intact, broken)
        The intact recording first. The waveforms last `STRETCH` seconds, where they differ most.
    """
    features = replace(features, sample_rate=sample_rate)
    length = min(round(STRETCH * sample_rate), wave.shape[1])
    rows = [("intact", wave[0], wave[0])]
    rows += [(kind, wave[hit[0]], one[hit[0]]) for kind, (one, hit) in broken.items()]
    found = []
    for title, intact, own in rows:
        part = most_different(intact, own, length)
        picture = log_mel(own, features, torch.float32).numpy()
        found.append((title, picture, intact[part], own[part]))
    return found


def _around(corpus, row, recordings):
    """One recording, first, its moment, and other moments up to about so many recordings."""
    table = corpus.table
    number = table.groupby(["group", "position"], sort=False).ngroup().to_numpy()
    nodes = len(table) / (number.max() + 1)
    kept = np.linspace(0, number.max(), max(2, round(recordings / nodes))).round()
    others = (np.isin(number, kept) | (number == number[row])) & (np.arange(len(table)) != row)
    order = [row, *np.flatnonzero(others)]
    return replace(corpus, table=table.iloc[order].reset_index(drop=True))


def channels_of(path: Path, start: float = 0.0, duration: float | None = None) -> np.ndarray:
    """All channels of a recording: float32 array (channels, samples), full scale is 1."""
    with decode.opened(path, start) as source:
        blocks = list(audio_io.part(path, source, start, duration))
    return np.concatenate(blocks).T


def _of_row(corpus, row):
    path = corpus.path(row)
    wave = channels_of(path, row.start, row.duration)
    try:
        return measure(wave, row.sample_rate)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
