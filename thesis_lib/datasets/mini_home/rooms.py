"""How the nodes of a simulated flat hear its places: impulse responses.

Early reflections come from pyroomacoustics (image sources in the L-shaped plan); the late tail is
noise that dies away, at the level that the absorption of the room gives.
"""

from collections.abc import Sequence

import numpy as np
import pyroomacoustics as pra
from numpy.random import Generator
from scipy import fft

from thesis_lib.datasets.mini_home.flats import Flat, Node

RATE = 16000  # Hz
SPEED = 343.0  # m/s
MICROPHONES = 4  # a node
SPACING = 0.05  # m between the microphones of a node
TAPS = 6145  # length of an impulse response, samples
REFLECTIONS = 3  # order of the image sources
TAIL_FROM = 0.02  # s after the direct sound, where single echoes give way to the tail


def draw_position(rng: Generator, flat: Flat, name: str) -> np.ndarray:
    """A point of a place, (3,) in m: this session's."""
    spot = flat.place(name)
    shift = rng.uniform(-1, 1, 3) * spot.reach * np.array([1, 1, 0.2])
    return flat.holds(np.array(spot.position) + shift, name)


def microphones(node: Node) -> np.ndarray:
    """Where a node's microphones are, (3, MICROPHONES) in m."""
    along = (np.arange(MICROPHONES) - (MICROPHONES - 1) / 2) * SPACING
    angle = np.deg2rad(node.direction)
    step = np.array([np.cos(angle), np.sin(angle), 0.0])
    return np.array(node.position)[:, None] + step[:, None] * along


def impulse_responses(
    rng: Generator, flat: Flat, sources: np.ndarray, nodes: Sequence[Node], absorption: float
) -> np.ndarray:
    """How every microphone hears every source.

    Parameters
    ----------
    flat : Flat
    sources : ndarray (sources, 3), m
    nodes : sequence of Node
    absorption : float, energy that a wall keeps, 0 to 1

    Returns
    -------
    ndarray (sources, len(nodes) * MICROPHONES, TAPS), float32; the direct sound at 1 m has
    height 1, the node's gain and frequency response are in it
    """
    early = _image_sources(flat, sources, nodes, absorption)
    out = np.zeros((len(sources), early.shape[1], TAPS))
    answers = np.stack([_response(node) for node in nodes]).repeat(MICROPHONES, axis=0)
    ears = np.concatenate([microphones(node).T for node in nodes])  # (microphones, 3)
    for number, source in enumerate(sources):
        distance = np.linalg.norm(ears - source, axis=1)
        out[number] = early[number] + _tail(rng, flat, distance, absorption)
    return fft.irfft(fft.rfft(out, axis=-1) * answers, TAPS, axis=-1).astype(np.float32)


def _image_sources(flat, sources, nodes, absorption):
    """Direct sound and echoes, (sources, microphones, TAPS)."""
    pra.constants.set("num_threads", 1)
    material = pra.Material(absorption)
    room = pra.Room.from_corners(
        np.array(flat.outline).T, fs=RATE, max_order=REFLECTIONS, materials=material
    )
    room.extrude(flat.height, materials=material)
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


def _tail(rng, flat, distance, absorption):
    """Diffuse sound of a room of this absorption, (ears, TAPS): low frequencies last longer."""
    ears, (area, volume) = len(distance), _surface_and_volume(flat)
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


def _surface_and_volume(flat):
    corners = np.array(flat.outline)
    following = np.roll(corners, -1, axis=0)
    floor = 0.5 * abs(np.sum(corners[:, 0] * following[:, 1] - corners[:, 1] * following[:, 0]))
    around = np.sum(np.linalg.norm(following - corners, axis=1))
    return 2 * floor + around * flat.height, floor * flat.height


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
