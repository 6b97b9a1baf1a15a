"""A sound and its picture out of one decoding, so that both are of the same samples."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image

from thesis_lib.audio import io as audio_io
from thesis_lib.audio import opus
from thesis_lib.recipe import Features
from thesis_lib.spectrogram import log_mel, mel_centres
from thesis_lib.util.errors import InputError

HEARD = 5.0  # s of a sound whose duration nobody has given
LONGEST = 60.0  # s of an excerpt
SMALL, LARGE = (160, 64), (480, 128)  # columns and bands of a picture, at most
PEAK, RAISED = 0.5, 10.0  # of full scale; the most that a quiet sound is raised: 20 dB


class Excerpt(NamedTuple):
    """A part of a file.

    Attributes
    ----------
    wave : float32 array, shape (samples,)
    rate : int, Hz
    start, duration : float, s
        Of the part.
    """

    wave: np.ndarray
    rate: int
    start: float
    duration: float


def inside(root: Path, path: str) -> Path:
    """A file of a corpus.

    Parameters
    ----------
    root : Path
        The corpus's folder. A link in it is what its owner has put there.
    path : str
        From the folder on.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        It leads out of the folder.
    """
    folder, full = os.path.abspath(root), os.path.abspath(os.path.join(root, path))
    if os.path.commonpath([folder, full]) != folder or full == folder:
        raise InputError(f"{path} is outside the corpus's folder and is not read; copy it there.")
    return Path(full)


def read(
    path: Path, start: float = 0.0, duration: float | None = None,
    channel: int = audio_io.MEAN, context: float = 0.0,
) -> Excerpt:  # fmt: skip
    """Decode a part of a file with the seconds around it, as far as the file goes.

    Parameters
    ----------
    path : Path
    start, duration : float, s
        None or NaN: what is there, at most `HEARD`.
    channel : int
    context : float
        Seconds in front and behind.

    Returns
    -------
    Excerpt
    """
    header = audio_io.probe(path)
    end = start + (duration if duration and duration > 0 else HEARD) + context
    start = max(0.0, start - context)
    held = min(end, header.duration, start + LONGEST) - start
    if held <= 0:
        raise InputError(f"{path} ends before {start:g} s; make the table again.")
    rate = next((rate for rate in opus.RATES if rate >= header.sample_rate), opus.RATES[-1])
    return Excerpt(audio_io.read(path, rate, channel, start, held), rate, start, held)


def levelled(excerpt: Excerpt, recorded: bool = False) -> np.ndarray:
    """An excerpt as it is played: float32 array, shape (samples,).

    Parameters
    ----------
    excerpt : Excerpt
    recorded : bool
        As loud as it was recorded, its peak at -1 dB at most; else a quiet one is raised, by no
        more than `RAISED`: what is silent stays so.
    """
    peak = max(float(np.abs(excerpt.wave).max(initial=0)), 1e-9)
    gain = min(1.0, 0.89 / peak) if recorded else min(RAISED, PEAK / peak)
    return excerpt.wave * np.float32(gain)


def picture(
    excerpt: Excerpt,
    levels: tuple[float, float],
    size: tuple[int, int] = SMALL,
    features: Features = Features(),
) -> np.ndarray:
    """The log-Mel spectrogram of an excerpt in 256 shades of grey, low bands at the bottom.

    Its left edge is the first sample and its right edge the last one: a frame is drawn where its
    middle is.

    Parameters
    ----------
    excerpt : Excerpt
    levels : (low, high), dB
        0 and 255.
    size : (columns, bands)
        At most.
    features : Features

    Returns
    -------
    uint8 array, shape (bands, columns)
    """
    mel = decibels(excerpt, features)
    low, high = levels
    image = Image.fromarray((mel.T[::-1] - low) / (high - low) * 255)
    wide, tall = min(size[0], len(mel)), min(size[1], mel.shape[1])
    shade = np.asarray(image.resize((wide, tall), Image.Resampling.BOX))
    return np.clip(shade.round(), 0, 255).astype(np.uint8)


def decibels(excerpt: Excerpt, features: Features = Features()) -> np.ndarray:
    """The log-Mel spectrogram: float32 array, shape (frames, n_mels), dB, one for each hop.

    A frame that would reach over an end is as its neighbour: so the middle of the first frame is
    half a hop behind the beginning.
    """
    rates = excerpt.rate, features.sample_rate
    wave = np.concatenate(list(audio_io.resampled([excerpt.wave], *rates)))
    wanted = max(1, len(wave) // features.hop_length)
    short = max(0, features.win_length - len(wave))
    mel = log_mel(np.pad(wave, (0, short)), features, torch.float32).numpy()[:wanted]
    before = (wanted - len(mel)) // 2
    return np.pad(mel, ((before, wanted - len(mel) - before), (0, 0)), "edge")


def levels_of(excerpts: Iterable[Excerpt], features: Features = Features()) -> tuple[float, float]:
    """Between which levels pictures of some sounds are drawn: (low, high), dB."""
    parts = [decibels(one, features) for one in excerpts]
    if not parts:
        return -90.0, -10.0
    values = np.concatenate(parts)
    mean, std = float(values.mean()), max(float(values.std()), 1.0)
    return mean - 2 * std, mean + 3 * std


def band_hertz(features: Features = Features()) -> list[float]:
    """The middle of each Mel band, Hz: the marks of a picture's axis."""
    return [float(one) for one in mel_centres(features)]
