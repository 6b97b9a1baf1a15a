"""How many tiles a second one training step takes in, by number format, memory layout, threads.

Run ``python bench/training_step.py``; it writes ``bench/results/training_step.json``, a list of
rows, the last of which names the machine. The methods
take turns, round after round, so that a busy minute of the machine does not hit only one of them.
"""

import statistics
import time
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import torch
from machine import machine

from thesis_lib.recipe import SEED, SMALL_HOME, THESIS_SINS
from thesis_lib.resnet import ResNet18
from thesis_lib.spectrogram import Features
from thesis_lib.triplet_loss import triplet_loss
from thesis_lib.util.device import choose
from thesis_lib.util.files import write_json

RESULT = Path(__file__).parent / "results" / "training_step.json"
SMALL = replace(SMALL_HOME, features=Features(mels=64))  # 98 x 64, whatever runs use
ROUNDS = 5
TRIPLETS = {"small, home": 64, "thesis, SINS": 8}  # a step; few are enough at full width
METHODS = {
    "float32": (False, torch.contiguous_format),
    "float32, channels_last": (False, torch.channels_last),
    "bfloat16": (True, torch.contiguous_format),
    "bfloat16, channels_last": (True, torch.channels_last),
}


def make_step(recipe, method, device):
    """A function that takes one training step and returns its seconds, and the tiles in it."""
    bfloat16, layout = METHODS[method]
    torch.manual_seed(SEED)
    tiles = 3 * TRIPLETS[recipe.name]
    x = torch.randn(tiles, 1, recipe.length, recipe.features.mels, device=device)
    x = x.contiguous(memory_format=layout)
    model = ResNet18(1, recipe.width, recipe.embedding).to(device, memory_format=layout)
    optimiser = torch.optim.Adam(model.parameters(), lr=recipe.rate, weight_decay=recipe.l2)

    def step():
        began = time.perf_counter()
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            z = model(x)
        loss = triplet_loss(*z.float().chunk(3), recipe.margin, recipe.reduction).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loss.item()  # wait until the device is done
        return time.perf_counter() - began

    return step, tiles


def measure(recipe, device):
    """One row for each number of threads and method: tiles a second, mean and spread."""
    steps = {method: make_step(recipe, method, device) for method in METHODS}
    threads = [1, 2] if device.type == "cpu" else [1]
    speeds = {key: [] for key in product(threads, METHODS)}
    for turn in range(ROUNDS + 1):
        for count, method in speeds:
            torch.set_num_threads(count)
            step, tiles = steps[method]
            seconds = step()
            if turn:  # the first round warms up
                speeds[count, method].append(tiles / seconds)
    return [row(recipe, *key, values) for key, values in speeds.items()]


def row(recipe, threads, method, values):
    """One row of the result."""
    return {
        "corpus": f"random tiles, {recipe.length} x {recipe.features.mels}",
        "width": recipe.width,
        "threads": threads,
        "method": method,
        "metric": "tiles_per_s",
        "mean": round(float(np.mean(values)), 1),
        "spread": round(statistics.stdev(values), 1),
        "seeds": ROUNDS,
    }


def main():
    device = choose()
    about = machine()
    rows = measure(SMALL, device) + measure(THESIS_SINS, device)
    write_json(RESULT, [*rows, about])
    for one in rows:
        print(
            f"{one['corpus']:28} {one['threads']} {one['method']:26} {one['mean']:>8,.1f} tiles/s"
        )


if __name__ == "__main__":
    main()
