"""What may change in a sound while it stays the same sound: company, level, colour, a gap.

Each function takes tiles in dB, shape (n, 1, frames, mels), and a generator on their device, and
gives tiles of the same shape, each changed by its own draw. No label, no file, no loop over tiles.
"""

import torch
from torch.nn import functional as F

from thesis_lib.spectrogram import OCTAVES

POINTS = 6  # of a colouring curve over the Mel bands


def augment(tiles, contrast, rng):
    """All changes, one after another; `hide` last, so that nothing fills the holes again.

    Parameters
    ----------
    tiles : float tensor, shape (n, 1, frames, mels), dB
    contrast : recipe.Contrast
        How much of each; what is 0 is left out.
    rng : torch.Generator, on the device of the tiles

    Returns
    -------
    tiles : float tensor of the same shape, dB
    """
    if contrast.mix:
        tiles = mix(tiles, contrast.mix, rng)
    if contrast.level or contrast.colour:
        tiles = colour(tiles, contrast.level, contrast.colour, rng)
    return hide(tiles, contrast.hide, rng) if contrast.hide else tiles


def mix(tiles, most, rng):
    """Another tile plays softly along: powers add (BYOL-A, Niizumi et al., 2021, "Mixup").

    Parameters
    ----------
    most : float
        Largest share of the other tile in the power, 0 to 1.
    """
    share = most * _uniform(tiles, rng)  # (n, 1, 1, 1)
    power = torch.exp2(tiles * OCTAVES)
    other = torch.randperm(len(tiles), generator=rng, device=tiles.device)
    return torch.lerp(power, power.index_select(0, other), share).log2() / OCTAVES


def colour(tiles, level, colour, rng):
    """Another distance and another microphone: a level, and a smooth curve over the bands.

    Parameters
    ----------
    level, colour : float
        Standard deviation (dB) of the level, and of the curve at each of its points.
    """
    n, _, _, mels = tiles.shape
    curve = torch.randn(n, 1, POINTS, generator=rng, device=tiles.device) * colour
    curve = F.interpolate(curve, size=mels, mode="linear", align_corners=True)  # (n, 1, mels)
    level = torch.randn(n, 1, 1, generator=rng, device=tiles.device) * level
    return tiles + (curve + level)[:, :, None]


def hide(tiles, most, rng):
    """One stretch of time and one of bands become the tile's mean (SpecAugment, Park et al., 2019).

    Parameters
    ----------
    most : float
        Largest share of the frames, and of the bands, that is hidden.
    """
    mean = tiles.mean(dim=(2, 3), keepdim=True)
    around = tiles - mean
    for axis in (2, 3):
        size = tiles.shape[axis]
        width = most * size * _uniform(tiles, rng)  # (n, 1, 1, 1)
        start = (size - width) * _uniform(tiles, rng)
        place = torch.arange(size, device=tiles.device).view((-1, 1) if axis == 2 else (1, -1))
        around = around * ((place < start) | (place >= start + width))
    return mean + around


def _uniform(tiles, rng):
    return torch.rand(len(tiles), 1, 1, 1, generator=rng, device=tiles.device)
