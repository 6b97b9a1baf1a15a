"""Tempo, beats and key of music, by librosa (09_listening_room).

Beats: D. P. W. Ellis, "Beat tracking by dynamic programming", Journal of New Music Research 36,
2007. A beat tracker finds beats in anything; whether there is a tempo at all is asked of the onsets
themselves: how alike they are to themselves one beat later, against noise and held tones, where
they are not. Often the half or the double of a tempo is found, which is why `fits` allows both.
How often tempo and key are right is measured on made-up music: `bench/playlists.py`.
"""

from typing import NamedTuple

import librosa
import numpy as np
from numpy.typing import ArrayLike

from thesis_lib.analysis import keys
from thesis_lib.util.errors import InputError

RATE = 22050  # Hz, at which it listens
HOP = 512  # samples between two frames
FINE = 8192  # samples of a spectrum in which notes from the great octave on are apart
PULSE = 0.15  # correlation of the onsets with themselves some beats later: below is no tempo
FASTEST = 220  # beats a minute
AS_WELL = 0.9  # of the correlation of another tempo: as good as that
SHORTEST = 4.0  # s; fewer beats tell no tempo
WITHIN = 0.06  # share by which tempos that fit may differ


class Music(NamedTuple):
    """What `listen` finds.

    bpm: beats a minute, NaN where there is no pulse; beats: (n,) array, s from the start, empty
    then; pulse: how regular, 0 to 1; key: see `keys`; key_correlation: how well it fits.
    """

    bpm: float
    beats: np.ndarray
    pulse: float
    key: int
    key_correlation: float


def listen(wave: ArrayLike, sample_rate: int = RATE) -> Music:
    """Tempo, beats and key of a piece (09_listening_room).

    Parameters
    ----------
    wave : (samples,) float array
    sample_rate : int, Hz
        Of it; `RATE` is what it is resampled to.

    Returns
    -------
    Music
    """
    wave = np.asarray(wave, np.float32)
    if wave.ndim != 1 or not np.isfinite(wave).all():
        raise InputError(f"wave: has shape {wave.shape} or holds NaN; give one channel of samples")
    if sample_rate != RATE:
        wave = librosa.resample(wave, orig_sr=sample_rate, target_sr=RATE, res_type="soxr_hq")
    if len(wave) < SHORTEST * RATE or not wave.any():
        return Music(np.nan, np.zeros(0), 0.0, keys.UNKNOWN, np.nan)
    return Music(*tempo(wave), *keys.key_of(chroma(wave)))


def tempo(wave: np.ndarray) -> tuple[float, np.ndarray, float]:
    """Beats a minute, the beats (s), and how regular they are; of a wave at `RATE`."""
    onsets = librosa.onset.onset_strength(y=wave, sr=RATE, hop_length=HOP)
    alike = _alike(onsets)
    prefers, _ = librosa.beat.beat_track(onset_envelope=onsets, sr=RATE, hop_length=HOP)
    found = float(np.atleast_1d(prefers)[0])
    pulse = _pulse(alike, found) if found else 0.0
    if pulse < PULSE:
        return np.nan, np.zeros(0), max(pulse, 0.0)
    found = _in_twos(alike, found)
    _, beats = librosa.beat.beat_track(
        onset_envelope=onsets, sr=RATE, hop_length=HOP, bpm=found, units="time"
    )
    return _bpm(beats, found), beats, pulse


def chroma(wave: np.ndarray) -> np.ndarray:
    """How much there is of each of the twelve notes in a wave at `RATE`: (12,) array, from C on.

    By short Fourier transforms: constant-Q chroma took longer, and on made-up music heard the third
    of a minor key less well.
    """
    found = librosa.feature.chroma_stft(y=wave, sr=RATE, n_fft=FINE, hop_length=FINE // 2)
    return found.mean(axis=1)


def fits(bpm: float, other: ArrayLike, within: float = WITHIN) -> np.ndarray:
    """Which tempos can follow one: as fast, half as fast or twice, within 6 % (09_listening_room).

    Parameters
    ----------
    bpm : float
    other : (n,) array
    within : float
        Share by which they may differ, as a DJ's pitch fader allows.

    Returns
    -------
    (n,) bool array
        False where a tempo is unknown (NaN).
    """
    return np.abs(change(bpm, other)) <= within + 1e-12


def change(bpm: float, other: ArrayLike) -> np.ndarray:
    """By what share a tempo has to change to go with another, its half or its double: (n,) array.

    The one of the three that is nearest; NaN where a tempo is unknown.
    """
    ratio = np.outer([0.5, 1, 2], np.atleast_1d(np.asarray(other, float))) / bpm
    nearest = np.argmin(np.where(np.isnan(ratio), np.inf, np.abs(np.log2(ratio))), axis=0)
    return ratio[nearest, np.arange(ratio.shape[1])] - 1


def _alike(onsets):
    """The correlation of the onsets with themselves so many frames later: (frames,) array."""
    found = librosa.autocorrelate(onsets - onsets.mean(), max_size=len(onsets))
    left = np.arange(len(found), 0, -1) / len(found)  # fewer frames lie on each other later on
    return found / left / found[0] if found[0] > 0 else np.zeros(len(found))


def _pulse(alike, bpm):
    """How alike the onsets are to themselves one to four beats later, on average."""
    lags = np.round(60 / bpm * RATE / HOP * np.arange(1, 5)).astype(int)
    lags = lags[lags < len(alike) // 2]
    return float(np.mean([alike[lag - 1 : lag + 2].max() for lag in lags])) if len(lags) else 0.0


def _in_twos(alike, bpm):
    """The tempo; or, where it counts three of an even pulse and two fit as well, that of two.

    The tracker prefers tempos near 120: of fast music with even eighths it may take each third.
    Where the music itself counts in threes, these are more alike than twos are, and stay.
    """
    third, half = _pulse(alike, 3 * bpm), _pulse(alike, 2 * bpm)
    even = third > max(half, 0) + PULSE and 1.5 * bpm <= FASTEST
    return 1.5 * bpm if even and _pulse(alike, 1.5 * bpm) >= AS_WELL * _pulse(alike, bpm) else bpm


def _bpm(beats, found):
    """The tempo by a straight line through the beats: finer than the frames, which are 23 ms."""
    if len(beats) < 4:
        return found
    slope = np.polyfit(np.arange(len(beats)), beats, 1)[0]
    return float(60 / slope) if abs(60 / slope / found - 1) < 0.1 else found
