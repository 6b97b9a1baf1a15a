"""Measures of channels, on waveforms of which the answer is known."""

from dataclasses import replace

import numpy as np
import pytest
import soundfile
from scipy import signal

from thesis_lib.analysis.channel_measures import measure
from thesis_lib.analysis.sample_runs import repeated_share, run_shares, runs
from thesis_lib.datasets import music
from thesis_lib.pipeline.channels import channels_of, of_corpus
from thesis_lib.util.errors import InputError

RATE, SECONDS = 16000, 4
TIME = np.arange(RATE * SECONDS) / RATE


def noise(seed=0, channels=4, level=0.01):
    """White noise in 16 bit, each channel its own."""
    wave = level * np.random.default_rng(seed).standard_normal((channels, len(TIME)))
    return np.round(wave * 32768).astype(np.float32) / 32768


def passing(delays, seed=0, noise_level=1e-3, frequencies=(100, 5000)):
    """Noise that reaches each channel so many samples late, with some noise of its own."""
    rng = np.random.default_rng(seed)
    source = rng.standard_normal(len(TIME))
    spectrum, hertz = np.fft.rfft(source), np.fft.rfftfreq(len(TIME), 1 / RATE)
    spectrum[(hertz < frequencies[0]) | (hertz > frequencies[1])] = 0
    turn = np.exp(-2j * np.pi * hertz / RATE * np.asarray(delays)[:, None])
    wave = 0.05 * np.fft.irfft(spectrum * turn, len(TIME))
    return wave + noise_level * rng.standard_normal(wave.shape)


def test_levels_are_those_of_a_sine():
    wave = np.stack([0.5 * np.sin(2 * np.pi * 1000 * TIME) + 0.1, 0.05 * np.sin(6283.2 * TIME)])
    found = measure(wave, RATE)
    assert found.level.to_numpy() == pytest.approx(20 * np.log10([0.5, 0.05]) - 3.0103, abs=0.01)
    assert found.peak.to_numpy() == pytest.approx([0.6, 0.05], abs=1e-3)
    assert found.dc.to_numpy() == pytest.approx([0.1, 0.0], abs=1e-3)
    strongest = found.filter(like="band_").to_numpy().argmax(axis=1)
    assert strongest.tolist() == [11, 11]  # 1016 Hz, 80 Hz times 2 ** (11 / 3)
    assert found.band_1016.iloc[0] == pytest.approx(found.level.iloc[0], abs=0.1)


def test_a_sine_clipped_at_a_half_is_at_the_rails_two_thirds_of_the_time():
    sine = np.sin(2 * np.pi * 97.3 * TIME)
    wave = np.stack([np.clip(sine, -0.5, 0.5), 0.4 * sine + noise()[0]])
    found = measure(np.float32(wave), RATE).clipped
    # |sin| > 1/2 for two thirds of a period; little of the other sine is at its own extreme.
    assert found.iloc[0] == pytest.approx(2 / 3, abs=0.01) and found.iloc[1] < 1e-4


def test_stuck_zeros_and_rails_are_told_apart():
    wave = noise(channels=1)[0]
    wave[1000:9000] = 0.125
    wave[20000:20400] = 0
    found = run_shares(wave, RATE)
    assert found["stuck"] == pytest.approx(8000 / len(TIME))
    assert found["zeros"] == pytest.approx(400 / len(TIME))
    assert found["clipped"] < 5e-5


def test_short_peaks_that_are_cut_are_counted_though_none_lasts_two_samples():
    """White noise above its 99.9 % quantile: hardly ever two samples in a row."""
    wave = noise(channels=1, level=0.05)[0]
    assert run_shares(wave, RATE)["clipped"] < 5e-5
    rail = np.quantile(np.abs(wave), 0.999)
    cut = np.round(np.clip(wave, -rail, rail) * 32768) / 32768
    assert run_shares(cut, RATE)["clipped"] == pytest.approx(1e-3, rel=0.1)


def test_what_swings_by_a_few_steps_is_never_called_clipped():
    coarse = np.round(np.random.default_rng(0).standard_normal(len(TIME)) * 2).clip(-4, 4) / 32768
    assert run_shares(coarse, RATE)["clipped"] == 0


def test_near_zeros_are_a_gap_only_in_a_channel_that_is_louder():
    quiet = np.random.default_rng(0).integers(-1, 2, len(TIME)).astype(np.float32) / 32768
    loud = noise(channels=1)[0]
    loud[5000:6600] = quiet[5000:6600]
    assert run_shares(quiet, RATE)["zeros"] == 0
    assert run_shares(loud, RATE)["zeros"] == pytest.approx(1600 / len(TIME))


def test_a_dead_channel_is_all_zeros_and_silent():
    wave = noise()
    wave[2] = 0
    found = measure(wave, RATE)
    assert found.zeros.tolist() == [0, 0, 1, 0]
    assert found.level.iloc[2] == pytest.approx(-160) and found.level.iloc[0] > -45


def test_a_block_that_is_played_twice_is_counted_once():
    wave = noise(channels=1)[0]
    assert repeated_share(wave) == 0
    wave[8000:9600] = wave[3000:4600]
    # Each stretch of 64 samples that lies in the block has occurred before.
    assert repeated_share(wave) == pytest.approx((1600 - 63) / len(TIME))


def test_zeros_and_coarse_sound_are_no_repetition():
    wave = noise(channels=1)[0]
    wave[1000:5000] = 0
    assert repeated_share(wave) == 0
    assert repeated_share(np.round(np.random.default_rng(0).standard_normal(9000)) / 32768) == 0


def test_runs_by_hand():
    lengths, values = runs(np.array([1, 1, 0, 2, 2, 2]))
    assert lengths.tolist() == [2, 1, 3] and values.tolist() == [1, 0, 2]


def test_impulses_are_counted_and_a_clap_is_none():
    wave = noise(level=0.003)
    places = np.arange(2000, 62000, 3000)
    wave[1, places] += 0.5
    for start in (10000, 40000):  # dies away within 50 ms, as in a room
        length = 4000
        clap = np.random.default_rng(start).standard_normal(length)
        wave[:, start : start + length] += 0.2 * clap * np.exp(-np.arange(length) / 800)
    found = measure(wave, RATE)
    assert found.own_clicks.tolist()[1] == pytest.approx(len(places) / SECONDS, abs=0.5)
    assert found.clicks.drop(1).max() <= 2 / SECONDS and found.common_clicks.max() == 0


def test_impulses_in_all_channels_at_once_are_common_and_nobodys_own():
    wave = noise(level=0.003)
    wave[:, np.arange(2000, 62000, 3000)] += 0.5
    found = measure(wave, RATE)
    assert found.common_clicks.tolist() == pytest.approx([20 / SECONDS] * 4, rel=0.01)
    assert found.own_clicks.tolist() == [0] * 4


@pytest.mark.parametrize("ratio", [15, 25, 35])
@pytest.mark.parametrize("mains", [50.0, 49.9, 50.15])
def test_hum_of_known_height(ratio, mains):
    """Five tones, each so many dB above what a line of the spectrum usually holds of the noise."""
    wave = noise(channels=2, level=0.01)
    # Under a Hann window a tone's line is (A N / 4)**2, and the median of noise 3/8 N s**2 ln 2.
    amplitude = 0.01 * np.sqrt(6 * np.log(2) / len(TIME) * 10 ** (ratio / 10))
    wave[0] += amplitude * sum(np.sin(2 * np.pi * k * mains * TIME + k) for k in (1, 2, 3, 5, 7))
    found = measure(wave, RATE).hum
    assert found.iloc[0] == pytest.approx(ratio, abs=2) and found.iloc[1] < 8


def test_a_fan_at_sixty_hertz_is_no_hum_of_the_mains():
    wave = noise(channels=2, level=0.01)
    wave[0] += 0.01 * sum(np.sin(2 * np.pi * k * 60 * TIME) for k in (1, 2, 3))
    assert measure(wave, RATE).hum.max() < 8


def test_delays_are_found_to_a_tenth_of_a_sample():
    delays = np.array([0, 1.25, 2.5, 3.75])
    found = measure(passing(delays), RATE)
    for own in range(4):
        got = found.loc[own, [f"delay_to_{other}" for other in range(4)]].astype(float)
        expected = np.where(np.arange(4) == own, np.nan, delays - delays[own])
        assert got.to_numpy() == pytest.approx(expected, abs=0.1, nan_ok=True)
    assert found.coherence.min() > 0.9 and (found.order_gain == 0).all()


@pytest.mark.parametrize("swap", [(0, 1), (1, 2), (1, 3)])
def test_swapped_channels_are_put_in_order(swap):
    delays = np.array([0, 1.5, 3, 4.5])
    one, other = swap
    wave = passing(delays)
    wave[[one, other]] = wave[[other, one]]
    found = measure(wave, RATE)
    expected = np.arange(4)
    expected[[one, other]] = expected[[other, one]]
    backwards = 3 - expected
    assert found.order.tolist() in (expected.tolist(), backwards.tolist())
    assert found.order_gain.min() > 0.3


def test_coherence_is_that_of_signal_and_noise():
    """Of x and x + noise of as much power: 1/2; of two noises: 0."""
    band = (100, 5000)
    wave = passing([0, 0, 0], noise_level=0, frequencies=band)
    other = passing([0], seed=1, noise_level=0, frequencies=band)
    wave[1] += other[0]
    wave[2] = passing([0], seed=2, noise_level=0, frequencies=band)[0]
    found = measure(wave, RATE)
    assert found.coherence_to_1.iloc[0] == pytest.approx(0.5, abs=0.03)
    assert found.coherence_to_2.iloc[0] == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize("ppm", [-60, 25])
def test_a_clock_that_runs_away(ppm):
    wave = passing([0, 0, 0, 0])
    finer = signal.resample_poly(wave[2], 16, 1)
    places = np.arange(len(TIME)) * (1 + ppm * 1e-6)
    wave[2] = np.interp(places * 16, np.arange(len(finer)), finer)
    found = measure(wave, RATE).drift
    # A clock that is read ahead brings its sound early.
    assert found.iloc[2] == pytest.approx(-ppm, abs=3) and found.drop(2).abs().max() < 3


def test_a_gain_that_drifts_by_six_decibel():
    wave = passing([0, 1, 2, 3])
    wave[3] *= 10 ** (np.linspace(0, -6, len(TIME)) / 20)
    found = measure(wave, RATE).gain_drift
    assert found.iloc[3] == pytest.approx(-6, abs=0.3) and found.drop(3).abs().max() < 0.3


def test_one_channel_has_no_siblings():
    found = measure(noise(channels=1), RATE)
    columns = ["coherence", "correlation", "drift", "gain_drift", "order_gain"]
    assert found[columns].isna().all(axis=None) and found.level.notna().all()


@pytest.mark.parametrize(
    "wave, says",
    [
        (np.zeros(16000), "shape"),
        (np.zeros((4, 100)), "half a second"),
        (np.full((1, 16000), np.nan), "NaN"),
    ],
)
def test_what_cannot_be_measured_is_said_in_a_sentence(wave, says):
    with pytest.raises(InputError, match=says):
        measure(wave, RATE)


def test_a_corpus_is_measured_row_by_row_and_an_unreadable_file_is_named(tmp_path):
    for number in range(2):
        folder = tmp_path / "songs" / "a"
        folder.mkdir(parents=True, exist_ok=True)
        soundfile.write(folder / f"{number}.wav", noise(number, 2).T, RATE)
    corpus = music.read(tmp_path / "songs")
    found = of_corpus(corpus, workers=1)
    assert found.recording.tolist() == [0, 0, 1, 1] and found.channel.tolist() == [0, 1, 0, 1]
    alone = measure(channels_of(corpus.path(corpus.table.iloc[1])), RATE)
    assert found.level.tolist()[2:] == alone.level.tolist()
    gone = corpus.table.assign(path=["a/0.wav", "a/gone.wav"])
    with pytest.raises(InputError, match="gone.wav"):
        of_corpus(replace(corpus, table=gone), workers=1)
