"""Faults of recording, put into waveforms in memory, each at three strengths in physical units.

Twelve kinds. In each home one recording gets one fault: every kind at every strength once a draw,
36 of about 730 recordings, 5 %. A fault hits one channel, or all of the node, in turns from draw
to draw; channels are swapped, clocks run away and gains drift on one channel alone (of a swap two
are hit), for then only the siblings tell. What is planted is rounded to 16 bit, as in a file.
"""

import numpy as np
import pandas as pd
from scipy import signal

STRENGTHS = ("weak", "middle", "strong")
# Weak, middle, strong; in which unit, and what is done, stands at each function.
AMOUNTS = {
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


def plan(candidates, channels, seed):
    """What is planted where: every kind at every strength once.

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


def plant(wave, rate, kind, strength, channels, seed):
    """A recording with a fault in some of its channels.

    Parameters
    ----------
    wave : float array, shape (channels, samples), full scale is 1; it stays as it is
    rate : int, Hz
    kind : of AMOUNTS; strength : of STRENGTHS
    channels : tuple of int
        Which are hit.
    seed : tuple of int

    Returns
    -------
    float32 array of the same shape, rounded to 16 bit
    """
    broken, rng = np.array(wave, np.float64), np.random.default_rng(seed)
    amount, hit = AMOUNTS[kind][STRENGTHS.index(strength)], list(channels)
    if kind == "swapped":
        broken[hit] = broken[hit[::-1]]
    else:
        broken[hit] = KINDS[kind](rng, broken[hit], rate, amount)
    return (np.clip(np.round(broken * 32768), -32768, 32767) / 32768).astype(np.float32)


def dead(rng, wave, rate, decibel):
    """Nothing but noise of so many dB full scale around the constant part; digital zero: -inf."""
    if np.isinf(decibel):
        return np.zeros_like(wave)
    noise = rng.standard_normal(wave.shape) * 10 ** (decibel / 20)
    return np.median(wave, axis=1, keepdims=True) + noise


def stuck(rng, wave, rate, seconds):
    """The value of one moment is held for so many seconds, on all channels at once."""
    length = min(round(seconds * rate), wave.shape[1])
    first = rng.integers(wave.shape[1] - length + 1)
    wave[:, first : first + length] = wave[:, [first]]
    return wave


def clipped(rng, wave, rate, share):
    """Cut where that share of each channel's samples reaches, above and below alike."""
    middle = np.median(wave, axis=1, keepdims=True)
    rail = np.quantile(np.abs(wave - middle), 1 - share, axis=1, keepdims=True)
    return np.clip(wave, middle - rail, middle + rail)


def intermittent(rng, wave, rate, share):
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


def crackling(rng, wave, rate, amount):
    """Impulses of such a peak and so many a second, each gone within a fifth of a millisecond."""
    decibel, often = amount
    seconds = wave.shape[1] / rate
    places = rng.integers(wave.shape[1], size=max(1, round(often * seconds)))
    train = np.zeros(wave.shape[1])
    train[places] = rng.choice([-1, 1], len(places)) * 10 ** (decibel / 20)
    decay = np.exp(-np.arange(8) / (5e-5 * rate))
    return wave + np.convolve(train, decay)[: len(train)]


def humming(rng, wave, rate, decibel):
    """50 Hz with harmonics, of such a level together."""
    time = np.arange(wave.shape[1]) / rate
    tones = sum(np.sin(2 * np.pi * (50 * k * time + rng.random())) / k for k in (1, 2, 3, 5, 7, 9))
    return wave + tones / tones.std() * 10 ** (decibel / 20)


def offset(rng, wave, rate, amount):
    """A constant is added, of either sign."""
    return wave + amount * rng.choice([-1, 1])


def muffled(rng, wave, rate, hertz):
    """Low-passed; the noise of the converter stays."""
    middle = np.median(wave, axis=1, keepdims=True)
    low = signal.butter(4, hertz, fs=rate, output="sos")
    noise = rng.standard_normal(wave.shape) * 10 ** (NOISE / 20)
    return middle + signal.sosfilt(low, wave - middle, axis=1) + noise


def quiet(rng, wave, rate, decibel):
    """All of it fainter, noise and constant part too."""
    return wave * 10 ** (decibel / 20)


def clock(rng, wave, rate, ppm):
    """The channel's clock is slow or fast by so much; it begins in time."""
    speed = 1 + rng.choice([-1, 1]) * ppm * 1e-6
    return np.stack([_at(channel, np.arange(wave.shape[1]) * speed) for channel in wave])


def _at(channel, places):
    """Values between samples, by a finer grid (eight times) and lines between its points."""
    finer = signal.resample_poly(channel, 8, 1)
    return np.interp(places * 8, np.arange(len(finer)), finer)


def gain(rng, wave, rate, decibel):
    """The gain changes steadily by so much, down from what it was."""
    return wave * 10 ** (np.linspace(0, decibel, wave.shape[1]) / 20)


KINDS = {
    "dead": dead, "stuck": stuck, "clipped": clipped, "intermittent": intermittent,
    "crackling": crackling, "humming": humming, "offset": offset, "muffled": muffled,
    "quiet": quiet, "clock": clock, "gain": gain,
}  # fmt: skip
