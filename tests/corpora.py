"""Small made-up corpora, and faults to put into them; plain functions that the tests share."""

import builtins
import io
import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pandas as pd
import pytest
import soundfile
import torch
from matplotlib import pyplot as plt

from thesis_lib.corpus import COLUMNS, Corpus

RATE = 16000  # Hz

# Where the suite's own music and real recordings lie; the tests that need them say what is missing.
ROOT = Path(__file__).parents[1]
MINI_MUSIC = ROOT / "data" / "mini_music"


def real(*parts):
    """A path below the folder of real recordings; skips the test where there is none."""
    root = os.environ.get("THESIS_REAL_DATA")
    if not root:
        pytest.skip("THESIS_REAL_DATA is not set: no real recordings to read")
    path = Path(root, *parts)
    if not path.exists():
        pytest.skip(f"THESIS_REAL_DATA names {root}, which holds no {'/'.join(parts)}")
    return path


def on_one_thread():
    """Networks and spectrograms this small are many times slower on threads that wait.

    For a test module to make a fixture of: ``pytest.fixture(scope="module", autouse=True)(...)``.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def rendered():
    """Every figure of a test is rendered once, warnings being errors, and closed.

    For a test module to make a fixture of: ``pytest.fixture(autouse=True)(rendered)``.
    """
    yield
    for number in plt.get_fignums():
        plt.figure(number).draw_without_rendering()
    plt.close("all")


def noise(seconds, seed=0, rate=RATE, channels=1, level=0.1):
    """White noise: float32, shape (samples,) or (samples, channels)."""
    shape = (round(seconds * rate), channels)
    wave = (level * np.random.default_rng(seed).standard_normal(shape)).astype(np.float32)
    return wave[:, 0] if channels == 1 else wave


def tone(seconds, frequency, rate=RATE, level=0.5):
    """A sine that starts at phase 0: float64, shape (samples,)."""
    return level * np.sin(2 * np.pi * frequency * np.arange(round(seconds * rate)) / rate)


def write(path, wave, rate=RATE, **kind):
    """Write a sound file and the folders above it."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, wave, rate, **kind)
    return path


def write_aac(path, wave, rate=RATE, codec="aac", kind=None, **options):
    """Write sound as AAC by FFmpeg's own encoder, as music shops and phones do.

    Parameters
    ----------
    wave : float array, shape (samples,) or (samples, channels)
    codec : {"aac", "alac"}
    kind : str
        FFmpeg's name of the container, where the file's ending does not tell: "adts" is bare AAC.
    options : str
        Of the container's writer.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    wave = np.asarray(wave, np.float32).reshape(len(wave), -1).T
    layout = {1: "mono", 2: "stereo", 6: "5.1"}[len(wave)]
    form = {"aac": "fltp", "alac": "s16p"}[codec]
    samples = wave if codec == "aac" else (wave * 2**15).astype(np.int16)
    with av.open(str(path), "w", format=kind, options=options) as file:
        stream = file.add_stream(codec, rate=rate, layout=layout, format=form)
        stream.bit_rate = 96000 * len(wave)
        size = stream.codec_context.frame_size or 1024
        for start in range(0, samples.shape[1], size):
            block = np.ascontiguousarray(samples[:, start : start + size])
            frame = av.AudioFrame.from_ndarray(block, format=form, layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return path


def corpus_of(root, waves, split=None, label=None, rate=RATE, name="made up", note=""):
    """A corpus of waveforms, one WAV (32 bit) a recording."""
    split = split or ["train"] * len(waves)
    label = label or [f"class {i % 2}" for i in range(len(waves))]
    rows = []
    for i, wave in enumerate(waves):
        path = write(Path(root) / f"{i:02d}.wav", wave, rate, subtype="FLOAT")
        info = soundfile.info(path)
        rows.append(
            {
                "path": path.name,
                "start": 0.0,
                "duration": info.frames / rate,
                "sample_rate": rate,
                "channels": info.channels,
                "channel": -1,
                "label": label[i],
                "group": f"group {i}",
                "node": "",
                "position": 0,
                "split": split[i],
                "known": True,
                "name": "",
            }
        )
    return Corpus(name, Path(root), pd.DataFrame(rows)[list(COLUMNS)], note)


def listing(folder):
    """Every path below a folder, with the bytes of each file: what must not change."""
    paths = sorted(Path(folder).rglob("*"))
    return {str(path): path.read_bytes() if path.is_file() else None for path in paths}


def fill_disk(monkeypatch, *endings):
    """From now on files whose name ends so lie on a disk that is always full."""
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full, a disk that is always full")
    true = io.open

    def full(file, mode="r", *args, **kwargs):
        if str(file).endswith(endings) and set(mode) & set("wax+"):
            file = "/dev/full"
        return true(file, mode, *args, **kwargs)

    monkeypatch.setattr(builtins, "open", full)
    monkeypatch.setattr(io, "open", full)


def sins_lists(root, dev, unseen=()):
    """The lists of both archives of DCASE 2018 task 5, as they are unpacked to `dev` and `eval`.

    Parameters
    ----------
    dev : list of (node, session, position, label)
    unseen : the same for the evaluation set, whose files are renamed 1.wav, 2.wav, ...
        Without any, `root` holds the development archive alone.

    Returns
    -------
    list of paths below `root`, in the order of the lists: the files that belong there
    """
    root = Path(root)
    below = root / "dev" if unseen else root
    names = [f"audio/DevNode{n}_ex{s}_{k}.wav" for n, s, k, _ in dev]
    lines = [f"{name}\t{label}\ts{s}\n" for name, (_, s, _, label) in zip(names, dev, strict=True)]
    text(below / "meta.txt", *lines)
    for fold in (1, 2, 3, 4):
        held = [(s + fold) % 4 == 0 for _, s, _, _ in dev]
        setup = below / "evaluation_setup"
        train = [line for line, out in zip(lines, held, strict=True) if not out]
        text(setup / f"fold{fold}_train.txt", *train)
        test = [f"{name}\n" for name, out in zip(names, held, strict=True) if out]
        text(setup / f"fold{fold}_test.txt", *test)
    if not unseen:
        return [root / name for name in names]
    anonymous = [f"audio/{i + 1}.wav" for i in range(len(unseen))]
    files = list(zip(anonymous, unseen, strict=True))
    setup = root / "eval" / "evaluation_setup"
    lines = [f"{name}\t{label}\ts{s}\n" for name, (_, s, _, label) in files]
    text(setup / "evaluate.txt", *lines)
    # in another order than the list
    lines = [f"audio/EvalNode{n}_ex{s}_{k}.wav\t{name}\n" for name, (n, s, k, _) in files[::-1]]
    text(setup / "map.txt", *lines)
    return [below / name for name in names] + [root / "eval" / name for name in anonymous]


def text(path, *lines):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines))
