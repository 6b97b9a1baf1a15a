"""What the channels of an array have in common: coherence, delays, and how these change.

The microphones of an array hang a few centimetres from each other and so record nearly the same.
See 06_error_analysis_sins.
"""

import numpy as np
import pandas as pd
from scipy import signal

from thesis_lib.analysis.channel_order import linear_order
from thesis_lib.analysis.clock_drift import clock_drift

SIZE = 1024  # samples of one transform
PARTS = 6  # of a recording, in each of which delays are taken
REACH = 32  # samples: delays are looked for up to here
FINER = 4  # delays are found on a grid of a quarter of a sample, then between
BLOCKS = 20  # of a recording, in each of which levels are compared
LOW, HIGH = 150.0, 4000.0  # Hz: below is hum, above the microphones are too far apart
SILENT = 1e-20


def between_channels(wave: np.ndarray, sample_rate: int) -> pd.DataFrame:
    """What each channel has in common with its siblings (06_error_analysis_sins).

    Delays are the peak of the generalised cross-correlation, each frequency weighted by its
    coherence (SCOT; Knapp and Carter, 1976).

    Parameters
    ----------
    wave : float array, shape (channels, samples)
    sample_rate : int, Hz

    Returns
    -------
    DataFrame
        One row per channel. `coherence`, `correlation`: median over the siblings of the
        magnitude-squared coherence from 150 to 4000 Hz (0: nothing in common), and of the height
        of the correlation's peak; `drift_gain`, `drift` (parts per million): see `clock_drift`;
        `gain_drift`: by how much its gain does, dB from the first to the last moment;
        `order_gain`, `order`: see `linear_order`; `coherence_to_0`, `delay_to_0` (samples, positive
        where the other one is later), ...: of each pair. NaN
        where there is no sibling.
    """
    channels = len(wave)
    frames = _frames(wave, sample_rate)
    parts = _cross_spectra(frames)
    coherent = _coherent(parts.sum(axis=0)[None])
    curve = _curves(coherent, sample_rate)
    height, delay = _peaks(curve)
    coherence = _mean_square(coherent, sample_rate)
    by_chance = 1 / len(frames)  # of two channels with nothing in common
    coherence = (coherence - by_chance) / (1 - by_chance)
    in_parts = _curves(_coherent(parts), sample_rate)
    gain, order = linear_order(in_parts, 1 / (FINER * sample_rate))
    runs_away, speed = clock_drift(in_parts, 1e-6 * wave.shape[1] * FINER)
    rest = ~np.eye(channels, dtype=bool)
    table = {
        "coherence": _median(coherence[0], rest),
        "correlation": _median(height[0], rest),
        "drift_gain": runs_away,
        "drift": speed,
        "gain_drift": gain_drift(frames),
        "order_gain": gain,
        "order": order,
    }
    for other in range(channels):
        table[f"coherence_to_{other}"] = np.where(rest[other], coherence[0, :, other], np.nan)
        table[f"delay_to_{other}"] = np.where(rest[other], delay[0, :, other], np.nan)
    return pd.DataFrame(table)


def _median(values, rest):
    return [np.median(row[own]) if own.any() else np.nan
            for row, own in zip(values, rest, strict=True)]  # fmt: skip


def _cross_spectra(frames):
    """Spectra of each channel times each other one: (parts, channels, channels, bins)."""
    parts = np.array_split(frames, PARTS)
    return np.stack([np.einsum("tif,tjf->ijf", one, one.conj()) for one in parts])


def _frames(wave, sample_rate):
    """Short-time spectra, (frames, channels, bins)."""
    size = min(SIZE, wave.shape[1])
    _, _, frames = signal.stft(wave, sample_rate, nperseg=size, boundary=None, padded=False)
    return np.moveaxis(frames, 2, 0)


def _coherent(spectra):
    """Complex coherence: (parts, channels, channels, bins)."""
    power = np.abs(np.einsum("piif->pif", spectra))
    return spectra / np.sqrt(power[:, :, None] * power[:, None] + SILENT**2)


def _inside(bins, sample_rate):
    hertz = np.linspace(0, sample_rate / 2, bins)
    return (hertz >= LOW) & (hertz <= HIGH)


def _mean_square(coherent, sample_rate):
    inside = _inside(coherent.shape[-1], sample_rate)
    return (np.abs(coherent[..., inside]) ** 2).mean(axis=-1)


def _curves(coherent, sample_rate):
    """Correlations over lags; positive where the first is later: (parts, c, c, lags)."""
    inside = _inside(coherent.shape[-1], sample_rate)
    size = 2 * (len(inside) - 1) * FINER
    curve = np.fft.irfft(coherent * inside, size) * size / (2 * max(inside.sum(), 1))
    reach = REACH * FINER
    return np.concatenate([curve[..., -reach:], curve[..., : reach + 1]], axis=-1)


def _peaks(curve):
    """Height and place of the peak: of each pair, how many samples the second one is later."""
    peak = curve.argmax(axis=-1)
    delay = (REACH * FINER - peak - _between(curve, peak)) / FINER
    return np.take_along_axis(curve, peak[..., None], -1)[..., 0], delay


def _between(curve, peak):
    """Where the peak of a parabola through three points is, -0.5 to 0.5 from the middle one."""
    middle = np.clip(peak, 1, curve.shape[-1] - 2)
    left, top, right = (np.take_along_axis(curve, (middle + step)[..., None], -1)[..., 0]
                        for step in (-1, 0, 1))  # fmt: skip
    bend = 2 * top - left - right
    shift = np.where(bend > 0, (right - left) / np.where(bend > 0, 2 * bend, 1), 0)
    return np.where(middle == peak, np.clip(shift, -0.5, 0.5), 0)


def gain_drift(frames: np.ndarray) -> np.ndarray:
    """By how much each channel's gain leaves its siblings' in the recording, dB.

    See 06_error_analysis_sins.

    A gain changes all frequencies alike, a source that moves some of them: levels are means over
    frequency in dB.

    Parameters
    ----------
    frames : complex array, shape (frames, channels, bins)
        Short-time spectra.

    Returns
    -------
    float array, shape (channels,)
        Slope of the line through 20 differences to the median of the siblings, times the length;
        NaN without siblings.
    """
    channels = frames.shape[1]
    if channels < 2:
        return np.full(channels, np.nan)
    blocks = [np.mean(np.abs(part) ** 2, axis=0) for part in np.array_split(frames, BLOCKS)]
    level = 10 * np.log10(np.stack(blocks) + SILENT)[..., 2:].mean(axis=-1).T
    level = level - [np.median(np.delete(level, own, 0), axis=0) for own in range(channels)]
    return np.polyfit(np.arange(BLOCKS) / BLOCKS, level.T, 1)[0]
