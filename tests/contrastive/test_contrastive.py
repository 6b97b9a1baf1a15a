"""Many opposites at once: loss, pairs, changes, encoder, each against an independent reference."""

import math
from dataclasses import replace

import librosa
import numpy as np
import pandas as pd
import pytest
import torch
from corpora import corpus_of, noise, on_one_thread
from hypothesis import given, settings
from hypothesis import strategies as st
from pytorch_metric_learning.losses import NTXentLoss

from thesis_lib.contrastive.augment import augment
from thesis_lib.contrastive.encoder import PCEN_GAIN, Encoder, energy, over_time
from thesis_lib.contrastive.nt_xent import contrastive_loss
from thesis_lib.contrastive.pair_sampler import PairSampler
from thesis_lib.embed import embed
from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import CONTRASTIVE, TRIPLETS, Contrast, Recipe
from thesis_lib.spectrogram import Features
from thesis_lib.train import train
from thesis_lib.training.checkpoint import load_model, snapshot
from thesis_lib.training.method import method_of
from thesis_lib.util.errors import InputError

CPU = torch.device("cpu")
RECIPE = Recipe(
    name="toy, ours", features=Features(n_mels=64, hop_length=320), tile=1.0, neighbour_range=2.0,
    width=2, learning_rate=1e-3, weight_decay=1e-4, batch=8, epochs=2,
    method=CONTRASTIVE, contrast=Contrast(),
)  # fmt: skip

one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)


def rng(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.mark.parametrize("temperature", [0.07, 0.2, 1.0])
def test_the_loss_is_nt_xent(temperature):
    z = torch.randn(24, 16, generator=rng())
    ours = contrastive_loss(*z.chunk(2), torch.arange(12), temperature).loss
    theirs = NTXentLoss(temperature)(z, torch.arange(12).repeat(2))
    torch.testing.assert_close(ours, theirs)


def test_the_loss_of_three_pairs_by_hand():
    """Two pairs of one group: neither sees the other's tiles as opposites."""
    z = torch.randn(6, 4, generator=rng(), dtype=torch.float64)
    group = torch.tensor([0, 0, 1])
    unit = z / z.norm(dim=1, keepdim=True)
    losses = []
    for row in range(6):
        match = (row + 3) % 6
        rest = [j for j in range(6) if group[j % 3] != group[row % 3]]
        likeness = [math.exp(float(unit[row] @ unit[j]) / 0.2) for j in (match, *rest)]
        losses.append(-math.log(likeness[0] / sum(likeness)))
    found = contrastive_loss(*z.chunk(2), group, 0.2)
    assert float(found.loss) == pytest.approx(np.mean(losses), rel=1e-9)


def test_vectors_that_are_all_alike_lose_the_logarithm_of_the_choices():
    z = torch.ones(20, 3)
    found = contrastive_loss(*z.chunk(2), torch.arange(10))
    assert float(found.loss) == pytest.approx(math.log(19), rel=1e-6)
    assert float(found.near) == pytest.approx(0, abs=1e-6)


def table(groups, frames=100):
    """Training recordings, one after the other in a store."""
    n = len(groups)
    position = pd.Series(groups).groupby(groups).cumcount()
    return pd.DataFrame(
        {"group": groups, "position": position, "first_frame": np.arange(n) * frames,
         "n_frames": frames}
    )  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=12),
    st.integers(1, 100),
    st.integers(0, 120),
    st.sampled_from([0.0, 0.5, 1.0]),
)
def test_pairs_lie_in_one_group_and_whole_in_a_recording(
    groups, length, reach, cross_recording_prob
):
    draw = PairSampler(table(groups), length, reach, cross_recording_prob, 2.0)
    anchor, neighbour, group = draw.batch(64, rng())
    one, other = anchor // 100, neighbour // 100  # the recordings
    codes = torch.from_numpy(pd.factorize(pd.Series(groups), sort=True)[0])
    assert (codes[one] == group).all() and (codes[other] == group).all()
    assert (anchor % 100 + length <= 100).all() and (neighbour % 100 + length <= 100).all()
    same = one == other
    assert ((anchor - neighbour)[same].abs() <= reach).all()
    alone = torch.tensor([groups.count(name) == 1 for name in groups])
    assert same[alone[one]].all()
    if cross_recording_prob == 0:
        assert same.all()
    if cross_recording_prob == 1:
        assert not same[~alone[one]].any()


def test_the_nearer_in_the_session_the_likelier():
    draw = PairSampler(table(["a"] * 9), 50, 10, cross_recording_prob=1.0, position_decay=2.0)
    anchor, neighbour, _ = draw.batch(40000, rng())
    middle = anchor // 100 == 4
    away = (neighbour[middle] // 100 - 4).abs()
    count = torch.bincount(away, minlength=5)[1:].double()
    want = torch.exp(-torch.arange(1, 5) / 2.0)
    torch.testing.assert_close(count / count.sum(), (want / want.sum()).double(), atol=0.02, rtol=0)


def test_far_apart_in_the_session_is_near_enough_where_nothing_is_nearer():
    rows = table(["a"] * 3).assign(position=[0, 5000, 5001])
    anchor, neighbour, _ = PairSampler(rows, 50, 10, 1.0, 2.0).batch(300, rng())
    first = anchor // 100 == 0
    assert (neighbour[first] // 100 == 1).float().mean() > 0.5
    assert (neighbour[anchor // 100 == 1] // 100 == 2).all()


def test_every_stretch_is_an_anchor_equally_often():
    rows = table(["a", "b", "a"]).assign(first_frame=[0, 10, 40], n_frames=[10, 30, 12])
    anchor, *_ = PairSampler(rows, 8, 0, 0.5, 2.0).batch(29000, rng())
    count = torch.bincount(anchor)
    assert set(count.nonzero().flatten().tolist()) == {*range(3), *range(10, 33), *range(40, 45)}
    assert count[count > 0].double().std() < 3 * math.sqrt(29000 / 31)


def tiles(n=16, frames=40, mels=64):
    return 10 * torch.randn(n, 1, frames, mels, generator=rng(1)) - 40


def test_an_equaliser_is_smooth_and_the_same_in_every_frame():
    change = augment(tiles(), 3.0, 3.0, rng()) - tiles()
    torch.testing.assert_close(change, change[:, :, :1].expand_as(change), atol=1e-4, rtol=0)
    assert change[:, 0, 0].diff(dim=1).abs().max() < 2.0  # dB from band to band
    level = augment(tiles(4000, 1), 3.0, 0.0, rng()) - tiles(4000, 1)
    assert level[:, 0, 0, 0].std() == pytest.approx(3.0, rel=0.05)


def test_over_time_is_mean_and_deviation():
    x = torch.randn(3, 5, 20, 8, generator=rng())
    found = over_time(x, 4)
    few = x.view(3, 5, 20, 4, 2).mean(4)
    torch.testing.assert_close(found[:, :20], few.mean(2).flatten(1))
    want = few.var(2, correction=0).add(1e-5).sqrt().flatten(1)
    torch.testing.assert_close(found[:, 20:], want)


def test_every_stage_gives_the_encoder_as_many_numbers():
    model = Encoder(4, 64).eval()
    with torch.inference_mode():
        assert model(tiles()).shape == (16, 8 * 8 * 4)
        assert model(tiles(frames=490)).shape == (16, 8 * 8 * 4)  # tiles of any length


def test_energy_is_normalised_as_in_librosa():
    x = tiles(3)
    power = 10 ** ((x[:, 0].double().numpy() + 30) / 10)  # (3, 40, 64)
    mean = power.mean(1, keepdims=True)
    want = librosa.pcen(
        power, gain=PCEN_GAIN, power=0, eps=1e-9, b=1e-9, axis=1, zi=mean, bias=0
    )  # a filter that starts at the mean and stays there
    np.testing.assert_allclose(energy(x, -30.0)[:, 0], want, rtol=1e-4)


def test_most_of_a_microphone_s_curve_is_divided_away():
    curve = torch.linspace(-6, 6, 64)  # dB
    plain, coloured = (energy(x, -40.0).expm1() for x in (tiles(), tiles() + curve))
    fifth = (10 * (coloured / plain).log10())[:, 0]
    torch.testing.assert_close(
        fifth, ((1 - PCEN_GAIN) * curve).expand(16, 40, 64), atol=1e-3, rtol=0
    )


def test_training_levels_the_bands_and_embedding_does_not_look_at_the_others():
    model, x = Encoder(4, 64, -40.0), tiles() + torch.linspace(-20, 20, 64)
    with torch.no_grad():
        for _ in range(200):
            preprocessed = model.preprocess(x)
        torch.testing.assert_close(preprocessed.mean((0, 1, 2)), torch.zeros(64), atol=1e-4, rtol=0)
        torch.testing.assert_close(preprocessed.std((0, 1, 2)), torch.ones(64), atol=1e-2, rtol=0)
        model.eval()
        torch.testing.assert_close(model(x)[:1], model(x[:1]))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("contrastive")
    corpus = corpus_of(folder / "audio", [noise(3, seed=i) for i in range(8)])
    return store_builder.build(corpus, RECIPE.features, folder / "store", progress=False)


def test_a_training_with_pairs_repeats_and_goes_on(store, tmp_path):
    whole, curve = train(store, RECIPE, tmp_path / "whole", 1, CPU)
    again, _ = train(store, RECIPE, tmp_path / "again", 1, CPU)
    half = tmp_path / "half"
    with pytest.raises(KeyboardInterrupt):
        train(store, RECIPE, half, 1, CPU, Stopper(30))
    rest, _ = train(store, RECIPE, half, 1, CPU)
    for other in (again, rest):
        for one, two in zip(whole.state_dict().values(), other.state_dict().values(), strict=True):
            assert torch.equal(one, two)
    assert curve.loss.between(0, 2 * math.log(15)).all() and curve.active.between(0, 1).all()


class Stopper:
    def __init__(self, left):
        self.left = left

    def update(self, count):
        self.left -= count
        if self.left < 0:
            raise KeyboardInterrupt


def test_its_network_embeds_and_opens_again(store, tmp_path):
    model, _ = train(store, RECIPE, tmp_path, 1, CPU)
    opened = load_model(snapshot(tmp_path, RECIPE.epochs), CPU)
    one, two = (embed(m.eval(), store, RECIPE, CPU).vectors for m in (model, opened))
    np.testing.assert_array_equal(one, two)
    assert one.shape[1] == 8 * 8 * RECIPE.width


def test_the_rate_rises_and_falls():
    learning_rate = method_of(RECIPE).learning_rate
    rates = [learning_rate(RECIPE, progress) for progress in np.linspace(0, 1, 101)]
    top = int(np.argmax(rates))
    assert (
        3 <= top <= 7 and np.all(np.diff(rates[: top + 1]) > 0) and np.all(np.diff(rates[top:]) < 0)
    )
    assert rates[-1] == 0 and max(rates) <= RECIPE.learning_rate
    thesis = replace(RECIPE, method=TRIPLETS)
    constant = {method_of(thesis).learning_rate(thesis, progress) for progress in (0, 0.3, 1)}
    assert constant == {thesis.learning_rate}


def test_one_song_alone_has_no_opposites(store, tmp_path):
    alone = replace(store, index=store.index.assign(group="a"))
    with pytest.raises(InputError, match="all tiles are of one session or song"):
        train(alone, RECIPE, tmp_path, 1, CPU)
