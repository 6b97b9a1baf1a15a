"""The duration of a film by its own header; FFmpeg guesses where a header has none."""

import math
import os
import re
import struct
from pathlib import Path

HEAD = 2**18  # bytes in which a header lies
# Matroska: what a unit of time is (ns), how many of them the film lasts. FLV: how long in s.
UNIT = re.compile(rb"\x2a\xd7\xb1([\x81-\x88])(.{8})", re.DOTALL)
LENGTH = re.compile(rb"\x44\x89([\x84\x88])(.{8})", re.DOTALL)
DURATION = re.compile(rb"\0\x08duration\0(.{8})", re.DOTALL)


def duration(path: Path, kind: str) -> float | None:
    """Duration of a film, by its header.

    Parameters
    ----------
    path : Path
    kind : str
        FFmpeg's name of its container, one of `LOOKS`.

    Returns
    -------
    float or None
        In s; None where its header has none, as of one that is still being written.
    """
    with open(path, "rb") as file:
        seconds = LOOKS[kind](file.read(HEAD))
    return seconds if math.isfinite(seconds) and seconds > 0 else None


def is_cut(path: Path) -> bool:
    """Whether a Matroska file ends before its segment does; not so one still being written."""
    with open(path, "rb") as file:
        head = file.read(4096)
    at, size = _size(head, 4)
    size = size or 0
    if not head.startswith(b"\x1a\x45\xdf\xa3") or head[at + size :][:4] != b"\x18\x53\x80\x67":
        return False
    begin, length = _size(head, at + size + 4)
    return length is not None and begin + length > os.path.getsize(path)


def _size(head, at):
    """Where a size of variable length ends, and the size; None: unknown."""
    first = head[at] if at < len(head) else 0
    if not first:
        return at, 0
    end = at + 9 - first.bit_length()
    size = int.from_bytes(head[at:end], "big") & ~(1 << 7 * (end - at))
    return end, None if size == (1 << 7 * (end - at)) - 1 else size


def _matroska(head):
    unit, length = UNIT.search(head), LENGTH.search(head)
    if length is None:
        return 0.0
    nanoseconds = int.from_bytes(unit[2][: unit[1][0] & 15], "big") if unit else 10**6
    kind = ">f" if length[1] == b"\x84" else ">d"
    return struct.unpack_from(kind, length[2])[0] * nanoseconds / 1e9


def _flv(head):
    length = DURATION.search(head)
    return struct.unpack(">d", length[1])[0] if length else 0.0


LOOKS = {"matroska": _matroska, "flv": _flv}
