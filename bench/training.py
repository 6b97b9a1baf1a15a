"""How many tiles a second a training takes in, beside its bare network and the thesis's loader.

Run ``python bench/training.py``; it writes ``bench/results/training.json``, a list of rows, the
last of which names the machine; with ``--name h100``, for another, ``training_on_h100.json``.

`ours` is the training loop as it is: pairs or triplets drawn, tiles cut out of the store, changed,
through the network, loss, gradients, optimiser. `bare_network` is the network's forward and
backward alone, on one batch again and again. `thesis_loader` is the same step fed as the thesis
fed it: each tile read from its file, its spectrogram made by librosa, when the batch needs it. The
first two take turns of a tenth of a second, so that a busy moment of the machine does not hit only
one of them; the third, whose threads would disturb them, has its time after theirs in each round.

On a GPU `gpu_busy` is the share of the time in which it computes, by torch's profiler; machines
with one are paid by the minute, so there is less of everything there, and neither the thesis's
loader nor growing stores.
Stores of one and of ten times the size show what more data cost: their speeds by turns as well, the
memory of each in a process of its own.
All is in bfloat16, at full width a few tiles a step; on a GPU the batches are larger.
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
from torch.profiler import ProfilerActivity, profile
from tqdm.auto import tqdm

from thesis_lib.embed import vectors
from thesis_lib.pipeline.stages import prepare
from thesis_lib.recipe import OURS_HOME, SEED, SMALL_HOME, THESIS_MUSIC, THESIS_SINS, TRIPLETS
from thesis_lib.spectrogram import Features
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import new_model, step
from thesis_lib.training.method import method_of
from thesis_lib.training.objective import make_objective
from thesis_lib.util.device import choose
from thesis_lib.util.files import write_json

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"
ROUNDS = {"cpu": 5, "cuda": 3}
SECONDS = {"cpu": 3.0, "cuda": 1.5}  # that a method computes in a round, at least
TURN = 0.1  # s
STEPS = 150  # after which the memory does not grow any more
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
ON_GPU = {OURS_HOME: 512, THESIS_SINS: 170}


def made_up(folder, features, recordings=RECORDINGS):
    """A store of noise in dB, on disk as stores are: a minute a recording, four a session."""
    frames = round(60 * features.frame_rate)
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
        self.model, self.optimiser = model.train(), method_of(recipe).optimiser(model, recipe)
        self.objective = make_objective(store, recipe, device)

    def batches(self):
        """Batches without end."""
        return (batch for epoch in count() for batch in self.objective.batches(SEED, epoch))

    def step(self, batch):
        step(self.model, self.optimiser, self.objective, batch, self.recipe.learning_rate)


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
        if network.recipe.method != TRIPLETS:
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


def turns(methods, device):
    """One round: tiles a second of each method, which take short turns until each had its time."""
    tiles, spent = dict.fromkeys(methods, 0), dict.fromkeys(methods, 0.0)
    while min(spent.values()) < SECONDS[device.type]:
        for name, steps in methods.items():
            began = time.perf_counter()
            while (passed := time.perf_counter() - began) < TURN:
                tiles[name] += next(steps)
                if device.type == "cuda":
                    torch.cuda.synchronize(device)
            spent[name] += passed
    return {name: tiles[name] / spent[name] for name in methods}


def rounds(device, *together):
    """Tiles a second of each method, a value a round; those of one dict take turns."""
    for steps in (steps for methods in together for steps in methods.values()):
        list(islice(steps, 3))  # the first steps warm up
    found = {}
    for methods in ROUNDS[device.type] * together:
        for name, speed in turns(methods, device).items():
            found.setdefault(name, []).append(speed)
    return found


def compare(recipe, store, corpus, device):
    """Rows of one recipe: ours, the bare network, the thesis's loader, in turns."""
    by_turns = [(ours, bare_network), (thesis_loader,)]
    if device.type == "cuda":  # its loader computes on the CPU
        del by_turns[1]
    together = [
        {method.__name__: method(Network(recipe, store, device), corpus) for method in methods}
        for methods in by_turns
    ]
    about = {
        "corpus": f"tiles of {recipe.length} x {recipe.features.mels}",
        "recipe": recipe.name, "width": recipe.width, "anchors": recipe.batch,
    }  # fmt: skip
    speeds = rounds(device, *together)
    found = [about | row(name, "tiles_per_s", values) for name, values in speeds.items()]
    if device.type == "cuda":
        for name, steps in together[0].items():
            shares = [busy(steps, device) for _ in range(ROUNDS[device.type])]
            found.append(about | row(name, "gpu_busy", shares))
    return found


def busy(steps, device, count=30):
    """The share of the time of some steps in which the GPU computes."""
    torch.cuda.synchronize(device)
    with profile(activities=[ProfilerActivity.CUDA]) as seen:
        began = time.perf_counter()
        list(islice(steps, count))
        torch.cuda.synchronize(device)
        passed = time.perf_counter() - began
    return sum(event.self_device_time_total for event in seen.key_averages()) / 1e6 / passed


def row(method, metric, values):
    """The end of a row of the result; `spread` is the standard deviation over the rounds."""
    return {
        "method": method,
        "metric": metric,
        "mean": round(float(np.mean(values)), 2),
        "spread": round(float(np.std(values, ddof=1)), 2),
        "seeds": len(values),
    }


def larger(folder, times):
    """A store of so many times a size."""
    return made_up(Path(folder), OURS_HOME.features, 8 * times * RECORDINGS)


def peak(times):
    """In a process of its own: the peak of the memory (GB) of some steps on a store."""
    device = choose()
    with tempfile.TemporaryDirectory() as folder:
        list(islice(ours(Network(OURS_HOME, larger(folder, times), device), None), STEPS))
    on_gpu = torch.cuda.max_memory_allocated() if device.type == "cuda" else 0
    return (on_gpu or peak_memory()) / 1e9


def growth(device):
    """Rows of one and of ten times the data."""
    memory = {1: [], 10: []}
    for times in [*memory] * 3:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            memory[times].append(pool.submit(peak, times).result())
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as ten:
        stores = {times: larger(place, times) for times, place in ((1, one), (10, ten))}
        methods = {n: ours(Network(OURS_HOME, store, device), None) for n, store in stores.items()}
        speeds = rounds(device, methods)
    for times, store in stores.items():
        size = store.frames.nbytes / 1e9
        about = {"corpus": f"made-up store of {size:.2f} GB", "recipe": OURS_HOME.name}
        yield about | row("ours", "tiles_per_s", speeds[times])
        yield about | row("ours", "peak_memory_gb", memory[times])


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
    if device.type == "cpu":
        rows += growth(device)
    name = f"training_on_{args.name}" if args.name else "training"
    write_json(RESULTS / f"{name}.json", [*rows, about])
    for one in rows:
        print(f"{one['corpus']:28} {one['recipe']:18} {one['method']:14} {one['metric']:14} "
              f"{one['mean']:>9,.2f} ± {one['spread']:,.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
