"""From the waveform to the store: log-Mel beside librosa and torchaudio, and a store's building.

Run ``python bench/features.py``; it writes ``bench/results/features.json``, a list of rows, the
last of which names the machine. The methods take turns, round after round, so that a busy minute of
the machine does not hit only one of them; each uses one thread, and then one process a core.

What is timed are segments of 10 s, mono, 16 kHz, as the thesis read them: 998 frames of 128 bands;
real ones too, where THESIS_REAL_DATA names a folder with some of SINS. All three methods transform
in single precision, `ours, double` in double. The stores are built of segments in the layout of
SINS, four channels, 16 bit, noise and tones, each in a process of its own; what that does for the
first time counts, as it does for a reader. One of ten times the size is built between two small
ones. Files and stores lie in the page cache: what is timed is work, not the disk.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import librosa
import numpy as np
import pandas as pd
import soundfile
import torch
from machine import machine, peak_memory
from threadpoolctl import threadpool_limits

from thesis_lib.analysis.reference_features import torchaudio
from thesis_lib.audio import io as audio_io
from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.pipeline import store_builder
from thesis_lib.spectrogram import Features, log_mel
from thesis_lib.store import SpectrogramStore, gather
from thesis_lib.util.files import write_json

RESULT = Path(__file__).parent / "results" / "features.json"
ROUNDS = 20
SEGMENTS = 20  # that a method transforms in a round
CORPUS, REAL = "random segments of 10 s", "SINS, real segments"
SMALL = 400  # segments of the store that is built at one and at ten times its size
BUILDS = 3
CORES = os.cpu_count()
FEATURES = Features()
BATCH = 192  # tiles gathered at a time
# As the Makefile sets it: large temporaries stay with the process, not mapped anew each time.
MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**30)}
SIDE = (FEATURES.fft - FEATURES.frame) // 2


def segment(seed, channels=1):
    """Ten seconds of a few tones in noise: float32, (samples, channels)."""
    rng = np.random.default_rng(seed)
    t = np.arange(10 * FEATURES.sample_rate) / FEATURES.sample_rate
    tones = sum(0.1 * np.sin(2 * np.pi * rng.uniform(50, 7000) * t) for _ in range(3))
    noise = 0.02 * rng.standard_normal((len(t), channels))
    return (tones[:, None] + noise).astype(np.float32)


def ours(wave):
    """In single precision, as the store is built."""
    return log_mel(wave, FEATURES, torch.float32)


def ours_double(wave):
    return log_mel(wave, FEATURES)


def by_librosa(wave):
    f = FEATURES
    power = librosa.feature.melspectrogram(
        y=np.pad(wave, SIDE), sr=f.sample_rate, n_fft=f.fft, hop_length=f.step,
        win_length=f.frame, n_mels=f.mels, center=False,
    )  # fmt: skip
    return librosa.power_to_db(power, top_db=None).T


if torchaudio:  # it does not load beside a CPU build of torch
    MEL = torchaudio.transforms.MelSpectrogram(
        FEATURES.sample_rate, FEATURES.fft, FEATURES.frame, FEATURES.step, n_mels=FEATURES.mels,
        norm="slaney", mel_scale="slaney", center=False,
    )  # fmt: skip
    DECIBEL = torchaudio.transforms.AmplitudeToDB("power")


def by_torchaudio(wave):
    padded = torch.nn.functional.pad(torch.from_numpy(wave), (SIDE, SIDE))
    return DECIBEL(MEL(padded)).T


METHODS = {"ours": ours, "ours, double": ours_double, "librosa": by_librosa}
METHODS |= {"torchaudio": by_torchaudio} if torchaudio else {}


def made_up():
    return [segment(seed)[:, 0] for seed in range(SEGMENTS)]


def real():
    """Real segments, each as often as it takes; none where there are none."""
    root = os.environ.get("THESIS_REAL_DATA")
    paths = sorted(Path(root, "sins").rglob("*.wav")) if root else []
    waves = [audio_io.read(path) for path in paths]
    return [waves[i % len(waves)] for i in range(SEGMENTS)] if waves else []


def seconds(method, waves):
    """Time of one round on one thread."""
    torch.set_num_threads(1)
    with threadpool_limits(1):  # of numpy's matrix products
        began = time.perf_counter()
        for wave in waves:
            METHODS[method](wave)
        return time.perf_counter() - began


def together(method, workers):
    """Time of one round in all workers."""
    began = time.perf_counter()
    workers.map(partial(_round, method), range(CORES), chunksize=1)
    return time.perf_counter() - began


def _round(method, _):
    seconds(method, WAVES)


def throughput(name, waves):
    """Segments a second on one core and on all, and how many times real time one core does."""
    global WAVES  # workers are forked with it: not sent in what is timed
    WAVES = waves
    one, every = ({method: [] for method in METHODS} for _ in range(2))
    with get_context("fork").Pool(CORES) as workers:
        for turn in range(ROUNDS + 1):
            for method in METHODS:
                times = seconds(method, waves), together(method, workers)
                if turn:  # the first round warms up
                    one[method].append(len(waves) / times[0])
                    every[method].append(CORES * len(waves) / times[1])
    real_time = {method: 10 * np.array(one[method]) for method in METHODS}
    metrics = {"segments_per_s": one, "segments_per_s_all_cores": every}
    metrics |= {"x_real_time_per_core": real_time}
    return [
        row(name, method, metric, values[method])
        for metric, values in metrics.items()
        for method in METHODS
    ]


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
    frames = librosa.util.frame(wave, frame_length=f.frame, hop_length=f.step).T
    power = np.abs(np.fft.rfft(frames * librosa.filters.get_window("hann", f.frame), f.fft)) ** 2
    bank = librosa.filters.mel(sr=f.sample_rate, n_fft=f.fft, n_mels=f.mels, dtype=np.float64)
    return librosa.power_to_db(power @ bank.T, top_db=None)


def corpus(folder, count):
    """A corpus of `count` segments in the format of SINS; each file is written once and linked."""
    folder.mkdir(exist_ok=True)
    names = [f"{number:05d}.wav" for number in range(count)]
    for number, name in enumerate(names):
        if (folder / name).exists():
            continue
        if number < 20:
            soundfile.write(folder / name, segment(number, 4), FEATURES.sample_rate, "PCM_16")
        else:
            (folder / name).hardlink_to(folder / names[number % 20])
    fixed = {"name": "", "start": 0.0, "duration": 10.0, "sample_rate": 16000, "channels": 4}
    fixed |= {"channel": -1, "label": "", "group": names, "node": "1", "position": 0}
    table = pd.DataFrame({"path": names, **fixed, "split": "train", "known": True})
    return Corpus(CORPUS, folder, table[list(COLUMNS)])


def build(folder, count, store):
    """Build a store in this process: its seconds, and the most memory it took (GB, resident)."""
    table = corpus(Path(folder), count)
    began = time.perf_counter()
    store_builder.build(table, FEATURES, Path(store), progress=False)
    taken = time.perf_counter() - began
    return taken, peak_memory() / 1e9


def build_elsewhere(folder, count, store):
    """The same in a process of its own, whose memory is then its own."""
    line = [sys.executable, __file__, str(folder), str(count), str(store)]
    return json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout)


def building():
    """How time and memory of a whole build grow with the corpus; what is gathered from the last."""
    taken, memory, ratios = {1: [], 10: []}, {1: [], 10: []}, []
    with tempfile.TemporaryDirectory() as folder:
        sounds = Path(folder, "sounds")
        corpus(sounds, 10 * SMALL)
        for turn in range(BUILDS):
            for times in (1, 10, 1):
                store = Path(folder, f"store_{times}")
                shutil.rmtree(store, ignore_errors=True)
                spent, peak = build_elsewhere(sounds, times * SMALL, store)
                taken[times].append(spent)
                memory[times].append(peak)
            ratios.append(taken[10][turn] / np.mean(taken[1][2 * turn :]))
        gathered = gathering(Path(folder, "store_10"))
    return [
        row(CORPUS, "ours", "store_segments_per_s_all_cores", 10 * SMALL / np.array(taken[10])),
        row(CORPUS, "ours", "time_ratio_at_10x", ratios),
        row(CORPUS, "ours", "peak_memory_gb", memory[1]),
        row(CORPUS, "ours", "peak_memory_gb_at_10x", memory[10]),
        row(CORPUS, "ours", "gather_gb_per_s", gathered),
    ]


def gathering(folder):
    """Bytes of a store's frames (float16) that random batches of tiles read, on one thread."""
    torch.set_num_threads(1)
    frames, length = SpectrogramStore.open(folder).on(torch.device("cpu")), FEATURES.frames(5.0)
    for part in frames.split(10**5):
        part.float().sum()  # read once: from here on it lies in the page cache
    rng, speeds = np.random.default_rng(0), []
    for _ in range(4 * ROUNDS):
        starts = torch.from_numpy(rng.integers(0, len(frames) - length, BATCH))
        began = time.perf_counter()
        gather(frames, starts, length)
        taken = time.perf_counter() - began
        speeds.append(BATCH * length * FEATURES.mels * 2 / taken / 1e9)
    return speeds[ROUNDS:]  # the first ones warm up


def row(name, method, metric, values):
    """One row of the result; `seeds` is the number of rounds."""
    spread = float(np.std(values, ddof=1))
    about = {"corpus": name, "method": method, "metric": metric}
    numbers = {"mean": round(float(np.mean(values)), 6), "spread": round(spread, 6)}
    return about | numbers | {"seeds": len(values)}


def main():
    if len(sys.argv) > 1:
        print(json.dumps(build(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
        return
    if not MALLOC.items() <= os.environ.items():  # the C library reads it when it starts
        os.execve(sys.executable, [sys.executable, __file__], os.environ | MALLOC)
    about, rows = machine(), []
    for name, waves in ((CORPUS, made_up()), (REAL, real())):
        if waves:
            rows += throughput(name, waves) + accuracy(name, waves)
    rows += building()
    write_json(RESULT, [*rows, about])
    for one in rows:
        print(
            f"{one['corpus']:24} {one['method']:12} {one['metric']:32} "
            f"{one['mean']:>12,.5g} ± {one['spread']:.2g}"
        )


if __name__ == "__main__":
    main()
