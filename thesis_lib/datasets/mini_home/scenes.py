"""What is heard during an activity: which sounds, from where, how loud.

Every session is its own draw of voice, tool, surface, rate, place and level. Activities share
sounds, as in life: water runs while cooking and washing up, plates clink at table and in the sink,
people talk on a visit, on the telephone and on television, and nobody is heard in a pause of any.
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy import signal

from thesis_lib.datasets.mini_home import blocks, people, things, voices
from thesis_lib.datasets.sins import CLASSES

RATE = 16000  # Hz


@dataclass
class Track:
    """One sound of a scene: the wave (samples,), a name of `flats.SUITE.places`, dB SPL at 1 m."""

    wave: np.ndarray
    place: str
    level: float


def house(rng: Generator, samples: int) -> list[Track]:
    """What a home sounds like when nobody does anything: fridge, street, clock, neighbours."""
    tracks = [Track(things.street(rng, samples), "window", rng.uniform(30, 40))]
    if rng.uniform() < 0.6:
        tracks.append(Track(things.fridge(rng, samples), "fridge", rng.uniform(28, 40)))
    if rng.uniform() < 0.4:
        tracks.append(Track(things.clock(rng, samples), "wall clock", rng.uniform(24, 40)))
    if rng.uniform() < 0.2:
        tracks.append(Track(things.neighbours(rng, samples), "hall door", rng.uniform(28, 46)))
    return tracks


def activity(rng: Generator, label: str, samples: int) -> list[Track]:
    """The tracks of one activity, without the house."""
    if label not in CLASSES:
        raise ValueError(f"no activity {label!r}; there are {', '.join(CLASSES)}")
    tracks = _ACTIVITIES[label](rng, samples)
    if label not in ("absence", "watching_tv", "other") and rng.uniform() < 0.12:
        tracks.append(_radio(rng, samples))
    return tracks


def _absence(rng, samples):
    return []


def _cooking(rng, samples):
    parts = [
        (0.85, things.frying, "stove", (54, 64)),
        (0.6, things.chopping, "worktop", (54, 66)),
        (0.3, things.hood, "stove", (44, 60)),
        (0.4, things.simmering, "stove", (44, 56)),
        (0.3, things.dishes, "worktop", (46, 60)),
        (0.25, things.running_water, "sink", (44, 56)),
        (0.4, things.cupboard, "cupboard", (50, 62)),
        (0.3, people.steps, "kitchen floor", (36, 52)),
    ]
    return _some(rng, samples, parts, least=2)


def _dishwashing(rng, samples):
    parts = [
        (0.92, things.running_water, "sink", (55, 64)),
        (0.95, things.dishes, "sink", (55, 66)),
        (0.3, things.cupboard, "cupboard", (44, 60)),
        (0.3, people.sweeping, "worktop", (38, 50)),
        (0.25, people.steps, "kitchen floor", (36, 52)),
    ]
    return _some(rng, samples, parts, least=2)


def _eating(rng, samples):
    tracks = [Track(things.cutlery(rng, samples), "table", rng.uniform(57, 66))]
    parts = [
        (0.6, things.dishes, "table", (46, 58)),
        (0.3, people.chair, "table", (42, 56)),
        (0.2, people.cough, "table", (44, 58)),
    ]
    tracks += _some(rng, samples, parts, least=0)
    if rng.uniform() < 0.15:
        talk = voices.talk(rng, voices.draw_voice(rng), samples, rng.uniform(4, 12))
        tracks.append(Track(talk, "table", rng.uniform(48, 62)))
    if rng.uniform() < 0.1:
        tracks.append(Track(_programme(rng, samples), "television", rng.uniform(36, 46)))
    return tracks


def _other(rng, samples):
    """Whatever else, drawn until there is something to hear: it may be 10 s long."""
    while True:
        tracks = _odds_and_ends(rng, samples)
        sounding = sum(np.abs(track.wave) > 0.1 for track in tracks)
        if np.mean(sounding > 0) > 0.03:
            return tracks


def _odds_and_ends(rng, samples):
    parts = [
        (0.6, people.steps, str(rng.choice(["living floor", "kitchen floor"])), (48, 60)),
        (0.4, people.door, "hall door", (54, 66)),
        (0.35, people.rustle, str(rng.choice(["sofa", "table", "standing"])), (46, 58)),
        (0.15, people.sweeping, "living floor", (42, 58)),
        (0.15, things.cupboard, str(rng.choice(["cupboard", "standing"])), (44, 60)),
        (0.12, people.cough, "standing", (46, 62)),
        (0.12, people.chair, "table", (44, 60)),
        (0.08, things.kettle, "worktop", (42, 58)),
        (0.06, things.running_water, "sink", (42, 54)),
        (0.06, things.dishes, str(rng.choice(["table", "worktop"])), (42, 58)),
        (0.04, people.music, "standing", (40, 54)),
        (0.1, people.telephone, "desk", (44, 58)),
    ]
    tracks = _some(rng, samples, parts, least=1)
    if rng.uniform() < 0.15:
        talk = voices.talk(rng, voices.draw_voice(rng), samples, rng.uniform(2, 6))
        tracks.append(Track(talk, "standing", rng.uniform(50, 62)))
    return tracks


def _social_activity(rng, samples):
    return _call(rng, samples) if rng.uniform() < 0.4 else _visit(rng, samples)


def _call(rng, samples):
    """Half of a conversation: one person, and long pauses of listening."""
    where = str(rng.choice(["sofa", "desk", "standing", "table", "armchair"]))
    talk = voices.talk(rng, voices.draw_voice(rng), samples, rng.uniform(1.5, 5))
    tracks = [Track(talk, where, rng.uniform(54, 66))]
    if rng.uniform() < 0.5:
        tracks.append(Track(people.telephone(rng, samples), where, rng.uniform(44, 58)))
    if rng.uniform() < 0.4:
        tracks.append(Track(people.steps(rng, samples), "living floor", rng.uniform(36, 50)))
    return tracks


def _visit(rng, samples):
    speakers = [voices.draw_voice(rng) for _ in range(rng.integers(2, 5))]
    places = rng.permutation(["sofa", "armchair", "table", "standing"])
    level = rng.uniform(54, 65)
    talk = voices.conversation(rng, speakers, samples, rng.uniform(0.1, 1.5))
    tracks = [
        Track(wave, str(where), level + rng.normal(0, 2))
        for wave, where in zip(talk, places, strict=False)
    ]
    parts = [
        (0.4, things.dishes, "table", (36, 52)),
        (0.2, people.cough, "sofa", (44, 56)),
        (0.2, people.music, "television", (32, 46)),
    ]
    return tracks + _some(rng, samples, parts, least=0)


def _vacuum_cleaner(rng, samples):
    """The cleaner moves through the rooms: the same sound, handed from spot to spot."""
    wave, level = things.vacuum(rng, samples), rng.uniform(68, 78)
    spots = rng.permutation(["living floor", "kitchen floor", "sofa", "hall door"])[:3]
    where = np.cumsum(rng.normal(0, 0.3, samples // RATE + 2)) + rng.uniform(0, 2)
    where = 1 - np.cos(np.interp(np.arange(samples) / RATE, np.arange(len(where)), where))  # 0 to 2
    return [
        Track(wave * np.clip(1 - np.abs(where - number), 0, 1), str(spot), level)
        for number, spot in enumerate(spots)
    ]


def _watching_tv(rng, samples):
    tracks = [Track(_programme(rng, samples), "television", rng.uniform(56, 67))]
    parts = [
        (0.15, people.cough, "sofa", (44, 58)),
        (0.15, people.rustle, "sofa", (36, 50)),
        (0.15, things.cutlery, "sofa", (36, 50)),
    ]
    return tracks + _some(rng, samples, parts, least=0)


def _working(rng, samples):
    tracks = []
    if rng.uniform() < 0.95:
        tracks.append(Track(people.typing(rng, samples), "desk", rng.uniform(46, 57)))
    parts = [
        (0.7, people.mouse, "desk", (38, 48)),
        (0.25, people.rustle, "desk", (32, 46)),
        (0.25, people.chair, "desk", (36, 52)),
        (0.2, people.cough, "desk", (42, 56)),
        (0.5, things.hood, "desk", (32, 42)),  # the computer's fan
    ]
    return tracks + _some(rng, samples, parts, least=1)


def _some(rng, samples, parts, least):
    """Draw from (chance, sound, place, (low, high) dB): at least `least` of them."""
    hits = rng.uniform(size=len(parts)) < [chance for chance, *_ in parts]
    while hits.sum() < least:
        hits[rng.integers(len(parts))] = True
    return [
        Track(sound(rng, samples), place, rng.uniform(low, high))
        for hit, (_, sound, place, (low, high)) in zip(hits, parts, strict=True)
        if hit
    ]


def _radio(rng, samples):
    return Track(_programme(rng, samples), "worktop", rng.uniform(34, 48))


def _programme(rng, samples):
    """A television programme: scenes of speech, music and audience through a small loudspeaker."""
    out, at = np.zeros(samples), 0
    cast = [voices.draw_voice(rng) for _ in range(4)]
    taste = rng.dirichlet([6, 5, 2, 0.3])
    bed = people.music(rng, samples) * rng.uniform(0, 0.35)
    while at < samples:
        length = min(int(rng.uniform(4, 20) * RATE), samples - at)
        kind = rng.choice(["speech", "dialogue", "music", "audience"], p=taste)
        out[at : at + length] += _scene_on_screen(rng, str(kind), cast, length)
        at += length
    ends = [rng.uniform(120, 300), rng.uniform(3500, 7500)]
    return blocks.unit(
        signal.sosfilt(signal.butter(2, ends, "band", fs=RATE, output="sos"), out + bed)
    )


def _scene_on_screen(rng, kind, cast, samples):
    if kind == "speech":
        return voices.talk(rng, cast[0], samples, 0.2)
    if kind == "dialogue":
        return voices.conversation(rng, cast[1:], samples, 0.5).sum(axis=0)
    return (people.music if kind == "music" else people.applause)(rng, samples)


_ACTIVITIES = {
    "absence": _absence,
    "cooking": _cooking,
    "dishwashing": _dishwashing,
    "eating": _eating,
    "other": _other,
    "social_activity": _social_activity,
    "vacuum_cleaner": _vacuum_cleaner,
    "watching_tv": _watching_tv,
    "working": _working,
}
