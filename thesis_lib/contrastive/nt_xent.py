"""Many opposites at once: each tile shall find its neighbour among all tiles of the batch."""

from typing import NamedTuple

import torch
from torch.nn import functional as F


class ContrastiveLoss(NamedTuple):
    """The loss of a batch, and what there is to watch; the same names as of the triplet loss.

    See 10_experiments.

    Attributes
    ----------
    loss : tensor, scalar
        0 at best; log(2 n - 1) for vectors that say nothing, where no two pairs share a group.
    near, far : tensors, scalar
        Mean squared distance, on the unit sphere, of neighbours and of opposites.
    active : tensor, scalar
        Share of the tiles to which some opposite is nearer than the neighbour.
    """

    loss: torch.Tensor
    near: torch.Tensor
    far: torch.Tensor
    active: torch.Tensor


def contrastive_loss(
    anchor: torch.Tensor, neighbour: torch.Tensor, group: torch.Tensor, temperature: float = 0.2
) -> ContrastiveLoss:
    """NT-Xent (Chen et al., 2020, SimCLR), with no opposite from the anchor's own group.

    See 10_experiments.

    The thesis compares an anchor with one opposite; here with every tile of the batch at once, on
    the unit sphere. Tiles of the same session or song are neither drawn near nor pushed away.

    Parameters
    ----------
    anchor, neighbour : tensors, shape (n, d)
    group : int64 tensor, shape (n,)
        Session, song or source of each pair.
    temperature : float
        Small: the nearest opposites count most.

    Returns
    -------
    ContrastiveLoss
    """
    n = len(anchor)
    z = F.normalize(torch.cat([anchor, neighbour]), dim=1)  # (2 n, d)
    cosine = z @ z.T  # (2 n, 2 n)
    match = torch.arange(2 * n, device=z.device).roll(n)  # row of each tile's neighbour
    ignored = own_group(group.repeat(2), match)
    cosine = cosine.masked_fill(ignored, -torch.inf)
    loss = F.cross_entropy(cosine / temperature, match)
    return ContrastiveLoss(loss, *_distances(cosine.detach(), match))


def _distances(cosine, match):
    """`near`, `far` and `active` of `ContrastiveLoss`."""
    near = cosine.gather(1, match[:, None])  # (2 n, 1)
    far = cosine.scatter(1, match[:, None], -torch.inf)  # (2 n, 2 n), opposites alone
    active = far.amax(1, keepdim=True) > near
    opposites = far.isfinite()
    mean = far.where(opposites, 0).sum() / opposites.sum().clamp(min=1)
    return 2 - 2 * near.mean(), 2 - 2 * mean, active.float().mean()


def own_group(group: torch.Tensor, match: torch.Tensor) -> torch.Tensor:
    """Pairs of rows that are no opposites: of one group, but for a row and its match.

    See 10_experiments.

    Parameters
    ----------
    group, match : int64 tensors, shape (m,)

    Returns
    -------
    bool tensor, shape (m, m)
    """
    same = group[:, None] == group  # (m, m); True on the diagonal
    same[torch.arange(len(group), device=group.device), match] = False
    return same
