"""Our features beside those of librosa and torchaudio: the same, and told apart if they are not."""

import numpy as np

from thesis_lib.analysis import reference_features
from thesis_lib.spectrogram import Features, log_mel, mfcc

FEATURES = Features(n_mels=40)
WAVE = np.random.default_rng(0).normal(0, 0.1, 8000).astype(np.float32)


def test_ours_are_those_of_the_other_libraries():
    ours = log_mel(WAVE, FEATURES).numpy(), mfcc(WAVE, FEATURES).numpy()
    found = reference_features.differences(WAVE, FEATURES, *ours)
    assert found["librosa_log_mel_db"] < 1e-3
    assert found["librosa_mfcc"] < 1e-2
    assert found.get("torchaudio_log_mel_db", 0) < 0.1
    assert ("torchaudio_log_mel_db" in found) == (reference_features.torchaudio is not None)


def test_a_difference_is_measured():
    levels, coefficients = reference_features.by_librosa(WAVE, FEATURES)
    found = reference_features.differences(WAVE, FEATURES, levels + 1, coefficients - 2)
    assert round(float(found["librosa_log_mel_db"]), 3) == 1
    assert round(float(found["librosa_mfcc"]), 3) == 2
