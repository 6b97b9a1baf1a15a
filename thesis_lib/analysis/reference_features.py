"""The same features by librosa and by torchaudio, to compare with (02_preprocessing).

torchaudio's wheel wants the CUDA libraries that come with a CUDA build of torch: beside a CPU build
it raises OSError when it is imported, and what is compared with it is left out.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import librosa
import numpy as np
import torch

try:
    import torchaudio
except (ImportError, OSError, RuntimeError):  # RuntimeError: it is of another CUDA than torch
    torchaudio = None

if TYPE_CHECKING:
    from thesis_lib.spectrogram import Features


def by_librosa(wave: np.ndarray, features: Features) -> tuple[np.ndarray, np.ndarray]:
    """Log-Mel and MFCC as librosa makes them (02_preprocessing).

    Parameters
    ----------
    wave : float32 array, shape (samples,)
    features : Features

    Returns
    -------
    log_mel, mfcc : arrays, shape (frames, n_mels) in dB, and (frames, n_mfcc)
    """
    levels = librosa_log_mel(wave, features)
    return levels, librosa.feature.mfcc(S=levels.T, n_mfcc=features.n_mfcc).T


def librosa_log_mel(wave: np.ndarray, features: Features) -> np.ndarray:
    """Log-Mel as librosa makes it: array, shape (frames, n_mels), dB."""
    power = librosa.feature.melspectrogram(
        y=_padded(wave, features), sr=features.sample_rate, n_fft=features.n_fft,
        hop_length=features.hop_length, win_length=features.win_length, n_mels=features.n_mels,
        center=False,
    )  # fmt: skip
    return librosa.power_to_db(power, top_db=None).T


def by_torchaudio(wave: np.ndarray, features: Features) -> np.ndarray:
    """Log-Mel as torchaudio makes it, where it loads: array, shape (frames, n_mels), dB."""
    power = _torchaudio_mel(features)(torch.from_numpy(_padded(wave, features)))
    return torchaudio.transforms.AmplitudeToDB("power")(power).T.numpy()


@cache
def _torchaudio_mel(features):
    """Its transform, whose window and bands are made once."""
    return torchaudio.transforms.MelSpectrogram(
        features.sample_rate, features.n_fft, features.win_length, features.hop_length,
        n_mels=features.n_mels, norm="slaney", mel_scale="slaney", center=False,
    )  # fmt: skip


def differences(
    wave: np.ndarray, features: Features, log_mel: np.ndarray, mfcc: np.ndarray
) -> dict[str, float]:
    """The largest differences between our features and those of other libraries.

    Parameters
    ----------
    wave : float32 array, shape (samples,)
    features : Features
    log_mel, mfcc : arrays, shape (frames, n_mels) in dB, and (frames, n_mfcc)
        Ours, of this waveform (02_preprocessing).

    Returns
    -------
    dict
        librosa_log_mel_db, librosa_mfcc; torchaudio_log_mel_db, where torchaudio loads.
    """
    levels, coefficients = by_librosa(wave, features)
    found = {
        "librosa_log_mel_db": np.abs(log_mel - levels).max(),
        "librosa_mfcc": np.abs(mfcc - coefficients).max(),
    }
    if torchaudio:
        found["torchaudio_log_mel_db"] = np.abs(log_mel - by_torchaudio(wave, features)).max()
    return found


def _padded(wave, features):
    """With zeros, so that frames without any padding of their own are those of `log_mel`."""
    return np.pad(wave, (features.n_fft - features.win_length) // 2)
