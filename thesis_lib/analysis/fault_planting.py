"""Faults of recording, put into waveforms in memory, each at three strengths in physical units.

Twelve kinds, those that `channel_faults` names. `bench/audit_faults.py` plants them into homes, one
fault a recording: every kind at every strength once a draw, 36 of about 730 recordings, 5 %. A
fault hits one channel, or all of the node, in turns from draw to draw; channels are swapped, clocks
run away and gains drift on one channel alone (of a swap two are hit), for then only the siblings
tell. What is planted is rounded to 16 bit, as in a file. 06_error_analysis_sins shows each kind.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import signal

from thesis_lib.util.errors import InputError

STRENGTHS = ("weak", "middle", "strong")
# Weak, middle, strong; in which unit, and what is done, stands at each function.
AMOUNTS: dict[str, tuple[Any, ...]] = {
    "dead": (-65.0, -85.0, -np.inf),
    "stuck": (0.3, 1.0, 10.0),
    "clipped": (0.001, 0.01, 0.05),
    "intermittent": (0.01, 0.05, 0.2),
    "crackling": ((-30.0, 1.0), (-20.0, 5.0), (-10.0, 20.0)),
    "humming": (-60.0, -50.0, -40.0),
    "offset": (0.01, 0.03, 0.1),
    "muffled": (4000.0, 2000.0, 500.0),
    "quiet": (-6.0, -12.0, -24.0),
    "swapped": (1, 2, 3),
    "clock": (10.0, 30.0, 100.0),
    "gain": (-3.0, -6.0, -12.0),
}
UNITS = {
    "dead": "dB full scale of what noise is left", "stuck": "s at one value",
    "clipped": "share of samples at the rails", "intermittent": "share of samples lost",
    "crackling": "dB full scale and impulses a second", "humming": "dB full scale",
    "offset": "full scale", "muffled": "Hz, of a low-pass of 24 dB an octave", "quiet": "dB",
    "swapped": "microphones apart", "clock": "parts per million", "gain": "dB from start to end",
}  # fmt: skip
ALONE = ("swapped", "clock", "gain")
GAP = 0.02  # s that are lost at a time
NOISE = -66.0  # dB full scale that a node's converter adds, whatever covers its microphones


def plan(candidates: ArrayLike, channels: int, seed: Sequence[int]) -> pd.DataFrame:
    """What is planted where: every kind at every strength once (06_error_analysis_sins).

    Parameters
    ----------
    candidates : array of row numbers
        Recordings that may be broken; 36 or more.
    channels : int
    seed : tuple of int
        The last is the number of the draw.

    Returns
    -------
    DataFrame
        `recording`, `kind`, `strength`, `whole` (all channels), `channels` (tuple: which),
        `seed` (tuple, for `plant`).
    """
    rng = np.random.default_rng(seed)
    what = [(kind, strength) for kind in AMOUNTS for strength in STRENGTHS]
    rows = rng.choice(candidates, len(what), replace=False)
    planted = []
    for number, (row, (kind, strength)) in enumerate(zip(rows, what, strict=True)):
        whole = kind not in ALONE and (number + seed[-1]) % 2 == 1
        hit = range(channels) if whole else _hit(rng, kind, strength, channels)
        planted.append((int(row), kind, strength, whole, tuple(hit), (*seed, number)))
    names = ["recording", "kind", "strength", "whole", "channels", "seed"]
    return pd.DataFrame(planted, columns=names)


def _hit(rng, kind, strength, channels):
    """One channel; of a swap two, so many microphones apart."""
    if kind != "swapped":
        return (int(rng.integers(channels)),)
    apart = min(AMOUNTS[kind][STRENGTHS.index(strength)], channels - 1)
    first = int(rng.integers(channels - apart))
    return first, first + apart


def each(
    wave: np.ndarray, rate: int, strength: str = "strong", seed: Sequence[int] = (0,)
) -> dict[str, tuple[np.ndarray, tuple[int, ...]]]:
    """One recording broken in every way, one channel at a time (06_error_analysis_sins).

    Parameters
    ----------
    wave : float array, shape (channels, samples), full scale is 1
        Of two channels or more.
    rate : int, Hz
    strength : of STRENGTHS
    seed : sequence of int

    Returns
    -------
    dict, kind -> the recording as of `plant`, and which channels are hit
    """
    rng, found = np.random.default_rng(seed), {}
    for number, kind in enumerate(AMOUNTS):
        hit = _hit(rng, kind, strength, len(wave))
        found[kind] = plant(wave, rate, kind, strength, hit, (*seed, number)), hit
    return found


def most_different(intact: np.ndarray, broken: np.ndarray, length: int) -> slice:
    """The stretch of so many samples in which two waves differ most (06_error_analysis_sins).

    Parameters
    ----------
    intact, broken : float arrays, shape (samples,)
    length : int
        At most as many as there are samples.

    Returns
    -------
    slice
        The earliest where several differ as much.
    """
    energy = np.cumsum(np.concatenate([[0.0], (np.asarray(broken, float) - intact) ** 2]))
    first = int(np.argmax(energy[length:] - energy[:-length]))
    return slice(first, first + length)


def plant(
    wave: ArrayLike,
    rate: int,
    kind: str,
    strength: str,
    channels: Sequence[int],
    seed: Sequence[int],
) -> np.ndarray:
    """A recording with a fault in some of its channels (06_error_analysis_sins).

    Parameters
    ----------
    wave : float array, shape (channels, samples), full scale is 1; it stays as it is
    rate : int, Hz
    kind : of AMOUNTS; strength : of STRENGTHS
    channels : sequence of int
        Which are hit; of a swap two.
    seed : sequence of int

    Returns
    -------
    float32 array of the same shape, rounded to 16 bit

    Raises
    ------
    InputError
        A kind or a strength that there is not.
    """
    for value, known in ((kind, AMOUNTS), (strength, STRENGTHS)):
        if value not in known:
            raise InputError(f"{value!r} cannot be planted; choose one of {', '.join(known)}.")
    broken, rng = np.array(wave, np.float64), np.random.default_rng(seed)
    amount, hit = AMOUNTS[kind][STRENGTHS.index(strength)], list(channels)
    if kind == "swapped":
        broken[hit] = broken[hit[::-1]]
    else:
        broken[hit] = KINDS[kind](rng, broken[hit], rate, amount)
    return (np.clip(np.round(broken * 32768), -32768, 32767) / 32768).astype(np.float32)


def _dead(rng, wave, rate, decibel):
    """Nothing but noise of so many dB full scale around the constant part; digital zero: -inf."""
    if np.isinf(decibel):
        return np.zeros_like(wave)
    noise = rng.standard_normal(wave.shape) * 10 ** (decibel / 20)
    return np.median(wave, axis=1, keepdims=True) + noise


def _stuck(rng, wave, rate, seconds):
    """The value of one moment is held for so many seconds, on all channels at once."""
    length = min(round(seconds * rate), wave.shape[1])
    first = rng.integers(wave.shape[1] - length + 1)
    wave[:, first : first + length] = wave[:, [first]]
    return wave


def _clipped(rng, wave, rate, share):
    """Cut where that share of each channel's samples reaches, above and below alike."""
    middle = np.median(wave, axis=1, keepdims=True)
    rail = np.quantile(np.abs(wave - middle), 1 - share, axis=1, keepdims=True)
    return np.clip(wave, middle - rail, middle + rail)


def _intermittent(rng, wave, rate, share):
    """Stretches of 20 ms are lost: zeros, zeros but for the last bit, or the 20 ms before again."""
    size = round(GAP * rate)
    places = np.arange(1, wave.shape[1] // size)
    way = rng.integers(3)
    for place in rng.choice(places, max(1, round(share * len(places))), replace=False):
        gap = slice(place * size, (place + 1) * size)
        before = wave[:, (place - 1) * size : place * size]
        last_bit = rng.integers(-1, 2, before.shape) / 32768
        wave[:, gap] = (np.zeros_like(before), last_bit, before.copy())[way]
    return wave


def _crackling(rng, wave, rate, amount):
    """Impulses of such a peak and so many a second, each gone within a fifth of a millisecond."""
    decibel, often = amount
    seconds = wave.shape[1] / rate
    places = rng.integers(wave.shape[1], size=max(1, round(often * seconds)))
    train = np.zeros(wave.shape[1])
    train[places] = rng.choice([-1, 1], len(places)) * 10 ** (decibel / 20)
    decay = np.exp(-np.arange(8) / (5e-5 * rate))
    return wave + np.convolve(train, decay)[: len(train)]


def _humming(rng, wave, rate, decibel):
    """50 Hz with harmonics, of such a level together."""
    time = np.arange(wave.shape[1]) / rate
    tones = sum(np.sin(2 * np.pi * (50 * k * time + rng.random())) / k for k in (1, 2, 3, 5, 7, 9))
    return wave + tones / tones.std() * 10 ** (decibel / 20)


def _offset(rng, wave, rate, amount):
    """A constant is added, of either sign."""
    return wave + amount * rng.choice([-1, 1])


def _muffled(rng, wave, rate, hertz):
    """Low-passed; the noise of the converter stays."""
    middle = np.median(wave, axis=1, keepdims=True)
    low = signal.butter(4, hertz, fs=rate, output="sos")
    noise = rng.standard_normal(wave.shape) * 10 ** (NOISE / 20)
    return middle + signal.sosfilt(low, wave - middle, axis=1) + noise


def _quiet(rng, wave, rate, decibel):
    """All of it fainter, noise and constant part too."""
    return wave * 10 ** (decibel / 20)


def _clock(rng, wave, rate, ppm):
    """The channel's clock is slow or fast by so much; it begins in time."""
    speed = 1 + rng.choice([-1, 1]) * ppm * 1e-6
    return np.stack([_at(channel, np.arange(wave.shape[1]) * speed) for channel in wave])


def _at(channel, places):
    """Values between samples, by a finer grid (eight times) and lines between its points."""
    finer = signal.resample_poly(channel, 8, 1)
    return np.interp(places * 8, np.arange(len(finer)), finer)


def _gain(rng, wave, rate, decibel):
    """The gain changes steadily by so much, down from what it was."""
    return wave * 10 ** (np.linspace(0, decibel, wave.shape[1]) / 20)


KINDS: dict[str, Callable[..., np.ndarray]] = {
    "dead": _dead, "stuck": _stuck, "clipped": _clipped, "intermittent": _intermittent,
    "crackling": _crackling, "humming": _humming, "offset": _offset, "muffled": _muffled,
    "quiet": _quiet, "clock": _clock, "gain": _gain,
}  # fmt: skip
