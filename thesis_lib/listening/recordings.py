"""Which recording of a class to show, and a stretch of its sound (01_the_data)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from thesis_lib.audio import io as audio_io

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.store import SpectrogramStore


def liveliest(store: SpectrogramStore, label: str) -> int:
    """The recording of a class whose levels vary most (01_the_data).

    Parameters
    ----------
    store : SpectrogramStore
    label : str

    Returns
    -------
    int
        A row of the store's index, one for training where the class has any.
    """
    own = store.index.label == label
    learned = own & (store.index.split == "train")
    rows = learned if learned.any() else own
    return max(rows.index[rows], key=lambda row: store.spectrogram(row).std(0).mean())


def middle(run: Run, row: Any, seconds: float, sample_rate: int) -> np.ndarray:
    """The waveform of the middle of a recording (01_the_data).

    Parameters
    ----------
    run : Run
    row : row of a store's index
    seconds : float
        At most; a shorter recording is read whole.
    sample_rate : int, Hz

    Returns
    -------
    float32 array, shape (samples,)
    """
    length = min(seconds, row.duration)
    start = row.start + (row.duration - length) / 2
    return audio_io.read(run.corpus.path(row), sample_rate, row.channel, start, length)
