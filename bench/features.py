"""From the waveform to the store: log-Mel beside librosa and torchaudio, and a store's building.

Run ``python bench/features.py``; it writes ``bench/results/features.json``. Each method uses one
thread, and then one process a core.

What is timed are segments of 10 s, mono, 16 kHz, as the thesis read them: 998 frames of 128 bands;
real ones too, where THESIS_REAL_DATA names a folder with some of SINS. All three methods transform
in single precision, `ours, double` in double. The stores are built of segments in the layout of
SINS, four channels, 16 bit, noise and tones, each in a process of its own; what that does for the
first time counts, as it does for a reader. One of ten times the size is built between two small
ones. Files and stores lie in the page cache: what is timed is work, not the disk.
"""

import os
import shutil
import tempfile
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import librosa
import numpy as np
import pandas as pd
import soundfile
import torch
from harness import (
    RATE,
    arguments,
    by_turns,
    in_own_process,
    machine,
    peak_memory,
    publish,
    row,
    sound,
    start,
    timed,
)
from threadpoolctl import threadpool_limits

from thesis_lib.analysis.reference_features import by_torchaudio, librosa_log_mel, torchaudio
from thesis_lib.audio import io as audio_io
from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.pipeline import store_builder
from thesis_lib.spectrogram import Features, log_mel
from thesis_lib.store import SpectrogramStore, gather

CORPUS, REAL = "random segments of 10 s", "SINS, real segments"
CORES = os.cpu_count()
FEATURES = Features()
BATCH = 192  # tiles gathered at a time


def ours(wave):
    """In single precision, as the store is built."""
    return log_mel(wave, FEATURES, torch.float32)


def ours_double(wave):
    return log_mel(wave, FEATURES)


METHODS = {
    "ours": ours,
    "ours, double": ours_double,
    "librosa": partial(librosa_log_mel, features=FEATURES),
}
if torchaudio:  # it does not load beside a CPU build of torch
    METHODS["torchaudio"] = partial(by_torchaudio, features=FEATURES)


def real(count):
    """Real segments, each as often as it takes; none where there are none."""
    root = os.environ.get("THESIS_REAL_DATA")
    paths = sorted(Path(root, "sins").rglob("*.wav")) if root else []
    waves = [audio_io.read(path) for path in paths[:count]]
    return [waves[i % len(waves)] for i in range(count)] if waves else []


def transform(method, waves):
    """One round on one thread."""
    torch.set_num_threads(1)
    with threadpool_limits(1):  # of numpy's matrix products
        for wave in waves:
            METHODS[method](wave)


def _transform(method, _):
    transform(method, WAVES)


def throughput(name, waves, rounds):
    """Segments a second on one core and on all, and how many times real time one core does."""
    global WAVES  # workers are forked with it: not sent in what is timed
    WAVES, one, every = waves, "segments_per_s", "segments_per_s_all_cores"

    def speed(method, metric, _round):
        if metric == one:
            return len(waves) / timed(transform, method, waves)
        work = partial(_transform, method), range(CORES), 1
        return CORES * len(waves) / timed(workers.map, *work)

    ways = {(method, metric): partial(speed, method, metric) for method in METHODS
            for metric in (one, every)}  # fmt: skip
    with get_context("fork").Pool(CORES) as workers:
        values = by_turns(ways, rounds)
    for method in METHODS:
        values[method, "x_real_time_per_core"] = 10 * np.array(values[method, one])
    return [row(name, *key, found) for key, found in values.items()]


def accuracy(name, waves):
    """How far each method is from librosa's formula in double precision, dB."""
    found = []
    for method, function in METHODS.items():
        off = [np.abs(np.asarray(function(wave)) - in_double(wave)).max() for wave in waves]
        found.append(row(name, method, "largest_error_db", off))
    return found


def in_double(wave):
    """Frames, Fourier transform and Mel bands in double precision by numpy."""
    f = FEATURES
    frames = librosa.util.frame(wave, frame_length=f.win_length, hop_length=f.hop_length).T
    power = (
        np.abs(np.fft.rfft(frames * librosa.filters.get_window("hann", f.win_length), f.n_fft)) ** 2
    )
    bank = librosa.filters.mel(sr=f.sample_rate, n_fft=f.n_fft, n_mels=f.n_mels, dtype=np.float64)
    return librosa.power_to_db(power @ bank.T, top_db=None)


def corpus(folder, count):
    """A corpus of `count` segments in the format of SINS; each file is written once and linked."""
    folder.mkdir(exist_ok=True)
    names = [f"{number:05d}.wav" for number in range(count)]
    for number, name in enumerate(names):
        if (folder / name).exists():
            continue
        if number < 20:
            soundfile.write(folder / name, sound(10, number, 4), RATE, "PCM_16")
        else:
            (folder / name).hardlink_to(folder / names[number % 20])
    fixed = {"name": "", "start": 0.0, "duration": 10.0, "sample_rate": RATE, "channels": 4}
    fixed |= {"channel": -1, "label": "", "group": names, "node": "1", "position": 0}
    table = pd.DataFrame({"path": names, **fixed, "split": "train", "known": True})
    return Corpus(CORPUS, folder, table[list(COLUMNS)])


def build(folder, count, store):
    """Build a store in this process: its seconds, and the most memory it took (GB, resident)."""
    taken = timed(store_builder.build, corpus(folder, count), FEATURES, store, None, False)
    return taken, peak_memory() / 1e9


def building(args):
    """How time and memory of a whole build grow with the corpus; what is gathered from the last."""
    taken, memory, ratios = {1: [], 10: []}, {1: [], 10: []}, []
    with tempfile.TemporaryDirectory() as folder:
        sounds = Path(folder, "sounds")
        corpus(sounds, 10 * args.small)
        for turn in range(args.builds):
            for times in (1, 10, 1):
                store = Path(folder, f"store_{times}")
                shutil.rmtree(store, ignore_errors=True)
                work = build, sounds, times * args.small, store
                spent, peak = in_own_process(*work, quick=args.quick)
                taken[times].append(spent)
                memory[times].append(peak)
            ratios.append(taken[10][turn] / np.mean(taken[1][2 * turn :]))
        gathered = gathering(Path(folder, "store_10"), args.rounds)
    metrics = {
        "store_segments_per_s_all_cores": 10 * args.small / np.array(taken[10]),
        "time_ratio_at_10x": ratios,
        "peak_memory_gb": memory[1],
        "peak_memory_gb_at_10x": memory[10],
        "gather_gb_per_s": gathered,
    }
    return [row(CORPUS, "ours", metric, values) for metric, values in metrics.items()]


def gathering(folder, rounds):
    """Bytes of a store's frames (float16) that random batches of tiles read, on one thread."""
    torch.set_num_threads(1)
    frames, length = SpectrogramStore.open(folder).on(torch.device("cpu")), FEATURES.frames(5.0)
    for part in frames.split(10**5):
        part.float().sum()  # read once: from here on it lies in the page cache
    rng, speeds = np.random.default_rng(0), []
    for _ in range(4 * rounds):
        starts = torch.from_numpy(rng.integers(0, len(frames) - length, BATCH))
        taken = timed(gather, frames, starts, length)
        speeds.append(BATCH * length * FEATURES.n_mels * 2 / taken / 1e9)
    return speeds[rounds:]  # the first ones warm up


def main(argv=None):
    args = arguments(
        __doc__, argv,
        rounds=(20, 1, "rounds"),
        segments=(20, 1, "segments that a method transforms in a round"),
        small=(400, 1, "segments of the store that is built at one and at ten times its size"),
        builds=(3, 1, "builds of the larger store"),
    )  # fmt: skip
    about, rows = machine(), []
    made_up = [sound(10, seed)[:, 0] for seed in range(args.segments)]
    for name, waves in ((CORPUS, made_up), (REAL, [] if args.quick else real(args.segments))):
        if waves:
            rows += throughput(name, waves, args.rounds) + accuracy(name, waves)
    publish(args, "features", rows + building(args), about)


if __name__ == "__main__":
    start(main)
