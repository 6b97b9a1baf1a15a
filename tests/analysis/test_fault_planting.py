"""Faults of recording are planted where, and as strongly, as they say."""

import numpy as np
import pandas as pd
import pytest

from thesis_lib.analysis import fault_planting
from thesis_lib.analysis.channel_faults import CAUSES
from thesis_lib.util.errors import InputError

RATE = 16000


def noise():
    wave = 0.02 * np.random.default_rng(0).standard_normal((4, 3 * RATE))
    return (np.round(wave * 32768) / 32768).astype(np.float32)


def test_every_kind_at_every_strength_once_and_the_same_each_time():
    plan = fault_planting.plan(np.arange(100, 200), 4, (7, 0))
    assert len(plan) == 36 and plan.recording.is_unique and plan.recording.between(100, 199).all()
    assert set(plan.kind) == set(fault_planting.AMOUNTS) == set(CAUSES)
    assert (plan.groupby("kind").strength.nunique() == 3).all()
    pd.testing.assert_frame_equal(plan, fault_planting.plan(np.arange(100, 200), 4, (7, 0)))
    both = pd.concat([plan, fault_planting.plan(np.arange(100, 200), 4, (7, 1))])
    alone = both.kind.isin(fault_planting.ALONE)
    assert not both.whole[alone].any() and both.whole[~alone].mean() == 0.5
    assert (both.channels[both.kind == "swapped"].map(len) == 2).all()


def test_only_the_channels_that_are_named_change_and_the_original_does_not():
    wave = noise()
    before = wave.copy()
    for kind in fault_planting.AMOUNTS:
        hit = (1, 2) if kind == "swapped" else (2,)
        found = fault_planting.plant(wave, RATE, kind, "strong", hit, (1,))
        changed = np.flatnonzero((found != wave).any(axis=1))
        assert changed.tolist() == list(hit), kind
        assert found.shape == wave.shape and found.dtype == np.float32
        assert np.array_equal(found, fault_planting.plant(wave, RATE, kind, "strong", hit, (1,)))
    assert np.array_equal(wave, before)


@pytest.mark.parametrize("strength, place", [("weak", 0), ("middle", 1), ("strong", 2)])
def test_amounts_are_in_physical_units(strength, place):
    wave, amounts = noise(), {kind: each[place] for kind, each in fault_planting.AMOUNTS.items()}

    def planted(kind):
        return fault_planting.plant(wave, RATE, kind, strength, (0,), (3,))[0].astype(float)

    original = wave[0].astype(float)
    level = 10 * np.log10(np.mean(original**2))
    clipped = planted("clipped")
    at_rail = (clipped == clipped.max()) | (clipped == clipped.min())
    assert at_rail.mean() == pytest.approx(amounts["clipped"], rel=0.3)
    shift = np.median(planted("offset") - original)
    assert abs(shift) == pytest.approx(amounts["offset"], abs=1e-4)
    hum = planted("humming") - original
    assert 10 * np.log10(np.mean(hum**2)) == pytest.approx(amounts["humming"], abs=0.5)
    quiet = planted("quiet")
    assert 10 * np.log10(np.mean(quiet**2)) - level == pytest.approx(amounts["quiet"], abs=0.1)
    lost = planted("intermittent") != original
    assert lost.mean() == pytest.approx(amounts["intermittent"], abs=0.01)
    held = np.diff(planted("stuck")) == 0
    assert held.sum() / RATE == pytest.approx(min(amounts["stuck"], 3.0), abs=0.05)


def test_what_cannot_be_planted_is_named():
    with pytest.raises(InputError, match="'rust' cannot be planted; choose one of dead, stuck"):
        fault_planting.plant(noise(), RATE, "rust", "weak", (0,), (1,))
    with pytest.raises(InputError, match="'mild' .* one of weak, middle, strong"):
        fault_planting.plant(noise(), RATE, "dead", "mild", (0,), (1,))


def test_each_kind_once_and_where_it_differs_most():
    wave = noise()
    found = fault_planting.each(wave, RATE)
    assert list(found) == list(fault_planting.AMOUNTS)
    for kind, (broken, hit) in found.items():
        assert len(hit) == (2 if kind == "swapped" else 1)
        assert np.flatnonzero((broken != wave).any(axis=1)).tolist() == list(hit)
    changed = wave[0].copy()
    changed[1000:1010] += 0.5
    changed[2000] += 0.1
    part = fault_planting.most_different(wave[0], changed, 10)
    assert (part.start, part.stop) == (1000, 1010)
    assert fault_planting.most_different(wave[0], wave[0], 10) == slice(0, 10)
