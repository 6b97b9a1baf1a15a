"""Packets in front of what is wanted that are counted and not decoded, where that changes nothing.

A packet of MP3 needs of those before it at most 511 bytes and the second half of a window: after
two seconds that are decoded and thrown away, the decoder stands where it had come to from the
file's beginning. How many samples a packet makes its header tells, and every packet is looked at,
for what a file says of itself does not tell where a time lies. ALAC's packets need no others.

Not so AAC, AC-3 and MP2, whose decoders add noise that goes on from packet to packet, nor Opus and
WMA, which predict from what was: their files are decoded from the first packet on.
"""

from collections.abc import Iterator
from itertools import islice

import av

from thesis_lib.audio.packets import State

LEAST = 5.0  # s: what begins before is decoded from the first packet on
PREROLL = 2.0  # s that are decoded and thrown away
HEAD = 16  # packets; what an encoder puts in front is cut off by then


class Unlike(Exception):
    """A packet is not like those before it: only decoding tells how many samples it makes."""


class Passing:
    """Passes over packets of a stream; the first ones are decoded in any case.

    Parameters
    ----------
    start : float
        From where on samples are wanted, in s.

    Attributes
    ----------
    samples : int
        That decoding the packets passed over would have given.
    """

    def __init__(self, start: float) -> None:
        self.start, self.samples = start, 0

    def left(
        self, packets: Iterator[av.Packet], stream: av.AudioStream, state: State
    ) -> Iterator[av.Packet]:
        """Those of all packets that are to be decoded, each when the one before it has been.

        Parameters
        ----------
        packets : iterator of av.Packet
        stream : av.AudioStream
        state : packets.State
            It counts the packets that are passed over.

        Yields
        ------
        av.Packet

        Raises
        ------
        Unlike
            The file has to be decoded from its first packet on.
        """
        look, last = LOOKS.get((state.kind, state.codec)), None
        for last in islice(packets, HEAD if look and self.start >= LEAST else 0):
            yield last
        if last is not None and last.size and last.duration:
            rate = stream.codec_context.sample_rate
            size = round(last.duration * last.time_base * rate)
            most = int((self.start - PREROLL - state.decoded) * rate // size)
            passed, end = _pass(islice(packets, max(0, most)), last, look)
            self.samples = passed * size
            state.pass_over(passed, self.samples / rate)
            yield from end
        yield from packets


def _pass(packets, last, look):
    """How many packets, all like the last one, are passed over; and the one that ends the file."""
    duration, kind, passed = last.duration, look(last), 0
    for packet in packets:
        if not packet.size:
            return passed, [packet]
        odd = packet.duration != duration or packet.has_sidedata("skip_samples")
        if odd or kind is None or look(packet) != kind:
            raise Unlike
        passed += 1
    return passed, []


def _mpeg(packet):
    """Version, layer and sample rate of a packet of MPEG audio; None if its header is none."""
    first, second, third = memoryview(packet)[:3] if packet.size > 3 else (0, 0, 0)
    if first != 0xFF or second < 0xE0 or not 0x10 <= third < 0xF0:
        return None
    return second & 0x1E, third & 0x0C


def _any(packet):
    return True


# By container and decoder: what has to be the same of all packets, beside their duration.
LOOKS = {
    ("mp3", "mp3float"): _mpeg, ("mp3", "mp3"): _mpeg,
    ("mov", "alac"): _any, ("caf", "alac"): _any,
}  # fmt: skip
