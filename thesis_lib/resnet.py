"""ResNet18 (He et al., 2016) for spectrograms, the whole network on one page."""

import pandas as pd
import torch
import torchinfo
from torch import nn
from torch.nn import functional as F


class Block(nn.Module):
    """Two 3 x 3 convolutions and a way around them (04_gpu_training)."""

    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.around: nn.Module = nn.Identity()
        if stride != 1 or inputs != outputs:
            shrink = nn.Conv2d(inputs, outputs, 1, stride, bias=False)
            self.around = nn.Sequential(shrink, nn.BatchNorm2d(outputs))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = F.relu(self.norm1(self.conv1(x)))
        y = self.norm2(self.conv2(y))
        return F.relu(y + self.around(x))


class ResNet18(nn.Module):
    """Spectrogram tiles in, embeddings out (04_gpu_training).

    Parameters
    ----------
    channels : int
        Input channels: 1 for mono, 4 for the four microphones of a node.
    width : int
        Channels after the first convolution; 64 is the standard network.
    embedding : int
        Dimensions of the embedding (thesis: 256, not normalised).
    mean, std : float
        Of the input in dB; kept with the weights, so that a network takes decibels as they are.

    Notes
    -----
    With channels=3 and embedding=1000 the parameters are those of the standard network, 11689512.
    """

    mean: torch.Tensor
    std: torch.Tensor

    def __init__(
        self,
        channels: int = 1,
        width: int = 64,
        embedding: int = 256,
        mean: float = 0.0,
        std: float = 1.0,
    ) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("std", torch.tensor(std))
        self.conv = nn.Conv2d(channels, width, 7, stride=2, padding=3, bias=False)
        self.norm = nn.BatchNorm2d(width)
        self.stage1 = nn.Sequential(Block(width, width, 1), Block(width, width, 1))
        self.stage2 = nn.Sequential(Block(width, 2 * width, 2), Block(2 * width, 2 * width, 1))
        self.stage3 = nn.Sequential(Block(2 * width, 4 * width, 2), Block(4 * width, 4 * width, 1))
        self.stage4 = nn.Sequential(Block(4 * width, 8 * width, 2), Block(8 * width, 8 * width, 1))
        self.head = nn.Linear(8 * width, embedding)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Embed tiles: (n, channels, frames, n_mels) in dB -> (n, embedding).

        Sizes below for one thesis tile of 498 frames x 128 bands and width 64.
        """
        x = (x - self.mean) / self.std  # (n, 1, 498, 128)
        x = F.relu(self.norm(self.conv(x)))  # (n, 64, 249, 64)
        x = F.max_pool2d(x, 3, stride=2, padding=1)  # (n, 64, 125, 32)
        x = self.stage1(x)  # (n, 64, 125, 32)
        x = self.stage2(x)  # (n, 128, 63, 16)
        x = self.stage3(x)  # (n, 256, 32, 8)
        x = self.stage4(x)  # (n, 512, 16, 4)
        return self.head(x.mean(dim=(2, 3)))  # (n, 512) -> (n, 256)


def layer_table(model: ResNet18, frames: int, n_mels: int) -> pd.DataFrame:
    """What each part of the network makes of one tile, and what it costs (04_gpu_training).

    Parameters
    ----------
    model : ResNet18
    frames, n_mels : int
        Size of the tile.

    Returns
    -------
    DataFrame
        A row a layer that has weights: `layer`, `kind`, `output` (channels, frames, bands; of the
        head, its dimensions), `parameters`.
    """
    tile = torch.zeros(1, model.conv.in_channels, frames, n_mels)  # torchinfo's own would be random
    names = {layer: name for name, layer in model.named_modules()}
    rows = [
        (names[one.module], one.class_name, tuple(one.output_size[1:]), one.num_params)
        for one in torchinfo.summary(model, input_data=tile, verbose=0).summary_list
        if one.is_leaf_layer and one.num_params
    ]
    return pd.DataFrame(rows, columns=["layer", "kind", "output", "parameters"])
