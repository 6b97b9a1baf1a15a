"""How many triplets a second reach the network: cut on the fly as in the thesis, or gathered.

Run ``python bench/input_pipeline.py``; it writes ``bench/results/input_pipeline.json``. One
process, one thread; tiles and features are the thesis's. Files and store were read before, so what
is timed is work, not the disk.
"""

import tempfile
from functools import partial
from pathlib import Path

import torch
from harness import arguments, by_turns, machine, publish, row, run_on, start, timed

from thesis_lib import sampler
from thesis_lib.analysis.reference_features import librosa_log_mel
from thesis_lib.audio import io as audio_io
from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import SEED, SMALL_HOME, SMALL_MUSIC, THESIS_MUSIC, THESIS_SINS
from thesis_lib.spectrogram import log_mel
from thesis_lib.store import SpectrogramStore, gather

THESIS = "thesis: decode, librosa"
TORCH = "decode, torch"
STORE = "here: gather from the store"
TRIPLETS = {THESIS: 16, TORCH: 16, STORE: 960}  # a round, in the recipe's batches


class Bench:
    """A corpus, its store, and each way from three tile numbers to three pictures."""

    def __init__(self, corpus, recipe, folder):
        self.corpus, self.recipe = corpus, recipe
        self.seconds = timed(store_builder.build, corpus, recipe.features, folder, None, False)
        self.store = SpectrogramStore.open(folder)
        index = self.store.index
        self.tiles = sampler.cut(
            index.first_frame, index.n_frames, recipe.tile_frames, recipe.tile_hop
        )
        self.draw = sampler.TripletSampler(self.tiles, recipe.neighbour_range_tiles)
        self.frames = self.store.on(torch.device("cpu"))
        self.frames.sum()  # read once, as every file is in the first round
        self.starts = torch.from_numpy(self.tiles.start)

    def on_the_fly(self, batch, spectrogram):
        """Decode the stretch of each tile, then compute its spectrogram."""
        return [spectrogram(self._wave(tile), self.recipe.features) for tile in batch.flatten()]

    def gathered(self, batch):
        """Cut the tiles out of the store."""
        return gather(self.frames, self.starts[batch.flatten()], self.recipe.tile_frames)

    def _wave(self, tile):
        row = self.store.index.iloc[self.tiles.recording[tile]]
        features = self.recipe.features
        offset = (self.tiles.start[tile] - row.first_frame) / features.frame_rate
        path = self.corpus.path(row)
        start = row.start + offset
        return audio_io.read(path, features.sample_rate, row.channel, start, self.recipe.tile)

    def _triplets(self, seed, count):
        epochs = range(-(-count // len(self.draw.anchors)))
        return torch.cat([self.draw.epoch(SEED + seed, epoch) for epoch in epochs])[:count]

    def speed(self, method, triplets, seed):
        """Triplets a second of one round."""
        cut = self.gathered
        if method != STORE:
            log_mel_ = librosa_log_mel if method == THESIS else log_mel
            cut = partial(self.on_the_fly, spectrogram=log_mel_)
        batches = self._triplets(seed, triplets).split(self.recipe.batch)
        return triplets / timed(lambda: [cut(batch) for batch in batches])


def measure(bench, triplets, rounds):
    """A row for each way, and two for what the store costs once and gives."""
    ways = {method: partial(bench.speed, method, count) for method, count in triplets.items()}
    corpus = bench.corpus.name
    for method, values in by_turns(ways, rounds).items():
        yield row(corpus, method, "triplets_per_s", values)
    yield row(corpus, STORE, "store_built_once_s", [bench.seconds])
    yield row(corpus, STORE, "anchors_an_epoch", [len(bench.draw.anchors)])


def main(argv=None):
    args = arguments(__doc__, argv, rounds=(5, 1, "rounds"))
    about, rows = machine(), []
    recipes = {"mini_home": THESIS_SINS, "mini_music": THESIS_MUSIC}
    if args.quick:
        recipes = {"mini_home": SMALL_HOME, "mini_music": SMALL_MUSIC}
    triplets = dict.fromkeys(TRIPLETS, 2) if args.quick else TRIPLETS
    torch.set_num_threads(1)
    for name, recipe in recipes.items():
        corpus = run_on(name, args).corpus_of_all_folds
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(corpus, recipe, Path(folder) / "store")
            rows += measure(bench, triplets, args.rounds)
    publish(args, "input_pipeline", rows, about)


if __name__ == "__main__":
    start(main)
