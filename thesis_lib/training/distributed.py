"""Several processes train one network: torchrun starts them, each holds its share of the store.

Each process draws its part of a batch from its own recordings. The vectors of all are then gathered
so that each compares all with all; batch normalisation looks at the batches of all, too. So the
loss is that of one process with the whole batch.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel


@dataclass(frozen=True)
class World:
    """The processes of a training; by default one alone.

    Attributes
    ----------
    rank, size : int
        Number of this process, from 0, and how many there are.
    """

    rank: int = 0
    size: int = 1

    @property
    def is_main(self) -> bool:
        """Whether this process speaks and writes for all."""
        return self.rank == 0

    def wrap(self, model: nn.Module) -> nn.Module:
        """The network as all processes train it: the same gradients and statistics everywhere."""
        if self.size == 1:
            return model
        on_gpu = next(model.parameters()).is_cuda
        model = nn.SyncBatchNorm.convert_sync_batchnorm(model) if on_gpu else _synced(model)
        return DistributedDataParallel(model)

    def gather(self, z: torch.Tensor) -> torch.Tensor:
        """The vectors of all processes, in order: (views, n, d) -> (views, size n, d)."""
        if self.size == 1:
            return z
        parts = [torch.empty_like(z) for _ in range(self.size)]
        distributed.all_gather(parts, z.detach().contiguous())
        if z.requires_grad:
            # Gradients are averaged over processes, but each holds only its own part of this one.
            z.register_hook(lambda gradient: gradient * self.size)
        parts[self.rank] = z
        return torch.cat(parts, dim=1)

    def max(self, number: int) -> int:
        """The largest of the numbers that the processes have."""
        return max(self._each(number))

    def sum(self, number: int) -> int:
        """The sum of the numbers that the processes have."""
        return sum(self._each(number))

    def broadcast(self, value: Any) -> Any:
        """What the leading process has."""
        return self._each(value)[0]

    def _each(self, value):
        found = [value] * self.size
        if self.size > 1:
            distributed.all_gather_object(found, value)
        return found


ALONE = World()


def plain(model: nn.Module) -> nn.Module:
    """The network itself, without what `World.wrap` wrapped it in."""
    return getattr(model, "module", model)


@contextmanager
def process_group(device: torch.device) -> Iterator[World]:
    """The world that torchrun started, or this process alone.

    Parameters
    ----------
    device : torch.device
        GPUs talk by NCCL, processors by Gloo.
    """
    if not distributed.is_torchelastic_launched():
        yield ALONE
        return
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    yield World(distributed.get_rank(), distributed.get_world_size())
    # Ending while a wrapped model still lives, or while others still talk, can abort the process.
    gc.collect()
    distributed.barrier()
    distributed.destroy_process_group()


class _Sum(torch.autograd.Function):
    """The sum over processes; a gradient flows back from each of them."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        x = x.clone()
        distributed.all_reduce(x)
        return x

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        gradient = gradient.clone()
        distributed.all_reduce(gradient)
        return gradient


class SyncedBatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalisation over the equally large batches of all processes.

    torch's own, `nn.SyncBatchNorm`, wants GPUs; this one is for processors.
    """

    def _check_input_dim(self, x):
        pass  # both (n, channels) and (n, channels, frames, bands)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return super().forward(x)
        dims = [0, *range(2, x.dim())]
        count = distributed.get_world_size() * x.numel() // x.shape[1]
        mean = _Sum.apply(x.float().sum(dims)) / count  # (channels,)
        shape = (1, -1, *[1] * (x.dim() - 2))
        centred = x.float() - mean.view(shape)
        variance = _Sum.apply(centred.square().sum(dims)) / count
        self._remember(mean.detach(), variance.detach() * count / (count - 1))
        y = centred * (variance + self.eps).rsqrt().view(shape)
        if self.affine:
            y = y * self.weight.view(shape) + self.bias.view(shape)
        return y.to(x.dtype)

    def _remember(self, mean, variance):
        share = self.momentum  # None would ask for the mean over all batches
        assert share is not None and self.num_batches_tracked is not None
        self.num_batches_tracked += 1
        self.get_buffer("running_mean").lerp_(mean, share)
        self.get_buffer("running_var").lerp_(variance, share)


def _synced(model):
    """Put `SyncedBatchNorm` in the place of each batch normalisation, weights kept."""
    for name, child in model.named_children():
        if isinstance(child, nn.modules.batchnorm._BatchNorm):
            layer = SyncedBatchNorm(child.num_features, child.eps, child.momentum, child.affine)
            layer.load_state_dict(child.state_dict())
            setattr(model, name, layer)
        else:
            _synced(child)
    return model
