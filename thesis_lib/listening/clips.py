"""Sound and picture of a tile, and several of them in a row."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from thesis_lib.audio import io as audio_io
from thesis_lib.util.errors import InputError

if TYPE_CHECKING:
    from thesis_lib.listening.collection import Collection
    from thesis_lib.pipeline.run import Run
    from thesis_lib.store import SpectrogramStore

RATE = 16000  # Hz, what the network gets


def clip(run: Run | Collection, tile: Any, sample_rate: int = RATE) -> np.ndarray:
    """The sound of one tile.

    Parameters
    ----------
    run : Run
        For its corpus's audio files.
    tile : row of `Embeddings.tiles`
        As a Series (``tiles.iloc[3]``) or named tuple (of ``tiles.itertuples()``).
    sample_rate : int, Hz

    Returns
    -------
    wave : float32 array, shape (duration * sample_rate,)
        Of a recording that is shorter than a tile, again and again, as the network gets it.
    """
    table = run.corpus.table
    own = table[(table.path == tile.path) & (table.start <= tile.start)].iloc[-1]
    held = min(tile.duration, own.start + own.duration - tile.start)
    wave = audio_io.read(run.corpus.path(tile), sample_rate, tile.channel, tile.start, held)
    return np.resize(wave, round(tile.duration * sample_rate))


def excerpt(run: Run | Collection, row: Any, sample_rate: int, most: float = 30.0) -> np.ndarray:
    """The first seconds of a recording: float32 array, shape (samples,).

    Parameters
    ----------
    run : Run
    row : row of its corpus's table
    sample_rate : int, Hz
    most : float, s
        At most so many.
    """
    held = min(row.duration, most)
    return audio_io.read(run.corpus.path(row), sample_rate, row.channel, row.start, held)


def join(
    waves: Iterable[np.ndarray], sample_rate: int = RATE, fade_s: float = 0.01, gap_s: float = 0.0
) -> np.ndarray:
    """Waves one after the other, each faded in and out so that no join clicks.

    Parameters
    ----------
    waves : list of float arrays
    sample_rate : int, Hz
    fade_s, gap_s : float
        Length of each fade, and of the silence between two waves, s.

    Returns
    -------
    wave : float32 array
        One gain for all (`audio_io.audible`): what was quiet stays the quieter.

    Raises
    ------
    InputError
        There is nothing to join.
    """
    waves = [np.asarray(wave, np.float32) for wave in waves]
    if not waves:
        raise InputError("waves: is empty; give at least one wave to join")
    gap = np.zeros(round(gap_s * sample_rate), np.float32)
    parts = [part for wave in waves for part in (_faded(wave, fade_s * sample_rate), gap)]
    return audio_io.audible(np.concatenate(parts[:-1]))


def _faded(wave, samples):
    """A raised cosine at both ends, each at most half of the wave."""
    n = min(round(samples), len(wave) // 2)
    ramp = np.sin(np.linspace(0, np.pi / 2, n, endpoint=False, dtype=np.float32)) ** 2
    gain = np.ones(len(wave), np.float32)
    gain[:n], gain[len(wave) - n :] = ramp, ramp[::-1]
    return wave * gain


def picture(store: SpectrogramStore, tile: Any) -> np.ndarray:
    """The log-Mel spectrogram of one tile.

    Parameters
    ----------
    store : SpectrogramStore
        That the tile is cut from.
    tile : row of `Embeddings.tiles`

    Returns
    -------
    levels : float32 array, shape (frames, n_mels), dB
    """
    number = int(tile.recording)
    first = round((tile.start - store.index.start.iloc[number]) * store.features.frame_rate)
    length = store.features.frames(tile.duration)
    return store.spectrogram(number)[first : first + length]


def moments(tiles: pd.DataFrame) -> pd.Series:
    """Which moment each tile holds: the same on all nodes that recorded it.

    Parameters
    ----------
    tiles : DataFrame
        Of `Embeddings`.

    Returns
    -------
    Series of str
        To be given as `group` where a moment counts once, however many nodes recorded it.
    """
    session = tiles.group + " " + tiles.position.astype(str)
    place = tiles.path.where(tiles.node == "", session)
    return place + " " + tiles.start.round(3).astype(str)
