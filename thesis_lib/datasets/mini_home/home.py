"""The mini home: a simulated corpus in the layout of DCASE 2018 task 5, made on first use.

The SINS recordings may not be redistributed, so this stands in for them: a simulated flat, nine
activities, sessions cut in 10 s segments, nodes of four microphones that hear the same moment.
Some wrong labels and microphone faults are planted and listed in files that only scoring reads.
"""

import hashlib
import json
import shutil
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import soundfile
from joblib import Parallel, delayed
from tqdm import tqdm

from thesis_lib.datasets.mini_home import flats
from thesis_lib.datasets.mini_home.blocks import RATE
from thesis_lib.datasets.mini_home.lists import write_lists
from thesis_lib.datasets.mini_home.plan import SIZES, anonymous, original, planted_more, schedule
from thesis_lib.datasets.mini_home.rendering import SEGMENT, render
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic

PACKAGES = ("numpy", "scipy", "pyroomacoustics", "espeakng-loader", "soxr", "soundfile")


def make(
    folder: Path | str,
    seed: int = 1234,
    sessions: str = "full",
    progress: bool = True,
    workers: int = 2,
    flat: flats.Flat = flats.SUITE,
    labels: float | None = None,
    faults: int | None = None,
) -> Path:
    """Make the mini home, or find it made.

    Parameters
    ----------
    folder : Path
        Where `dev/` and `eval/` shall lie.
    seed : int
    sessions : "full" or "smoke"
        About 1 GB in a minute, or a seventh of it to test with.
    workers : int
        Processes; the result is the same to the byte.
    flat : Flat
        See `flats.draw` for another one than the suite's.
    labels, faults
        How much is planted, see `plan.planted_more`; by default a little.

    Returns
    -------
    Path, the folder
    """
    folder = Path(folder)
    if sessions not in SIZES:
        raise InputError(f"sessions is {sessions!r}: choose one of {', '.join(SIZES)}")
    size = planted_more(SIZES[sessions], labels, faults)
    made = _description(seed, sessions, size, flat)
    if _is_made(folder, made):
        return folder
    _check_place(folder, size)
    with atomic(folder) as place:
        _make_in(place, seed, size, flat, progress, workers)
        (place / "README.txt").write_text(_readme(made), encoding="utf-8")
        (place / "made.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return folder


def _make_in(place, seed, size, flat, progress, workers):
    plan, seeds = schedule(seed, size)
    for split in size.nodes:
        (place / split / "audio").mkdir(parents=True)
        (place / split / "evaluation_setup").mkdir()
    names = anonymous(seed, plan, size)
    jobs = [
        delayed(_render_and_write)(place, session, flat, size.nodes[session.split], entropy, names)
        for session, entropy in zip(plan, seeds, strict=True)
    ]
    results = Parallel(n_jobs=workers, return_as="generator")(jobs)
    bar = tqdm(results, "mini home: sessions", len(jobs), disable=not progress, unit="session")
    rows = [row for of_session in bar for row in of_session]
    write_lists(place, pd.DataFrame(rows))


def _is_made(folder, made):
    try:
        return json.loads((folder / "made.json").read_text())["digest"] == made["digest"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _check_place(folder, size):
    """Refuse to put the corpus over anything but an older one of itself, or on a full disk."""
    if folder.exists() and not (folder / "made.json").is_file():
        if not folder.is_dir() or any(folder.iterdir()):
            raise InputError(f"{folder} holds something else: choose an empty or a new folder")
    near = next(parent for parent in folder.absolute().parents if parent.is_dir())
    for left in near.glob(f".{folder.name}.*.tmp"):  # of a run that was killed over an hour ago
        if time.time() - left.stat().st_mtime > 3600:
            shutil.rmtree(left, ignore_errors=True)
    need = _bytes(size) * 1.02
    free = shutil.disk_usage(near).free
    if free < need:
        raise InputError(
            f"{folder}: the mini home needs {need / 1e9:.1f} GB and {free / 1e9:.1f} GB are free; "
            "free some space or choose another folder"
        )


def _bytes(size):
    moments = {split: sum(map(sum, size.segments[split].values())) for split in size.nodes}
    return sum(moments[split] * len(size.nodes[split]) for split in moments) * (SEGMENT * 8 + 44)


def _render_and_write(place, session, flat, nodes, entropy, names):
    """One session: its files, and a row about each of them."""
    waves, sounding = render(session, flat, nodes, entropy)
    rows = []
    for at, node in enumerate(nodes):
        for segment in range(session.segments):
            name = original(session, node, segment)
            path = f"audio/{names.get(name, name)}.wav"
            wave = waves[at, :, segment * SEGMENT : (segment + 1) * SEGMENT].T
            soundfile.write(place / session.split / path, wave, RATE, subtype="PCM_16")
            part = sounding[segment * 100 : (segment + 1) * 100]
            rows.append(_row(session, node, segment, path, name, float(part.mean())))
    return rows


def _row(session, node, segment, path, name, sounding):
    return {
        "split": session.split,
        "path": path,
        "original": f"audio/{name}.wav",
        "session": session.number,
        "segment": segment + 1,
        "node": node,
        "fold": session.fold,
        "label": session.label,
        "heard": session.wrong.get(segment, session.label),
        "fault": session.faults.get((segment, node), ""),
        "sounding": round(sounding, 2),
    }


def _description(seed, sessions, size, flat):
    """What made.json says: all that the bytes depend on, and a digest of it."""
    sources = sorted(Path(__file__).parent.glob("*.py"))
    code = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    made = {
        "what": "simulated home in the layout of DCASE 2018 task 5; no real recording is in it",
        "seed": seed,
        "sessions": sessions,
        "size": asdict(size),
        "flat": asdict(flat),
        "packages": {name: version(name) for name in PACKAGES},
        "code_sha256": code,
    }
    made["digest"] = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()
    return made


def _readme(made):
    return f"""Mini home: a SIMULATED corpus (size {made["sessions"]}, seed {made["seed"]})

No real recording is in it. Sounds are synthesised with numpy, speech with espeak-ng, rooms and
microphones with pyroomacoustics. The layout is that of the DCASE 2018 challenge, task 5 (SINS).

dev/, eval/    as in the official archives: 16 kHz, int16, 4 channels, segments of 10 s.
               Nodes 1 to 4 are known; nodes 5 and up are heard in eval/ only. Original names of
               eval/ are in evaluation_setup/map.txt (original, anonymous).
truth.csv      what was planted; only scoring may read it: wrong_label (all nodes of a moment:
               `label` is what the lists say, `heard` what is to be heard) and microphone (one
               file, `detail` names the fault).
activity.csv   share of each file in which its activity makes a sound; silent = 1: in none of it,
               though it is rightly labelled.
made.json      seed, parameters, package versions, digest.

Licence: the audio is free of rights (CC0); speech synthesised with espeak-ng.
"""
