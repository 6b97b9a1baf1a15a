"""What may change in a sound while it stays the same sound: level, colour, company, pitch, pace.

Each function takes tiles in dB, shape (n, 1, frames, mels), and a generator on their device, and
gives tiles of the same shape, each changed by its own draw. No label, no file, no loop over tiles.
"""

import math

import torch
from torch.nn import functional as F

NEPERS = math.log(10) / 10  # natural logarithm of a power, from dB
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
    if contrast.crop:
        tiles = crop(tiles, contrast.crop, rng)
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
    other = tiles[torch.randperm(len(tiles), generator=rng, device=tiles.device)]
    own = tiles * NEPERS + torch.log1p(-share)
    return torch.logaddexp(own, other * NEPERS + torch.log(share + 1e-6)) / NEPERS


def crop(tiles, most, rng):
    """A random stretch of time and of bands, blown up to the tile's size (BYOL-A, "RRC").

    Parameters
    ----------
    most : float
        Largest share of the frames, and of the bands, that is cut away.
    """
    n, _, *shape = tiles.shape
    frames, bands = (_stretch(tiles, most, count, rng) for count in shape)
    grid = [bands[:, None].expand(n, *shape), frames[:, :, None].expand(n, *shape)]
    grid = torch.stack(grid, dim=3)  # (n, frames, mels, 2)
    return F.grid_sample(tiles, grid, align_corners=False, padding_mode="border")


def _stretch(tiles, most, count, rng):
    """Where `count` points of a random stretch lie, (n, count); the tile reaches from -1 to 1."""
    size = 1 - most * _uniform(tiles, rng)[:, 0, 0]  # (n, 1)
    middle = (1 - size) * (2 * _uniform(tiles, rng)[:, 0, 0] - 1)
    points = (2 * torch.arange(count, device=tiles.device) + 1) / count - 1
    return points * size + middle


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
    for axis in (2, 3):
        size = tiles.shape[axis]
        width = most * size * _uniform(tiles, rng)  # (n, 1, 1, 1)
        start = (size - width) * _uniform(tiles, rng)
        place = torch.arange(size, device=tiles.device).view((-1, 1) if axis == 2 else (1, -1))
        tiles = torch.where((place >= start) & (place < start + width), mean, tiles)
    return tiles


def _uniform(tiles, rng):
    return torch.rand(len(tiles), 1, 1, 1, generator=rng, device=tiles.device)
