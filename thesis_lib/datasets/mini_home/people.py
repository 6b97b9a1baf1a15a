"""The sounds that people make, and their television: one function a sound.

Each takes a numpy Generator and a length in samples and returns a mono float array at 16 kHz. A
steady sound has a root mean square of 1, a sound made of hits has hits of about that strength: the
scene sets the level. What is drawn once a call (a pan, a keyboard, a floor) stays to its end.
"""

import numpy as np
from numpy.random import Generator

from thesis_lib.datasets.mini_home.blocks import RATE, gate, noise, resonant, unit, wander
from thesis_lib.datasets.mini_home.hits import episodes, hit_all, loud_as_one, puff, regular, ring

# People -----------------------------------------------------------------------------------------


def typing(rng: Generator, samples: int) -> np.ndarray:
    """A keyboard: words, thoughts; each key goes down and comes up."""
    keys = []
    for _ in range(8):
        down = puff(rng, rng.uniform(500, 1800), rng.uniform(3500, 7500), 0.0005, 0.004)
        key = np.zeros(int(0.14 * RATE))
        key[: len(down)] += down
        up_at = int(rng.uniform(0.06, 0.1) * RATE)
        key[up_at : up_at + len(down)] += 0.4 * down[: len(key) - up_at]
        body = ring(rng, rng.uniform(150, 500, 2), 0.01, 0.05)
        key[: len(body)] += rng.uniform(0.4, 1.0) * body
        keys.append(key)
    times = episodes(rng, samples, rng.uniform(3.5, 8), rng.uniform(1, 5), rng.uniform(0.7, 3))
    return hit_all(rng, samples, times, loud_as_one(keys), 2.5)


def mouse(rng: Generator, samples: int) -> np.ndarray:
    """Mouse clicks and a little sliding."""
    click = puff(rng, 1500, 7000, 0.0003, 0.0025)
    pair = np.zeros(int(0.15 * RATE))
    for at, strength in ((0, 1.0), (int(rng.uniform(0.07, 0.11) * RATE), 0.7)):
        pair[at : at + len(click)] += strength * click[: len(pair) - at]
    times = episodes(rng, samples, 1.2, 1.5, rng.uniform(2, 6))
    return hit_all(rng, samples, times, loud_as_one([pair]), 2)


def steps(rng: Generator, samples: int) -> np.ndarray:
    """Somebody walks: one floor, one pair of shoes."""
    heel = [ring(rng, rng.uniform(60, 350, 4), rng.uniform(0.015, 0.04), 0.2) for _ in range(2)]
    shoe = rng.uniform(0.05, 0.8)
    for thump in heel:
        scuff = puff(rng, 600, 5000, 0.01, 0.02)
        thump[: len(scuff)] += shoe * scuff[: len(thump)]
    times = regular(rng, samples, rng.uniform(1.4, 2.3), 0.05)
    walking = gate(rng, samples, rng.uniform(3, 6), rng.uniform(1, 4), 0.02)
    return hit_all(rng, samples, times[walking[times] > 0.5], loud_as_one(heel), 2.5)


def door(rng: Generator, samples: int) -> np.ndarray:
    """A door: handle, creak or none, and the thud of closing."""
    out = np.zeros(samples)
    latch = loud_as_one([ring(rng, rng.uniform(800, 4000, 4), 0.015, 0.1) for _ in range(3)])
    thud = loud_as_one([ring(rng, rng.uniform(50, 300, 6), 0.07, 0.5)])
    for at in rng.integers(0, samples, 1 + rng.poisson(samples / RATE / 15)):
        for thing, later, strength in (
            (latch[0], 0, 0.6),
            (thud[0], 0.9, 2.0),
            (latch[1], 0.93, 0.8),
        ):
            start = at + int(later * rng.uniform(0.8, 1.2) * RATE)
            piece = thing[: max(samples - start, 0)]
            out[start : start + len(piece)] += strength * piece
    return out


def rustle(rng: Generator, samples: int) -> np.ndarray:
    """Paper, a bag or clothes: gusts of fine crackle."""
    wave = noise(rng, samples, rng.uniform(400, 2500), rng.uniform(4000, 7800), rng.uniform(0, 3))
    grain = wander(rng, samples, rng.uniform(0.01, 0.05), 7) * wander(rng, samples, 0.25, 4)
    return unit(wave * grain) * gate(rng, samples, rng.uniform(0.6, 2), rng.uniform(1, 4))


def sweeping(rng: Generator, samples: int) -> np.ndarray:
    """A broom or a cloth: regular strokes of noise."""
    wave = noise(rng, samples, rng.uniform(500, 1500), rng.uniform(3000, 7000), 2)
    stroke = np.sin(np.pi * rng.uniform(0.8, 1.8) * np.cumsum(wander(rng, samples, 1, 1)) / RATE)
    return unit(wave * np.abs(stroke) ** 2) * gate(rng, samples, 6, 2)


def cough(rng: Generator, samples: int) -> np.ndarray:
    """Coughs and throat clearing, throaty noise in twos and threes."""
    things = []
    for _ in range(3):
        one = puff(rng, 250, 4500, 0.01, 0.07)
        things.append(resonant(one, rng.uniform(500, 1100), 120, 0.8))
    times = episodes(rng, samples, 2.5, 0.6, 6)
    return hit_all(rng, samples, times, loud_as_one(things), 3)


def chair(rng: Generator, samples: int) -> np.ndarray:
    """A chair pushed back: a stuttering low scrape, and a bump."""
    scrape = puff(rng, 120, 1800, 0.25, 0.1) * wander(rng, int(0.75 * RATE) + 32, 0.02, 5)
    bump = ring(rng, rng.uniform(70, 250, 4), 0.03, 0.3)
    return hit_all(rng, samples, episodes(rng, samples, 1, 0.5, 8), loud_as_one([scrape, bump]), 3)


def telephone(rng: Generator, samples: int) -> np.ndarray:
    """A ring tone for the first seconds, then nothing."""
    time = np.arange(samples) / RATE
    low, ratio, trill = rng.uniform(600, 1300), rng.uniform(1.15, 1.5), rng.uniform(8, 22)
    tone = np.sin(2 * np.pi * low * time * np.where(np.sin(2 * np.pi * trill * time) > 0, 1, ratio))
    on = ((time % rng.uniform(1.6, 3)) < 0.9) & (time < rng.uniform(2.5, 6))
    return 1.4 * tone * on


# Television -------------------------------------------------------------------------------------


def music(rng: Generator, samples: int) -> np.ndarray:
    """Chords, a bass, perhaps drums: one piece, with its key, tempo and timbre."""
    beat = 60 / rng.uniform(70, 150)
    root, partials = rng.uniform(110, 260), int(rng.integers(2, 9))
    scale = root * 2 ** (np.array(rng.choice([[0, 2, 4, 5, 7, 9], [0, 2, 3, 5, 7, 8]])) / 12)
    out = np.zeros(samples)
    for at in np.arange(0, samples, int(4 * beat * RATE)):
        for hertz in rng.choice(scale, 3, replace=False):
            _add(out, at, _tone(rng, hertz * rng.choice([1, 2]), partials, 4 * beat, 0.5))
    for at in np.arange(0, samples, int(beat * RATE / rng.choice([1, 2]))):
        if rng.uniform() < 0.7:
            _add(out, at, 0.7 * _tone(rng, rng.choice(scale) * rng.choice([2, 4]), 3, beat, 0.1))
    if rng.uniform() < 0.6:
        drum = [4 * ring(rng, [55, 90], 0.08, 0.3), 3 * puff(rng, 1500, 7500, 0.001, 0.04)]
        for number, at in enumerate(np.arange(0, samples, int(beat * RATE))):
            _add(out, at, drum[number % 2])
    return unit(out)


def _tone(rng, hertz, partials, seconds, rise):
    time = np.arange(int(seconds * RATE)) / RATE
    phase = 2 * np.pi * hertz * rng.uniform(0.998, 1.002) * time
    wave = sum(np.sin(k * phase) / k for k in range(1, partials + 1) if k * hertz < 7500)
    return wave * np.minimum(time / (rise * seconds), 1) * np.exp(-2 * time / seconds)


def _add(out, at, piece):
    piece = piece[: len(out) - at]
    out[at : at + len(piece)] += piece


def applause(rng: Generator, samples: int) -> np.ndarray:
    """An audience: many hands, swelling and dying away."""
    claps = noise(rng, samples, 700, 5000, 1) * wander(rng, samples, 0.01, 5)
    return unit(claps * wander(rng, samples, 1.5, 5))
