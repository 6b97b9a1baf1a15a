"""How many triplets a second reach the network: cut on the fly as in the thesis, or gathered.

Run ``python bench/input_pipeline.py``; it writes ``bench/results/input_pipeline.json``, a list of
rows, the last of which names the machine. One process, one thread; tiles and features are the
thesis's. The ways take turns, round after round, so that a busy minute of the machine does not hit
only one of them. Files and store were read before, so what is timed is work, not the disk.
"""

import argparse
import tempfile
import time
from pathlib import Path

import librosa
import numpy as np
import torch
from machine import machine

from thesis_lib import sampler
from thesis_lib.audio import io as audio_io
from thesis_lib.datasets import music, sins
from thesis_lib.datasets.mini_home import home
from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import SEED, THESIS_MUSIC, THESIS_SINS
from thesis_lib.spectrogram import log_mel
from thesis_lib.store import gather
from thesis_lib.util.files import write_json

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "bench" / "results" / "input_pipeline.json"
ROUNDS = 5
THESIS = "thesis: decode, librosa"
TORCH = "decode, torch"
STORE = "here: gather from the store"
TRIPLETS = {THESIS: 16, TORCH: 16, STORE: 960}  # a round, in the recipe's batches


def librosa_log_mel(wave, features):
    """Log-Mel of a waveform by librosa, (frames, mels), dB."""
    power = librosa.feature.melspectrogram(
        y=wave, sr=features.sample_rate, n_fft=features.fft, hop_length=features.step,
        win_length=features.frame, n_mels=features.mels, center=False,
    )  # fmt: skip
    return librosa.power_to_db(power, top_db=None).T


class Bench:
    """A corpus, its store, and each way from three tile numbers to three pictures."""

    def __init__(self, corpus, recipe, folder):
        self.corpus, self.recipe = corpus, recipe
        began = time.perf_counter()
        self.store = store_builder.build(corpus, recipe.features, folder, progress=False)
        self.seconds = time.perf_counter() - began
        index = self.store.index
        self.tiles = sampler.cut(index.first_frame, index.n_frames, recipe.length, recipe.hop)
        self.draw = sampler.TripletSampler(self.tiles, recipe.reach_tiles)
        self.frames = self.store.on(torch.device("cpu"))
        self.frames.sum()  # read once, as every file is in the first round
        self.starts = torch.from_numpy(self.tiles.start)

    def on_the_fly(self, batch, spectrogram):
        """Decode the stretch of each tile, then compute its spectrogram."""
        return [spectrogram(self._wave(tile), self.recipe.features) for tile in batch.flatten()]

    def gathered(self, batch):
        """Cut the tiles out of the store."""
        return gather(self.frames, self.starts[batch.flatten()], self.recipe.length)

    def _wave(self, tile):
        row = self.store.index.iloc[self.tiles.recording[tile]]
        features = self.recipe.features
        offset = (self.tiles.start[tile] - row.first_frame) / features.rate
        path = self.corpus.path(row)
        start = row.start + offset
        return audio_io.read(path, features.sample_rate, row.channel, start, self.recipe.tile)

    def _triplets(self, seed, count):
        epochs = range(-(-count // len(self.draw.anchors)))
        return torch.cat([self.draw.epoch(SEED + seed, epoch) for epoch in epochs])[:count]

    def speed(self, method, seed):
        """Triplets a second of one round."""
        batches = self._triplets(seed, TRIPLETS[method]).split(self.recipe.batch)
        began = time.perf_counter()
        for batch in batches:
            if method == STORE:
                self.gathered(batch)
            else:
                self.on_the_fly(batch, librosa_log_mel if method == THESIS else log_mel)
        return sum(map(len, batches)) / (time.perf_counter() - began)


def rows(bench):
    """A row for each way, and one for what the store costs once."""
    speeds = {method: [] for method in TRIPLETS}
    for seed in range(ROUNDS + 1):
        for method in TRIPLETS:
            speed = bench.speed(method, seed)
            if seed:  # the first round warms up
                speeds[method].append(speed)
    found = [row(bench, method, "triplets_per_s", speeds[method]) for method in TRIPLETS]
    found.append(row(bench, STORE, "store_built_once_s", [bench.seconds]))
    return found + [row(bench, STORE, "anchors_an_epoch", [len(bench.draw.anchors)])]


def row(bench, method, metric, values):
    """One row of the result; `seeds` is the number of rounds."""
    spread = float(np.std(values, ddof=1)) if len(values) > 1 else 0.0
    about = {"corpus": bench.corpus.name, "method": method, "metric": metric}
    numbers = {"mean": round(float(np.mean(values)), 2), "spread": round(spread, 2)}
    return about | numbers | {"seeds": len(values)}


def main():
    """Measure both corpora."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=ROOT / "runs" / "mini_home")
    parser.add_argument("--music", type=Path, default=ROOT / "data" / "mini_music")
    args = parser.parse_args()
    if args.home == parser.get_default("home"):
        home.make(args.home)
    about = machine()
    torch.set_num_threads(1)
    found = []
    for read, source, recipe in (
        (sins.read, args.home, THESIS_SINS),
        (music.read, args.music, THESIS_MUSIC),
    ):
        with tempfile.TemporaryDirectory() as folder:
            found += rows(Bench(read(source), recipe, Path(folder) / "store"))
    write_json(RESULT, found + [about])
    for one in found:
        print(f"{one['corpus']:12} {one['method']:28} {one['metric']:20} {one['mean']:>10,.1f}")


if __name__ == "__main__":
    main()
