"""What several tests share: a tiny run, made once a session in a few seconds."""

import importlib
import os
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")  # each worker has a core; read when torch is loaded

import numpy as np
import pytest
import soundfile

from thesis_lib.pipeline import stages
from thesis_lib.pipeline.places import run_folder
from thesis_lib.pipeline.run import Run

RATE = 16000
LONGEST = ("test_pipeline", "test_browser")  # begun first, so that no worker is left with them
SONGS, SECONDS = 4, 6


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: item.path.stem not in LONGEST)


@pytest.fixture
def bench(monkeypatch):
    """A function that imports a module of `bench/`."""
    monkeypatch.syspath_prepend(Path(__file__).parents[1] / "bench")
    return importlib.import_module


@pytest.fixture(scope="session")
def tiny_music(tmp_path_factory):
    """A folder of 3 class folders with 4 songs each: hums, hisses, ticks; every song its own."""
    folder = tmp_path_factory.mktemp("tiny") / "tiny music"
    time = np.arange(SECONDS * RATE) / RATE
    for number, make in enumerate((_hum, _hiss, _ticks)):
        for song in range(SONGS):
            wave = make(time, np.random.default_rng([number, song]))
            path = folder / make.__name__.strip("_") / f"song{song}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, wave / np.abs(wave).max() / 2, RATE)
    return folder


@pytest.fixture(scope="session")
def tiny_run(tiny_music, tmp_path_factory):
    """A `Run` of `tiny_music` with all its parts: 36 tiles of 2 s, 2 seeds."""
    folder = run_folder("music", tiny_music, tmp_path_factory.mktemp("tiny_run"))
    stages.corpus("music", tiny_music, folder, "smoke, music", seeds=2)
    for stage in (stages.features, stages.ours, stages.training, stages.embeddings):
        stage(folder)
    return Run(folder)


def _hum(time, rng):
    base = rng.uniform(100, 300)
    return sum(np.sin(2 * np.pi * base * k * time) / k for k in range(1, 6))


def _hiss(time, rng):
    noise = rng.standard_normal(len(time))
    return np.convolve(noise, np.ones(3) * rng.uniform(0.5, 1), "same")


def _ticks(time, rng):
    rate = rng.uniform(3, 8)  # a second
    noise = rng.standard_normal(len(time))
    return noise * np.exp(-60 * (time * rate % 1)) + 1e-3 * noise
