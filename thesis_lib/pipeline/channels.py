"""Every channel of every recording of a corpus, measured: what faults of recording are found by."""

from pathlib import Path

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from tqdm.auto import tqdm

from thesis_lib.analysis.channel_measures import joined, measure
from thesis_lib.audio import decode
from thesis_lib.audio import io as audio_io
from thesis_lib.corpus import Corpus
from thesis_lib.util.errors import InputError


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
