"""What the benchmarks share: how they start, take turns, and write down what they measured.

A result is a list of rows {corpus, method, metric, mean, spread, seeds}, and what else a benchmark
has to say of each; the last row names the machine. ``--quick`` takes seconds and a made-up corpus,
to see that all of a benchmark runs: its numbers mean nothing, so it wants another ``--out``.
"""

import argparse
import os
import pickle
import platform
import re
import resource
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from joblib import Parallel
from tqdm.auto import tqdm

from thesis_lib.pipeline.stages import prepare
from thesis_lib.util.device import choose, describe
from thesis_lib.util.files import ROOT, write_json

RESULTS = ROOT / "bench" / "results"
PACKAGES = ("librosa", "numpy", "torch", "torchaudio", "soundfile", "soxr")
# As the Makefile sets it: large temporaries stay with the process, not mapped again each time.
MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**30)}
RATE = 16000  # Hz, of what is made up


def start(main):
    """Run a benchmark, however it is called, as `make` does."""
    if not MALLOC.items() <= os.environ.items():  # the C library reads it when it starts
        os.execve(sys.executable, sys.orig_argv, os.environ | MALLOC)
    main()


def arguments(description, argv=None, **options):
    """What the command line asks for.

    Parameters
    ----------
    description : str
    argv : list of str, optional
    options : name = (value, value in quick mode, what it is)

    Returns
    -------
    argparse.Namespace
        `quick`, `out` (Path, a folder), and the options.
    """
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="seconds, to see that all runs")
    parser.add_argument("--out", type=Path, default=RESULTS, help="folder of the result")
    for name, (full, quick, what) in options.items():
        parser.add_argument(f"--{name}", type=type(full), help=f"{what}: {full}; quick: {quick}")
    args = parser.parse_args(argv)
    if args.quick and args.out.resolve() == RESULTS:
        parser.error("--quick measures nothing; give it a folder of its own by --out")
    for name, defaults in options.items():
        if getattr(args, name) is None:
            setattr(args, name, defaults[args.quick])
    return args


def machine(**more):
    """The last row: processor, device, load of other work (far above 0: do not trust it), ..."""
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    return {
        "machine": names[0] if names else platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "device": describe(choose()),
        "held_to": os.environ.get("ONEDNN_MAX_CPU_ISA", ""),  # another processor played by this one
        "load_before": round(os.getloadavg()[0], 2),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
    } | more


def row(corpus, method, metric, values, **more):
    """One row of a result.

    Parameters
    ----------
    values : list of float
        One of each round or seed; `spread` is their standard deviation.
    more : what else the row says
    """
    spread = np.std(values, ddof=1) if len(values) > 1 else 0.0
    numbers = {"mean": np.mean(values), "spread": spread}
    numbers = {name: float(f"{value:.6g}") for name, value in numbers.items()}
    about = {"corpus": corpus, "method": method, "metric": metric}
    return about | numbers | {"seeds": len(values)} | more


def publish(args, name, rows, about):
    """Write `<out>/<name>.json`, whole or not at all, and print the rows."""
    about = about | {"quick": True} if args.quick else about
    write_json(args.out / f"{name}.json", [*rows, about])
    print(pd.DataFrame(rows).to_string(index=False, na_rep="", float_format="{:,.5g}".format))


def by_turns(ways, rounds):
    """The values of several ways: {name: one value of each round}.

    They take turns, round after round, so that a busy moment of the machine does not hit only one
    of them. A round before all others warms up and does not count.

    Parameters
    ----------
    ways : dict, name -> function of the round's number that returns a value
    rounds : int
    """
    values = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            value = way(number)
            if number:
                values[name].append(value)
    return values


def timed(function, *args):
    """How long a call takes, s."""
    began = time.perf_counter()
    function(*args)
    return time.perf_counter() - began


def on_all_cores(work, what, quick=False):
    """The results of joblib's delayed calls, in order; each has one core. Quick: in this process.

    Parameters
    ----------
    what : str
        Beside the progress bar.
    """
    found = Parallel(n_jobs=1 if quick else -1, return_as="generator")(work)
    return list(tqdm(found, what, len(work)))


def in_own_process(function, *args, quick=False, **settings):
    """What a function returns in a fresh process, whose memory is then its own.

    Parameters
    ----------
    quick : bool
        Call it in this process, after the same way through `pickle`.
    settings : str
        Environment variables of that process; of this one none are changed.
    """
    if quick:
        function, args = pickle.loads(pickle.dumps((function, args)))
        return pickle.loads(pickle.dumps(function(*args)))
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            return pool.submit(function, *args).result()
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def peak_memory():
    """The most memory this process ever had (bytes), mapped files included, its parent's not."""
    status = Path("/proc/self/status")
    if not status.exists():  # no Linux: its parent's too, if it was forked
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 1024 * int(re.search(r"VmHWM:\s*(\d+)", status.read_text())[1])


def run_on(name, args):
    """The `Run` on one of the suite's corpora; in quick mode a made-up one stands in for each."""
    if args.quick:
        return prepare("music", class_folders(args.out / "made_up"), args.out / "runs")
    places = {"mini_home": ("mini_home", "runs"), "mini_music": ("music", "data")}
    reader, place = places[name]
    return prepare(reader, ROOT / place / name, ROOT / "runs")


def class_folders(folder, classes=3, songs=6, length=4.0):
    """Write a class folder for each class, with so many songs of so many seconds."""
    for number in range(classes * songs):
        path = folder / f"class {number % classes}" / f"song {number}.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            soundfile.write(path, sound(length, number), RATE)
    return folder


def sound(length, seed, channels=1):
    """A few tones in noise, so many seconds: float32, shape (samples, channels)."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(length * RATE)) / RATE
    tones = sum(0.1 * np.sin(2 * np.pi * rng.uniform(50, 7000) * t) for _ in range(3))
    noise = 0.02 * rng.standard_normal((len(t), channels))
    return (tones[:, None] + noise).astype(np.float32)
