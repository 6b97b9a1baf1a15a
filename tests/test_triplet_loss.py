"""The loss by hand, and against pytorch-metric-learning."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pytorch_metric_learning.distances import LpDistance
from pytorch_metric_learning.losses import TripletMarginLoss
from pytorch_metric_learning.reducers import AvgNonZeroReducer, MeanReducer

from thesis_lib.triplet_loss import triplet_loss
from thesis_lib.util.errors import InputError

REDUCERS = {"nonzero": AvgNonZeroReducer, "all": MeanReducer}


def theirs(anchor, neighbour, opposite, margin, reduction):
    """The same loss as pytorch-metric-learning computes it."""
    loss = TripletMarginLoss(
        margin=margin,
        distance=LpDistance(power=2, normalize_embeddings=False),
        reducer=REDUCERS[reduction](),
    )
    n = torch.arange(len(anchor))
    everything = torch.cat([anchor, neighbour, opposite])
    return loss(everything, indices_tuple=(n, n + len(n), n + 2 * len(n)))


def points(*rows):
    return torch.tensor(rows, dtype=torch.float64)


# Anchors in the origin. Squared distances: near 1, 4, 25; far 4, 4, 1. With margin 1 the losses
# are 0, 1, 25.
ANCHOR = points([0, 0], [0, 0], [0, 0])
NEIGHBOUR = points([1, 0], [0, 2], [3, 4])
OPPOSITE = points([0, 2], [2, 0], [0, 1])


@pytest.mark.parametrize("reduction, loss", [("nonzero", 26 / 2), ("all", 26 / 3)])
def test_by_hand(reduction, loss):
    got = triplet_loss(ANCHOR, NEIGHBOUR, OPPOSITE, margin=1.0, reduction=reduction)
    assert got.loss.item() == pytest.approx(loss, abs=1e-12)
    assert got.near.item() == pytest.approx(30 / 3, abs=1e-12)
    assert got.far.item() == pytest.approx(9 / 3, abs=1e-12)
    assert got.active.item() == pytest.approx(2 / 3, abs=1e-6)


@pytest.mark.parametrize("margin, losses", [(0.5, [0, 0.5, 24.5]), (4, [1, 4, 28])])
def test_other_margins_by_hand(margin, losses):
    got = triplet_loss(ANCHOR, NEIGHBOUR, OPPOSITE, margin, "all")
    assert got.loss.item() == pytest.approx(sum(losses) / 3, abs=1e-12)


def test_the_defaults_are_the_thesiss():
    got = triplet_loss(ANCHOR, NEIGHBOUR, OPPOSITE)
    assert got == triplet_loss(ANCHOR, NEIGHBOUR, OPPOSITE, margin=1.0, reduction="nonzero")


def test_the_gradient_by_hand():
    """Of near - far + 1: 2 (o - n) for the anchor, 2 (n - a) for n, 2 (a - o) for o."""
    anchor, neighbour, opposite = (
        x.clone().requires_grad_() for x in (points([1, 2]), points([4, 6]), points([1, 3]))
    )
    triplet_loss(anchor, neighbour, opposite).loss.backward()
    assert anchor.grad.tolist() == [[-6, -6]]
    assert neighbour.grad.tolist() == [[6, 8]]
    assert opposite.grad.tolist() == [[0, -2]]


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**31),
    st.integers(1, 40),
    st.sampled_from([0.3, 1.0, 10.0]),
    st.sampled_from(sorted(REDUCERS)),
    st.sampled_from([0.3, 1.0, 3.0]),
)
def test_same_as_pytorch_metric_learning(seed, n, margin, reduction, scale):
    rng = torch.Generator().manual_seed(seed)
    x = scale * torch.randn(3, n, 5, generator=rng, dtype=torch.float64)
    ours, other = x.clone().requires_grad_(), x.clone().requires_grad_()
    got = triplet_loss(*ours, margin, reduction).loss
    want = theirs(*other, margin, reduction)
    torch.testing.assert_close(got, want, rtol=1e-6, atol=1e-9)
    got.backward()
    want.backward()
    torch.testing.assert_close(ours.grad, other.grad, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("reduction", sorted(REDUCERS))
def test_when_all_is_well_the_loss_is_zero_and_no_nan(reduction):
    anchor = torch.zeros(4, 3, requires_grad=True)
    got = triplet_loss(anchor, anchor + 0.1, anchor + 10, reduction=reduction)
    got.loss.backward()
    assert got.loss.item() == 0 and got.active.item() == 0
    assert got.far.item() > 200
    assert anchor.grad.tolist() == torch.zeros(4, 3).tolist()


def test_a_triplet_on_the_very_edge_does_not_count():
    """near - far + margin = 1 - 2 + 1 = 0: zero, and so not part of the mean."""
    got = triplet_loss(points([0, 0], [0, 0]), points([1, 0], [1, 0]), points([1, 1], [0, 0]))
    assert got.loss.item() == 2  # of the second alone: 1 - 0 + 1
    assert got.active.item() == 0.5


@pytest.mark.parametrize("reduction", ["mean", "", None])
def test_an_unknown_reduction(reduction):
    with pytest.raises(InputError, match=f"reduction={reduction!r} is unknown; use 'nonzero'"):
        triplet_loss(ANCHOR, NEIGHBOUR, OPPOSITE, reduction=reduction)
