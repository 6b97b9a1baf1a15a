"""How many samples a FLAC file holds, by its last frame: its header may count too few, or too many.

A frame of FLAC begins with a pattern, what it is, its number, and a check sum of these.
"""

import os
import struct

TAIL = 2**18  # bytes that are looked at; a frame is smaller
RATES = (0, 88200, 176400, 192000, 8000, 16000, 22050, 24000, 32000, 44100, 48000, 96000)
BITS = (0, 8, 12, -1, 16, 20, 24, 32)


def stated_and_held(number: int) -> tuple[int, int]:
    """Samples of each channel that the header counts, and those that the frames hold.

    Parameters
    ----------
    number : int
        Of an open file.

    Returns
    -------
    stated, held : int
        Held is 0 where no frame is found.
    """
    head = os.pread(number, 42, 0)
    if not head.startswith(b"fLaC\0") or len(head) < 42:
        return 0, 0
    size = struct.unpack(">H", head[10:12])[0]
    packed = int.from_bytes(head[18:26], "big")  # rate 20 bits, channels 3, bits 5, samples 36
    stream = size, packed >> 44, (packed >> 41 & 7) + 1, (packed >> 36 & 31) + 1
    begin = max(42, os.fstat(number).st_size - TAIL)
    tail = os.pread(number, TAIL, begin)
    at, tail = len(tail), tail + bytes(16)  # the last one may be shorter than what is looked at
    while (at := tail.rfind(b"\xff", 0, at)) >= 0:
        if held := _end(tail[at : at + 16], *stream):
            return packed & (2**36 - 1), held
    return packed & (2**36 - 1), 0


def _end(head, size, rate, channels, bits):
    """The sample behind a frame, by its header; 0 if this is none, or none of this stream."""
    if head[1] not in (0xF8, 0xF9) or head[3] & 1:
        return 0
    code, speed, layout, depth = head[2] >> 4, head[2] & 15, head[3] >> 4, BITS[head[3] >> 1 & 7]
    if code == 0 or layout > 10 or (layout + 1 if layout < 8 else 2) != channels:
        return 0
    if speed == 15 or (speed < 12 and RATES[speed] not in (0, rate)) or depth not in (0, bits):
        return 0
    at, count = _coded(head, 4)
    at, samples = _samples(head, at, code)
    at += 0 if speed < 12 else 1 if speed == 12 else 2
    if count is None or _sum(head[:at]) != head[at]:
        return 0
    return (count if head[1] & 1 else count * size) + samples


def _coded(head, at):
    """A number as UTF-8 codes it, and where it ends; None if this is none."""
    first = head[at]
    more = max(0, 8 - (first ^ 0xFF).bit_length() - 1)  # as many ones in front, less one
    value = first & (0x7F >> (more + 1 if more else 0))
    for byte in head[at + 1 : at + 1 + more]:
        if byte & 0xC0 != 0x80:
            return at, None
        value = value << 6 | byte & 0x3F
    return at + 1 + more, None if first & 0xC0 == 0x80 else value


def _samples(head, at, code):
    """How many samples a frame holds, and where this number ends."""
    if code in (6, 7):
        end = at + code - 5
        return end, int.from_bytes(head[at:end], "big") + 1
    return at, 192 if code == 1 else 576 << (code - 2) if code < 6 else 256 << (code - 8)


def _sum(head):
    """Check sum of 8 bits, x^8 + x^2 + x + 1."""
    value = 0
    for byte in head:
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ 0x107) if value & 0x80 else value << 1
    return value
