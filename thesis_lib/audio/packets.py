"""What is learned of a file while its packets are decoded: how long it is, and if it is whole."""

import os
import struct
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import av

from thesis_lib.audio import films, pages, views
from thesis_lib.audio.views import zeros
from thesis_lib.util.errors import InputError

# Whose headers count the samples, and whose headers say roughly how long they last.
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
    told : float or None
        How long its header says it lasts, s; None where FFmpeg only estimates.
    heard : float
        How much was decoded, s.
    lasts, reached : float or None, float
        How long a film is as its header says, and where the last of all its packets ends, s.
    """

    def __init__(
        self, path: Path, container: av.container.InputContainer, stream: av.AudioStream
    ) -> None:
        self.path, self.kind = path, container.format.name.split(",")[0]
        self.codec, self.heard, self.told = stream.codec_context.name, 0.0, None
        unit = stream.time_base or 0  # s
        self.estimate = float((stream.duration or 0) * unit)
        self.lasts, self.reached, self.starts_at = None, 0.0, 0.0
        if self.kind in COUNTED and stream.duration:
            self.told = self.estimate
            self.starts_at = float((stream.start_time or 0) * unit)
        elif self.kind in films.LOOKS:
            self.lasts = films.told(path, self.kind)
        elif self.kind == "avi" and stream.frames >= UNCOUNTED:
            pass
        elif self.kind in ROUGHLY and (stream.duration or len(container.streams) == 1):
            self.told = self.estimate or (container.duration or 0) / av.time_base or None
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
            self._told_from(packet)
        self.last = bytes(packet)
        if frames is None:
            self.failing += 1
            return float((packet.duration or 0) * packet.time_base)
        self.lost, self.failing = self.lost + self.failing * bool(self.starts), 0
        self.starts.add(self.last[:2])
        return 0.0

    def _told_from(self, packet):
        """What an encoder put in front is told of as well; a later start of the sound is not."""
        begins = float((packet.pts or 0) * packet.time_base)
        if self.told and self.kind in COUNTED:
            self.told -= max(0.0, self.starts_at - max(0.0, begins))

    def pass_over(self, packets: int, seconds: float) -> None:
        """Note packets that are not decoded, and how long they last."""
        self.packets, self.heard = self.packets + packets, self.heard + seconds

    def check(self) -> None:
        """Raise `InputError` where the file is not whole; `decode` says what the rule is."""
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
                f"{self.path} holds more sound than could be read ({self.heard:.1f} s); open it in "
                "an audio editor and export it again."
            )

    def _is_short(self):
        if self.kind == "matroska" and films.is_cut(self.path):
            return True
        if self.lasts:
            return self.reached < self.lasts - (1 + self.lasts / 20)
        if self.told:
            return self.heard < self.told - (0.1 if self.kind in COUNTED else 1 + self.told / 20)
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
        """Of how many others the first frame of an MP3 tells, as LAME writes it; 0 of none."""
        begin = max(0, (self.first or 0) - 4096)
        with views.opened(self.path) as file:
            file.seek(begin)
            head = file.read((self.first or 0) - begin)
        at = max(head.rfind(b"Xing"), head.rfind(b"Info"))
        flags, count = struct.unpack(">II", (head[at + 4 :][:8] + bytes(8))[:8])
        return count if at >= 0 and flags & 1 else 0
