"""From the sounds of a session to what each microphone of each node records."""

from collections.abc import Collection

import numpy as np
from scipy import fft

from thesis_lib.datasets.mini_home import rooms, scenes, voices
from thesis_lib.datasets.mini_home.blocks import RATE
from thesis_lib.datasets.mini_home.faults import fault
from thesis_lib.datasets.mini_home.flats import Flat
from thesis_lib.datasets.mini_home.plan import Session

SEGMENT = 160000  # samples, 10 s
OFFSET = 8000  # samples, 0.5 s: the clocks of two nodes differ by at most this
FULL_SCALE = 92.0  # dB SPL that a node with a gain of 0 dB records as full scale
HEARD = 20.0  # dB SPL at 1 m: an activity below this makes no sound
BLOCK = 16384  # samples of one transform in the rendering


def render(
    session: Session, flat: Flat, nodes: Collection[int], entropy: np.random.SeedSequence
) -> tuple[np.ndarray, np.ndarray]:
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
    stations = [node for node in flat.nodes if node.number in nodes]
    dry, responses = _by_place(rng, flat, own + scenes.house(rng, samples), stations)
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


def _by_place(rng, flat, tracks, stations):
    """Sum the tracks of a place, (places, samples) at full scale 1, and how each is heard."""
    places = sorted({track.place for track in tracks})
    dry = np.zeros((len(places), len(tracks[0].wave)), np.float32)
    for track in tracks:
        gain = 10 ** ((track.level - FULL_SCALE) / 20)
        dry[places.index(track.place)] += (track.wave * gain).astype(np.float32)
    sources = np.stack([rooms.draw_position(rng, flat, name) for name in places])
    absorption = rng.uniform(*flat.absorption)
    return dry, rooms.impulse_responses(rng, flat, sources, stations, absorption)


def convolve(dry: np.ndarray, responses: np.ndarray) -> np.ndarray:
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
