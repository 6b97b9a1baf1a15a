"""How many tiles a second a training takes in, beside its bare network and the thesis's loader.

Run ``python bench/training.py``; it writes ``bench/results/training.json``; with ``--name h100``,
for another machine, ``training_on_h100.json``.

`ours` is the training loop as it is: pairs or triplets drawn, tiles cut out of the store, changed,
through the network, loss, gradients, optimiser. `bare_network` is the network's forward and
backward alone, on one batch again and again. `thesis_loader` is the same step fed as the thesis
fed it: each tile read from its file, its spectrogram made by librosa, when the batch needs it. The
first two take turns of a tenth of a second, so that a busy moment of the machine does not hit only
one of them; the third, whose threads would disturb them, has its time after theirs in each round.

On a GPU `gpu_busy` is the share of the time in which it computes, by torch's profiler; machines
with one are paid by the minute, so neither the thesis's loader nor growing stores are measured.
Stores of one and of ten times the size show what more data cost: their speeds by turns as well, the
memory of each in a process of its own.
All is in bfloat16, at full width a few tiles a step; on a GPU the batches are larger.
"""

import tempfile
import time
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

import librosa
import numpy as np
import pandas as pd
import torch
from harness import arguments, in_own_process, machine, peak_memory, publish, row, run_on, start
from torch.profiler import ProfilerActivity, profile
from tqdm.auto import tqdm

from thesis_lib.analysis.reference_features import librosa_log_mel
from thesis_lib.embed import vectors
from thesis_lib.recipe import OURS_HOME, SEED, SMALL_HOME, THESIS_MUSIC, THESIS_SINS, TRIPLETS
from thesis_lib.spectrogram import Features
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import new_model, step
from thesis_lib.training.method import method_of
from thesis_lib.training.objective import make_objective
from thesis_lib.util.device import choose

TURN = 0.1  # s
OURS_FULL = replace(
    OURS_HOME, name="ours, full width", features=THESIS_SINS.features, tile=5.0, width=64
)
# The tiles that a second of sound gives at the thesis's frame step.
OURS_FINE = replace(OURS_HOME, name="ours, 10 ms a frame", features=Features(n_mels=64))
ON_CPU = {  # recipe, anchors in a step: at full width a few are enough
    SMALL_HOME: SMALL_HOME.batch, OURS_HOME: OURS_HOME.batch, OURS_FINE: OURS_HOME.batch,
    THESIS_SINS: 8, THESIS_MUSIC: 4, OURS_FULL: 8,
}  # fmt: skip
ON_GPU = {OURS_HOME: 512, THESIS_SINS: 170}


def made_up(folder, features, recordings):
    """A store of noise in dB, on disk as stores are: a minute a recording, four a session."""
    frames = round(60 * features.frame_rate)
    shape = (recordings * frames, features.n_mels)
    array = np.lib.format.open_memmap(folder / "frames.npy", "w+", np.float16, shape)
    rng = np.random.default_rng(SEED)
    noise = rng.normal(-40, 10, (frames, features.n_mels))
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
    """One tile: (1, length, n_mels), dB."""
    f = recipe.features
    wave, _ = librosa.load(path, sr=f.sample_rate, offset=start, duration=recipe.tile)
    wave = librosa.util.fix_length(
        wave, size=f.win_length + (recipe.tile_frames - 1) * f.hop_length
    )
    return librosa_log_mel(wave, f)[None].astype(np.float32)


def turns(methods, device, seconds):
    """One round: tiles a second of each method, which take short turns until each had its time."""
    tiles, spent = dict.fromkeys(methods, 0), dict.fromkeys(methods, 0.0)
    while min(spent.values()) < seconds:
        for name, steps in methods.items():
            began = time.perf_counter()
            while (passed := time.perf_counter() - began) < TURN:
                tiles[name] += next(steps)
                if device.type == "cuda":
                    torch.cuda.synchronize(device)
            spent[name] += passed
    return {name: tiles[name] / spent[name] for name in methods}


def rounds(size, device, *together):
    """Tiles a second of each method, a value a round; those of one dict take turns."""
    for steps in (steps for methods in together for steps in methods.values()):
        list(islice(steps, 3))  # the first steps warm up
    found = {}
    for methods in size.rounds * together:
        for name, speed in turns(methods, device, size.seconds).items():
            found.setdefault(name, []).append(speed)
    return found


def compare(size, recipe, store, corpus, device):
    """Rows of one recipe: ours, the bare network, the thesis's loader, in turns."""
    by_turns = [(ours, bare_network), (thesis_loader,)]
    if device.type == "cuda":  # its loader computes on the CPU
        del by_turns[1]
    together = [
        {method.__name__: method(Network(recipe, store, device), corpus) for method in methods}
        for methods in by_turns
    ]
    corpus = f"tiles of {recipe.tile_frames} x {recipe.features.n_mels}"
    about = {"recipe": recipe.name, "width": recipe.width, "anchors": recipe.batch}
    for name, values in rounds(size, device, *together).items():
        yield row(corpus, name, "tiles_per_s", values, **about)
    if device.type == "cuda":
        for name, steps in together[0].items():
            shares = [busy(steps, device) for _ in range(size.rounds)]
            yield row(corpus, name, "gpu_busy", shares, **about)


def busy(steps, device, count=30):
    """The share of the time of some steps in which the GPU computes."""
    torch.cuda.synchronize(device)
    with profile(activities=[ProfilerActivity.CUDA]) as seen:
        began = time.perf_counter()
        list(islice(steps, count))
        torch.cuda.synchronize(device)
        passed = time.perf_counter() - began
    return sum(event.self_device_time_total for event in seen.key_averages()) / 1e6 / passed


def grown(folder, size, times):
    """A store of so many times a size."""
    return made_up(Path(folder), OURS_HOME.features, times * size.grown)


def peak(size, times):
    """In a process of its own: the peak of the memory (GB) of some steps on a store."""
    device = choose()
    with tempfile.TemporaryDirectory() as folder:
        network = Network(OURS_HOME, grown(folder, size, times), device)
        list(islice(ours(network, None), size.steps))
    on_gpu = torch.cuda.max_memory_allocated() if device.type == "cuda" else 0
    return (on_gpu or peak_memory()) / 1e9


def growth(size, device):
    """Rows of one and of ten times the data."""
    memory = {1: [], 10: []}
    for times in [*memory] * size.builds:
        memory[times].append(in_own_process(peak, size, times, quick=size.quick))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as ten:
        stores = {times: grown(place, size, times) for times, place in ((1, one), (10, ten))}
        methods = {n: ours(Network(OURS_HOME, store, device), None) for n, store in stores.items()}
        speeds = rounds(size, device, methods)
    for times, store in stores.items():
        corpus = f"made-up store of {store.frames.nbytes / 1e9:.2f} GB"
        for metric, values in (("tiles_per_s", speeds[times]), ("peak_memory_gb", memory[times])):
            yield row(corpus, "ours", metric, values, recipe=OURS_HOME.name)


def main(argv=None):
    args = arguments(
        __doc__, argv,
        name=("", "", "of the machine, for the name of the result"),
        rounds=(5, 1, "rounds"),
        seconds=(3.0, 0.01, "that a method computes in a round, at least"),
        recordings=(64, 8, "of a minute, in a made-up store"),
        grown=(512, 8, "the same of the smaller store of those that show growth"),
        steps=(150, 1, "after which the memory does not grow any more"),
        builds=(3, 1, "processes that show the memory of each"),
    )  # fmt: skip
    device, about, rows = choose(), machine(), []
    corpus = run_on("mini_home", args).corpus
    sizes = ON_GPU if device.type == "cuda" else ON_CPU
    if args.quick:
        sizes = {SMALL_HOME: 4, OURS_HOME: 4}
    for recipe, anchors in tqdm(sizes.items(), "recipes"):
        recipe = replace(recipe, batch=anchors, bfloat16=True)
        with tempfile.TemporaryDirectory() as folder:
            store = made_up(Path(folder), recipe.features, args.recordings)
            rows += compare(args, recipe, store, corpus, device)
    if device.type == "cpu":
        rows += growth(args, device)
    publish(args, f"training_on_{args.name}" if args.name else "training", rows, about)


if __name__ == "__main__":
    start(main)
