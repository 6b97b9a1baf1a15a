"""Runs of samples that no sound makes: at the rails, stuck, zeros, played twice.

See 06_error_analysis_sins.
"""

import numpy as np

STEP = 2.0**-15  # of 16 bit: full scale is 1
STUCK, GAP = 0.01, 0.005  # s: the shortest run of one value, and of zeros, that counts
COARSE, NEXT = 32, 4  # steps: what swings less is not judged; values beside the extreme one
WINDOW = 64  # samples that have to come back exactly to be a repetition


def run_shares(channel: np.ndarray, sample_rate: int) -> dict[str, float]:
    """Shares of samples in runs of one value: at the rails, stuck anywhere, at zero.

    See 06_error_analysis_sins.

    Clipping heaps samples up at the extreme value, short peaks too; a sound reaches its own extreme
    about as often as the values next to it. What swings by less than 32 steps of 16 bit is too
    coarse to tell.

    Parameters
    ----------
    channel : float array, shape (samples,)
    sample_rate : int, Hz

    Returns
    -------
    dict
        `clipped`, `stuck`, `zeros`, 0 to 1.
    """
    lengths, values = runs(channel)
    held = lengths >= STUCK * sample_rate
    heaps = _heap(lengths[~held], values[~held]) + _heap(lengths[~held], -values[~held])
    # Near zeros are a gap only where the channel is usually well above them.
    near = 1.5 * STEP if np.percentile(np.abs(channel[::16]), 90) > 6 * STEP else 0.0
    gaps, inside = runs(np.abs(channel) <= near)
    gap = gaps[inside & (gaps >= GAP * sample_rate)].sum()
    held &= np.abs(values) > near
    total = len(channel)
    return {
        "clipped": float(heaps / total),
        "stuck": float(lengths[held].sum() / total),
        "zeros": float(gap / total),
    }


def _heap(lengths, values):
    """How many samples have the highest value, beyond those of any value next to it."""
    if not len(values) or np.ptp(values) <= COARSE * STEP:
        return 0
    steps = np.round((values.max() - values) / STEP).astype(int)
    counts = np.bincount(steps[steps < NEXT], lengths[steps < NEXT], minlength=NEXT)
    return max(counts[0] - counts[1:].max(), 0)


def runs(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Length and value of each run of equal entries, in order."""
    starts = np.concatenate([[0], np.flatnonzero(values[1:] != values[:-1]) + 1])
    return np.diff(np.concatenate([starts, [len(values)]])), values[starts]


def repeated_share(channel: np.ndarray) -> float:
    """Share of the samples that occurred before in the very same order: a buffer played twice.

    See 06_error_analysis_sins.

    Each stretch of 64 samples has a number (a rolling hash, Karp and Rabin, 1987); two equal
    numbers are two equal stretches. Stretches of hardly any movement, such as zeros, do not count.

    Parameters
    ----------
    channel : float array, shape (samples,)

    Returns
    -------
    float, 0 to 1
    """
    steps = np.round(channel.astype(np.float64) / STEP * 256).astype(np.int64).view(np.uint64)
    factor = np.uint64(6364136223846793005)  # odd, so that it has an inverse modulo 2**64
    powers = np.cumprod(np.full(len(steps), factor))
    sums = np.concatenate([[np.uint64(0)], np.cumsum(steps * powers)])
    # Numbers are compared at one place: each is multiplied up to the end of the recording.
    numbers = (sums[WINDOW:] - sums[:-WINDOW]) * powers[::-1][WINDOW - 1 :]
    numbers = np.sort(numbers[_moves(channel)])
    return float((numbers[1:] == numbers[:-1]).sum() / len(channel))


def _moves(channel):
    """Whether each stretch changes at almost every sample: coarse sound repeats by chance."""
    changes = np.concatenate([[0], np.cumsum(channel[1:] != channel[:-1])])
    enough = changes[WINDOW - 1 :] - changes[: -WINDOW + 1] > 0.7 * WINDOW
    return enough & (channel.std() > 4 * STEP)
