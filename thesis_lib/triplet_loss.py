"""The triplet loss of the thesis: near in time shall be near in space."""

from typing import NamedTuple

import torch
from torch.nn import functional as F

from thesis_lib.util.errors import InputError


class TripletLoss(NamedTuple):
    """The loss of a batch, and what it is made of (04_gpu_training).

    Attributes
    ----------
    loss : tensor, scalar
    near, far : tensors, scalar
        Mean squared distance from anchors to neighbours, and to opposites.
    active : tensor, scalar
        Share of the triplets whose loss is not zero.
    """

    loss: torch.Tensor
    near: torch.Tensor
    far: torch.Tensor
    active: torch.Tensor


def triplet_loss(
    anchor: torch.Tensor,
    neighbour: torch.Tensor,
    opposite: torch.Tensor,
    margin: float = 1.0,
    reduction: str = "nonzero",
) -> TripletLoss:
    """``max(0, |anchor - neighbour|^2 - |anchor - opposite|^2 + margin)``, averaged.

    See 04_gpu_training.

    Parameters
    ----------
    anchor, neighbour, opposite : tensors, shape (n, d)
    margin : float
        On squared Euclidean distances (thesis: 1.0).
    reduction : {"nonzero", "all"}
        Mean over the triplets whose loss is not zero (thesis, "zero-filtered"), or over all.

    Returns
    -------
    TripletLoss

    Raises
    ------
    InputError
        For any other `reduction`.
    """
    near = (anchor - neighbour).square().sum(1)  # (n,)
    far = (anchor - opposite).square().sum(1)  # (n,)
    losses = F.relu(near - far + margin)  # (n,)
    active = losses > 0
    if reduction == "nonzero":
        loss = losses.sum() / active.sum().clamp(min=1)  # all zero: the loss is 0, not 0 / 0
    elif reduction == "all":
        loss = losses.mean()
    else:
        raise InputError(f"reduction={reduction!r} is unknown; use 'nonzero' or 'all'.")
    return TripletLoss(loss, near.mean(), far.mean(), active.float().mean())
