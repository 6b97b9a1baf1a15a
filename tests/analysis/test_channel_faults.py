"""Faults are found and named in a made-up house, where it is known what was broken."""

import numpy as np
import pandas as pd
import pytest
from scipy import signal

from thesis_lib.analysis import usual
from thesis_lib.analysis.channel_faults import (
    CAUSES,
    by_recording,
    faults,
    level_deviation,
    spectral_deviation,
)
from thesis_lib.analysis.channel_measures import joined, measure
from thesis_lib.util.errors import InputError

RATE, SECONDS, NODES, MOMENTS = 16000, 2, 3, 16
TABLE = pd.DataFrame(
    [(f"n{node} m{moment}.wav", f"s{moment // 4}", moment % 4, str(node))
     for node in range(NODES) for moment in range(MOMENTS)],
    columns=["path", "group", "position", "node"],
)  # fmt: skip


def waveform(node, moment):
    """The same source on all nodes, 12 dB louder in every other moment, late by its direction."""
    rng = np.random.default_rng(moment)
    samples = RATE * SECONDS
    spectrum = np.fft.rfft(rng.standard_normal(samples))
    hertz = np.fft.rfftfreq(samples, 1 / RATE)
    spectrum /= 1 + hertz / 500
    step = (-1) ** moment * (0.8 + 0.2 * node)  # samples from microphone to microphone
    turn = np.exp(-2j * np.pi * hertz / RATE * step * np.arange(4)[:, None])
    own = np.random.default_rng([node, moment, 1]).standard_normal((4, samples))
    level = 0.1 if moment % 2 else 0.025
    wave = level * np.fft.irfft(spectrum * turn, samples) + 5e-4 * own + 0.002 * node
    return np.round(wave * 32768) / 32768


def broken(wave, kind):
    wave, hit = wave.copy(), 2
    if kind == "dead":
        wave[hit] = 5e-4 * np.random.default_rng(9).standard_normal(wave.shape[1])
    elif kind == "stuck":
        wave[hit, 4000:12000] = wave[hit, 4000]
    elif kind == "clipped":
        wave[hit] = np.clip(wave[hit], *np.quantile(wave[hit], [0.02, 0.98]))
    elif kind == "intermittent":
        wave[hit, 8000:8800] = 0
    elif kind == "crackling":
        wave[hit, np.arange(1000, 31000, 1500)] += 0.4
    elif kind == "humming":
        time = np.arange(wave.shape[1]) / RATE
        wave[hit] += 0.02 * sum(np.sin(2 * np.pi * k * 50 * time) for k in (1, 2, 3))
    elif kind == "offset":
        wave[hit] += 0.1
    elif kind == "muffled":
        spectrum = np.fft.rfft(wave[hit])
        spectrum[3000:] *= 0.05  # from 1500 Hz on
        wave[hit] = np.fft.irfft(spectrum, wave.shape[1])
    elif kind == "quiet":
        wave[hit] *= 0.1
    elif kind == "swapped":
        wave[[1, 2]] = wave[[2, 1]]
    elif kind == "clock":
        finer = signal.resample_poly(wave[hit], 16, 1)
        places = np.arange(wave.shape[1]) * (1 + 200e-6) * 16
        wave[hit] = np.interp(places, np.arange(len(finer)), finer)
    elif kind == "gain":
        wave[hit] *= 10 ** (np.linspace(0, -12, wave.shape[1]) / 20)
    return wave


@pytest.fixture(scope="module")
def sound():
    return [measure(waveform(int(row.node), place % MOMENTS), RATE)
            for place, row in enumerate(TABLE.itertuples())]  # fmt: skip


def house(sound, kind, place=5):
    """All measures, with one recording broken."""
    wave = broken(waveform(place // MOMENTS, place % MOMENTS), kind)
    parts = [*sound[:place], measure(wave, RATE), *sound[place + 1 :]]
    return joined(TABLE, parts)


def test_nothing_is_suspect_where_nothing_is_broken(sound):
    found = faults(joined(TABLE, sound))
    assert found.score.max() < 1 and (found[list(CAUSES)] >= 0).all(axis=None)


@pytest.mark.parametrize("kind", list(CAUSES))
def test_what_is_broken_is_found_and_named(sound, kind):
    table = house(sound, kind)
    found = by_recording(table, faults(table))
    first = found.iloc[0]
    assert found.index[0] == 5 and first.score > 1
    assert first.cause == kind and first.path == "n0 m5.wav"
    assert first.channel in ((1, 2) if kind == "swapped" else (2,))
    assert first.why.startswith(CAUSES[kind]) and "is usual" in first.why


def test_a_whole_node_is_found_by_its_past_and_the_other_nodes(sound):
    wave = waveform(0, 5)
    spectrum = np.fft.rfft(wave)
    spectrum[:, 3000:] *= 0.05
    for what, broken_wave in {
        "quiet": 0.1 * wave,
        "muffled": np.fft.irfft(spectrum, wave.shape[1]),
    }.items():
        table = joined(TABLE, [*sound[:5], measure(broken_wave, RATE), *sound[6:]])
        first = by_recording(table, faults(table)).iloc[0]
        assert first.name == 5 and first.cause == what
        assert spectral_deviation(table)[table.recording == 5].max() < 3


def test_spectra_against_siblings_by_hand(sound):
    table = house(sound, "quiet")
    found = spectral_deviation(table)
    assert found.idxmax() == 5 * 4 + 2
    assert found.max() == pytest.approx(20, abs=1)  # a tenth is 20 dB less in each band
    assert level_deviation(table).idxmax() == 5 * 4 + 2


def test_a_table_without_measures_is_said_in_a_sentence(sound):
    with pytest.raises(InputError, match="'band_80'"):
        faults(joined(TABLE, sound).drop(columns="band_80"))


def small():
    """Two recordings of a moment on two nodes, and one of another; two channels."""
    columns = {"recording": [0, 0, 1, 1, 2, 2], "channel": [0, 1] * 3, "group": "s",
               "position": [0, 0, 0, 0, 1, 1], "node": ["a", "a", "b", "b", "a", "a"]}  # fmt: skip
    return pd.DataFrame(columns), pd.Series([1.0, 3, 10, 20, 5, 9])


def test_siblings_by_hand():
    table, values = small()
    assert usual.from_siblings(table, values).tolist() == [-2, 2, -10, 10, -4, 4]
    alone = table[table.channel == 0]
    assert usual.from_siblings(alone, values[alone.index]).isna().all()


def test_past_by_hand():
    table, values = small()
    # Of node a, channel 0: 1 and 5; both are 2 from the median, which is 1 deviation of 1.4826 * 2.
    found = usual.from_past(table, values, least=0.1)
    assert found.tolist() == pytest.approx([-1 / 1.4826, -1 / 1.4826, 0, 0, 1 / 1.4826, 1 / 1.4826])
    assert usual.from_past(table, values, least=4.0)[0] == -2 / 4


def test_moment_by_hand():
    table, values = small()
    # Node a leaves its past by -2 and -3 (median -2.5), node b, which has one recording, by 0.
    found = usual.from_moment(table, values)
    assert found.tolist() == [-2, -3, 2.5, 2.5, 2, 3]


def test_below_past_by_hand():
    table, values = small()
    assert usual.below_past(table, values, share=0).tolist() == [0, 0, 0, 0, -4, -6]
