"""What sounds of a home made of hits are built of: when they come, and what each is like.

Lengths are in samples at 16 kHz; waves are mono float arrays.
"""

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from thesis_lib.datasets.mini_home.blocks import RATE, noise


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


def loud_as_one(things: list[np.ndarray]) -> list[np.ndarray]:
    """Scale struck things so that each has the energy of 50 ms at root mean square 1."""
    return [thing * np.sqrt(0.05 * RATE / max(np.sum(thing**2), 1e-9)) for thing in things]
