"""A rich vector of a recording with nothing learned in it: what a good ear would count.

The plain baseline, mean and deviation of the log-Mel bands, is easily beaten. This one adds what
people have long computed by hand: how the bands change, how their values are distributed, how fast
they are modulated, and all of it again with each band over its own mean, so that microphone and
loudness are divided away. See 08_f1_results.
"""

import numpy as np
from scipy import signal

POWERS = np.log(10) / 10  # from dB to the natural logarithm of a power
GAIN = 0.8  # of a band's mean that is divided away, as in per-channel energy normalisation
WIDE = 4  # Mel bands that are averaged before their modulation is looked at
RATES = np.geomspace(0.5, 20, 9)  # Hz, edges of the bands of modulation
WINDOW = 2.56  # s of the envelope whose spectrum is taken at a time


def rich_statistics(log_mel: np.ndarray, frame_rate: float) -> np.ndarray:
    """About a thousand hand-made numbers of each recording (08_f1_results).

    Of the bands in dB and of the same bands normalised: mean, deviation, mean change, deviation of
    the change, 10th, 50th and 90th percentile, skewness, kurtosis; and of both the modulation
    spectrum of each four neighbouring bands together.

    Parameters
    ----------
    log_mel : float array, shape (n, frames, mels), dB
        Spectrograms of one length.
    frame_rate : float
        Frames a second.

    Returns
    -------
    float32 array, shape (n, 22 * mels) for mels divisible by four
    """
    log_mel = np.asarray(log_mel, np.float32)
    kinds = (log_mel, normalised(log_mel))
    parts = [part for bands in kinds for part in (*moments(bands), modulation(bands, frame_rate))]
    return np.concatenate(parts, axis=1).astype(np.float32)


def normalised(log_mel: np.ndarray) -> np.ndarray:
    """Each band over its own mean power, compressed: PCEN with one mean a recording.

    Wang et al. (2017); the root is replaced by the logarithm (Lostanlen et al., 2019).

    Parameters
    ----------
    log_mel : float array, shape (n, frames, mels), dB

    Returns
    -------
    float array of the same shape, 0 or more
    """
    logarithm = log_mel * POWERS
    top = logarithm.max(axis=1, keepdims=True)
    mean = top + np.log(np.exp(logarithm - top).mean(axis=1, keepdims=True))
    reference = mean.mean(axis=2, keepdims=True)  # where power is 1
    return np.log1p(np.exp(logarithm - reference - GAIN * (mean - reference)))


def moments(bands: np.ndarray) -> list[np.ndarray]:
    """How the values of each band, and their changes, are distributed: nine arrays (n, mels)."""
    change = np.diff(bands, axis=1) if bands.shape[1] > 1 else np.zeros_like(bands)
    around = bands - bands.mean(axis=1, keepdims=True)
    spread = around.std(axis=1, keepdims=True)
    shape = around / np.maximum(spread, 1e-4)  # a band that never changes has none: 0
    squared = shape * shape  # a power of float32 takes ten times as long as a product
    return [
        bands.mean(axis=1), bands.std(axis=1),
        np.abs(change).mean(axis=1), change.std(axis=1),
        *np.percentile(bands, [10, 50, 90], axis=1),
        (shape * squared).mean(axis=1), (squared * squared).mean(axis=1),
    ]  # fmt: skip


def modulation(bands: np.ndarray, frame_rate: float) -> np.ndarray:
    """How much and how fast the envelopes go up and down.

    Parameters
    ----------
    bands : float array, shape (n, frames, mels)
    frame_rate : float
        Frames a second.

    Returns
    -------
    float array, shape (n, 8 * ceil(mels / WIDE))
        Logarithm of the power of the envelope in eight bands from 0.5 to 20 Hz.
    """
    n, frames, mels = bands.shape
    envelope = np.add.reduceat(bands, np.arange(0, mels, WIDE), axis=2)
    size = round(WINDOW * frame_rate)
    part = min(size, frames)
    rates, power = signal.welch(envelope, frame_rate, nperseg=part, nfft=size, axis=1)
    edges = zip(RATES[:-1], RATES[1:], strict=True)
    found = [_between(power, rates, low, high) for low, high in edges]
    return np.log(np.stack(found, axis=1) + 1e-6).reshape(n, -1)


def _between(power, rates, low, high):
    """Mean over the rates of one band; where none is in it, at the nearest one: (n, bands)."""
    inside = (rates >= low) & (rates < high)
    inside[np.abs(rates - np.sqrt(low * high)).argmin()] = True
    return power[:, inside].mean(axis=1)
