"""An encoder with the output of every stage of the ResNet, and a head for the training only."""

from collections.abc import Iterator

import torch
from torch import nn
from torch.nn import functional as F

from thesis_lib.resnet import ResNet18
from thesis_lib.spectrogram import OCTAVES

PCEN_GAIN = 0.8  # exponent of the mean; 1 would leave no difference of loudness
STAGE_SIZE = 8  # bands times channels of each stage's output, in units of the width


class Encoder(ResNet18):
    """ResNet10 whose embedding is mean and deviation over time of all four stages (10_experiments).

    A stage with few channels keeps many bands, a stage with many channels few: 8, 4, 2 and 1. So
    each of the four gives 2 * STAGE_SIZE * width numbers, and none outweighs the others in a
    distance.
    One block a stage instead of two makes steps a third shorter; in minutes on a CPU it is the
    number of steps that is wanting.

    Parameters
    ----------
    width : int
        Channels after the first convolution; the embedding has 8 * STAGE_SIZE * width dimensions.
    n_mels : int
        Bands of a tile.
    reference_db : float
        Of the training part on average, dB; kept with the weights as `mean`.
    blocks : int
        Of each stage, 1 (ResNet10) or 2 (ResNet18).
    """

    def __init__(self, width: int, n_mels: int, reference_db: float = 0.0, blocks: int = 1) -> None:
        super().__init__(1, width, 1, reference_db)
        del self.head
        for stage in (self.stage1, self.stage2, self.stage3, self.stage4):
            del stage[blocks:]
        self.bands = nn.BatchNorm2d(n_mels, affine=False)  # each band counts the same
        self.project = projection(8 * STAGE_SIZE * width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Embed tiles in dB: (n, 1, frames, n_mels) -> (n, 8 * STAGE_SIZE * width)."""
        size = STAGE_SIZE * self.conv.out_channels
        found = [over_time(y, size // y.shape[1]) for y in self.stages(x)]
        return torch.cat(found, dim=1)

    def stages(self, x: torch.Tensor) -> Iterator[torch.Tensor]:
        """Outputs of the four stages for tiles (n, 1, frames, n_mels); sizes below for 98 x 64."""
        x = self.preprocess(x)  # (n, 1, 98, 64)
        x = F.relu(self.norm(self.conv(x)))  # (n, 16, 49, 32)
        x = F.max_pool2d(x, 3, stride=2, padding=1)  # (n, 16, 25, 16)
        for stage in (self.stage1, self.stage2, self.stage3, self.stage4):
            x = stage(x)  # (n, 16, 25, 16), (n, 32, 13, 8), (n, 64, 7, 4), (n, 128, 4, 2)
            yield x

    def preprocess(self, x: torch.Tensor) -> torch.Tensor:
        """Input of the first convolution, from tiles in dB: energy, each band normalised."""
        return self.bands(energy(x, self.mean).transpose(1, 3)).transpose(1, 3)


def energy(x: torch.Tensor, reference_db: torch.Tensor | float) -> torch.Tensor:
    """How each band rises above its own mean in the tile, compressed (10_experiments).

    Per-channel energy normalisation (Wang et al., 2017): microphone, room and loudness colour the
    mean, so most of it is divided away, and what is far below the mean goes to 0. The mean is
    the tile's in place of a running one; the root is replaced by its limit, the logarithm
    (Lostanlen et al., 2019).

    Parameters
    ----------
    x : tensor, shape (n, 1, frames, n_mels), dB
    reference_db : tensor, scalar, dB
        Where power is 1.

    Returns
    -------
    tensor of the same shape, 0 or more
    """
    power = torch.exp2((x - reference_db) * OCTAVES)
    return torch.log1p(power / power.mean(dim=2, keepdim=True) ** PCEN_GAIN)


def projection(size: int, hidden: int = 256, out: int = 128) -> nn.Sequential:
    """The head that is thrown away after the training: (n, size) -> (n, out).

    After SimCLR (Chen et al., 2020). See 10_experiments.
    """
    return nn.Sequential(
        nn.BatchNorm1d(size, affine=False),  # each dimension counts the same
        nn.Linear(size, hidden, bias=False),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Linear(hidden, out),
    )


def over_time(x: torch.Tensor, bands: int) -> torch.Tensor:
    """Mean and deviation over time: (n, channels, frames, bands) -> (n, 2 * channels * bands).

    See 10_experiments.

    Parameters
    ----------
    bands : int
        Neighbouring bands are averaged first, to so many.
    """
    x = F.adaptive_avg_pool2d(x.float(), (x.shape[2], bands))  # (n, channels, frames, bands)
    mean = x.mean(dim=2)  # (n, channels, bands)
    deviation = ((x - mean[:, :, None]).square().mean(dim=2) + 1e-5).sqrt()  # no 1 / 0 in backward
    return torch.cat([mean.flatten(1), deviation.flatten(1)], dim=1)
