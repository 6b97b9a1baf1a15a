"""How far the lines of mains hum stand out of a recording's spectrum (06_error_analysis_sins)."""

import numpy as np
from scipy import fft, signal

# Multiples of the mains that are looked at: low ones, and not the fans and motors of 4, 6, 8 times.
MULTIPLES = np.array([1, 2, 3, 5, 7])
MAINS = np.arange(49.8, 50.21, 0.05)  # Hz: the grid of Europe stays within
BESIDE = 6.0  # Hz on both sides of a line, whose median it is compared with
SILENT = 1e-20


def hum(wave: np.ndarray, sample_rate: int) -> np.ndarray:
    """How many dB the mains and its multiples stand above their surroundings, in the mean.

    A line of the mains is narrow, so it is looked for in the spectrum of the whole recording: of
    10 s, a tenth of a hertz wide, it stands 10 dB higher than in that of a second. All lines are
    multiples of the same mains, that at which they are highest together, as in the harmonic
    product spectrum (Schroeder, 1968).

    Parameters
    ----------
    wave : float array, shape (channels, samples)
    sample_rate : int, Hz

    Returns
    -------
    float array, shape (channels,)
    """
    samples = wave.shape[1]
    spectrum = fft.rfft(wave * signal.windows.hann(samples).astype(wave.dtype), axis=1)
    step = sample_rate / samples
    last = min(int((MULTIPLES[-1] * MAINS[-1] + BESIDE) / step) + 2, spectrum.shape[1])
    decibel = 10 * np.log10(np.abs(spectrum[:, :last]) ** 2 + SILENT)
    return above_surroundings(decibel, step)


def above_surroundings(decibel: np.ndarray, step: float) -> np.ndarray:
    """The same of a spectrum in dB, shape (channels, bins), whose bins are `step` Hz apart."""
    lines = np.round(MAINS[:, None] * MULTIPLES / step).astype(int)
    heights = np.max([decibel[:, lines + one] for one in (-1, 0, 1)], axis=0)
    reach = max(round(BESIDE / step), 2)
    middles = np.round(MAINS.mean() * MULTIPLES / step).astype(int)
    around = [decibel[:, max(at - reach, 0) : at + reach + 1] for at in middles]
    usual = np.stack([np.median(part, axis=1) for part in around], axis=1)
    return (heights - usual[:, None]).mean(axis=2).max(axis=1)
