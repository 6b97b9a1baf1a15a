"""Made-up pieces whose tempo and key are known: what tempo and key are tested and measured on."""

import numpy as np

RATE = 22050
CHORDS = {  # steps from the tonic, and whether the chord is minor, of four bars
    "major": [(0, False), (9, True), (5, False), (7, False)],
    "minor": [(0, True), (8, False), (5, True), (7, False)],
}


def piece(bpm, key, seconds=20.0, seed=0, drums=True):
    """A piece of chords, bass and drums: float32 array at `RATE`.

    Parameters
    ----------
    bpm : float
    key : int
        As of `analysis.keys`.
    seed : int
        Of timbre, register and loudness.
    drums : bool
        A kick on each beat, a hat between.
    """
    rng = np.random.default_rng(seed)
    beat, wave = 60 / bpm, np.zeros(round((seconds + 2) * RATE))
    timbre = rng.uniform(0.2, 1) ** np.arange(6) * rng.uniform(0.3, 1, 6)
    chords, base = CHORDS["minor" if key >= 12 else "major"], 45 + int(rng.integers(8))
    for number in range(int(seconds / beat)):
        step, is_minor = chords[number // 4 % 4]
        root = base + (key % 12 + step - base) % 12
        for note in (root - 12, root, root + (3 if is_minor else 4), root + 7):
            _add(wave, number * beat, 0.1 * _tone(note, beat, timbre))
        if drums:
            _add(wave, number * beat, 0.4 * _kick())
            _add(wave, (number + 0.5) * beat, rng.uniform(0, 0.1) * _hat(rng))
    return wave[: round(seconds * RATE)].astype(np.float32)


def _add(wave, start, sound):
    first = round(start * RATE)
    sound = sound[: max(0, len(wave) - first)]
    wave[first : first + len(sound)] += sound


def _tone(note, seconds, timbre):
    time, frequency = np.arange(round(seconds * RATE)) / RATE, 440 * 2 ** ((note - 69) / 12)
    tone = sum(a * np.sin(2 * np.pi * frequency * h * time) for h, a in enumerate(timbre, 1))
    return tone * np.exp(-2 * time / seconds) * np.minimum(1, (seconds - time) * 50)


def _kick():
    time = np.arange(round(0.12 * RATE)) / RATE
    return np.sin(2 * np.pi * (50 * time - 3 * np.exp(-time * 40))) * np.exp(-25 * time)


def _hat(rng):
    time = np.arange(round(0.05 * RATE)) / RATE
    return rng.standard_normal(len(time)) * np.exp(-100 * time)
