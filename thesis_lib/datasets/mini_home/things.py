"""The sounds of a house, its machines and its kitchen, synthesised: one function a sound.

What they take and return is said in `people`.
"""

import numpy as np
from numpy.random import Generator
from scipy import signal

from thesis_lib.datasets.mini_home.blocks import RATE, gate, noise, resonant, unit, wander
from thesis_lib.datasets.mini_home.hits import episodes, hit_all, loud_as_one, puff, regular, ring

# The house --------------------------------------------------------------------------------------


def fridge(rng: Generator, samples: int) -> np.ndarray:
    """Compressor: mains harmonics with a slow beat, and a little fan."""
    time = np.arange(samples) / RATE
    mains = rng.uniform(49.9, 50.1)
    shares = (1.0, 0.8, 0.3, 0.5, 0.2, 0.3, 0.1, 0.1)  # one home, one fridge
    parts = (
        share / k * np.sin(2 * np.pi * mains * k * time + rng.uniform(0, 6.28))
        for k, share in enumerate(shares, start=1)
    )
    hum = sum(parts, np.zeros(samples))
    return unit(unit(hum) * wander(rng, samples, 3, 1) + 0.5 * noise(rng, samples, 150, 1500, 3))


def street(rng: Generator, samples: int) -> np.ndarray:
    """Traffic through a window: dull noise with cars passing."""
    out = noise(rng, samples, 40, 300, 3)
    time = np.arange(samples) / RATE
    for _ in range(rng.poisson(samples / RATE / rng.uniform(10, 40))):
        centre, width = rng.uniform(0, samples / RATE), rng.uniform(1.2, 3)
        swell = np.exp(-0.5 * ((time - centre) / width) ** 2)
        out += rng.uniform(0.5, 3) * swell * noise(rng, samples, 60, rng.uniform(400, 1200), 3)
    return unit(out)


def clock(rng: Generator, samples: int) -> np.ndarray:
    """The wall clock: tick and tock, every second."""
    modes = ([2100, 3300, 4700], [1900, 3100, 4400])  # Hz
    ticks = loud_as_one([ring(rng, both, 0.006, 0.05) for both in modes])
    return hit_all(rng, samples, regular(rng, samples, 1.0, 0.001), ticks, 0.5)


def neighbours(rng: Generator, samples: int) -> np.ndarray:
    """Thumps and murmur through a wall."""
    thumps = loud_as_one([ring(rng, rng.uniform(50, 160, 3), 0.06, 0.4) for _ in range(4)])
    out = hit_all(rng, samples, episodes(rng, samples, 1.5, 1.5, 10), thumps)
    murmur = noise(rng, samples, 100, 400, 6) * wander(rng, samples, 0.2, 6)
    return out + 0.3 * murmur * gate(rng, samples, 4, 8)


# Machines ---------------------------------------------------------------------------------------


def vacuum(rng: Generator, samples: int) -> np.ndarray:
    """Vacuum cleaner: motor tones, rushing air, and the strokes of the brush."""
    time = np.arange(samples) / RATE
    stroke = np.sin(
        2 * np.pi * np.cumsum(rng.uniform(0.3, 0.8) * wander(rng, samples, 2, 2)) / RATE
    )
    motor = rng.uniform(150, 420) * (1 + 0.01 * stroke) * wander(rng, samples, 1.5, 0.03)
    phase = 2 * np.pi * np.cumsum(motor) / RATE
    parts = (rng.uniform(0.2, 1) / k * np.sin(k * phase) for k in range(1, 8))
    tones = sum(parts, np.zeros(samples))
    air = noise(rng, samples, rng.uniform(80, 300), rng.uniform(2500, 7000), rng.uniform(2, 6))
    air = resonant(air, rng.uniform(400, 1800), rng.uniform(150, 500), rng.uniform(0.4, 1.2))
    brush = noise(rng, samples, 1500, 6000, 2) * np.clip(stroke, 0, 1) * rng.uniform(0.05, 0.4)
    slow_start = np.minimum(time / 1.0, 1)
    return unit((rng.uniform(0.15, 0.6) * unit(tones) + air + brush) * (0.3 + 0.7 * slow_start))


def hood(rng: Generator, samples: int) -> np.ndarray:
    """Extractor hood: steady fan with a hum."""
    air = noise(rng, samples, 80, rng.uniform(1500, 5000), rng.uniform(2, 5))
    air = resonant(air, rng.uniform(250, 700), 80, rng.uniform(0.2, 0.8))
    hum = np.sin(2 * np.pi * rng.uniform(95, 240) * np.arange(samples) / RATE)
    return unit(air * wander(rng, samples, 2, 0.5) + rng.uniform(0.1, 0.5) * hum)


def kettle(rng: Generator, samples: int) -> np.ndarray:
    """Water coming to the boil: a hiss that rises and turns to a rumble."""
    rise = np.linspace(0, 1, samples) ** rng.uniform(0.7, 2)
    hiss = resonant(noise(rng, samples, 300, 3500, 3), rng.uniform(600, 1500), 200, 0.6)
    return unit(hiss * (0.1 + rise) + noise(rng, samples, 100, 900, 3) * rise**2)


# Kitchen ----------------------------------------------------------------------------------------


def running_water(rng: Generator, samples: int) -> np.ndarray:
    """A tap, turned on and off, into a sink or a bowl: rushing and bubbles."""
    rush = noise(rng, samples, rng.uniform(300, 700), rng.uniform(4500, 7500), rng.uniform(0, 2))
    rush = resonant(rush, rng.uniform(300, 1500), rng.uniform(100, 400), rng.uniform(0.2, 0.8))
    bubbles = np.zeros(samples)
    for _ in range(6):
        drops = (rng.random(samples) < rng.uniform(4, 15) / RATE) * rng.exponential(1, samples)
        bubbles = resonant(bubbles + 1e-9, 1, 1, 0) + _bubble(rng, drops)
    wave = rush * wander(rng, samples, 0.7, 1.5) + rng.uniform(0.3, 1.2) * unit(bubbles)
    return unit(wave) * gate(rng, samples, rng.uniform(5, 14), rng.uniform(1, 3.5), 0.4)


def _bubble(rng, drops):
    hertz, radius = rng.uniform(400, 2600), np.exp(-np.pi * rng.uniform(15, 50) / RATE)
    return signal.lfilter(
        [1.0], [1, -2 * radius * np.cos(2 * np.pi * hertz / RATE), radius**2], drops
    )


def _crockery(rng, count, low, high, decay):
    """Things that clink: base tone in Hz between low and high, ringing for decay s."""
    things = []
    for _ in range(count):
        base = np.exp(rng.uniform(np.log(low), np.log(high)))
        modes = base * np.array([1, 1.6, 2.3, 3.1, 4.4]) * rng.uniform(0.95, 1.05, 5)
        body = ring(rng, modes, decay * rng.uniform(0.4, 1.6), 0.5, 0.0005)
        knock = puff(rng, 1000, 7000, 0.0005, 0.004)
        body[: len(knock)] += rng.uniform(0.1, 0.6) * knock
        things.append(body)
    return loud_as_one(things)


def dishes(rng: Generator, samples: int) -> np.ndarray:
    """Plates, glasses and pans put down and knocked together."""
    things = _crockery(
        rng, 10, rng.uniform(500, 900), rng.uniform(1800, 4200), rng.uniform(0.03, 0.1)
    )
    times = episodes(rng, samples, rng.uniform(1.5, 4), rng.uniform(1, 3), rng.uniform(1, 5))
    return hit_all(rng, samples, times, things, 6)


def cutlery(rng: Generator, samples: int) -> np.ndarray:
    """Knife and fork on a plate: light taps, now and then a scrape, then chewing."""
    things = _crockery(
        rng, 8, rng.uniform(1400, 2000), rng.uniform(2800, 5000), rng.uniform(0.04, 0.09)
    )
    scrape = [puff(rng, 1500, 6000, 0.08, 0.05) for _ in range(2)]
    things = things + loud_as_one([0.5 * piece for piece in scrape])
    times = episodes(rng, samples, rng.uniform(2, 5), rng.uniform(0.8, 2), rng.uniform(1, 3))
    return hit_all(rng, samples, times, things, 5)


def frying(rng: Generator, samples: int) -> np.ndarray:
    """A pan: steady sizzle with crackle."""
    sizzle = noise(
        rng, samples, rng.uniform(1400, 2500), rng.uniform(6000, 7800), rng.uniform(-1, 2)
    )
    pops = (rng.random(samples) < rng.uniform(15, 80) / RATE) * rng.exponential(1, samples) ** 2
    crackle = signal.lfilter(*signal.butter(2, [1200, 7000], "band", fs=RATE), pops)
    wave = sizzle * wander(rng, samples, 1.5, 2) + rng.uniform(0.4, 1.5) * unit(crackle)
    return unit(wave * wander(rng, samples, 8, 3))


def simmering(rng: Generator, samples: int) -> np.ndarray:
    """A pot on a low heat: slow bubbles."""
    drops = (rng.random(samples) < rng.uniform(5, 15) / RATE) * rng.exponential(1, samples)
    return unit(sum(_bubble(rng, drops * (rng.random(samples) < 0.5)) for _ in range(3)))


def chopping(rng: Generator, samples: int) -> np.ndarray:
    """A knife on a board: quick, even rows of knocks."""
    rate = rng.uniform(2.2, 5.5)
    things = []
    for _ in range(4):
        thump = ring(rng, rng.uniform(120, 700, 4), 0.02, 0.15)
        tick = puff(rng, 1500, 6000, 0.0005, 0.004)
        thump[: len(tick)] += rng.uniform(0.2, 1) * tick
        things.append(thump)
    times = regular(rng, samples, rate, 0.06)
    working = gate(rng, samples, rng.uniform(2, 5), rng.uniform(1.5, 4), 0.02)
    return hit_all(rng, samples, times[working[times] > 0.5], loud_as_one(things), 3)


def cupboard(rng: Generator, samples: int) -> np.ndarray:
    """Doors and drawers of a kitchen."""
    thumps = [ring(rng, rng.uniform(80, 400, 5), rng.uniform(0.02, 0.06), 0.3) for _ in range(3)]
    thumps += [puff(rng, 150, 1500, 0.15, 0.08) for _ in range(2)]
    times = episodes(rng, samples, 1.2, 1.0, rng.uniform(4, 10))
    return hit_all(rng, samples, times, loud_as_one(thumps), 4)
