"""Networks that others trained on far more sound, with labels: what a user could take instead.

Two wheels of PyPI hold weights. Their code wants old packages, so the networks are written out
here and only the weights are read: ``pip download --no-deps --dest runs/proof/wheels
musicnn==0.1.0 aisfx==0.1.2``. Without them, their rows are left out.
"""

import io
import zipfile
from functools import cache

import librosa
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from evaluation.corpora import WORK
from evaluation.handcrafted import Missing
from evaluation.recordings import of_waves
from evaluation.tf_checkpoint import arrays

WHEELS = WORK / "wheels"
LOUD = 10000.0  # both take log10(1 + LOUD * power)


def musicnn(material, _):
    """MSD_musicnn (Pons and Serra, 2019; ISC), trained on tags of the Million Song Dataset.

    Mean and maximum of its feature maps over 3 s, and its last but one layer; the mean over a
    recording.
    """
    model = MusicNN(_musicnn_weights()).eval()

    def vector(wave):
        power = librosa.feature.melspectrogram(
            y=wave, sr=16000, n_fft=512, hop_length=256, n_mels=96
        )
        return _mean(model, np.log10(LOUD * power.T + 1), 187, 187)

    return of_waves(material, vector)


def aisfx(material, _):
    """aiSFX (Ma and Lerch, 2022; CC BY 4.0), trained on the classes of sound effects libraries."""
    model, top = AiSFX(_aisfx_weights()).eval(), 9.457798957824707

    def vector(wave):
        wave = wave / max(np.abs(wave).max(), 1e-9)
        power = librosa.feature.melspectrogram(
            y=wave, sr=44100, n_fft=2048, hop_length=1024, n_mels=96, norm=1, htk=True, fmax=22050
        )
        return _mean(model, np.log10(LOUD * power.T + 1) / top, 100, 50)

    return of_waves(material, vector, 44100)


def _mean(model, frames, length, hop):
    """The mean vector of the stretches of a spectrogram (frames, mels), a short one repeated."""
    frames = np.resize(frames, (max(len(frames), length), frames.shape[1])).astype(np.float32)
    starts = range(0, len(frames) - length + 1, hop)
    parts = torch.from_numpy(np.stack([frames[start : start + length] for start in starts]))
    with torch.inference_mode():
        return model(parts).mean(0).numpy()


class MusicNN(nn.Module):
    """musicnn: filters tall in frequency and long in time, three residual layers, pooling.

    Convolution, ReLU, then batch normalisation, as in TensorFlow's original.
    """

    def __init__(self, weights):
        super().__init__()
        self.norms = nn.ModuleList(_norm(weights, number) for number in range(11))
        self.convs = nn.ModuleList(_conv(weights, number) for number in range(8))
        self.dense = nn.Linear(*weights["dense/kernel"].shape)
        self.dense.weight.data = _tensor(weights["dense/kernel"]).T
        self.dense.bias.data = _tensor(weights["dense/bias"])

    def forward(self, x):
        """(n, 187, 96) -> (n, 2 * 753 + 200)."""
        x = self.norms[0](x[:, None])  # (n, 1, 187, 96)
        tall = F.pad(x, (0, 0, 3, 3))
        maps = [self._maxima(number, tall) for number in (0, 1)]
        for number in (2, 3, 4):
            size = self.convs[number].kernel_size[0]
            maps.append(self._maxima(number, F.pad(x, (0, 0, (size - 1) // 2, size // 2))))
        maps = [torch.cat(maps, 1)]  # (n, 561, 187)
        for number in (5, 6, 7):
            wide = F.pad(maps[-1].transpose(1, 2)[:, None], (0, 0, 3, 3))
            found = self.norms[number + 1](F.relu(self.convs[number](wide)))[..., 0]
            maps.append(found if number == 5 else found + maps[-1])
        maps = torch.cat(maps, 1)  # (n, 753, 187)
        pooled = torch.stack([maps.amax(2), maps.mean(2)], 2).flatten(1)
        pooled = self.norms[9](pooled[:, :, None, None])[:, :, 0, 0]
        last = self.norms[10](F.relu(self.dense(pooled))[:, :, None, None])[:, :, 0, 0]
        return torch.cat([maps.amax(2), maps.mean(2), last], 1)

    def _maxima(self, number, x):
        """One convolution, and the maximum over frequency: (n, filters, 187)."""
        return self.norms[number + 1](F.relu(self.convs[number](x))).amax(3)


class AiSFX(nn.Module):
    """Four blocks of two convolutions, pooled; mean over frequency, maximum over time."""

    def __init__(self, weights):
        super().__init__()
        blocks, inputs = [], 1
        for size in (64, 128, 256, 512):
            for kind in (inputs, size):
                conv = nn.Conv2d(kind, size, 3, padding=1, bias=False)
                blocks.append(nn.Sequential(conv, nn.BatchNorm2d(size)))
            inputs = size
        self.blocks = nn.ModuleList(blocks)
        for number, (conv, norm) in enumerate(blocks):
            own = f"embedding_net.conv_block{number // 2 + 1}"
            conv.weight.data = weights[f"{own}.conv{number % 2 + 1}.weight"]
            names = norm.state_dict()
            norm.load_state_dict({key: weights[f"{own}.bn{number % 2 + 1}.{key}"] for key in names})

    def forward(self, x):
        """(n, 100, 96) -> (n, 512)."""
        x = x[:, None]
        for number, block in enumerate(self.blocks):
            x = F.relu(block(x))
            if number in (1, 3, 5):
                x = F.max_pool2d(x, 2)
        return x.mean(3).amax(2)


def _norm(weights, number):
    """TensorFlow's batch normalisation of that number, ready to evaluate."""
    own = "batch_normalization" + (f"_{number}" if number else "")
    norm = nn.BatchNorm2d(len(weights[f"{own}/gamma"]), eps=1e-3)
    norm.weight.data, norm.bias.data = (_tensor(weights[f"{own}/{k}"]) for k in ("gamma", "beta"))
    norm.running_mean = _tensor(weights[f"{own}/moving_mean"])
    norm.running_var = _tensor(weights[f"{own}/moving_variance"])
    return norm


def _conv(weights, number):
    """TensorFlow's convolution of that number; its kernels are (time, frequency, in, out)."""
    own = "conv2d" + (f"_{number}" if number else "")
    kernel = _tensor(weights[f"{own}/kernel"].transpose(3, 2, 0, 1))
    conv = nn.Conv2d(kernel.shape[1], kernel.shape[0], tuple(kernel.shape[2:]))
    conv.weight.data, conv.bias.data = kernel, _tensor(weights[f"{own}/bias"])
    return conv


def _tensor(values):
    return torch.from_numpy(np.array(values))


@cache
def _musicnn_weights():
    with _wheel("musicnn") as wheel:
        own = "musicnn/MSD_musicnn/"
        return arrays(wheel.read(own + ".index"), wheel.read(own + ".data-00000-of-00001"))


@cache
def _aisfx_weights():
    with _wheel("aisfx") as wheel:
        file = io.BytesIO(wheel.read("aisfx/models/checkpoint.pth"))
    scalar = (np._core.multiarray.scalar, "numpy.core.multiarray.scalar")
    allowed = [scalar, np.dtype, type(np.dtype(np.int64)), type(np.dtype(np.float64))]
    with torch.serialization.safe_globals(allowed):
        return torch.load(file, map_location="cpu", weights_only=True)[0]


def _wheel(name):
    found = sorted(WHEELS.glob(f"{name}-*.whl"))
    if not found:
        raise Missing(f"{WHEELS} holds no wheel of {name}; see bench/evaluation/elsewhere.py")
    return zipfile.ZipFile(found[-1])
