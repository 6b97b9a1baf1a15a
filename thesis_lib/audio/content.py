"""Is there sound in what a file holds? Found while it is read, for all channels at once."""

from pathlib import Path

import numpy as np

LOUDEST = 16  # full scale is 1; floats a little above it are fine, 32768 is another scale
STILL = 2**-13  # four steps of 16 bit: a constant that moves by no more holds no sound
CANCELLED = 1e-3  # of the channels' energy is left in their mean, where they cancel


class Content:
    """Levels of a recording: of each channel, and of the mean of all.

    Parameters
    ----------
    path : Path
        That sentences name.
    channels : int
    """

    def __init__(self, path: Path, channels: int) -> None:
        self.path, self.samples = path, 0
        self.least, self.most = np.full(channels, np.inf), np.full(channels, -np.inf)
        self.sums, self.products = np.zeros(channels), np.zeros((channels, channels))

    def add(self, block: np.ndarray) -> None:
        """Look at the next samples: float32 array (samples, channels), full scale is 1."""
        if not len(block):
            return
        planes = block.T.copy()  # numpy is many times as fast along the last axis
        if not self.samples:
            self.about = planes.mean(axis=1, keepdims=True)  # else the products lose their digits
        self.samples += len(block)
        self.least = np.minimum(self.least, planes.min(axis=1))
        self.most = np.maximum(self.most, planes.max(axis=1))
        with np.errstate(all="ignore"):  # of NaN and infinite samples, see `fault`
            planes -= self.about
            self.sums += planes.sum(axis=1)
            self.products += planes @ planes.T

    def fault(self, sound: bool = True) -> str | None:
        """Why the recording cannot be used, as a sentence; None if it can.

        Parameters
        ----------
        sound : bool
            Whether it has to sound: not to be silent, nor a constant.
        """
        peak = np.maximum(-self.least, self.most).max()
        again = "export it again or remove it."
        if not self.samples:
            return f"{self.path} holds no samples; {again}"
        if not np.isfinite(peak):
            return f"{self.path} holds NaN or infinite samples; {again}"
        if sound and peak == 0:
            return f"{self.path} is silent from end to end; {again}"
        if sound and self._is_constant():
            return f"{self.path} holds a constant, no sound; {again}"
        if peak > LOUDEST:
            return (
                f"{self.path} reaches {peak:.0f} where full scale is 1; bring its samples to "
                "between -1 and 1 and export it again, or remove it."
            )
        return None

    def _is_constant(self):
        moves, centre = self.most - self.least, np.abs(self.most + self.least) / 2
        return ((moves == 0) | (moves <= STILL) & (centre > moves)).all()

    def cancels(self) -> str | None:
        """That the channels cancel each other and their mean is silent, as a sentence, or None."""
        channels = len(self.sums)
        energy = self.products - np.outer(self.sums, self.sums) / max(self.samples, 1)
        mean, single = energy.sum() / channels**2, np.trace(energy) / channels
        if channels == 1 or not mean < CANCELLED * single:
            return None
        return (
            f"{self.path}: the channels cancel each other (one is another turned upside down); the "
            "first one is taken instead of their mean. Export it in mono to hear both."
        )
