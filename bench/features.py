"""From the waveform to the store: log-Mel beside librosa and torchaudio, and a store's building.

Run ``python bench/features.py``; it writes ``bench/results/features.json``, a list of rows, the
last of which names the machine. The methods take turns, round after round, so that a busy minute of
the machine does not hit only one of them; each uses one thread, and then one process a core.

What is timed are segments of 10 s, mono, 16 kHz, as the thesis read them: 998 frames of 128 bands.
The stores are built of segments in the layout of SINS: four channels, 16 bit, noise and tones.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import librosa
import numpy as np
import pandas as pd
import soundfile
import torch
from machine import machine
from threadpoolctl import threadpool_limits

from thesis_lib import preprocess
from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.record import write_json
from thesis_lib.spectrogram import Features, log_mel
from thesis_lib.store import gather
from thesis_lib.torchaudio_import import torchaudio

RESULT = Path(__file__).parent / "results" / "features.json"
ROUNDS = 5
SEGMENTS = 40  # that a method transforms in a round
CORPUS = "random segments of 10 s"
SMALL = 300  # segments of the store that is built at one and at ten times its size
BUILDS = 3
CORES = os.cpu_count()
FEATURES = Features()
SIDE = (FEATURES.fft - FEATURES.frame) // 2


def segment(seed, channels=1):
    """Ten seconds of a few tones in noise: float32, (samples, channels)."""
    rng = np.random.default_rng(seed)
    t = np.arange(10 * FEATURES.sample_rate) / FEATURES.sample_rate
    tones = sum(0.1 * np.sin(2 * np.pi * rng.uniform(50, 7000) * t) for _ in range(3))
    noise = 0.02 * rng.standard_normal((len(t), channels))
    return (tones[:, None] + noise).astype(np.float32)


def ours(wave):
    """As the store is built."""
    return log_mel(wave, FEATURES, torch.float32)


def by_librosa(wave):
    f = FEATURES
    power = librosa.feature.melspectrogram(
        y=np.pad(wave, SIDE), sr=f.sample_rate, n_fft=f.fft, hop_length=f.step,
        win_length=f.frame, n_mels=f.mels, center=False,
    )  # fmt: skip
    return librosa.power_to_db(power, top_db=None).T


MEL = torchaudio.transforms.MelSpectrogram(
    FEATURES.sample_rate, FEATURES.fft, FEATURES.frame, FEATURES.step, n_mels=FEATURES.mels,
    norm="slaney", mel_scale="slaney", center=False,
)  # fmt: skip
DECIBEL = torchaudio.transforms.AmplitudeToDB("power")


def by_torchaudio(wave):
    padded = torch.nn.functional.pad(torch.from_numpy(wave), (SIDE, SIDE))
    return DECIBEL(MEL(padded)).T


METHODS = {"ours": ours, "librosa": by_librosa, "torchaudio": by_torchaudio}


def seconds(method, waves):
    """Time of one round on one thread."""
    torch.set_num_threads(1)
    with threadpool_limits(1):  # of numpy's matrix products
        began = time.perf_counter()
        for wave in waves:
            METHODS[method](wave)
        return time.perf_counter() - began


def throughput():
    """Segments a second on one core and on all, and how many times real time one core does."""
    waves = [segment(seed)[:, 0] for seed in range(SEGMENTS)]
    assert np.abs(ours(waves[0]).numpy() - by_librosa(waves[0])).max() < 1e-2
    assert np.abs(ours(waves[0]).numpy() - by_torchaudio(waves[0]).numpy()).max() < 1e-2
    one, every = ({method: [] for method in METHODS} for _ in range(2))
    with get_context("fork").Pool(CORES) as workers:
        for turn in range(ROUNDS + 1):
            for method in METHODS:
                alone = seconds(method, waves)
                began = time.perf_counter()
                workers.starmap(seconds, [(method, waves)] * CORES)
                together = time.perf_counter() - began
                if turn:  # the first round warms up
                    one[method].append(SEGMENTS / alone)
                    every[method].append(CORES * SEGMENTS / together)
    rows = [row(method, "segments_per_s", one[method]) for method in METHODS]
    rows += [row(method, "segments_per_s_all_cores", every[method]) for method in METHODS]
    real_time = {method: 10 * np.array(one[method]) for method in METHODS}
    return rows + [row(method, "x_real_time_per_core", real_time[method]) for method in METHODS]


def corpus(folder, count):
    """A corpus of `count` segments in the format of SINS; each file is written once and linked."""
    names = [f"{number:05d}.wav" for number in range(count)]
    for number, name in enumerate(names):
        if number < 20:
            soundfile.write(folder / name, segment(number, 4), FEATURES.sample_rate, "PCM_16")
        elif not (folder / name).exists():
            (folder / name).hardlink_to(folder / names[number % 20])
    fixed = {"name": "", "start": 0.0, "duration": 10.0, "sample_rate": 16000, "channels": 4}
    fixed |= {"channel": -1, "label": "", "group": names, "node": "1", "position": 0}
    table = pd.DataFrame({"path": names, **fixed, "split": "train", "known": True})
    return Corpus(CORPUS, folder, table[list(COLUMNS)])


def build(audio, count, store):
    """Build a store in this process: its seconds, and the most memory it took (GB, resident)."""
    began = time.perf_counter()
    preprocess.build(corpus(Path(audio), count), FEATURES, Path(store), progress=False)
    taken = time.perf_counter() - began
    return taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6


def build_elsewhere(audio, count, store):
    """The same in a process of its own, whose memory is then its own."""
    line = [sys.executable, __file__, str(audio), str(count), str(store)]
    return json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout)


def building():
    """How time and memory of a whole build grow with the corpus."""
    once, tenfold, memory = [], [], {1: [], 10: []}
    with tempfile.TemporaryDirectory() as folder:
        audio = Path(folder, "audio")
        audio.mkdir()
        corpus(audio, 10 * SMALL)
        for turn in range(BUILDS):
            for times, taken in ((1, once), (10, tenfold)):
                store = Path(folder, f"store_{turn}_{times}")
                found = build_elsewhere(audio, times * SMALL, store)
                taken.append(found[0])
                memory[times].append(found[1])
    built = SMALL * 10 / np.array(tenfold)
    return [
        row("ours", "store_segments_per_s_all_cores", built),
        row("ours", "time_ratio_at_10x", np.array(tenfold) / once),
        row("ours", "peak_memory_gb", memory[1]),
        row("ours", "peak_memory_gb_at_10x", memory[10]),
    ]


def gathering():
    """Bytes of a store's frames (float16) that a random batch of tiles reads a second."""
    torch.set_num_threads(CORES)
    with tempfile.TemporaryDirectory() as folder:
        audio = Path(folder, "audio")
        audio.mkdir()
        store = preprocess.build(corpus(audio, 2000), FEATURES, Path(folder, "s"), progress=False)
        frames, length = store.on(torch.device("cpu")), FEATURES.frames(5.0)
        frames.float().sum()  # read once: from here on it lies in the page cache
        rng, speeds = np.random.default_rng(0), []
        for _ in range(ROUNDS * 10):
            starts = torch.from_numpy(rng.integers(0, len(frames) - length, 192))
            began = time.perf_counter()
            gather(frames, starts, length)
            taken = time.perf_counter() - began
            speeds.append(len(starts) * length * FEATURES.mels * 2 / taken / 1e9)
    return [row("ours", "gather_gb_per_s", speeds[ROUNDS:])]


def row(method, metric, values):
    """One row of the result; `seeds` is the number of rounds."""
    numbers = {"mean": round(float(np.mean(values)), 3), "spread": round(float(np.std(values)), 3)}
    about = {"corpus": CORPUS, "method": method, "metric": metric}
    return about | numbers | {"seeds": len(values)}


def main():
    if len(sys.argv) > 1:
        print(json.dumps(build(sys.argv[1], int(sys.argv[2]), sys.argv[3])))
        return
    about = machine()
    rows = throughput() + building() + gathering()
    write_json(RESULT, [*rows, about])
    for one in rows:
        print(f"{one['method']:12} {one['metric']:32} {one['mean']:>10,.2f} ± {one['spread']:.2f}")


if __name__ == "__main__":
    main()
