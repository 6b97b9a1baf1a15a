"""The mini home: a simulated corpus in the layout of DCASE 2018 task 5, made on first use.

The SINS recordings may not be redistributed, so this stands in for them: a simulated flat, nine
activities, sessions cut in 10 s segments, nodes of four microphones that hear the same moment.
Some wrong labels and microphone faults are planted and listed in files that only scoring reads.
"""

import hashlib
import json
import shutil
import time
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile
from joblib import Parallel, delayed
from scipy import fft, signal
from tqdm import tqdm

from thesis_lib.datasets.mini_home import rooms, scenes, sounds, voices
from thesis_lib.datasets.sins import CLASSES
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic

RATE = 16000  # Hz
SEGMENT = 160000  # samples, 10 s
OFFSET = 8000  # samples, 0.5 s: the clocks of two nodes differ by at most this
FULL_SCALE = 92.0  # dB SPL that a node with a gain of 0 dB records as full scale
HEARD = 20.0  # dB SPL at 1 m: an activity below this makes no sound
BLOCK = 16384  # samples of one transform in the rendering
FOLDS = 4
FAULTS = ("dropout", "crackle", "hum", "clipping", "muffled", "dead")
PACKAGES = ("numpy", "scipy", "pyroomacoustics", "espeakng-loader", "soxr", "soundfile")

# Segments of each session; every class can be split by session, and the order of size is SINS's.
FULL = {
    "dev": {
        "absence": (4, 4, 3, 3, 3, 3),
        "cooking": (3, 3, 2, 2, 2, 2),
        "dishwashing": (2, 2, 2, 2, 2),
        "eating": (2, 2, 2, 2, 2),
        "other": (1,) * 10,
        "social_activity": (3, 3, 2, 2, 2, 2),
        "vacuum_cleaner": (2, 2, 2, 2),
        "watching_tv": (5, 4, 4, 4, 3),
        "working": (4, 4, 3, 3, 3, 3),
    },
    "eval": {
        "absence": (3, 3, 2),
        "cooking": (2, 2, 2),
        "dishwashing": (2, 2, 1),
        "eating": (2, 2, 2),
        "other": (1,) * 6,
        "social_activity": (2, 2, 2),
        "vacuum_cleaner": (2, 1, 1),
        "watching_tv": (3, 3, 2),
        "working": (3, 3, 2),
    },
}
SMOKE = {
    "dev": {
        label: (2, 1) if label in ("social_activity", "watching_tv", "working") else (1, 1)
        for label in CLASSES
    },
    "eval": {label: (1,) for label in CLASSES},
}


@dataclass(frozen=True)
class Size:
    """How much is made: segments of each session, nodes of each archive, and what is planted."""

    segments: dict
    nodes: dict
    wrong_labels: int  # moments of 10 s, wrong on all nodes
    faults: int  # files, each on one node
    silences: int  # moments inside an activity with nothing of it to hear


SIZES = {
    "full": Size(FULL, {"dev": (1, 2, 3, 4), "eval": (1, 3, 5, 6)}, 3, 8, 6),
    "smoke": Size(SMOKE, {"dev": (1, 2, 3, 4), "eval": (1, 5, 6)}, 1, 2, 0),
}


@dataclass
class Session:
    """One continuous recording: what it is, and what is planted in which of its segments."""

    split: str
    number: int
    label: str
    segments: int
    fold: int
    wrong: dict = field(default_factory=dict)  # segment -> what is really to be heard
    silent: tuple = ()  # segments in which the activity pauses
    faults: dict = field(default_factory=dict)  # (segment, node) -> kind


# The way in -------------------------------------------------------------------------------------


def make(folder, seed=1234, sessions="full", progress=True, workers=2):
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

    Returns
    -------
    Path, the folder
    """
    folder = Path(folder)
    if sessions not in SIZES:
        raise InputError(f"sessions is {sessions!r}: choose one of {', '.join(SIZES)}")
    made = _description(seed, sessions)
    if _is_made(folder, made):
        return folder
    _check_place(folder, SIZES[sessions])
    with atomic(folder) as place:
        _make_in(place, seed, SIZES[sessions], progress, workers)
        (place / "README.txt").write_text(_readme(made), encoding="utf-8")
        (place / "made.json").write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
    return folder


def _make_in(place, seed, size, progress, workers):
    plan, seeds = schedule(seed, size)
    for split in size.nodes:
        (place / split / "audio").mkdir(parents=True)
        (place / split / "evaluation_setup").mkdir()
    names = _anonymous(seed, plan, size)
    jobs = [
        delayed(_render_and_write)(place, session, size.nodes[session.split], entropy, names)
        for session, entropy in zip(plan, seeds, strict=True)
    ]
    results = Parallel(n_jobs=workers, return_as="generator")(jobs)
    bar = tqdm(results, "mini home: sessions", len(jobs), disable=not progress, unit="session")
    rows = [row for of_session in bar for row in of_session]
    _write_lists(place, pd.DataFrame(rows), plan)


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


# Plan -------------------------------------------------------------------------------------------


def schedule(seed, size):
    """All sessions with what is planted, and a seed for each.

    Returns
    -------
    list of Session, list of numpy.random.SeedSequence
    """
    root = np.random.SeedSequence(seed)
    of_plan, of_sessions = root.spawn(2)
    rng = np.random.default_rng(of_plan)
    plan = []
    for split, segments in size.segments.items():
        drawn = [
            Session(split, 0, label, count, (place + row) % FOLDS + 1)
            for row, (label, counts) in enumerate(segments.items())
            for place, count in enumerate(counts)
        ]
        plan += [drawn[number] for number in rng.permutation(len(drawn))]
    for number, session in enumerate(plan):
        session.number = number + 1
    _plant(rng, [session for session in plan if session.split == "dev"], size)
    return plan, of_sessions.spawn(len(plan))


def _plant(rng, sessions, size):
    """Choose the moments of wrong labels, of silence and of broken microphones."""
    inner = [(s, k) for s in sessions for k in range(1, s.segments) if s.label != "other"]
    order = [inner[number] for number in rng.permutation(len(inner))]
    # The first is the thesis's own case: a social activity with nobody there.
    order.sort(key=lambda item: item[0].label != "social_activity")
    first, rest = order[0], [item for item in order[1:] if item[0] is not order[0][0]]
    first[0].wrong[first[1]] = "absence"
    rest = [rest[number] for number in rng.permutation(len(rest))]
    for session, segment in rest[: size.wrong_labels - 1]:
        others = [name for name in CLASSES if name not in (session.label, "other")]
        session.wrong[segment] = str(rng.choice(others))
    _plant_silence(rest, size.silences)
    everywhere = [(s, k, n) for s in sessions for k in range(s.segments) for n in size.nodes["dev"]]
    for number, where in enumerate(rng.choice(len(everywhere), size.faults, replace=False)):
        session, segment, node = everywhere[where]
        session.faults[segment, node] = FAULTS[number % len(FAULTS)]


def _plant_silence(moments, count):
    """Let activities pause for a whole segment, one in a session, long sessions only."""
    for session, segment in moments:
        free = not (session.wrong or session.silent) and session.segments > 2
        if count and free and session.label != "absence":
            session.silent = (segment,)
            count -= 1


# Rendering --------------------------------------------------------------------------------------


def _render_and_write(place, session, nodes, entropy, names):
    """One session: its files, and a row about each of them."""
    heard, sounding = render(session, nodes, entropy)
    rows = []
    for at, node in enumerate(nodes):
        for segment in range(session.segments):
            original = _original(session, node, segment)
            path = f"audio/{names.get(original, original)}.wav"
            wave = heard[at, :, segment * SEGMENT : (segment + 1) * SEGMENT].T
            soundfile.write(place / session.split / path, wave, RATE, subtype="PCM_16")
            part = sounding[segment * 100 : (segment + 1) * 100]
            rows.append(_row(session, node, segment, path, original, float(part.mean())))
    return rows


def _row(session, node, segment, path, original, sounding):
    return {
        "split": session.split,
        "path": path,
        "original": f"audio/{original}.wav",
        "session": session.number,
        "segment": segment + 1,
        "node": node,
        "fold": session.fold,
        "label": session.label,
        "heard": session.wrong.get(segment, session.label),
        "fault": session.faults.get((segment, node), ""),
        "sounding": round(sounding, 2),
    }


def render(session, nodes, entropy):
    """What the nodes record of a session.

    Returns
    -------
    ndarray (nodes, 4, samples), int16; ndarray (tenths of a second,), bool: the activity sounds
    """
    voices.fresh_engine()
    rng = np.random.default_rng(entropy)
    samples = session.segments * SEGMENT + OFFSET
    own = _own_tracks(rng, session, samples)
    sounding = _sounding(own, samples)
    stations = [node for node in rooms.NODES if node.number in nodes]
    dry, responses = _by_place(rng, own + scenes.house(rng, samples), stations)
    wet = convolve(dry, responses).reshape(len(stations), rooms.MICROPHONES, samples)
    out = np.zeros((len(stations), rooms.MICROPHONES, samples - OFFSET), np.int16)
    for at, node in enumerate(stations):
        late = int(rng.integers(0, OFFSET + 1))
        wave = _microphone(rng, node, wet[at, :, late : late + samples - OFFSET])
        for (segment, number), kind in session.faults.items():
            if number == node.number:
                piece = slice(segment * SEGMENT, (segment + 1) * SEGMENT)
                wave[:, piece] = fault(rng, kind, wave[:, piece])
        out[at] = np.clip(np.round(wave * 32767), -32768, 32767)
    return out, sounding


def _own_tracks(rng, session, samples):
    """The activity with its pauses, and what is planted in their place."""
    plays = np.ones(samples)
    for segment in (*session.silent, *session.wrong):
        plays *= 1 - _window(segment, samples)
    tracks = scenes.activity(rng, session.label, samples)
    for track in tracks:
        track.wave = track.wave * plays
    for segment, label in session.wrong.items():
        for track in scenes.activity(rng, label, samples):
            track.wave = track.wave * _window(segment, samples)
            tracks.append(track)
    return tracks


def _window(segment, samples):
    """1 in a segment as every node cuts it, 0 elsewhere, with slopes of 0.2 s."""
    time_ = np.arange(samples) / RATE
    start, end = segment * 10.0, segment * 10.0 + 10.0 + OFFSET / RATE
    return np.clip(np.minimum((time_ - start) / 0.2 + 1, (end - time_) / 0.2 + 1), 0, 1)


def _sounding(tracks, samples):
    """Whether the activity makes a sound, a tenth of a second at a time."""
    power = np.zeros(samples // 1600)
    for track in tracks:
        frames = track.wave[: len(power) * 1600].reshape(-1, 1600)
        power += np.mean(frames**2, axis=1) * 10 ** (track.level / 10)
    return power > 10 ** (HEARD / 10)


def _by_place(rng, tracks, stations):
    """Sum the tracks of a place, (places, samples) at full scale 1, and how each is heard."""
    places = sorted({track.place for track in tracks})
    dry = np.zeros((len(places), len(tracks[0].wave)), np.float32)
    for track in tracks:
        gain = 10 ** ((track.level - FULL_SCALE) / 20)
        dry[places.index(track.place)] += (track.wave * gain).astype(np.float32)
    sources = np.stack([rooms.draw_position(rng, name) for name in places])
    absorption = rng.uniform(0.26, 0.38)  # curtains, guests, open doors
    return dry, rooms.impulse_responses(rng, sources, stations, absorption)


def convolve(dry, responses):
    """Let every microphone hear every source.

    Parameters
    ----------
    dry : ndarray (sources, samples); responses : ndarray (sources, microphones, taps)

    Returns
    -------
    ndarray (microphones, samples), float32
    """
    samples, taps = dry.shape[1], responses.shape[2]
    step = BLOCK - taps + 1
    answers = fft.rfft(responses, BLOCK, axis=-1)
    out = np.zeros((responses.shape[1], samples + BLOCK), np.float32)
    for start in range(0, samples, step):
        block = fft.rfft(dry[:, start : start + step], BLOCK, axis=-1)
        mixed = np.einsum("sf,smf->mf", block, answers)
        out[:, start : start + BLOCK] += fft.irfft(mixed, BLOCK, axis=-1)
    return out[:, :samples]


def _microphone(rng, node, wave):
    """Add what the node itself adds: noise, unequal microphones, a constant."""
    match = (10 ** (rng.normal(0, 0.7, (len(wave), 1)) / 20)).astype(np.float32)
    out = rng.standard_normal(wave.shape, dtype=np.float32)
    out *= 10 ** (node.self_noise / 20)
    out += wave * match
    out += node.offset
    return out


def fault(rng, kind, wave):
    """Break the microphones of a node.

    Parameters
    ----------
    kind : one of FAULTS; wave : ndarray (4, samples), full scale 1
    """
    samples = wave.shape[1]
    seconds = np.arange(samples) / RATE
    if kind == "dropout":
        return wave * (sounds.gate(rng, samples, 0.4, 0.5, 0.002) > 0.5)
    if kind == "crackle":
        bursts = sounds.gate(rng, samples, 0.5, 0.7, 0.01)
        return wave + 0.8 * bursts * (rng.random(samples) < 0.01) * rng.normal(0, 0.5, samples)
    if kind == "hum":
        tones = sum(
            np.sin(2 * np.pi * 50 * k * seconds + k * k) / k for k in (1, 2, 3, 5, 7, 9, 15)
        )
        return wave + 0.08 * tones
    if kind == "clipping":
        return np.clip(wave / max(np.abs(wave).std(), 1e-6) * 0.8, -1, 1)
    if kind == "muffled":
        low = signal.butter(4, 250, fs=RATE, output="sos")
        return signal.sosfilt(low, wave, axis=-1) * 0.5
    if kind == "dead":
        return rng.normal(0, 2e-5, wave.shape)
    raise ValueError(f"no fault {kind!r}; there are {', '.join(FAULTS)}")


# Lists ------------------------------------------------------------------------------------------


def _original(session, node, segment):
    prefix = "DevNode" if session.split == "dev" else "EvalNode"
    return f"{prefix}{node}_ex{session.number}_{segment + 1}"


def _anonymous(seed, plan, size):
    """Original name -> number, for the evaluation files, in random order."""
    originals = [
        _original(session, node, segment)
        for session in plan
        if session.split == "eval"
        for segment in range(session.segments)
        for node in size.nodes["eval"]
    ]
    order = np.random.default_rng([seed, 1]).permutation(len(originals)) + 1
    return {original: str(number) for original, number in zip(originals, order, strict=True)}


def _write_lists(place, rows, plan):
    rows["id"] = "s" + rows.session.astype(str)
    dev, unseen = rows[rows.split == "dev"], rows[rows.split == "eval"]
    labelled = ["path", "label", "id"]
    _tabs(dev[labelled], place / "dev" / "meta.txt")
    for fold in range(1, FOLDS + 1):
        setup = place / "dev" / "evaluation_setup"
        held = dev.fold == fold
        _tabs(dev.loc[~held, labelled], setup / f"fold{fold}_train.txt")
        _tabs(dev.loc[held, ["path"]], setup / f"fold{fold}_test.txt")
        _tabs(dev.loc[held, ["path", "label"]], setup / f"fold{fold}_evaluate.txt")
    setup = place / "eval" / "evaluation_setup"
    numbered = unseen.assign(number=unseen.path.str.extract(r"(\d+)").astype(int))
    _tabs(numbered.sort_values("number")[labelled], setup / "evaluate.txt")
    _tabs(numbered.sort_values("original")[["original", "path"]], setup / "map.txt")
    _truth(rows).to_csv(place / "truth.csv", index=False)
    _activity(rows).to_csv(place / "activity.csv", index=False)


def _tabs(table, path):
    table.to_csv(path, sep="\t", header=False, index=False)


def _truth(rows):
    """What was planted, a row a file and kind."""
    base = rows.assign(path=rows.split + "/" + rows.path)
    wrong = base[base.heard != base.label].assign(kind="wrong_label", detail="")
    broken = base[base.fault != ""].assign(kind="microphone")
    broken["detail"] = broken.fault
    both = pd.concat([wrong, broken]).sort_values(["session", "segment", "node", "kind"])
    return both[["path", "session", "segment", "node", "kind", "detail", "label", "heard"]]


def _activity(rows):
    """How much of each file the labelled activity can be heard, and the silent ones."""
    silent = (rows.sounding < 0.03) & (rows.label != "absence") & (rows.heard == rows.label)
    out = rows.assign(path=rows.split + "/" + rows.path, silent=silent.astype(int))
    return out[["path", "session", "segment", "node", "label", "sounding", "silent"]]


# Provenance -------------------------------------------------------------------------------------


def _description(seed, sessions):
    """What made.json says: all that the bytes depend on, and a digest of it."""
    modules = (home_sounds, voices, rooms, scenes)
    sources = [Path(module.__file__).read_bytes() for module in modules]
    code = hashlib.sha256(b"".join([*sources, Path(__file__).read_bytes()])).hexdigest()
    made = {
        "what": "simulated home in the layout of DCASE 2018 task 5; no real recording is in it",
        "seed": seed,
        "sessions": sessions,
        "size": asdict(SIZES[sessions]),
        "nodes": [asdict(node) for node in rooms.NODES],
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
truth.csv      planted, only scoring may read it: kind wrong_label (all nodes of a moment: `label`
               is what the lists say, `heard` what is to be heard) and kind microphone (one file,
               `detail` names the fault).
activity.csv   share of each file in which its activity makes a sound; silent = 1: in none of it,
               though it is rightly labelled.
made.json      seed, parameters, package versions, digest.

Licence: the audio is free of rights (CC0); speech synthesised with espeak-ng.
"""
