"""How many tiles a second one training step takes in, by number format, memory layout, threads.

Run ``python bench/training_step.py``; it writes ``bench/results/training_step.json``.
"""

from dataclasses import replace
from functools import partial
from itertools import product

import torch
from harness import arguments, by_turns, machine, publish, row, start, timed

from thesis_lib.recipe import SEED, SMALL_HOME, THESIS_SINS
from thesis_lib.resnet import ResNet18
from thesis_lib.spectrogram import Features
from thesis_lib.triplet_loss import triplet_loss
from thesis_lib.util.device import choose

SMALL = replace(SMALL_HOME, features=Features(n_mels=64))  # 98 x 64, whatever runs use
TRIPLETS = {SMALL: 64, THESIS_SINS: 8}  # a step; few are enough at full width
METHODS = {
    "float32": (False, torch.contiguous_format),
    "float32, channels_last": (False, torch.channels_last),
    "bfloat16": (True, torch.contiguous_format),
    "bfloat16, channels_last": (True, torch.channels_last),
}


def make_step(recipe, triplets, method, device):
    """A function that takes one training step."""
    bfloat16, layout = METHODS[method]
    torch.manual_seed(SEED)
    x = torch.randn(3 * triplets, 1, recipe.tile_frames, recipe.features.n_mels, device=device)
    x = x.contiguous(memory_format=layout)
    model = ResNet18(1, recipe.width, recipe.embedding).to(device, memory_format=layout)
    optimiser = torch.optim.Adam(
        model.parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
    )

    def step():
        with torch.autocast(device.type, torch.bfloat16, enabled=bfloat16):
            z = model(x)
        loss = triplet_loss(*z.float().chunk(3), recipe.margin, recipe.reduction).loss
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        loss.item()  # wait until the device is done

    return step


def measure(recipe, device, methods, threads, rounds, triplets):
    """One row for each number of threads and method: tiles a second."""
    steps = {name: make_step(recipe, triplets, name, device) for name in methods}

    def speed(count, method, _round):
        torch.set_num_threads(count)
        return 3 * triplets / timed(steps[method])

    ways = {key: partial(speed, *key) for key in product(threads, methods)}
    corpus = f"random tiles, {recipe.tile_frames} x {recipe.features.n_mels}"
    return [
        row(corpus, method, "tiles_per_s", values, width=recipe.width, threads=count)
        for (count, method), values in by_turns(ways, rounds).items()
    ]


def main(argv=None):
    args = arguments(__doc__, argv, rounds=(5, 1, "rounds"))
    device, about, rows = choose(), machine(), []
    threads = [1, 2] if device.type == "cpu" and not args.quick else [1]
    for recipe, triplets in TRIPLETS.items():
        if args.quick:
            recipe, triplets = replace(recipe, width=8, tile=0.5), 1
        rows += measure(recipe, device, METHODS, threads, args.rounds, triplets)
    publish(args, "training_step", rows, about)


if __name__ == "__main__":
    start(main)
