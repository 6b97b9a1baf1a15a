"""What the sounds of a home are built of: noise, resonances, drifts, switches and hits.

Lengths are in samples at 16 kHz; waves are mono float arrays.
"""

from collections.abc import Sequence

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


def episodes(rng: Generator, samples: int, rate: float, length: float, pause: float) -> np.ndarray:
    """Times in samples of hits that come in flurries.

    `rate` hits a second within a flurry, flurries of `length` s, `pause` s between (means).
    """
    times, at = [], rng.exponential(pause) * rng.uniform()
    while at * RATE < samples:
        end = at + 0.2 + rng.exponential(length)
        while at < end:
            times.append(at)
            at += rng.gamma(4, 1 / (4 * rate))
        at += 0.3 + rng.exponential(pause)
    hits = (np.array(times) * RATE).astype(int)
    return hits[hits < samples]


def regular(rng: Generator, samples: int, rate: float, jitter: float = 0.05) -> np.ndarray:
    """Times in samples of hits at a steady rate in Hz with a relative jitter."""
    count = int(samples / RATE * rate) + 2
    times = (np.arange(count) + rng.uniform() + rng.normal(0, jitter, count)) / rate * RATE
    times = np.sort(times).astype(int)
    return times[(times >= 0) & (times < samples)]


def ring(
    rng: Generator,
    modes: Sequence[float] | np.ndarray,
    decay: float,
    seconds: float,
    strike: float = 0.002,
) -> np.ndarray:
    """One struck thing: modes in Hz, each dying away in `decay` s (the higher, the sooner)."""
    time = np.arange(int(seconds * RATE)) / RATE
    out = np.zeros(len(time))
    for number, hertz in enumerate(modes):
        if hertz < RATE / 2:
            fall = decay * (modes[0] / hertz) ** 0.5 * rng.uniform(0.8, 1.2)
            tone = np.sin(2 * np.pi * hertz * time + rng.uniform(0, 6.28))
            out += rng.uniform(0.4, 1) / (1 + 0.4 * number) * tone * np.exp(-time / fall)
    return out * (1 - np.exp(-time / strike))


def puff(rng: Generator, low: float, high: float, rise: float, fall: float) -> np.ndarray:
    """One short noise: rise and fall in s."""
    count = int((rise + 5 * fall) * RATE) + 32
    time = np.arange(count) / RATE
    return (
        noise(rng, count, low, high) * np.minimum(time / max(rise, 1e-4), 1) * np.exp(-time / fall)
    )


def hit_all(
    rng: Generator,
    samples: int,
    times: np.ndarray,
    things: list[np.ndarray],
    spread: float = 4.0,
) -> np.ndarray:
    """Let randomly chosen things sound at the given times, `spread` dB apart in strength."""
    out = np.zeros(samples)
    for at in times:
        thing = things[rng.integers(len(things))] * 10 ** (rng.normal(0, spread) / 20)
        piece = thing[: samples - at]
        out[at : at + len(piece)] += piece
    return out


def _loud_as_one(things):
    """Scale struck things so that each has the energy of 50 ms at root mean square 1."""
    return [thing * np.sqrt(0.05 * RATE / max(np.sum(thing**2), 1e-9)) for thing in things]
