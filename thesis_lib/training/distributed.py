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
from torch.distributed._functional_collectives import all_reduce
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
        return DistributedDataParallel(_synced(model))

    def gather(self, z: torch.Tensor) -> torch.Tensor:
        """The vectors of all processes, in order: (views, n, d) -> (views, size n, d)."""
        if self.size == 1:
            return z
        parts = [torch.empty_like(z) for _ in range(self.size)]
        distributed.all_gather(parts, z.detach().contiguous())
        if z.requires_grad:
            # Gradients are averaged over processes, but each holds only its own part of this one.
            # (torch's differentiable gathering would send around what every process has anyway.)
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


class SyncedBatchNorm(nn.modules.batchnorm._BatchNorm):
    """Batch normalisation over the equally large batches of all processes.

    torch's own, `nn.SyncBatchNorm`, refuses processors, and so does DDP on them; this one is for
    those. Gradients flow back through the sums.
    """

    def _check_input_dim(self, x):
        pass  # both (n, channels) and (n, channels, frames, bands)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return super().forward(x)
        dims, shape = [0, *range(2, x.dim())], (1, -1, *[1] * (x.dim() - 2))
        count = distributed.get_world_size() * x.numel() // x.shape[1]
        mean = _sum(x.float().sum(dims)) / count  # (channels,)
        centred = x.float() - mean.view(shape)
        variance = _sum(centred.square().sum(dims)) / count
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


def _sum(x):
    assert distributed.group.WORLD is not None, "`process_group` has begun it"
    return all_reduce(x, "sum", distributed.group.WORLD)


def _synced(model):
    """Put synchronised batch normalisation in the place of each, weights kept."""
    if next(model.parameters()).is_cuda:
        return nn.SyncBatchNorm.convert_sync_batchnorm(model)
    for name, child in list(model.named_modules()):
        if isinstance(child, nn.modules.batchnorm._BatchNorm):
            layer = SyncedBatchNorm(child.num_features, child.eps, child.momentum, child.affine)
            layer.load_state_dict(child.state_dict())
            model.set_submodule(name, layer)
    return model
