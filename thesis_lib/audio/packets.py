"""What is learned of a file while its packets are decoded: how long it is, and if it is whole."""

import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import av

from thesis_lib.audio import films, pages, views
from thesis_lib.audio.views import zeros
from thesis_lib.util.errors import InputError

# Containers whose headers count the samples, and those whose headers give a rough duration.
COUNTED = {"mov", "caf", "tta", "ape", "wv", "tak", "aiff", "au", "flac"}
ROUGHLY = {"asf", "avi"}
LOST = 0.01  # of the packets: where more cannot be decoded, the file is damaged
FRAME = 2048  # bytes; one of MP3 is smaller
HOLLOW = 4096  # bytes of zeros at the end that are none of a block of the disc
UNCOUNTED = 2**30  # frames: what is written where their number is to be filled in later
TRAILING = 2  # packets that are none: what other programs put behind the end


def truncated(path: Path) -> InputError:
    """The error of a file that ends too early."""
    return InputError(
        f"{path} is truncated, its end is missing or damaged; copy it again or remove it."
    )


class State:
    """What is known of a file while it is decoded, and whether it is whole.

    Attributes
    ----------
    kind : str
        Of the container.
    stated : float or None
        Duration by its header, s; None where FFmpeg only estimates.
    decoded : float
        How much was decoded, s.
    lasts, reached : float or None, float
        Duration of a film by its header, and where the last of all its packets ends, s.
    """

    def __init__(
        self, path: Path, container: av.container.InputContainer, stream: av.AudioStream
    ) -> None:
        self.path, self.kind = path, container.format.name.split(",")[0]
        self.codec, self.decoded, self.stated = stream.codec_context.name, 0.0, None
        unit = stream.time_base or 0  # s
        self.estimate = float((stream.duration or 0) * unit)
        self.lasts, self.reached, self.starts_at = None, 0.0, 0.0
        if self.kind in COUNTED and stream.duration:
            self.stated = self.estimate
            self.starts_at = float((stream.start_time or 0) * unit)
        elif self.kind in films.LOOKS:
            self.lasts = films.duration(path, self.kind)
        elif self.kind == "avi" and stream.frames >= UNCOUNTED:
            pass
        elif self.kind in ROUGHLY and (stream.duration or len(container.streams) == 1):
            self.stated = self.estimate or (container.duration or 0) / av.time_base or None
        self.first: int | None = None  # where the first packet lies
        self.last = b""  # the last one
        self.starts: set[bytes] = set()  # of packets that were decoded
        self.packets = self.stored = self.lost = 0
        self.failing = 0  # so many of the last ones were not decoded

    def own(self, packets: Iterable[av.Packet], stream: av.AudioStream) -> Iterator[av.Packet]:
        """Those of all packets that are of one stream; of films, where the others end is noted."""
        for packet in packets:
            if packet.size and packet.pts is not None:
                end = float((packet.pts + (packet.duration or 0)) * packet.time_base)
                self.reached = max(self.reached, end)
            if packet.stream.index == stream.index:
                yield packet
            else:
                self.stored += packet.size

    def note(self, packet: av.Packet, frames: Sequence[object] | None) -> float:
        """Note a packet and its frames, None where it fails; how long it lasts if it does, s."""
        self.packets, self.stored = self.packets + 1, self.stored + packet.size
        if self.first is None:
            self.first = packet.pos
            self._subtract_delay(packet)
        self.last = bytes(packet)
        if frames is None:
            self.failing += 1
            return float((packet.duration or 0) * packet.time_base)
        self.lost, self.failing = self.lost + self.failing * bool(self.starts), 0
        self.starts.add(self.last[:2])
        return 0.0

    def _subtract_delay(self, packet):
        """Take off the encoder's delay; the header counts it, not a later start of the sound."""
        begins = float((packet.pts or 0) * packet.time_base)
        if self.stated and self.kind in COUNTED:
            self.stated -= max(0.0, self.starts_at - max(0.0, begins))

    def pass_over(self, packets: int, seconds: float) -> None:
        """Note packets that are not decoded, and how long they last."""
        self.packets, self.decoded = self.packets + packets, self.decoded + seconds

    def check(self) -> None:
        """Raise `InputError` where the file is not whole; see `decode` for the rule."""
        if self._is_short():
            raise truncated(self.path)
        lost = self.lost + max(0, self.failing - TRAILING)
        if lost > LOST * self.packets:
            raise InputError(
                f"{self.path} is damaged: {lost} of {self.packets} packets cannot be decoded; "
                "copy it again or remove it."
            )
        unread = os.path.getsize(self.path) * 0.9 - 2**16 - self.stored
        if self.codec.startswith("pcm_") and self.packets and unread > 0:
            raise InputError(
                f"{self.path} holds more sound than could be read ({self.decoded:.1f} s); open it "
                "in an audio editor and export it again."
            )

    def _is_short(self):
        if self.kind == "matroska" and films.is_cut(self.path):
            return True
        if self.lasts:
            return self.reached < self.lasts - (1 + self.lasts / 20)
        if self.stated:
            forgiven = 0.1 if self.kind in COUNTED else 1 + self.stated / 20
            return self.decoded < self.stated - forgiven
        if self.kind == "ogg":
            return pages.break_off(self.path)
        if self.kind == "mp3" and (count := self._count()):
            missing = self.packets - self.failing < count
            return missing and (self.lost or self._breaks_off() or zeros(self.path) > FRAME)
        return self._breaks_off() or self._is_hollow()

    def _is_hollow(self):
        """Whether the file's room was reserved and not filled; in PCM, zeros are silence."""
        if self.codec.startswith(("pcm_", "dsd_")):
            return False
        return zeros(self.path) > max(HOLLOW, os.path.getsize(self.path) / 20)

    def _breaks_off(self):
        """Whether the last packet is not whole; what is none at all is of some tagging program."""
        if self.failing:
            return self.last[:2] in self.starts
        if not self.codec.startswith(("mp1", "mp2", "mp3")):
            return False
        # What FFmpeg takes for one packet where more bytes follow.
        parser = av.CodecContext.create(self.codec, "r")
        whole = parser.parse(self.last + bytes(4096))
        return bool(whole) and whole[0].size > len(self.last)

    def _count(self):
        """How many other frames the first one of an MP3 counts, as LAME writes it; 0: none."""
        begin = max(0, (self.first or 0) - 4096)
        with views.opened(self.path) as file:
            file.seek(begin)
            head = file.read((self.first or 0) - begin)
        at = max(head.rfind(b"Xing"), head.rfind(b"Info"))
        flags, count = struct.unpack(">II", (head[at + 4 :][:8] + bytes(8))[:8])
        return count if at >= 0 and flags & 1 else 0
