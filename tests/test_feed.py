"""Tiles come to the network the same, whether the store lies there or is streamed."""

import numpy as np
import pytest
import torch

from thesis_lib.training.loader import from_device, streamed
from thesis_lib.training.objective import Batch

CPU = torch.device("cpu")
LENGTH, MELS = 7, 5


@pytest.fixture(scope="module")
def frames():
    rng = np.random.default_rng(0)
    return torch.from_numpy(rng.normal(-40, 10, (200, MELS)).astype(np.float16))


@pytest.fixture(scope="module")
def batches():
    rng = np.random.default_rng(1)
    starts = [torch.from_numpy(rng.integers(0, 193, (2, n))) for n in (4, 4, 4, 4, 3)]
    return [Batch(x, torch.arange(x.shape[1]), seed) for seed, x in enumerate(starts)]


@pytest.mark.parametrize(
    "feeder", [lambda x: from_device(x, LENGTH), lambda x: streamed(x, LENGTH, CPU)],
    ids=["in place", "streamed"],
)  # fmt: skip
def test_each_batch_gets_its_tiles_in_order(frames, batches, feeder):
    found = list(feeder(frames)(iter(batches)))
    assert [batch.seed for batch in found] == [0, 1, 2, 3, 4]
    for batch, want in zip(found, batches, strict=True):
        assert torch.equal(batch.starts, want.starts) and torch.equal(batch.group, want.group)
        assert batch.tiles.shape == (*want.starts.shape, 1, LENGTH, MELS)
        assert batch.tiles.dtype == torch.float32
        for view, row in zip(batch.tiles, want.starts, strict=True):
            for tile, start in zip(view[:, 0], row, strict=True):
                assert torch.equal(tile, frames[start : start + LENGTH].float())
