"""Broken microphones: what six kinds of faults make of a recording."""

import numpy as np
from numpy.random import Generator
from scipy import signal

from thesis_lib.datasets.mini_home.blocks import RATE, gate

FAULTS = ("dropout", "crackle", "hum", "clipping", "muffled", "dead")


def fault(rng: Generator, kind: str, wave: np.ndarray) -> np.ndarray:
    """Break the microphones of a node.

    Parameters
    ----------
    kind : one of FAULTS; wave : ndarray (4, samples), full scale 1
    """
    samples = wave.shape[1]
    seconds = np.arange(samples) / RATE
    if kind == "dropout":
        return wave * (gate(rng, samples, 0.4, 0.5, 0.002) > 0.5)
    if kind == "crackle":
        bursts = gate(rng, samples, 0.5, 0.7, 0.01)
        return wave + 0.8 * bursts * (rng.random(samples) < 0.01) * rng.normal(0, 0.5, samples)
    if kind == "hum":
        tones = sum(
            np.sin(2 * np.pi * 50 * k * seconds + k * k) / k for k in (1, 2, 3, 5, 7, 9, 15)
        )
        return wave + 0.08 * tones
    if kind == "clipping":
        return np.clip(wave / max(np.abs(wave).std(), 1e-6) * 0.8, -1, 1)
    if kind == "muffled":
        low = signal.butter(4, 250, fs=RATE, output="sos")
        return signal.sosfilt(low, wave, axis=-1) * 0.5
    if kind == "dead":
        return rng.normal(0, 2e-5, wave.shape)
    raise ValueError(f"no fault {kind!r}; there are {', '.join(FAULTS)}")
