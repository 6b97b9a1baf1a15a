"""Encoders whose stages are described by more than mean and deviation over time: candidates."""

import torch
from torch.nn import functional as F

from thesis_lib.contrastive.encoder import STAGE_SIZE, Encoder, over_time, projection


class Described(Encoder):
    """Each stage is described by more than mean and deviation over time."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.project = projection(16 * STAGE_SIZE * self.conv.out_channels)

    def forward(self, x):
        size = STAGE_SIZE * self.conv.out_channels
        found = [
            statistics
            for y in self.stages(x)
            for bands in [size // y.shape[1]]
            for statistics in (over_time(y, bands), self.more(pooled(y, bands)).flatten(1))
        ]
        return torch.cat(found, dim=1)


class Percentiles(Described):
    """The 10th and 90th percentile, less the mean."""

    def more(self, x):
        ranked, last = x.sort(dim=2).values, x.shape[2] - 1
        ends = torch.stack([ranked[:, :, round(share * last)] for share in (0.1, 0.9)], dim=1)
        return ends - x.mean(dim=2)[:, None]


class Autocorrelation(Described):
    """How alike the map is to itself one and two of its steps later: rhythm."""

    def more(self, x):
        x = x - x.mean(dim=2, keepdim=True)
        power = x.square().mean(dim=2) + 1e-4
        lags = [(x[:, :, lag:] * x[:, :, :-lag]).mean(dim=2) / power for lag in (1, 2)]
        return torch.stack(lags, dim=1)


def pooled(x, bands):
    """As `over_time` begins: neighbouring bands averaged, (n, channels, frames, bands)."""
    return F.adaptive_avg_pool2d(x.float(), (x.shape[2], bands))
