"""Waveform to log-Mel spectrogram and MFCC, as the thesis made them.

The frames are those of the thesis: 480 samples (30 ms) every 160 samples (10 ms), none of them
reaching over an end of the signal, each zero-padded to an FFT of 1024. So 5 s at 16 kHz give
498 frames and 10 s give 998, each of 128 Mel bands.
"""

import math
from functools import lru_cache

import numpy as np
import torch

from thesis_lib.recipe import Features
from thesis_lib.util.errors import InputError

AMIN = 1e-10  # smallest power, -100 dB: librosa's `amin`
OCTAVES = math.log2(10) / 10  # binary logarithm of a power, from dB

# Slaney's Mel scale: where its logarithmic part begins (Hz), the Hz of a Mel below, and the natural
# logarithm of the ratio of two frequencies that are a Mel apart above.
CORNER, LINEAR, RATIO = 1000.0, 200 / 3, np.log(6.4) / 27

# Frames transformed at a time: temporaries of 1 MB stay in the cache, and an hour of music
# needs no more memory than ten seconds.
BLOCK = 340
GROUP = 16  # Mel bands summed up at a time: most filters are narrow, few frequencies enter a group


def log_mel(
    wave: np.ndarray | torch.Tensor,
    features: Features = Features(),
    dtype: torch.dtype = torch.float64,
) -> torch.Tensor:
    """Log-Mel spectrogram (02_preprocessing).

    Parameters
    ----------
    wave : float32 array or tensor, shape (samples,)
    features : Features
    dtype : torch.dtype
        Precision of the Fourier transform. torch.float64 is right in every band; torch.float32
        takes two thirds of the time and is right to 0.001 dB in bands up to 60 dB below the
        frame's loudest, to 0.1 dB in those 110 dB below; on real rooms 0.0003 dB were the most.

    Returns
    -------
    tensor, float32, shape (frames, n_mels), in dB (10 log10 of the Mel-weighted power, floor
    -100 dB; equal to librosa's with Slaney's scale and normalisation)

    Raises
    ------
    InputError
        The waveform is shorter than one frame.
    """
    wave = torch.as_tensor(wave)
    if len(wave) < features.win_length:
        raise InputError(
            f"a waveform of {len(wave)} samples is shorter than one frame of "
            f"{features.win_length}; leave this recording out."
        )
    frames = wave.unfold(
        0, features.win_length, features.hop_length
    )  # (frames, win_length), a view
    power = torch.empty(len(frames), features.n_mels)
    padded = torch.zeros(min(BLOCK, len(frames)), features.n_fft, dtype=dtype)
    for block, out in zip(frames.split(BLOCK), power.split(BLOCK), strict=True):
        _mel_power(block, features, padded[: len(block)], out)
    return power.clamp_(min=AMIN).log10_().mul_(10)


def _mel_power(frames, features, padded, power):
    """Power in each Mel band, into `power`: (frames, win_length) -> (frames, n_mels).

    Nothing is allocated that is not needed: that gained a fifth. `padded` holds zeros behind each
    frame.
    """
    torch.mul(
        frames, _window(features.win_length, padded.dtype), out=padded[:, : features.win_length]
    )
    # Real and imaginary parts, squared in place; the matrix product adds the two.
    squares = torch.view_as_real(torch.fft.rfft(padded)).square_().flatten(1).float()
    for bands, weighed, bank in _mel_groups(features):  # squares: (frames, n_fft + 2)
        torch.mm(squares[:, weighed], bank, out=power[:, bands])


def mfcc(wave: np.ndarray | torch.Tensor, features: Features = Features()) -> torch.Tensor:
    """Mel-frequency cepstral coefficients: tensor, float32, shape (frames, n_mfcc).

    See 02_preprocessing.
    """
    return (log_mel(wave, features).double() @ cosines(features)).float()


@lru_cache
def _window(frame, dtype):
    return torch.hann_window(frame, dtype=torch.float64).to(dtype)


@lru_cache
def mel_bank(features: Features = Features()) -> torch.Tensor:
    """Triangular Mel filters after Slaney, shape (n_fft / 2 + 1, n_mels); to the bit librosa's.

    Written out here, for librosa takes longer to load than all else that the heart needs but torch.
    See 02_preprocessing.
    """
    edges = _hertz(np.linspace(0, _mel(features.sample_rate / 2), features.n_mels + 2))[:, None]
    away = edges - np.fft.rfftfreq(
        features.n_fft, 1 / features.sample_rate
    )  # (n_mels + 2, bins), Hz
    width = np.diff(edges, axis=0)
    triangles = np.minimum(-away[:-2] / width[:-1], away[2:] / width[1:]).clip(min=0)
    bank = triangles * (2 / (edges[2:] - edges[:-2]))  # all of one area
    return torch.from_numpy(bank.T.astype(np.float32))


def _mel(hertz):
    """Slaney's scale: straight below 1000 Hz, 15 Mel; logarithmic above."""
    return hertz / LINEAR if hertz < CORNER else CORNER / LINEAR + np.log(hertz / CORNER) / RATIO


def _hertz(mel):
    above = CORNER * np.exp(RATIO * (mel - CORNER / LINEAR))
    return np.where(mel < CORNER / LINEAR, LINEAR * mel, above)


@lru_cache
def _mel_groups(features):
    """The Mel bank without its zeros: some bands each, the rows that they weigh, their weights.

    A row for the real and one for the imaginary part of each frequency.
    """
    bank, groups = mel_bank(features).repeat_interleave(2, 0), []
    for first in range(0, features.n_mels, GROUP):
        bands = slice(first, first + GROUP)
        rows = bank[:, bands].any(dim=1).nonzero().flatten().tolist() or [0]
        weighed = slice(rows[0], rows[-1] + 1)
        # Columns one after the other: the product then takes a tenth less time.
        groups.append((bands, weighed, bank[weighed, bands].T.contiguous().T))
    return groups


def mel_centres(features: Features = Features()) -> torch.Tensor:
    """The frequency in Hz that each Mel band lets through best: tensor, shape (n_mels,).

    See 02_preprocessing.
    """
    return mel_bank(features).argmax(0) * features.sample_rate / features.n_fft


@lru_cache
def cosines(features: Features) -> torch.Tensor:
    """The orthonormal cosine transform of the Mel bands: tensor, shape (n_mels, n_mfcc).

    See 02_preprocessing.
    """
    from scipy.fft import dct  # takes a while to load, and only MFCCs need it

    return torch.from_numpy(dct(np.eye(features.n_mels), norm="ortho")[:, : features.n_mfcc].copy())
