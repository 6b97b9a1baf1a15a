"""The same recording under another name: found by its sound, however it was encoded.

Fingerprints after J. Haitsma and T. Kalker, "A highly robust audio fingerprinting system", ISMIR
2002: for every 26 ms one word of 32 bits, each telling whether the energy of a band falls off
towards the next band faster than it did a moment before. Level, encoding and resampling flip few
of the bits; two recordings that have nothing in common differ in half of them.

It is ours because Chromaprint, the library for it, is no Python package: pyacoustid asks for it to
be installed with the system, and pip alone has to do here.
"""

from collections.abc import Sequence

import numpy as np
import soxr
from scipy.fft import rfft

RATE = 5000  # Hz (paper, section 4.2)
WINDOW, HOP = 2048, 128  # samples: 0.41 s; the paper steps half as far
EDGES = np.geomspace(300, 2000, 34)  # Hz, of the 33 bands (paper, section 4.2)
QUIET = 1e-6  # of a recording's highest energy: what lies below is silence
BLOCK = 1024  # windows that are transformed at a time

COMMON = 100  # a word that occurs more often is a hum or a loop, and no landmark
VOTES = 3  # equal words at one distance in time that make a pair worth comparing
CLEAR = 0.02  # more of the bits differ at any other distance in time; a loop fits at many
OTHERS = 20  # distances in time, those with most votes, that the best one is held against
DIFFERENT = 0.2  # share of bits; copies differ in up to 0.18; the paper's 0.35 also takes loops
SHARE = 0.5  # of the shorter recording must lie in the other
SHORTEST = 117  # words, 3 s: the paper deems a shorter stretch too little
AS_LONG = 2.0  # s by which the lengths of two copies may differ: encoders pad, players trim


class Listener:
    """Makes the fingerprint of a recording that comes piece by piece.

    Parameters
    ----------
    sample_rate : int, Hz
    """

    def __init__(self, sample_rate: int) -> None:
        self.resampler = soxr.ResampleStream(sample_rate, RATE, 1)
        self.left = np.zeros(WINDOW // 2, np.float32)  # what the next window begins with
        self.energy: list[np.ndarray] = []

    def add(self, wave: np.ndarray, last: bool = False) -> None:
        """Listen to the next samples: float32 array, shape (samples,)."""
        wave = self.resampler.resample_chunk(np.asarray(wave, np.float32), last=last)
        wave = np.concatenate([self.left, wave, np.zeros(WINDOW // 2 * last, np.float32)])
        windows = max(0, (len(wave) - WINDOW) // HOP + 1)
        if windows:
            self.energy.append(_energy(wave[: (windows - 1) * HOP + WINDOW]))
        self.left = wave[windows * HOP :]

    def words(self) -> np.ndarray:
        """The fingerprint of what was added: uint32 array, about 39 a second, 0 where silent."""
        self.add(self.left[:0], last=True)
        energy = np.concatenate(self.energy)
        slope = energy[:, :-1] - energy[:, 1:]
        bits = slope[1:] > slope[:-1]
        words = np.packbits(bits, axis=1).view(">u4")[:, 0].astype(np.uint32)
        loud = energy.sum(axis=1)
        words[loud[1:] <= QUIET * loud.max()] = 0
        return words


def pairs(fingerprints: Sequence[np.ndarray]) -> list[tuple[int, int]]:
    """Which recordings are the same, or one an excerpt of the other.

    Words that several recordings share are found by sorting all of them; every two equal words
    vote for a pair and a distance in time, and only pairs with enough votes are compared word by
    word. The work grows with the length of the corpus, not with the number of pairs in it.

    Parameters
    ----------
    fingerprints : list of uint32 arrays

    Returns
    -------
    list of (int, int), the first of a pair before the second
        Two recordings that consist of nothing but the same loop are not among them: they fit
        each other at many places, and so do two songs made of it.
    """
    counted: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for a, b, distance, votes in _votes(*_words(fingerprints)):
        counted.setdefault((a, b), []).append((votes, distance))
    return [
        (a, b)
        for (a, b), votes in sorted(counted.items())
        if _same(fingerprints[a], fingerprints[b], [at for _, at in sorted(votes, reverse=True)])
    ]


def copies(
    fingerprints: Sequence[np.ndarray], durations: Sequence[float], within: float = AS_LONG
) -> list[tuple[int, int]]:
    """Which recordings are the same and as long: of `pairs`, those without excerpts.

    Parameters
    ----------
    fingerprints : list of uint32 arrays
    durations : list of float, s
    within : float, s
        By how much the lengths may differ.

    Returns
    -------
    list of (int, int), the first of a pair before the second
    """
    return [(a, b) for a, b in pairs(fingerprints) if abs(durations[a] - durations[b]) <= within]


def _energy(wave):
    """Energy of the bands in overlapping windows: float32 array (windows, 33)."""
    windows = np.lib.stride_tricks.sliding_window_view(wave, WINDOW)[::HOP]
    edges = np.round(EDGES / RATE * WINDOW).astype(int)
    taper = np.hanning(WINDOW).astype(np.float32)
    blocks = []
    for start in range(0, len(windows), BLOCK):
        power = np.abs(rfft(windows[start:][:BLOCK] * taper, axis=1)) ** 2
        blocks.append(np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1))
    return np.concatenate(blocks)


def _words(fingerprints):
    """All words in order of size, and of each its recording and place; without common ones."""
    if not fingerprints:
        return np.zeros((3, 0), np.int64)
    telling = [np.flatnonzero((one > 0) & (np.diff(one, prepend=0) != 0)) for one in fingerprints]
    words = np.concatenate([one[at] for one, at in zip(fingerprints, telling, strict=True)])
    recording = np.repeat(np.arange(len(telling)), [len(at) for at in telling])
    order = np.argsort(words, kind="stable")
    words, recording, place = words[order], recording[order], np.concatenate(telling)[order]
    _, number, count = np.unique(words, return_inverse=True, return_counts=True)
    rare = count[number] <= COMMON
    return words[rare], recording[rare], place[rare]


def _votes(words, recording, place):
    """How many words are equal: (recording, other, distance, votes) of pairs that have enough.

    Distances that differ by one word are one: windows of a cut recording lie elsewhere.
    """
    keys, size = [], int(place.max(initial=0)) + 2
    many = int(recording.max(initial=0)) + 1
    for lag in range(1, COMMON):
        equal = np.flatnonzero(words[lag:] == words[:-lag])
        if not len(equal):
            break
        other = equal[recording[equal] != recording[equal + lag]]
        pair = recording[other].astype(np.int64) * many + recording[other + lag]
        shift = place[other + lag] - place[other] + size
        keys += [pair * (2 * size + 2) + shift + by for by in (-1, 0, 1)]
    key, votes = np.unique(np.concatenate(keys or [np.zeros(0, np.int64)]), return_counts=True)
    pair, shift = np.divmod(key, 2 * size + 2)
    enough = np.isin(pair, pair[votes >= VOTES])
    first, second = np.divmod(pair[enough], many)
    columns = (first, second, shift[enough] - size, votes[enough])
    return zip(*(column.tolist() for column in columns), strict=True)


def _same(one, other, distances):
    """Whether two recordings are the same, laid on each other at the likeliest distance.

    Parameters
    ----------
    one, other : uint32 arrays
    distances : list of int, words
        The likeliest first.
    """
    best = distances[0]
    wrong = min(_differ(one, other, best + by) for by in (-1, 0, 1))
    others = [_differ(one, other, at) for at in distances[:OTHERS] if abs(at - best) > 3]
    return wrong <= DIFFERENT and wrong + CLEAR <= min(others, default=1.0)


def _differ(one, other, distance):
    """The share of bits that differ, 1 where too little lies on each other."""
    sounding = min(np.count_nonzero(one), np.count_nonzero(other))
    one, other = one[max(0, -distance) :], other[max(0, distance) :]
    length = min(len(one), len(other))
    one, other = one[:length], other[:length]
    loud = (one > 0) & (other > 0)
    if loud.sum() < max(SHORTEST, SHARE * sounding):
        return 1.0
    return np.bitwise_count(one[loud] ^ other[loud]).mean() / 32
