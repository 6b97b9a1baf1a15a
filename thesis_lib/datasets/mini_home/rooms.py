"""The rooms of the simulated home: walls, places, microphone nodes, and impulse responses.

One open space, as in the SINS home: a living room with a kitchen beside it. Early reflections
come from pyroomacoustics (image sources in the L-shaped plan); the late tail is noise that dies
away, at the level that the absorption of the room gives.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyroomacoustics as pra
from numpy.random import Generator
from scipy import fft

RATE = 16000  # Hz
SPEED = 343.0  # m/s
HEIGHT = 2.6  # m
MICROPHONES = 4  # a node
SPACING = 0.05  # m between the microphones of a node
TAPS = 6145  # length of an impulse response, samples
REFLECTIONS = 3  # order of the image sources
TAIL_FROM = 0.02  # s after the direct sound, where single echoes give way to the tail

LIVING_ROOM = ((0.0, 0.0), (6.0, 0.0), (6.0, 5.0), (0.0, 5.0))  # m
KITCHEN = ((6.0, 0.0), (9.2, 0.0), (9.2, 3.2), (6.0, 3.2))  # m, open to the living room
OUTLINE = ((0.0, 0.0), (9.2, 0.0), (9.2, 3.2), (6.0, 3.2), (6.0, 5.0), (0.0, 5.0))  # m, both


@dataclass(frozen=True)
class Node:
    """A microphone array: where it hangs, how it hears.

    position : m, middle of the array; direction : degrees, along which the microphones lie;
    gain : dB; self_noise : dB full scale; low_cut, high_cut : Hz; peak : Hz and dB of a
    resonance; tilt : dB an octave around 1 kHz; offset : the constant part that its converter
    adds, full scale.
    """

    number: int
    position: tuple
    direction: float
    gain: float
    self_noise: float
    low_cut: float
    high_cut: float
    peak: tuple
    tilt: float
    offset: float
    known: bool


@dataclass(frozen=True)
class Place:
    """Somewhere a sound comes from: the middle and the reach of the spot, in m."""

    name: str
    position: tuple
    reach: float


@dataclass(frozen=True)
class FloorPlan:
    """All that a picture of the home needs."""

    living_room: tuple
    kitchen: tuple
    height: float
    nodes: tuple
    places: tuple


NODES = (
    Node(1, (0.35, 4.6, 1.7), 45, 0.0, -63, 60, 7600, (3000, 2), 0.0, -0.02, True),
    Node(2, (0.3, 0.4, 1.5), -45, 2.0, -61, 90, 7300, (2200, 3), -0.5, 0.004, True),
    Node(3, (5.7, 4.7, 1.8), 135, -3.0, -65, 50, 7700, (4200, 3), 0.4, 0.001, True),
    Node(4, (9.0, 0.4, 1.6), 135, 1.0, -62, 80, 7500, (2600, 4), 0.0, -0.006, True),
    Node(5, (6.3, 2.9, 1.8), 45, -2.5, -62, 90, 7100, (1400, 3), -0.4, 0.012, False),
    Node(6, (3.0, 4.8, 2.1), 0, 2.5, -61, 50, 7700, (5200, 4), 0.3, -0.010, False),
    Node(7, (7.6, 0.3, 2.0), 0, -2.0, -60, 200, 5400, (900, 5), -0.8, 0.0, False),
)

PLACES = (
    Place("desk", (1.0, 3.6, 0.8), 0.3),
    Place("sofa", (2.3, 1.2, 1.0), 0.7),
    Place("armchair", (1.0, 2.2, 1.0), 0.3),
    Place("television", (4.6, 2.1, 0.9), 0.2),
    Place("table", (4.2, 3.7, 0.95), 0.6),
    Place("standing", (3.2, 2.4, 1.5), 1.2),
    Place("hall door", (0.4, 3.0, 1.0), 0.15),
    Place("window", (3.0, 0.1, 1.4), 0.05),
    Place("wall clock", (5.8, 3.9, 2.0), 0.05),
    Place("stove", (8.8, 1.6, 1.0), 0.15),
    Place("sink", (7.6, 2.9, 1.0), 0.25),
    Place("worktop", (8.4, 2.8, 1.0), 0.3),
    Place("fridge", (6.5, 0.5, 0.5), 0.05),
    Place("cupboard", (8.6, 0.5, 1.2), 0.4),
    Place("kitchen floor", (7.6, 1.5, 0.1), 0.6),
    Place("living floor", (3.0, 2.8, 0.1), 1.5),
)


def floor_plan() -> FloorPlan:
    """Outlines, nodes and places, for drawing."""
    return FloorPlan(LIVING_ROOM, KITCHEN, HEIGHT, NODES, PLACES)


def place(name: str) -> Place:
    """The place of that name."""
    found = [spot for spot in PLACES if spot.name == name]
    if not found:
        raise ValueError(f"no place {name!r}; there are {', '.join(spot.name for spot in PLACES)}")
    return found[0]


def draw_position(rng: Generator, name: str) -> np.ndarray:
    """A point of a place, (3,) in m: this session's."""
    spot = place(name)
    shift = rng.uniform(-1, 1, 3) * spot.reach * np.array([1, 1, 0.2])
    point = np.array(spot.position) + shift
    return np.clip(point, [0.1, 0.1, 0.05], [9.1, 4.9, HEIGHT - 0.1])


def microphones(node: Node) -> np.ndarray:
    """Where a node's microphones are, (3, MICROPHONES) in m."""
    along = (np.arange(MICROPHONES) - (MICROPHONES - 1) / 2) * SPACING
    angle = np.deg2rad(node.direction)
    step = np.array([np.cos(angle), np.sin(angle), 0.0])
    return np.array(node.position)[:, None] + step[:, None] * along


def impulse_responses(
    rng: Generator, sources: np.ndarray, nodes: Sequence[Node], absorption: float
) -> np.ndarray:
    """How every microphone hears every source.

    Parameters
    ----------
    sources : ndarray (sources, 3), m
    nodes : sequence of Node
    absorption : float, energy that a wall keeps, 0 to 1

    Returns
    -------
    ndarray (sources, len(nodes) * MICROPHONES, TAPS), float32; the direct sound at 1 m has
    height 1, the node's gain and frequency response are in it
    """
    early = _image_sources(sources, nodes, absorption)
    out = np.zeros((len(sources), early.shape[1], TAPS))
    answers = np.stack([_response(node) for node in nodes]).repeat(MICROPHONES, axis=0)
    ears = np.concatenate([microphones(node).T for node in nodes])  # (microphones, 3)
    for number, source in enumerate(sources):
        distance = np.linalg.norm(ears - source, axis=1)
        out[number] = early[number] + _tail(rng, distance, absorption, early.shape[1])
    return fft.irfft(fft.rfft(out, axis=-1) * answers, TAPS, axis=-1).astype(np.float32)


def _image_sources(sources, nodes, absorption):
    """Direct sound and echoes, (sources, microphones, TAPS)."""
    pra.constants.set("num_threads", 1)
    material = pra.Material(absorption)
    room = pra.Room.from_corners(
        np.array(OUTLINE).T, fs=RATE, max_order=REFLECTIONS, materials=material
    )
    room.extrude(HEIGHT, materials=material)
    room.add_microphone_array(np.concatenate([microphones(node) for node in nodes], axis=1))
    for source in sources:
        room.add_source(source)
    room.compute_rir()
    out = np.zeros((len(sources), len(room.rir), TAPS))
    for ear, of_source in enumerate(room.rir):
        for number, response in enumerate(of_source):
            piece = response[:TAPS]
            out[number, ear, : len(piece)] = piece
    return out


def _tail(rng, distance, absorption, ears):
    """Diffuse sound of a room of this absorption, (ears, TAPS): low frequencies last longer."""
    area, volume = _surface_and_volume()
    lasting = 0.161 * volume / (area * -np.log(1 - absorption))  # s, to fall by 60 dB (Eyring)
    energy = 16 * np.pi * (1 - absorption) / (area * absorption)  # where direct at 1 m is 1
    time = np.arange(TAPS) / RATE
    since = time - distance[:, None] / SPEED
    out = np.zeros((ears, TAPS))
    spectrum = fft.rfft(rng.standard_normal((ears, TAPS), dtype=np.float32), axis=-1)
    hertz = fft.rfftfreq(TAPS, 1 / RATE)
    for low, high, factor in ((0, 500, 1.3), (500, 2500, 1.0), (2500, 8001, 0.6)):
        band = fft.irfft(spectrum * ((hertz >= low) & (hertz < high)), TAPS, axis=-1)
        rate = 13.8 / (lasting * factor)  # 1/s, of energy
        out += band * np.sqrt(rate / RATE) * np.exp(-rate * since / 2)
    return out * np.sqrt(energy) * np.clip((since - TAIL_FROM) / 0.01, 0, 1)


def _surface_and_volume():
    corners = np.array(OUTLINE)
    following = np.roll(corners, -1, axis=0)
    floor = 0.5 * abs(np.sum(corners[:, 0] * following[:, 1] - corners[:, 1] * following[:, 0]))
    around = np.sum(np.linalg.norm(following - corners, axis=1))
    return 2 * floor + around * HEIGHT, floor * HEIGHT


def _response(node):
    """A node's gain over frequency, (TAPS // 2 + 1,)."""
    hertz = np.maximum(fft.rfftfreq(TAPS, 1 / RATE), 1.0)
    octaves = np.log2(hertz / 1000)
    peak, height = node.peak
    decibel = (
        node.gain + node.tilt * octaves + height * np.exp(-0.5 * (np.log2(hertz / peak) / 0.4) ** 2)
    )
    low = 1 / np.sqrt(1 + (node.low_cut / hertz) ** 4)
    high = 1 / np.sqrt(1 + (hertz / node.high_cut) ** 12)
    return 10 ** (decibel / 20) * low * high
