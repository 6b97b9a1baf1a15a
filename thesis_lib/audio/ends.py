"""Where a recording begins and ends to sound: what `librosa.effects.trim` finds, piece by piece."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

FRAME, HOP = 2048, 512  # samples, those of librosa.effects.trim
FLOOR = 1e-10  # power below which all is as silent, librosa's as well


class Ends:
    """The silence at both ends of a recording.

    Parameters
    ----------
    top_db : float
        So far below the loudest frame a frame is silent.
    """

    def __init__(self, top_db: float) -> None:
        self.top_db, self.samples = top_db, 0
        self.levels: list[np.ndarray] = []
        self.left = np.zeros(FRAME // 2, np.float32)  # what the next frame begins with

    def add(self, wave: np.ndarray) -> None:
        """Listen to the next samples: float32 array, shape (samples,)."""
        self.samples += len(wave)
        wave = np.concatenate([self.left, wave])
        frames = max(0, (len(wave) - FRAME) // HOP + 1)
        if frames:
            power = np.square(sliding_window_view(wave, FRAME)[::HOP]).mean(1)
            self.levels.append(np.sqrt(power))
        self.left = wave[frames * HOP :]

    def found(self) -> tuple[int, int]:
        """The first sample that sounds, and the one behind the last; (0, 0) if none does."""
        self.add(np.zeros(FRAME // 2, np.float32))
        self.samples -= FRAME // 2
        level = 10 * np.log10(np.maximum(np.concatenate(self.levels) ** 2, FLOOR))  # dB
        loud = np.flatnonzero(level - level.max() > -self.top_db)
        if not len(loud):
            return 0, 0
        return int(loud[0]) * HOP, min(self.samples, (int(loud[-1]) + 1) * HOP)
