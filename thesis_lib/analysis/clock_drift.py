"""Whether the clock of one channel runs away from those of its siblings.

Such a channel hears everything ever later, or ever earlier, against all of its siblings alike. What
moves in the room shifts the channels of a line of microphones by steps from one to the next, so
several of them seem to run away at once. See 06_error_analysis_sins.
"""

import numpy as np

STEP, MOST = 5.0, 150.0  # parts per million: speeds that are tried, up to
NOISE = 0.05  # height of a correlation below which there is little in common


def clock_drift(curve: np.ndarray, shift: float) -> tuple[np.ndarray, np.ndarray]:
    """How much better each channel agrees with its siblings if its clock runs away, and how fast.

    Correlations with a sibling, one of each part of the recording, are moved by what a speed makes
    of them and averaged; the height of the average's peak says how well the speed explains them.
    A weak common sound still adds up over the parts, where the delays of single parts are lost.

    Parameters
    ----------
    curve : float array, shape (parts, channels, channels, lags)
        Correlations of each pair, in each part of the recording; positive where the first channel
        is later.
    shift : float
        Lags by which a channel that is slow by one part per million is late at the end.

    Returns
    -------
    gain : float array, shape (channels,)
        Of the mean height over the siblings, as a share of the height without any drift, beyond
        what the next channel gains; 0 or less: it does not run away. NaN without siblings.
    speed : float array, shape (channels,)
        Parts per million, positive where the channel falls behind; 0 where it does not run away.
    """
    channels = curve.shape[1]
    if channels < 2:
        return np.full(channels, np.nan), np.full(channels, np.nan)
    speeds = np.arange(-MOST, MOST + STEP, STEP)
    heights = _heights(curve, speeds * shift)
    best, each = heights.argmax(axis=0), np.arange(channels)
    still = heights[len(speeds) // 2]
    more = heights[best, each] - still
    next_best = [np.delete(more, own).max() for own in each]
    # Of two channels nobody can tell whose clock it is.
    beyond = more - next_best if channels > 2 else more
    speed = np.where(beyond > 0, _between(heights, best, speeds), 0)
    return beyond / (still.mean() + NOISE), speed


def _heights(curve, shifts):
    """Mean height with the siblings after each shift until the end: (shifts, channels)."""
    parts, channels, _, lags = curve.shape
    middles = (np.arange(parts) + 0.5) / parts
    places = np.round(shifts[:, None] * middles).astype(int)
    margin = np.abs(places).max()
    wide = np.pad(curve, ((0, 0), (0, 0), (0, 0), (margin, margin)))
    rest = ~np.eye(channels, dtype=bool)
    found = []
    for moved in margin + places:
        aligned = sum(part[..., at : at + lags] for part, at in zip(wide, moved, strict=True))
        found.append((aligned.max(axis=-1) * rest).sum(axis=1) / (parts * (channels - 1)))
    return np.array(found)


def _between(heights, best, speeds):
    """The best speed of each channel, by a parabola through three heights."""
    middle, each = np.clip(best, 1, len(speeds) - 2), np.arange(heights.shape[1])
    left, top, right = (heights[middle + step, each] for step in (-1, 0, 1))
    bend = 2 * top - left - right
    off = np.where(bend > 0, (right - left) / np.where(bend > 0, 2 * bend, 1), 0)
    return np.where(middle == best, speeds[middle] + STEP * np.clip(off, -0.5, 0.5), speeds[best])
