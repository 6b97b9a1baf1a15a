"""The sampler's promises, held on recordings of any number and length."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import chisquare

from thesis_lib.sampler import TripletSampler, cut
from thesis_lib.util.errors import InputError

LENGTHS = st.lists(st.integers(0, 60), min_size=2, max_size=12)  # frames; 0: an empty recording


def tiles_by_hand(first_frame, n_frames, length, hop):
    """(recording, start) of every tile, one after the other."""
    return [
        (recording, first + at)
        for recording, (first, n) in enumerate(zip(first_frame, n_frames, strict=True))
        for at in range(0, n, hop)
        if at + length <= n
    ]


def starts_of(n_frames, gap):
    """Where recordings start in a store that also holds others, of `gap` frames each."""
    ends = np.cumsum(np.asarray(n_frames) + gap)
    return ends - n_frames


@st.composite
def cases(draw):
    """Tiles with a sampler, and the tiles once more as a list made by hand."""
    n_frames, gap = draw(LENGTHS), draw(st.integers(0, 9))
    length, hop = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    reach = draw(st.integers(1, 6))
    first = starts_of(n_frames, gap)
    by_hand = tiles_by_hand(first, n_frames, length, hop)
    per_recording = np.bincount([recording for recording, _ in by_hand], minlength=len(n_frames))
    assume((per_recording > 1).any() and (per_recording > 0).sum() > 1)
    return TripletSampler(cut(first, n_frames, length, hop), reach), by_hand, reach * hop


def allowed(anchor, by_hand, reach):
    """What may be drawn for one anchor: sets of neighbours and opposites, by brute force."""
    recording, start = by_hand[anchor]
    near = {
        i
        for i, (other, at) in enumerate(by_hand)
        if other == recording and i != anchor and abs(at - start) <= reach
    }
    return near, {i for i, (other, _) in enumerate(by_hand) if other != recording}


@settings(deadline=None)
@given(LENGTHS, st.integers(0, 9), st.integers(1, 70), st.integers(1, 12))
def test_tiles_are_cut_where_a_loop_would_cut_them(n_frames, gap, length, hop):
    first = starts_of(n_frames, gap)
    tiles = cut(first, n_frames, length, hop)
    want = tiles_by_hand(first, n_frames, length, hop)
    assert list(zip(tiles.recording.tolist(), tiles.start.tolist(), strict=True)) == want
    for i, (recording, _) in enumerate(want):
        own = [j for j, (other, _) in enumerate(want) if other == recording]
        assert (tiles.first[i], tiles.last[i]) == (own[0], own[-1])


@settings(deadline=None)
@given(cases(), st.integers(0, 2**32), st.integers(0, 1000))
def test_every_triplet_keeps_the_rules(case, seed, epoch):
    sampler, by_hand, reach = case
    for anchor, neighbour, opposite in sampler.epoch(seed, epoch).tolist():
        near, far = allowed(anchor, by_hand, reach)
        assert neighbour in near
        assert opposite in far


@settings(deadline=None)
@given(cases(), st.integers(0, 2**32))
def test_every_tile_with_a_neighbour_is_an_anchor_once_an_epoch(case, seed):
    sampler, by_hand, reach = case
    want = [i for i in range(len(by_hand)) if allowed(i, by_hand, reach)[0]]
    assert sorted(sampler.epoch(seed, 0)[:, 0].tolist()) == want
    assert sampler.anchors.tolist() == want


@settings(max_examples=25, deadline=None)
@given(cases(), st.integers(0, 2**32))
def test_all_that_may_be_drawn_is_drawn_and_nothing_else(case, seed):
    """Against sets made by brute force; with n choices a miss has chance n (1 - 1/n)^(40 n)."""
    sampler, by_hand, reach = case
    rng = torch.Generator().manual_seed(seed)
    for anchor in sampler.anchors[:5].tolist():
        near, far = allowed(anchor, by_hand, reach)
        often = torch.full((40 * max(len(near), len(far)),), anchor)
        assert set(sampler.neighbour(often, rng).tolist()) == near
        assert set(sampler.opposite(often, rng).tolist()) == far


@pytest.mark.parametrize("n_frames", [[100, 50, 30], [200, 5, 200], [30, 30, 30, 30]])
def test_all_choices_are_equally_likely(n_frames):
    tiles = cut(starts_of(n_frames, 0), n_frames, 10, 10)
    sampler = TripletSampler(tiles, 3)
    by_hand = tiles_by_hand(starts_of(n_frames, 0), n_frames, 10, 10)
    rng = torch.Generator().manual_seed(1)
    for anchor in sampler.anchors.tolist():
        often = torch.full((2000,), anchor)
        for draw, choices in zip(
            (sampler.neighbour, sampler.opposite), allowed(anchor, by_hand, 30), strict=True
        ):
            counts = torch.bincount(draw(often, rng), minlength=len(by_hand))[sorted(choices)]
            assert counts.sum() == 2000
            # One table in a million is this uneven by chance; a choice that is half or twice as
            # likely as the others is found for sure.
            assert chisquare(counts.numpy()).pvalue > 1e-6


@pytest.mark.parametrize("value", [0.0, 1 - 2**-53])
def test_the_least_and_the_greatest_random_number_stay_within_bounds(monkeypatch, value):
    n_frames = [70, 30, 110]
    by_hand = tiles_by_hand(starts_of(n_frames, 0), n_frames, 10, 10)
    sampler = TripletSampler(cut(starts_of(n_frames, 0), n_frames, 10, 10), 3)
    monkeypatch.setattr(torch, "rand", lambda n, **kind: torch.full((n,), value, dtype=float))
    anchors = sampler.anchors
    neighbours, opposites = sampler.neighbour(anchors, None), sampler.opposite(anchors, None)
    for anchor, neighbour, opposite in zip(
        anchors.tolist(), neighbours.tolist(), opposites.tolist(), strict=True
    ):
        near, far = (sorted(choices) for choices in allowed(anchor, by_hand, 30))
        end = 0 if value == 0 else -1
        assert (neighbour, opposite) == (near[end], far[end])


@settings(max_examples=50, deadline=None)
@given(cases(), st.integers(0, 2**32), st.integers(0, 1000))
def test_the_same_seed_and_epoch_give_the_same_triplets(case, seed, epoch):
    sampler = case[0]
    torch.manual_seed(epoch)  # the state of torch's own generator does not matter
    first = sampler.epoch(seed, epoch)
    torch.manual_seed(epoch + 1)
    assert torch.equal(first, sampler.epoch(seed, epoch))


def test_other_seeds_and_epochs_give_other_triplets():
    sampler = TripletSampler(cut([0, 1000], [1000, 1000], 10, 10), 5)
    drawn = [sampler.epoch(seed, epoch) for seed in (0, 1, 2) for epoch in (0, 1, 2)]
    for i, one in enumerate(drawn):
        for other in drawn[i + 1 :]:
            order = one[:, 0].argsort(), other[:, 0].argsort()
            assert not torch.equal(one[:, 0], other[:, 0])  # another order of anchors
            differ = one[order[0]] != other[order[1]]
            assert differ[:, 1].float().mean() > 0.5  # other neighbours for the same anchor
            assert differ[:, 2].float().mean() > 0.5  # other opposites


def test_drawing_leaves_torchs_own_generator_alone():
    sampler = TripletSampler(cut([0, 100], [100, 100], 10, 10), 5)
    before = torch.get_rng_state()
    sampler.epoch(1, 2)
    assert torch.equal(before, torch.get_rng_state())


def test_neighbours_by_hand():
    """Three recordings of 4, 0 and 2 tiles, reach 2: the whole table, written down."""
    tiles = cut([0, 40, 45], [40, 5, 25], 10, 10)
    assert tiles.recording.tolist() == [0, 0, 0, 0, 2, 2]
    assert tiles.start.tolist() == [0, 10, 20, 30, 45, 55]
    sampler = TripletSampler(tiles, 2)
    rng = torch.Generator().manual_seed(0)
    near = [{1, 2}, {0, 2, 3}, {0, 1, 3}, {1, 2}, {5}, {4}]
    far = [{4, 5}] * 4 + [{0, 1, 2, 3}] * 2
    for anchor in range(6):
        often = torch.full((200,), anchor)
        assert set(sampler.neighbour(often, rng).tolist()) == near[anchor]
        assert set(sampler.opposite(often, rng).tolist()) == far[anchor]


@pytest.mark.parametrize("reach", [0, 1, 4])
@pytest.mark.parametrize("n_frames", [[], [3], [10, 12], [9, 9, 9]])
def test_recordings_of_a_tile_or_less_give_no_triplets(n_frames, reach):
    with pytest.raises(InputError, match=f"no recording holds two tiles within reach={reach} "):
        TripletSampler(cut(starts_of(n_frames, 0), n_frames, 10, 10), reach)


@pytest.mark.parametrize("n_frames", [[100], [5, 100, 5]])
def test_one_recording_gives_no_opposites(n_frames):
    with pytest.raises(InputError, match="all tiles are of one recording"):
        TripletSampler(cut(starts_of(n_frames, 0), n_frames, 10, 10), 2)
