"""In which order the channels of a line of microphones follow each other, by what they record.

A sound passes the microphones one after the other, by equal delays. The order of the channels is
that in which their correlations agree best on one delay. Sound from straight ahead reaches all at
once and tells nothing; and a line that is read backwards hears the same from the other side: of two
such orders that with fewer channels out of place is named, so that of four microphones 0 and 3
swapped are 1 and 2 swapped. See 06_error_analysis_sins.
"""

from itertools import permutations

import numpy as np

LONGEST = 0.25e-3  # s between neighbours: 8 cm
STEPS = 151  # delays that are tried
MOST = 6  # channels; of more there are too many orders
NOISE = 0.02  # height of a correlation of nothing with nothing


def linear_order(curve: np.ndarray, grid: float) -> tuple[float, np.ndarray]:
    """The best order of the channels, and by how much it is better than the one they have.

    The height at which correlations agree is that of a steered response (DiBiase, 2000), summed
    over the parts of a recording; in each the sound may come from elsewhere.

    Parameters
    ----------
    curve : float array, shape (parts, channels, channels, lags)
        Generalised cross-correlations, an odd number of lags, 0 in the middle; positive where the
        first channel is later.
    grid : float
        Seconds from lag to lag.

    Returns
    -------
    gain : float
        0 where the order is the usual one, up to 1; NaN for fewer than 3 or more than 6 channels.
    order : int array, shape (channels,)
        The place of each channel in the line.
    """
    channels = curve.shape[1]
    plain = np.arange(channels)
    if not 3 <= channels <= MOST:
        return float("nan"), plain
    orders = [np.array(one) for one in permutations(range(channels)) if one[0] < one[-1]]
    heights = np.array([_agreement(curve, order, grid) for order in orders])
    best = int(heights.argmax())
    gain = (heights[best] - heights[0]) / (max(heights[best], 0) + NOISE)
    same = orders[best], channels - 1 - orders[best]
    return float(gain), min(same, key=lambda order: int((order != plain).sum()))


def _agreement(curve, order, grid):
    """Mean height of all pairs' correlations at the best delay of each part."""
    first, second = np.triu_indices(len(order), 1)
    delays = np.linspace(-LONGEST, LONGEST, STEPS)
    middle = curve.shape[-1] // 2
    lags = np.round((order[first] - order[second])[:, None] * delays / grid).astype(int) + middle
    lags = np.clip(lags, 0, curve.shape[-1] - 1)
    heights = sum(curve[:, one, two][:, places]
                  for one, two, places in zip(first, second, lags, strict=True))  # fmt: skip
    return heights.max(axis=1).mean() / len(first)
