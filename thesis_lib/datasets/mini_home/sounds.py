"""The sounds of a home, synthesised: one function a sound.

Each takes a numpy Generator and a length in samples and returns a mono float array at 16 kHz. A
steady sound has a root mean square of 1, a sound made of hits has hits of about that strength: the
scene sets the level. What is drawn once a call (a pan, a keyboard, a floor) stays to its end.
"""

import numpy as np
from scipy import fft, signal

RATE = 16000  # Hz


# Building blocks --------------------------------------------------------------------------------


def unit(wave):
    """The wave at root mean square 1 (silence stays silence)."""
    rms = np.sqrt(np.mean(wave**2))
    return wave / rms if rms > 0 else wave


def noise(rng, samples, low, high, slope=0.0):
    """Noise between two corners in Hz, falling by `slope` dB an octave between them."""
    size = fft.next_fast_len(samples, real=True)
    spectrum = fft.rfft(rng.standard_normal(size, dtype=np.float32))
    hertz = np.maximum(fft.rfftfreq(size, 1 / RATE), 1.0)
    gain = (hertz / low) ** (-slope / 6.02)
    gain /= np.sqrt((1 + (low / hertz) ** 6) * (1 + (hertz / high) ** 6))
    return unit(fft.irfft(spectrum * gain, size)[:samples].astype(np.float64))


def resonant(wave, hertz, width, gain):
    """Add a resonance (centre and width in Hz) to a wave; `gain` is its share of the amplitude."""
    radius = np.exp(-np.pi * width / RATE)
    ringing = signal.lfilter(
        [1.0], [1, -2 * radius * np.cos(2 * np.pi * hertz / RATE), radius**2], wave
    )
    return wave + gain * unit(ringing)


def wander(rng, samples, period, spread):
    """A gain that drifts: a new value about every `period` s, `spread` dB around 0 dB."""
    knots = rng.normal(0, spread, int(samples / RATE / period) + 3)
    where = np.arange(samples) / (RATE * period) + rng.uniform()
    return 10 ** (np.interp(where, np.arange(len(knots)), knots) / 20)


def gate(rng, samples, on, off, ramp=0.08):
    """A switch, 0 to 1, on and off for exponential times with means `on` and `off` in s."""
    out, at, is_on = np.zeros(samples), 0, rng.uniform() < on / (on + off)
    while at < samples:
        length = int((0.15 + rng.exponential(on if is_on else off)) * RATE)
        out[at : at + length] = is_on
        at, is_on = at + length, not is_on
    width = max(int(ramp * RATE), 1)
    smooth = np.convolve(np.pad(out[:: width // 8 or 1], 4, mode="edge"), np.ones(9) / 9, "valid")
    return np.interp(np.arange(samples), np.arange(len(smooth)) * (width // 8 or 1), smooth)


def episodes(rng, samples, rate, length, pause):
    """Times in samples of hits that come in flurries.

    `rate` hits a second within a flurry, flurries of `length` s, `pause` s between (means).
    """
    times, at = [], rng.exponential(pause) * rng.uniform()
    while at * RATE < samples:
        end = at + 0.2 + rng.exponential(length)
        while at < end:
            times.append(at)
            at += rng.gamma(4, 1 / (4 * rate))
        at += 0.3 + rng.exponential(pause)
    times = (np.array(times) * RATE).astype(int)
    return times[times < samples]


def regular(rng, samples, rate, jitter=0.05):
    """Times in samples of hits at a steady rate in Hz with a relative jitter."""
    count = int(samples / RATE * rate) + 2
    times = (np.arange(count) + rng.uniform() + rng.normal(0, jitter, count)) / rate * RATE
    times = np.sort(times).astype(int)
    return times[(times >= 0) & (times < samples)]


def ring(rng, modes, decay, seconds, strike=0.002):
    """One struck thing: modes in Hz, each dying away in `decay` s (the higher, the sooner)."""
    time = np.arange(int(seconds * RATE)) / RATE
    out = np.zeros(len(time))
    for number, hertz in enumerate(modes):
        if hertz < RATE / 2:
            fall = decay * (modes[0] / hertz) ** 0.5 * rng.uniform(0.8, 1.2)
            tone = np.sin(2 * np.pi * hertz * time + rng.uniform(0, 6.28))
            out += rng.uniform(0.4, 1) / (1 + 0.4 * number) * tone * np.exp(-time / fall)
    return out * (1 - np.exp(-time / strike))


def puff(rng, low, high, rise, fall):
    """One short noise: rise and fall in s."""
    count = int((rise + 5 * fall) * RATE) + 32
    time = np.arange(count) / RATE
    return (
        noise(rng, count, low, high) * np.minimum(time / max(rise, 1e-4), 1) * np.exp(-time / fall)
    )


def hit_all(rng, samples, times, things, spread=4.0):
    """Let randomly chosen things sound at the given times, `spread` dB apart in strength."""
    out = np.zeros(samples)
    for at in times:
        thing = things[rng.integers(len(things))] * 10 ** (rng.normal(0, spread) / 20)
        piece = thing[: samples - at]
        out[at : at + len(piece)] += piece
    return out


def _loud_as_one(things):
    """Scale struck things so that each has the energy of 50 ms at root mean square 1."""
    return [thing * np.sqrt(0.05 * RATE / max(np.sum(thing**2), 1e-9)) for thing in things]


# The house --------------------------------------------------------------------------------------


def fridge(rng, samples):
    """Compressor: mains harmonics with a slow beat, and a little fan."""
    time = np.arange(samples) / RATE
    mains = rng.uniform(49.9, 50.1)
    shares = (1.0, 0.8, 0.3, 0.5, 0.2, 0.3, 0.1, 0.1)  # one home, one fridge
    hum = sum(
        share / k * np.sin(2 * np.pi * mains * k * time + rng.uniform(0, 6.28))
        for k, share in enumerate(shares, start=1)
    )
    return unit(unit(hum) * wander(rng, samples, 3, 1) + 0.5 * noise(rng, samples, 150, 1500, 3))


def street(rng, samples):
    """Traffic through a window: dull noise with cars passing."""
    out = noise(rng, samples, 40, 300, 3)
    time = np.arange(samples) / RATE
    for _ in range(rng.poisson(samples / RATE / rng.uniform(10, 40))):
        centre, width = rng.uniform(0, samples / RATE), rng.uniform(1.2, 3)
        swell = np.exp(-0.5 * ((time - centre) / width) ** 2)
        out += rng.uniform(0.5, 3) * swell * noise(rng, samples, 60, rng.uniform(400, 1200), 3)
    return unit(out)


def clock(rng, samples):
    """The wall clock: tick and tock, every second."""
    modes = ([2100, 3300, 4700], [1900, 3100, 4400])  # Hz
    ticks = _loud_as_one([ring(rng, both, 0.006, 0.05) for both in modes])
    return hit_all(rng, samples, regular(rng, samples, 1.0, 0.001), ticks, 0.5)


def neighbours(rng, samples):
    """Thumps and murmur through a wall."""
    thumps = _loud_as_one([ring(rng, rng.uniform(50, 160, 3), 0.06, 0.4) for _ in range(4)])
    out = hit_all(rng, samples, episodes(rng, samples, 1.5, 1.5, 10), thumps)
    murmur = noise(rng, samples, 100, 400, 6) * wander(rng, samples, 0.2, 6)
    return out + 0.3 * murmur * gate(rng, samples, 4, 8)


# Machines ---------------------------------------------------------------------------------------


def vacuum(rng, samples):
    """Vacuum cleaner: motor tones, rushing air, and the strokes of the brush."""
    time = np.arange(samples) / RATE
    stroke = np.sin(
        2 * np.pi * np.cumsum(rng.uniform(0.3, 0.8) * wander(rng, samples, 2, 2)) / RATE
    )
    motor = rng.uniform(150, 420) * (1 + 0.01 * stroke) * wander(rng, samples, 1.5, 0.03)
    phase = 2 * np.pi * np.cumsum(motor) / RATE
    tones = sum(rng.uniform(0.2, 1) / k * np.sin(k * phase) for k in range(1, 8))
    air = noise(rng, samples, rng.uniform(80, 300), rng.uniform(2500, 7000), rng.uniform(2, 6))
    air = resonant(air, rng.uniform(400, 1800), rng.uniform(150, 500), rng.uniform(0.4, 1.2))
    brush = noise(rng, samples, 1500, 6000, 2) * np.clip(stroke, 0, 1) * rng.uniform(0.05, 0.4)
    slow_start = np.minimum(time / 1.0, 1)
    return unit((rng.uniform(0.15, 0.6) * unit(tones) + air + brush) * (0.3 + 0.7 * slow_start))


def hood(rng, samples):
    """Extractor hood: steady fan with a hum."""
    air = noise(rng, samples, 80, rng.uniform(1500, 5000), rng.uniform(2, 5))
    air = resonant(air, rng.uniform(250, 700), 80, rng.uniform(0.2, 0.8))
    hum = np.sin(2 * np.pi * rng.uniform(95, 240) * np.arange(samples) / RATE)
    return unit(air * wander(rng, samples, 2, 0.5) + rng.uniform(0.1, 0.5) * hum)


def kettle(rng, samples):
    """Water coming to the boil: a hiss that rises and turns to a rumble."""
    rise = np.linspace(0, 1, samples) ** rng.uniform(0.7, 2)
    hiss = resonant(noise(rng, samples, 300, 3500, 3), rng.uniform(600, 1500), 200, 0.6)
    return unit(hiss * (0.1 + rise) + noise(rng, samples, 100, 900, 3) * rise**2)


# Kitchen ----------------------------------------------------------------------------------------


def running_water(rng, samples):
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
    return _loud_as_one(things)


def dishes(rng, samples):
    """Plates, glasses and pans put down and knocked together."""
    things = _crockery(
        rng, 10, rng.uniform(500, 900), rng.uniform(1800, 4200), rng.uniform(0.03, 0.1)
    )
    times = episodes(rng, samples, rng.uniform(1.5, 4), rng.uniform(1, 3), rng.uniform(1, 5))
    return hit_all(rng, samples, times, things, 6)


def cutlery(rng, samples):
    """Knife and fork on a plate: light taps, now and then a scrape, then chewing."""
    things = _crockery(
        rng, 8, rng.uniform(1400, 2000), rng.uniform(2800, 5000), rng.uniform(0.04, 0.09)
    )
    scrape = [puff(rng, 1500, 6000, 0.08, 0.05) for _ in range(2)]
    things = things + _loud_as_one([0.5 * piece for piece in scrape])
    times = episodes(rng, samples, rng.uniform(2, 5), rng.uniform(0.8, 2), rng.uniform(1, 3))
    return hit_all(rng, samples, times, things, 5)


def frying(rng, samples):
    """A pan: steady sizzle with crackle."""
    sizzle = noise(
        rng, samples, rng.uniform(1400, 2500), rng.uniform(6000, 7800), rng.uniform(-1, 2)
    )
    pops = (rng.random(samples) < rng.uniform(15, 80) / RATE) * rng.exponential(1, samples) ** 2
    crackle = signal.lfilter(*signal.butter(2, [1200, 7000], "band", fs=RATE), pops)
    wave = sizzle * wander(rng, samples, 1.5, 2) + rng.uniform(0.4, 1.5) * unit(crackle)
    return unit(wave * wander(rng, samples, 8, 3))


def simmering(rng, samples):
    """A pot on a low heat: slow bubbles."""
    drops = (rng.random(samples) < rng.uniform(5, 15) / RATE) * rng.exponential(1, samples)
    return unit(sum(_bubble(rng, drops * (rng.random(samples) < 0.5)) for _ in range(3)))


def chopping(rng, samples):
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
    return hit_all(rng, samples, times[working[times] > 0.5], _loud_as_one(things), 3)


def cupboard(rng, samples):
    """Doors and drawers of a kitchen."""
    thumps = [ring(rng, rng.uniform(80, 400, 5), rng.uniform(0.02, 0.06), 0.3) for _ in range(3)]
    thumps += [puff(rng, 150, 1500, 0.15, 0.08) for _ in range(2)]
    times = episodes(rng, samples, 1.2, 1.0, rng.uniform(4, 10))
    return hit_all(rng, samples, times, _loud_as_one(thumps), 4)


# People -----------------------------------------------------------------------------------------


def typing(rng, samples):
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
    return hit_all(rng, samples, times, _loud_as_one(keys), 2.5)


def mouse(rng, samples):
    """Mouse clicks and a little sliding."""
    click = puff(rng, 1500, 7000, 0.0003, 0.0025)
    pair = np.zeros(int(0.15 * RATE))
    for at, strength in ((0, 1.0), (int(rng.uniform(0.07, 0.11) * RATE), 0.7)):
        pair[at : at + len(click)] += strength * click[: len(pair) - at]
    times = episodes(rng, samples, 1.2, 1.5, rng.uniform(2, 6))
    return hit_all(rng, samples, times, _loud_as_one([pair]), 2)


def steps(rng, samples):
    """Somebody walks: one floor, one pair of shoes."""
    heel = [ring(rng, rng.uniform(60, 350, 4), rng.uniform(0.015, 0.04), 0.2) for _ in range(2)]
    shoe = rng.uniform(0.05, 0.8)
    for thump in heel:
        scuff = puff(rng, 600, 5000, 0.01, 0.02)
        thump[: len(scuff)] += shoe * scuff[: len(thump)]
    times = regular(rng, samples, rng.uniform(1.4, 2.3), 0.05)
    walking = gate(rng, samples, rng.uniform(3, 6), rng.uniform(1, 4), 0.02)
    return hit_all(rng, samples, times[walking[times] > 0.5], _loud_as_one(heel), 2.5)


def door(rng, samples):
    """A door: handle, creak or none, and the thud of closing."""
    out = np.zeros(samples)
    latch = _loud_as_one([ring(rng, rng.uniform(800, 4000, 4), 0.015, 0.1) for _ in range(3)])
    thud = _loud_as_one([ring(rng, rng.uniform(50, 300, 6), 0.07, 0.5)])
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


def rustle(rng, samples):
    """Paper, a bag or clothes: gusts of fine crackle."""
    wave = noise(rng, samples, rng.uniform(400, 2500), rng.uniform(4000, 7800), rng.uniform(0, 3))
    grain = wander(rng, samples, rng.uniform(0.01, 0.05), 7) * wander(rng, samples, 0.25, 4)
    return unit(wave * grain) * gate(rng, samples, rng.uniform(0.6, 2), rng.uniform(1, 4))


def sweeping(rng, samples):
    """A broom or a cloth: regular strokes of noise."""
    wave = noise(rng, samples, rng.uniform(500, 1500), rng.uniform(3000, 7000), 2)
    stroke = np.sin(np.pi * rng.uniform(0.8, 1.8) * np.cumsum(wander(rng, samples, 1, 1)) / RATE)
    return unit(wave * np.abs(stroke) ** 2) * gate(rng, samples, 6, 2)


def cough(rng, samples):
    """Coughs and throat clearing, throaty noise in twos and threes."""
    things = []
    for _ in range(3):
        one = puff(rng, 250, 4500, 0.01, 0.07)
        things.append(resonant(one, rng.uniform(500, 1100), 120, 0.8))
    times = episodes(rng, samples, 2.5, 0.6, 6)
    return hit_all(rng, samples, times, _loud_as_one(things), 3)


def chair(rng, samples):
    """A chair pushed back: a stuttering low scrape, and a bump."""
    scrape = puff(rng, 120, 1800, 0.25, 0.1) * wander(rng, int(0.75 * RATE) + 32, 0.02, 5)
    bump = ring(rng, rng.uniform(70, 250, 4), 0.03, 0.3)
    return hit_all(rng, samples, episodes(rng, samples, 1, 0.5, 8), _loud_as_one([scrape, bump]), 3)


def telephone(rng, samples):
    """A ring tone for the first seconds, then nothing."""
    time = np.arange(samples) / RATE
    low, ratio, trill = rng.uniform(600, 1300), rng.uniform(1.15, 1.5), rng.uniform(8, 22)
    tone = np.sin(2 * np.pi * low * time * np.where(np.sin(2 * np.pi * trill * time) > 0, 1, ratio))
    on = ((time % rng.uniform(1.6, 3)) < 0.9) & (time < rng.uniform(2.5, 6))
    return 1.4 * tone * on


# Television -------------------------------------------------------------------------------------


def music(rng, samples):
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


def applause(rng, samples):
    """An audience: many hands, swelling and dying away."""
    claps = noise(rng, samples, 700, 5000, 1) * wander(rng, samples, 0.01, 5)
    return unit(claps * wander(rng, samples, 1.5, 5))
