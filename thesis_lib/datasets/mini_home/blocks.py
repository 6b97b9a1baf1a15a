"""What steady sounds of a home are built of: noise, resonances, drifts and switches.

Lengths are in samples at 16 kHz; waves are mono float arrays.
"""

import numpy as np
from numpy.random import Generator
from scipy import fft, signal

RATE = 16000  # Hz


def unit(wave: np.ndarray) -> np.ndarray:
    """The wave at root mean square 1 (silence stays silence)."""
    rms = np.sqrt(np.mean(wave**2))
    return wave / rms if rms > 0 else wave


def noise(rng: Generator, samples: int, low: float, high: float, slope: float = 0.0) -> np.ndarray:
    """Noise between two corners in Hz, falling by `slope` dB an octave between them."""
    size = fft.next_fast_len(samples, real=True)
    spectrum = fft.rfft(rng.standard_normal(size, dtype=np.float32))
    hertz = np.maximum(fft.rfftfreq(size, 1 / RATE), 1.0)
    gain = (hertz / low) ** (-slope / 6.02)
    gain /= np.sqrt((1 + (low / hertz) ** 6) * (1 + (hertz / high) ** 6))
    return unit(fft.irfft(spectrum * gain, size)[:samples].astype(np.float64))


def resonant(wave: np.ndarray, hertz: float, width: float, gain: float) -> np.ndarray:
    """Add a resonance (centre and width in Hz) to a wave; `gain` is its share of the amplitude."""
    radius = np.exp(-np.pi * width / RATE)
    ringing = signal.lfilter(
        [1.0], [1, -2 * radius * np.cos(2 * np.pi * hertz / RATE), radius**2], wave
    )
    return wave + gain * unit(ringing)


def wander(rng: Generator, samples: int, period: float, spread: float) -> np.ndarray:
    """A gain that drifts: a new value about every `period` s, `spread` dB around 0 dB."""
    knots = rng.normal(0, spread, int(samples / RATE / period) + 3)
    where = np.arange(samples) / (RATE * period) + rng.uniform()
    return 10 ** (np.interp(where, np.arange(len(knots)), knots) / 20)


def gate(rng: Generator, samples: int, on: float, off: float, ramp: float = 0.08) -> np.ndarray:
    """A switch, 0 to 1, on and off for exponential times with means `on` and `off` in s."""
    out, at, is_on = np.zeros(samples), 0, rng.uniform() < on / (on + off)
    while at < samples:
        length = int((0.15 + rng.exponential(on if is_on else off)) * RATE)
        out[at : at + length] = is_on
        at, is_on = at + length, not is_on
    width = max(int(ramp * RATE), 1)
    smooth = np.convolve(np.pad(out[:: width // 8 or 1], 4, mode="edge"), np.ones(9) / 9, "valid")
    return np.interp(np.arange(samples), np.arange(len(smooth)) * (width // 8 or 1), smooth)
