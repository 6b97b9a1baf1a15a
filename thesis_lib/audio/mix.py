"""Sounds one after the other as one, each fading into the next (09_listening_room).

A crossfade of equal power: the one goes by the cosine, the other comes by the sine, so that of two
sounds that have nothing in common the power is the same all the way. Where both have beats, the
next one is moved by up to half a beat, so that its first beat falls on one of those that are
playing; nothing is stretched, so tempos that differ drift apart again.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile

from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic

GAIN = np.float32(0.5**0.5)  # two sounds at full scale, faded at equal power, reach no more than 1
FORMATS = {".wav": "WAV", ".flac": "FLAC"}
NO_BEATS = np.zeros(0)


class Part(NamedTuple):
    """A sound to be mixed: samples (n, channels), float32, full scale 1; beats, s, maybe none."""

    wave: np.ndarray
    beats: np.ndarray = NO_BEATS


def mixed(parts: Iterable[Part], sample_rate: int, fade: float = 4.0) -> Iterator[np.ndarray]:
    """Sounds that fade into each other, piece by piece: no more than two are in memory.

    Parameters
    ----------
    parts : iterable of Part
        All with equally many channels.
    sample_rate : int, Hz
    fade : float, s
        How long two sounds are heard together; less where one is so short that it would be faded
        in and out at the same time.

    Yields
    ------
    float32 array, shape (samples, channels)
        3 dB quieter than the sounds, so that nothing is clipped.

    Raises
    ------
    InputError
        There is nothing to mix, or the channels differ.
    """
    held = None
    for part in parts:
        part = part._replace(wave=np.asarray(part.wave, np.float32))
        if held is None:
            held = part
            continue
        if held.wave.shape[1:] != part.wave.shape[1:]:
            raise InputError("parts: have different numbers of channels; mix them to as many")
        at, length = overlap(held, part, sample_rate, fade)
        yield GAIN * held.wave[:at]
        yield GAIN * crossfaded(held.wave[at : at + length], part.wave[:length])
        held = Part(part.wave[length:], part.beats - length / sample_rate)
    if held is None:
        raise InputError("parts: are empty; give at least one sound to mix")
    yield GAIN * held.wave


def overlap(one: Part, other: Part, sample_rate: int, fade: float) -> tuple[int, int]:
    """Where in `one` the `other` begins, and for how long both are heard: (int, int), samples.

    By beats where both have some: of all beats of `one` that the first of `other` can fall on, the
    one that moves it least.
    """
    length = min(round(fade * sample_rate), len(one.wave), len(other.wave) // 2)
    at = len(one.wave) - length
    first = other.beats[other.beats >= 0][:1]
    if len(first) and len(one.beats) > 1 and length:
        starts = np.round((one.beats - first[0]) * sample_rate).astype(int)
        most = np.median(np.diff(one.beats)) * sample_rate / 2 + 1
        able = (starts >= 0) & (starts < len(one.wave)) & (np.abs(starts - at) <= most)
        able &= len(one.wave) - starts <= len(other.wave)
        if able.any():
            at = int(min(starts[able], key=lambda start: abs(start - at)))
    return at, len(one.wave) - at


def crossfaded(going: np.ndarray, coming: np.ndarray) -> np.ndarray:
    """Two stretches of equal length at equal power: float32 array (samples, channels)."""
    angle = (np.arange(len(going), dtype=np.float32) + 0.5) / max(len(going), 1) * (np.pi / 2)
    return going * np.cos(angle)[:, None] + coming * np.sin(angle)[:, None]


def write(
    path: Path | str, parts: Iterable[Part], sample_rate: int, channels: int, fade: float = 4.0
) -> float:
    """Write sounds that fade into each other as WAV or FLAC, 16 bit, whole or not at all.

    Parameters
    ----------
    path : Path
        Its name ends in .wav or .flac.
    parts, sample_rate, fade
        As for `mixed`.
    channels : int
        Of all of them.

    Returns
    -------
    float, s
        How long it is.

    Raises
    ------
    InputError
        The name ends otherwise, or the file cannot be written.
    """
    path = check_name(path)
    form = {"format": FORMATS[path.suffix.lower()], "subtype": "PCM_16"}
    with (
        atomic(path) as place,
        soundfile.SoundFile(place, "w", sample_rate, channels, **form) as file,
    ):
        for piece in mixed(parts, sample_rate, fade):
            file.write(np.clip(piece, -1, 1))  # what was lossy can go beyond full scale
        return file.frames / sample_rate


def check_name(path: Path | str) -> Path:
    """The path of a mix; an error, before anything is decoded, where its ending is another."""
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise InputError(f"{path} does not end in .wav or .flac; give it such a name.")
    return path
