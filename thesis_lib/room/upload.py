"""A clip of the visitor's own: what is taken, and what is refused in a sentence."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from thesis_lib.audio import io as audio_io
from thesis_lib.room import excerpt
from thesis_lib.util.errors import InputError
from thesis_lib.util.text import cut, one_line, readable

if TYPE_CHECKING:
    from thesis_lib.room.widget import Room

LONGEST = 600.0  # s
LARGEST = 100e6  # bytes
SHORTEST = 0.1  # s
SILENT = 1e-4  # of full scale, -80 dB: nothing above it is silence


def take(room: Room, asked: dict[str, Any], piece: bytes) -> excerpt.Excerpt | None:
    """Take a piece of a file; after the last one the clip is embedded.

    Parameters
    ----------
    room : Room
    asked : dict
        `name` of the file, `part` of `parts`, from 0.
    piece : bytes

    Returns
    -------
    Excerpt or None
        What is heard and seen of the clip, once all of it has come.

    Raises
    ------
    InputError
        It is no audio, too long, too large or silent, or this room has no network.
    """
    name = cut(one_line(readable(str(asked["name"]))), 60)
    if room.embed is None:
        raise InputError("This room has vectors alone and no network that could place a clip.")
    if asked["part"] == 0:
        room.pieces = []
    room.pieces.append(piece)
    if sum(map(len, room.pieces)) > LARGEST:
        room.pieces = []
        raise InputError(f"{name} is larger than {LARGEST / 1e6:.0f} MB; cut a part out of it.")
    if asked["part"] + 1 < asked["parts"]:
        return None
    whole, room.pieces = b"".join(room.pieces), []
    wave = checked(whole, name, room.sounds.features.sample_rate)
    room.clip = np.asarray(room.embed(wave), np.float32).ravel()
    held = wave[: round(excerpt.LONGEST * room.sounds.features.sample_rate)]
    rate = room.sounds.features.sample_rate
    return excerpt.Excerpt(held, rate, 0.0, len(held) / rate)


def checked(content: bytes, name: str, rate: int) -> np.ndarray:
    """The bytes of a file as sound: float32 array, at `rate`, mono.

    Raises
    ------
    InputError
        It is no audio, too short, too long or silent.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "clip"
        path.write_bytes(content)
        try:
            duration = audio_io.probe(path).duration
            wave = audio_io.read(path, rate) if SHORTEST <= duration <= LONGEST else None
        except InputError:
            raise InputError(f"{name} cannot be read as audio; choose a sound file.") from None
    if wave is None:
        limits = f"{SHORTEST:g} s to {LONGEST / 60:.0f} minutes"
        raise InputError(f"{name} lasts {_time(duration)}; choose a clip of {limits}.")
    if np.abs(wave).max(initial=0) < SILENT:
        raise InputError(f"{name} is silent; choose a clip in which something is heard.")
    return wave


def _time(seconds):
    return f"{seconds:.2g} s" if seconds < 60 else f"{seconds / 60:.0f} minutes"
