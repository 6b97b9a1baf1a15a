"""What may change in a sound while it stays the same sound: distance and microphone.

No label, no file, no loop over tiles. Pairs of changed views are SimCLR's (Chen et al., 2020).
Mixing tiles and cutting parts out of them, as BYOL-A does (Niizumi et al., 2021), gained nothing
that could be measured: `bench/alternatives.py`.
"""

import torch
from torch.nn import functional as F

POINTS = 6  # of an equaliser curve over the Mel bands


def augment(
    tiles: torch.Tensor, gain_db: float, equaliser_db: float, rng: torch.Generator
) -> torch.Tensor:
    """Tiles as from another distance and by another microphone (10_experiments).

    Parameters
    ----------
    tiles : float tensor, shape (n, 1, frames, n_mels), dB
    gain_db : float
        Standard deviation of what is added to a tile as a whole, dB.
    equaliser_db : float
        Standard deviation of what is added to a tile's bands, dB: a curve through POINTS draws.
    rng : torch.Generator, on the device of the tiles

    Returns
    -------
    tiles : float tensor of the same shape, dB
    """
    n, _, _, n_mels = tiles.shape
    curve = torch.randn(n, 1, POINTS, generator=rng, device=tiles.device) * equaliser_db
    curve = F.interpolate(curve, size=n_mels, mode="linear", align_corners=True)  # (n, 1, n_mels)
    gain = torch.randn(n, 1, 1, generator=rng, device=tiles.device) * gain_db
    return tiles + (curve + gain)[:, :, None]
