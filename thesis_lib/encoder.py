"""What every stage of the ResNet hears, and a head that only the training sees."""

import torch
from torch import nn
from torch.nn import functional as F

from thesis_lib.resnet import ResNet18

SHARE = 8  # numbers a stage gives, in units of the width: bands times channels is the same for all


class Encoder(ResNet18):
    """ResNet10 whose embedding is mean and deviation over time of all four stages.

    A stage with few channels keeps many bands, a stage with many channels few: 8, 4, 2 and 1, so
    each of the four gives 2 * SHARE * width numbers and none outweighs the others in a distance.
    Half of how a tile's mean spectrum differs from that of all is taken away: it tells of the
    microphone and the room as much as of the sound, and what changes in time comes out the more.
    One block a stage instead of two makes steps a third shorter; in minutes on a CPU it is the
    number of steps that is wanting.

    Parameters
    ----------
    width : int
        Channels after the first convolution; the embedding has 8 * SHARE * width dimensions.
    mean, std : (mels,) tensors
        Of each band over the training part, dB; kept with the weights.
    blocks : int
        Of each stage, 1 (ResNet10) or 2 (ResNet18).
    """

    centre = 0.5  # share of the difference of mean spectra that is taken away

    def __init__(self, width, mean, std, blocks=1):
        super().__init__(1, width, 1)
        del self.head
        for stage in (self.stage1, self.stage2, self.stage3, self.stage4):
            del stage[blocks:]
        self.register_buffer("mean", torch.as_tensor(mean, dtype=torch.float32))  # (mels,)
        self.register_buffer("std", torch.as_tensor(std, dtype=torch.float32))  # (mels,)
        self.project = projection(8 * SHARE * width)

    def forward(self, x):
        """Embed tiles of any length: (n, 1, frames, mels) in dB -> (n, 8 * SHARE * width)."""
        found = [over_time(y, SHARE * self.conv.out_channels // y.shape[1]) for y in self.heard(x)]
        return torch.cat(found, dim=1)

    def heard(self, x):
        """What the four stages make of tiles (n, 1, frames, mels): sizes below for 98 x 64."""
        x = x - self.centre * (x.mean(dim=2, keepdim=True) - self.mean)
        x = (x - self.mean) / self.std  # (n, 1, 98, 64)
        x = F.relu(self.norm(self.conv(x)))  # (n, 16, 49, 32)
        x = F.max_pool2d(x, 3, stride=2, padding=1)  # (n, 16, 25, 16)
        for stage in (self.stage1, self.stage2, self.stage3, self.stage4):
            x = stage(x)  # (n, 16, 25, 16), (n, 32, 13, 8), (n, 64, 7, 4), (n, 128, 4, 2)
            yield x


def projection(size, hidden=256, out=128):
    """The head that is thrown away after the training (SimCLR): (n, size) -> (n, out)."""
    return nn.Sequential(
        nn.BatchNorm1d(size, affine=False),  # each dimension counts the same
        nn.Linear(size, hidden, bias=False),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Linear(hidden, out),
    )


def over_time(x, bands):
    """Mean and deviation over time: (n, channels, frames, bands) -> (n, 2 * channels * bands).

    Parameters
    ----------
    bands : int
        Neighbouring bands are averaged first, to so many.
    """
    x = F.adaptive_avg_pool2d(x.float(), (x.shape[2], bands))  # (n, channels, frames, bands)
    mean = x.mean(dim=2)  # (n, channels, bands)
    deviation = ((x - mean[:, :, None]).square().mean(dim=2) + 1e-5).sqrt()  # no 1 / 0 in backward
    return torch.cat([mean.flatten(1), deviation.flatten(1)], dim=1)
