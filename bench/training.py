"""How many tiles a second a training takes in, beside its bare network and the thesis's loader.

Run ``python bench/training.py``; it writes ``bench/results/training.json``, a list of rows, the
last of which names the machine; with ``--name h100``, for another, ``training_on_h100.json``.

`ours` is the training loop as it is: pairs or triplets drawn, tiles cut out of the store, changed,
through the network, loss, gradients, optimiser. `bare_network` is the network's forward and
backward alone, on one batch again and again. `thesis_loader` is the same step fed as the thesis
fed it: each tile read from its file, its spectrogram made by librosa, when the batch needs it. They
take turns, round after round, so that a busy minute of the machine does not hit only one of them.

Stores of one and of ten times the size, each in a process of its own, show what more data cost.
On a GPU the batches are larger and all is in bfloat16.
"""

import argparse
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import count, islice
from multiprocessing import get_context
from pathlib import Path

import librosa
import numpy as np
import pandas as pd
import torch
from machine import machine, peak_memory
from tqdm.auto import tqdm

from thesis_lib.device import choose
from thesis_lib.embed import vectors
from thesis_lib.objectives import objective
from thesis_lib.recipe import OURS_HOME, SEED, SMALL_HOME, THESIS_MUSIC, THESIS_SINS
from thesis_lib.record import write_json
from thesis_lib.spectrogram import Features
from thesis_lib.stages import prepare
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import new_model, new_optimiser, step

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"
ROUNDS = 5
SECONDS = 3.0  # that a method computes in a round, about
RECORDINGS = 64  # of a minute, in a made-up store; in those that grow 512 and 5120
OURS_FULL = replace(
    OURS_HOME, name="ours, full width", features=THESIS_SINS.features, tile=5.0, width=64
)
# The tiles that a second of sound gives at the thesis's frame step.
OURS_FINE = replace(OURS_HOME, name="ours, 10 ms a frame", features=Features(mels=64))
ON_CPU = {  # recipe, anchors in a step: at full width a few are enough
    SMALL_HOME: SMALL_HOME.batch, OURS_HOME: OURS_HOME.batch, OURS_FINE: OURS_HOME.batch,
    THESIS_SINS: 8, THESIS_MUSIC: 4, OURS_FULL: 8,
}  # fmt: skip
ON_GPU = {
    SMALL_HOME: 512, OURS_HOME: 512, OURS_FINE: 512,
    THESIS_SINS: 170, THESIS_MUSIC: 85, OURS_FULL: 256,
}  # fmt: skip


def made_up(folder, features, recordings=RECORDINGS):
    """A store of noise in dB, on disk as stores are: a minute a recording, four a session."""
    frames = round(60 * features.rate)
    shape = (recordings * frames, features.mels)
    array = np.lib.format.open_memmap(folder / "frames.npy", "w+", np.float16, shape)
    rng = np.random.default_rng(SEED)
    noise = rng.normal(-40, 10, (frames, features.mels))
    for first in range(0, len(array), frames):
        array[first : first + frames] = noise + rng.normal(0, 3)
    number = np.arange(recordings)
    index = pd.DataFrame(
        {"split": "train", "group": number // 4, "position": number % 4,
         "first_frame": number * frames, "n_frames": frames}
    )  # fmt: skip
    frames = np.load(folder / "frames.npy", mmap_mode="c")
    return SpectrogramStore(frames, index, features, {"mean": -40.0, "std": 10.0})


class Network:
    """A network and its optimiser, ready to take steps of a recipe."""

    def __init__(self, recipe, store, device):
        self.recipe, self.device = recipe, device
        model = new_model(recipe, store, SEED).to(device, memory_format=torch.channels_last)
        if device.type == "cuda":
            model.compile(dynamic=False)
        self.model, self.optimiser = model.train(), new_optimiser(model, recipe)
        self.aim = objective(store, recipe, device)

    def batches(self):
        """Batches without end."""
        return (batch for epoch in count() for batch in self.aim.batches(SEED, epoch))

    def step(self, batch):
        step(self.model, self.optimiser, self.aim, batch, self.recipe.rate)


def ours(network, corpus):
    """Everything that a training does."""
    for batch in network.batches():
        network.step(batch)
        yield batch.starts.numel()


def bare_network(network, corpus):
    """Forward and backward of the network, its projection head too, and nothing else."""
    batch = next(network.batches())
    x = batch.tiles.flatten(0, 1)
    pull = None
    while True:
        z = vectors(network.model, x, network.recipe)
        if network.recipe.contrast is not None:
            z = network.model.project(z)
        pull = torch.randn_like(z) if pull is None else pull
        network.model.zero_grad()
        z.backward(pull)
        yield len(x)


def thesis_loader(network, corpus):
    """A step whose tiles are read and transformed by librosa when they are needed."""
    recipe, rng = network.recipe, np.random.default_rng(SEED)
    template = next(network.batches())
    paths = [corpus.path(row) for row in corpus.table.itertuples()]
    longest = corpus.table.duration.min() - recipe.tile
    while True:
        tiles = [
            by_librosa(rng.choice(paths), rng.uniform(0, max(longest, 0)), recipe)
            for _ in range(template.starts.numel())
        ]
        x = torch.from_numpy(np.stack(tiles)).to(network.device)
        network.step(template._replace(tiles=x.view_as(template.tiles)))
        yield len(tiles)


def by_librosa(path, start, recipe):
    """One tile: (1, length, mels), dB."""
    f = recipe.features
    wave, _ = librosa.load(path, sr=f.sample_rate, offset=start, duration=recipe.tile)
    wave = librosa.util.fix_length(wave, size=f.fft + (recipe.length - 1) * f.step)
    power = librosa.feature.melspectrogram(
        y=wave, sr=f.sample_rate, n_fft=f.fft, hop_length=f.step, win_length=f.frame,
        n_mels=f.mels, center=False,
    )  # fmt: skip
    return librosa.power_to_db(power, top_db=None).T[None].astype(np.float32)


def timed(steps, device, seconds=SECONDS):
    """Tiles a second over some steps."""
    tiles, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds:
        tiles += next(steps)
        if device.type == "cuda":
            torch.cuda.synchronize(device)
    return tiles / (time.perf_counter() - began)


def compare(recipe, store, corpus, device):
    """Rows of one recipe: ours, the bare network, the thesis's loader, in turns."""
    methods = {}
    for method in (ours, bare_network, thesis_loader):
        methods[method.__name__] = method(Network(recipe, store, device), corpus)
    speeds = {name: [] for name in methods}
    for steps in methods.values():
        list(islice(steps, 2))  # the first steps warm up
    for _ in range(ROUNDS):
        for name, steps in methods.items():
            speeds[name].append(timed(steps, device))
    about = {
        "corpus": f"tiles of {recipe.length} x {recipe.features.mels}",
        "recipe": recipe.name, "width": recipe.width, "anchors": recipe.batch,
    }  # fmt: skip
    return [about | row(name, "tiles_per_s", values) for name, values in speeds.items()]


def row(method, metric, values):
    """The end of a row of the result; `spread` is the standard deviation over the rounds."""
    return {
        "method": method,
        "metric": metric,
        "mean": round(float(np.mean(values)), 2),
        "spread": round(float(np.std(values, ddof=1)), 2),
        "seeds": len(values),
    }


def alone(times):
    """In a process of its own: tiles a second of ours, and the peak of its memory (GB)."""
    device = choose()
    with tempfile.TemporaryDirectory() as folder:
        store = made_up(Path(folder), OURS_HOME.features, 8 * times * RECORDINGS)
        steps = ours(Network(OURS_HOME, store, device), None)
        list(islice(steps, 3))
        speed = timed(steps, device, 2 * SECONDS)
    on_gpu = torch.cuda.max_memory_allocated() if device.type == "cuda" else 0
    return speed, (on_gpu or peak_memory()) / 1e9, store.frames.nbytes / 1e9


def growth():
    """Rows of one and of ten times the data, by turns."""
    found = {1: [], 10: []}
    for _ in range(3):
        for times in found:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                found[times].append(pool.submit(alone, times).result())
    rows = []
    for values in found.values():
        speed, peak, size = zip(*values, strict=True)
        about = {"corpus": f"made-up store of {size[0]:.2f} GB", "recipe": OURS_HOME.name}
        rows.append(about | row("ours", "tiles_per_s", speed))
        rows.append(about | row("ours", "peak_memory_gb", peak))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--name", help="of the machine, for the name of the result")
    args = parser.parse_args()
    device, about, rows = choose(), machine(), []
    corpus = prepare("mini_home", ROOT / "runs" / "mini_home", ROOT / "runs").corpus
    sizes = ON_GPU if device.type == "cuda" else ON_CPU
    for recipe, anchors in tqdm(sizes.items(), "recipes"):
        recipe = replace(recipe, batch=anchors, bfloat16=True)
        with tempfile.TemporaryDirectory() as folder:
            store = made_up(Path(folder), recipe.features)
            rows += compare(recipe, store, corpus, device)
    rows += growth()
    name = f"training_on_{args.name}" if args.name else "training"
    write_json(RESULTS / f"{name}.json", [*rows, about])
    for one in rows:
        print(f"{one['corpus']:28} {one['recipe']:18} {one['method']:14} {one['metric']:14} "
              f"{one['mean']:>9,.2f} ± {one['spread']:,.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
