"""A toy training for `test_team`: alone, or one of the processes that torchrun starts.

``torchrun ... tests/toy_team.py STORE FOLDER`` trains on a store, each kind into a folder below
FOLDER. Of `AGAIN` it keeps a copy, and then trains once more.

It computes in double precision. Two processes add up in another order than one, and training
amplifies the last digits: first weights changed by 1e-7 of themselves change a point of the curves
of triplets by up to 7 %. In double precision what the order does stays below 1e-8, on every
processor.
"""

import shutil
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import torch

from thesis_lib.recipe import CONTRASTIVE, Contrast, Recipe
from thesis_lib.spectrogram import Features
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import train
from thesis_lib.training.distributed import process_group

SEED = 1
CPU = torch.device("cpu")
TRIPLETS = Recipe(
    name="toy", features=Features(n_mels=32, hop_length=400), tile=0.5, neighbour_range=1.0,
    width=4, embedding=8,
    learning_rate=1e-3, weight_decay=0.01, batch=16, epochs=3,
)  # fmt: skip
PAIRS = replace(TRIPLETS, method=CONTRASTIVE, contrast=Contrast())
RECIPES = {"triplets": TRIPLETS, "pairs": PAIRS}
AGAIN = "triplets"


@contextmanager
def double_precision():
    """All that is single precision, weights and tiles, is double precision here."""
    before = torch.get_default_dtype(), torch.Tensor.float
    torch.set_default_dtype(torch.float64)
    torch.Tensor.float = torch.Tensor.double
    try:
        yield
    finally:
        torch.set_default_dtype(before[0])
        torch.Tensor.float = before[1]


if __name__ == "__main__":
    torch.set_num_threads(1)
    with double_precision(), process_group(CPU) as processes:
        store, place = SpectrogramStore.open(sys.argv[1]), Path(sys.argv[2])
        for kind, recipe in RECIPES.items():
            train(store, recipe, place / kind, SEED, CPU, world=processes)
        if processes.is_main:
            shutil.copytree(place / AGAIN, place / "once")
        torch.distributed.barrier()
        train(store, RECIPES[AGAIN], place / AGAIN, SEED, CPU, world=processes)
