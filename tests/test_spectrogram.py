"""log-Mel and MFCC against librosa, on made-up and on real sound."""

import librosa
import numpy as np
import pytest
import torch
from corpora import MINI_MUSIC, noise, on_one_thread, real, tone
from hypothesis import given, settings
from hypothesis import strategies as st

from thesis_lib import spectrogram
from thesis_lib.analysis import reference_features
from thesis_lib.audio import io as audio_io
from thesis_lib.spectrogram import Features, log_mel, mel_bank, mfcc
from thesis_lib.util.errors import InputError

one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)
SMALL = Features(n_mels=64, hop_length=320)


def reference(wave, features):
    """librosa's log-Mel of frames cut by hand: no padding at the ends, 0 after each frame."""
    frames = librosa.util.frame(
        wave, frame_length=features.win_length, hop_length=features.hop_length
    )
    window = librosa.filters.get_window("hann", features.win_length)
    power = np.abs(np.fft.rfft(frames.T * window, features.n_fft)) ** 2  # (frames, n_fft / 2 + 1)
    bank = librosa.filters.mel(
        sr=features.sample_rate, n_fft=features.n_fft, n_mels=features.n_mels, dtype=np.float64
    )
    return librosa.power_to_db(power @ bank.T, ref=1.0, amin=1e-10, top_db=None)


def librosas_own(wave, features):
    """librosa's Mel spectrogram as it is called by everybody, centred window in a longer FFT."""
    side = (features.n_fft - features.win_length) // 2
    power = librosa.feature.melspectrogram(
        y=np.pad(wave, side),
        sr=features.sample_rate,
        n_fft=features.n_fft,
        hop_length=features.hop_length,
        win_length=features.win_length,
        center=False,
        n_mels=features.n_mels,
    )
    return librosa.power_to_db(power, ref=1.0, amin=1e-10, top_db=None).T


THESIS = Features()


def same(wave, features=THESIS):
    wave = np.asarray(wave, np.float32)
    got = log_mel(wave, features).numpy()
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, reference(wave, features), rtol=0, atol=1e-3)
    np.testing.assert_allclose(got, librosas_own(wave, features), rtol=0, atol=1e-3)
    want = librosa.feature.mfcc(S=reference(wave, features).T, n_mfcc=features.n_mfcc).T
    np.testing.assert_allclose(mfcc(wave, features).numpy(), want, rtol=0, atol=1e-3)


MADE_UP = {
    "noise": noise(5),
    "quiet noise": noise(5, level=1e-4),
    "loud noise": noise(5, level=1.0),
    "silence": np.zeros(80000),
    "a click": np.eye(1, 80000, 40000)[0],
    "a sweep": librosa.chirp(fmin=50, fmax=7900, sr=16000, duration=5),
    "a tone in noise": tone(5, 1000) + noise(5, level=1e-3),
}


@pytest.mark.parametrize("kind", MADE_UP)
@pytest.mark.parametrize("features", [Features(), SMALL])
def test_equal_to_librosa(kind, features):
    same(MADE_UP[kind], features)


def test_equal_to_librosa_on_the_music_that_comes_with_the_suite():
    paths = sorted(MINI_MUSIC.glob("*/*.ogg"))
    if not paths:
        pytest.skip(f"no music in {MINI_MUSIC}")
    for path in paths[::20]:
        wave = audio_io.read(path, duration=10.0)
        assert log_mel(wave).shape == (998, 128)
        same(wave)


@pytest.mark.parametrize("below", ["sins", "esc10"])
def test_equal_to_librosa_on_real_recordings(below):
    paths = [path for path in sorted(real(below).rglob("*")) if path.suffix in audio_io.ENDINGS]
    assert paths
    for path in paths[:: max(1, len(paths) // 10)]:
        same(audio_io.read(path))


@pytest.mark.parametrize("seconds, frames", [(5, 498), (10, 998)])
def test_the_thesiss_shapes(seconds, frames):
    wave = noise(seconds)
    assert Features().frames(seconds) == frames
    assert log_mel(wave).shape == (frames, 128)
    assert mfcc(wave).shape == (frames, 13)


def test_a_block_more_or_less_changes_nothing():
    """Long signals are transformed a block of frames at a time; no seam is to be seen."""
    wave = noise(25)
    got = log_mel(wave).numpy()
    assert len(got) == 2498 > 3 * spectrogram.BLOCK
    np.testing.assert_allclose(got, reference(wave, Features()), rtol=0, atol=1e-3)


@settings(max_examples=60, deadline=None)
@given(samples=st.integers(480, 5000), block=st.integers(1, 60))
def test_any_length_and_any_block(samples, block):
    wave = noise(samples / 16000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spectrogram, "BLOCK", block)
        got = log_mel(wave).numpy()
    assert len(got) == Features().frames(samples / 16000) == 1 + (samples - 480) // 160
    np.testing.assert_allclose(got, reference(wave, Features()), rtol=0, atol=1e-3)


@pytest.mark.parametrize("more", [-1, 0, 1, 159, 160, 161])
@pytest.mark.parametrize("blocks", [1, 2])
def test_lengths_around_the_end_of_a_block(blocks, more):
    samples = (blocks * spectrogram.BLOCK - 1) * 160 + 480 + more
    wave = noise(samples / 16000)
    got = log_mel(wave).numpy()
    assert len(got) == blocks * spectrogram.BLOCK + (more >= 160) - (more < 0)
    np.testing.assert_allclose(got, reference(wave, Features()), rtol=0, atol=1e-3)


@pytest.mark.parametrize("features", [Features(), SMALL, Features(44100, n_mels=40)])
def test_the_mel_bank_is_librosas(features):
    want = librosa.filters.mel(
        sr=features.sample_rate, n_fft=features.n_fft, n_mels=features.n_mels
    )
    got = mel_bank(features).numpy()
    assert got.shape == (513, features.n_mels)
    np.testing.assert_allclose(got, want.T, rtol=1e-6)


def test_each_mel_band_is_a_triangle_between_its_neighbours_centres():
    """After Slaney: evenly spaced in Mel, area 2 / width; the heights by hand in numpy."""
    points = librosa.mel_frequencies(128 + 2, fmin=0, fmax=8000)  # Hz
    bins = np.arange(513) * 16000 / 1024
    triangles = [
        np.interp(bins, points[i : i + 3], [0, 2 / (points[i + 2] - points[i]), 0])
        for i in range(128)
    ]
    np.testing.assert_allclose(mel_bank().numpy(), np.transpose(triangles), atol=1e-8)


def test_twice_the_amplitude_is_6_decibels_more():
    wave = noise(1)
    louder = log_mel(2 * wave) - log_mel(wave)
    torch.testing.assert_close(louder, torch.full_like(louder, 20 * np.log10(2)), atol=1e-3, rtol=0)


def test_silence_lies_on_the_floor():
    assert (log_mel(np.zeros(16000, np.float32)) == -100).all()


def test_a_tone_is_loudest_in_its_band():
    edges = librosa.mel_frequencies(128 + 2, fmin=0, fmax=8000)
    for frequency in (500, 1000, 3000, 6000):
        band = log_mel(tone(1, frequency).astype(np.float32)).mean(0).argmax()
        assert edges[band] < frequency < edges[band + 2]


@settings(max_examples=200, deadline=None)
@given(st.floats(0, 20), st.sampled_from([160, 320]))
def test_frames_are_those_that_fit_wholly(seconds, step):
    samples = round(seconds * 16000)
    starts = range(0, samples, step)
    want = sum(start + 480 <= samples for start in starts)
    assert Features(hop_length=step).frames(seconds) == want


@pytest.mark.parametrize("samples", [0, 1, 479])
def test_a_waveform_shorter_than_a_frame(samples):
    with pytest.raises(InputError, match=f"waveform of {samples} samples is shorter than one"):
        log_mel(np.zeros(samples, np.float32))


@pytest.mark.skipif(
    reference_features.torchaudio is None,
    reason="torchaudio does not load beside this build of torch; librosa is the only witness",
)
def test_torchaudio_is_a_second_witness():
    """In the loud bands; torchaudio works in single precision, so the quietest differ."""
    wave = torch.randn(16000, generator=torch.Generator().manual_seed(0)).numpy()
    theirs = reference_features.by_torchaudio(wave, THESIS)
    assert np.abs(log_mel(wave, THESIS).numpy() - theirs).max() < 1e-2
