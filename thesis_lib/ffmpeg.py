"""Compressed sound through FFmpeg (PyAV), decoded from its first packet to its last.

Nothing is sought: a packet of AAC, MP3 or Opus sounds as it does because of those before it, and
where a time lies in the file is an estimate in most of these formats. So a part is what the whole
holds there, to the sample.
"""

import os
from contextlib import contextmanager
from itertools import chain

import av
import numpy as np
import soxr

from thesis_lib.errors import InputError

# What FFmpeg may take a file for. Others of its formats are lists that name further files (also on
# the net), pictures and texts, or raw samples, which anything could be.
FORMATS = (
    "3g2,3gp,aac,ac3,aiff,amr,ape,asf,ast,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,gsm,hca,iff,"
    "ircam,iss,latm,loas,m4a,matroska,mlp,mov,mp3,mp4,mpc,mpc8,mpeg,mpegts,nistsphere,nut,ogg,oma,"
    "qoa,rka,rm,shn,sox,spdif,svx,tak,truehd,tta,voc,vqf,w64,wav,wavarc,webm,wtv,wv,xwma"
)
# Whose headers count the samples, and whose headers say roughly how long they last.
COUNTED = {"mov", "caf", "tta", "ape", "wv", "tak", "aiff", "au", "flac"}
ROUGHLY = {"asf", "matroska", "avi", "flv"}
PADDING = 8192  # samples by which a header may be wrong: encoders fill their last packets
LOST = 0.01  # of the packets: where more cannot be decoded, the file is damaged
TRAILING = 2  # packets that are none: what other programs put behind the end
BLOCK = 2**16  # samples that are handed on at a time, at least


def open_stream(path):
    """Begin to decode a file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    rate : int, Hz
    channels : int
        Of the first packet. Where they change on the way, as in joined files, what follows is
        resampled, and its mean is put on all channels.
    blocks : iterator of float32 arrays, shape (samples, channels), full scale is 1
        Without what an encoder puts in front, where the file tells how much this is (a bare .aac
        does not: it starts up to 0.1 s late).

    Raises
    ------
    InputError
        The file is truncated, damaged or no audio; also from `blocks`, on the way.
    """
    frames = _frames(path)
    if (first := next(frames, None)) is None:
        frames = _frames(path, endless=True)
        first = next(frames, None)
    if first is None:
        raise InputError(f"{path} holds no samples; export it again or remove it.")
    rate, samples = first
    blocks = _alike(chain([first], frames), rate, samples.shape[1])
    return rate, samples.shape[1], _joined(blocks)


def truncated(path):
    """The error of a file that ends too early."""
    return InputError(
        f"{path} is truncated, its end is missing or damaged; copy it again or remove it."
    )


@contextmanager
def _opened(path, endless):
    """The container and its first audio stream; what FFmpeg complains of becomes a sentence."""
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    options |= {"ignore_length": "1"} if endless else {}
    try:
        with open(path, "rb") as file:
            named = f"file:{path}" if _is_utf8(path) else file
            with av.open(named, options=options, metadata_errors="ignore") as container:
                audio = [one for one in container.streams.audio if one.codec_context]
                if not audio:
                    raise InputError(f"{path} holds no audio; remove it.")
                yield container, audio[0]
    except InputError:
        raise
    except (av.FFmpegError, OSError, ValueError, MemoryError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        if isinstance(error, av.PatchWelcomeError):
            reason = "of a rare kind, or joined from pieces that differ in rate"
        raise InputError(
            f"{path} breaks off, is damaged or cannot be read as audio ({reason}); copy it again, "
            "convert it to WAV or FLAC, or remove it."
        ) from None


def _is_utf8(path):
    try:
        return bool(str(path).encode())
    except UnicodeEncodeError:
        return False


def _frames(path, endless=False):
    """(rate, float32 array (samples, channels)) of one frame after the other.

    `endless`: a WAV whose header says nothing of its size, all that follows is sound.
    """
    with _opened(path, endless) as (container, stream):
        state = _State(path, container, stream)
        held, beyond = [], 0  # what goes beyond the told end, which may be padding
        for rate, samples in _decoded(container, stream, state):
            told = state.told * rate - state.heard * rate if state.told else None
            state.heard += len(samples) / rate
            if state.kind not in COUNTED or told is None or len(samples) <= round(told):
                yield rate, samples
                continue
            held.append((rate, samples, max(0, round(told))))
            beyond += len(samples) - held[-1][2]
            if beyond > PADDING:  # the header is wrong, there is more
                state.told = None
                yield from ((rate, samples) for rate, samples, _ in held)
                held = []
        state.check()
        yield from ((rate, samples[:keep]) for rate, samples, keep in held if keep)


def _decoded(container, stream, state):
    """As `_frames`, all that the packets hold; silence for a packet that is lost among others."""
    silence = []
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except (av.FFmpegError, ValueError):
            frames = None
        if packet.size and (lost := state.note(packet, frames)):
            silence.append(lost)
        for frame in frames or ():
            samples = _samples(frame)
            for seconds in silence if state.heard else ():
                shape = round(seconds * frame.sample_rate), samples.shape[1]
                yield frame.sample_rate, np.zeros(shape, np.float32)
            silence = []
            yield frame.sample_rate, samples


class _State:
    """What is known of a file while it is decoded, and whether it is whole.

    Attributes
    ----------
    kind : str
        Of the container.
    told : float or None
        How long its header says it lasts, s; None where FFmpeg only estimates.
    heard : float
        How much was decoded, s.
    """

    def __init__(self, path, container, stream):
        self.path, self.kind = path, container.format.name.split(",")[0]
        self.codec, self.heard, self.told = stream.codec_context.name, 0.0, None
        self.estimate = float(stream.duration * stream.time_base) if stream.duration else 0.0
        if self.kind in COUNTED and stream.duration:
            self.told = self.estimate - float((stream.start_time or 0) * stream.time_base)
        elif self.kind in ROUGHLY and (stream.duration or len(container.streams) == 1):
            self.told = self.estimate or (container.duration or 0) / av.time_base or None
        self.first, self.last = None, b""  # where the first packet lies; the last one
        self.starts = set()  # of packets that were decoded
        self.packets = self.stored = self.lost = 0
        self.failing = 0  # so many of the last ones were not decoded

    def note(self, packet, frames):
        """Note a packet and its frames, None where it fails; how long it lasts if it does, s."""
        self.packets, self.stored = self.packets + 1, self.stored + packet.size
        self.first = packet.pos if self.first is None else self.first
        self.last = bytes(packet)
        if frames is None:
            self.failing += 1
            return float((packet.duration or 0) * packet.time_base)
        self.lost, self.failing = self.lost + self.failing * bool(self.starts), 0
        self.starts.add(self.last[:2])
        return 0.0

    def check(self):
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
        if self.told:
            return self.heard < self.told - (0.1 if self.kind in COUNTED else 1 + self.told / 20)
        if self.kind == "mp3":
            short = self.heard < self.estimate - 1e-3
            return short and (self.lost or self._breaks_off()) and self._counts()
        return self._breaks_off()

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

    def _counts(self):
        """Whether an MP3 begins with a frame that counts the others, as LAME writes it."""
        begin = max(0, (self.first or 0) - 4096)
        with open(self.path, "rb") as file:
            file.seek(begin)
            head = file.read((self.first or 0) - begin)
        return b"Xing" in head or b"Info" in head


def _samples(frame):
    """A frame as float32 (samples, channels), full scale is 1."""
    data = frame.to_ndarray()
    channels = frame.layout.nb_channels
    data = data.T if frame.format.is_planar else data.reshape(-1, channels)
    if data.dtype.kind == "u":
        return (data.astype(np.float32) - 128) / 128
    if data.dtype.kind == "i":
        return (data * 2.0 ** (1 - 8 * data.itemsize)).astype(np.float32)
    return data.astype(np.float32, copy=False)


def _alike(frames, rate, channels):
    """The frames at one rate and with as many channels as the first has."""
    now, resampler = rate, None
    for other, samples in frames:
        if samples.shape[1] != channels:
            samples = np.repeat(samples.mean(axis=1, keepdims=True), channels, axis=1)
        if other != now:
            if resampler:
                yield resampler.resample_chunk(samples[:0], last=True)
            now = other
            resampler = soxr.ResampleStream(now, rate, channels) if now != rate else None
        if resampler:
            samples = resampler.resample_chunk(np.ascontiguousarray(samples))
        yield samples
    if resampler:
        yield resampler.resample_chunk(np.zeros((0, channels), np.float32), last=True)


def _joined(blocks):
    """The same samples in larger blocks."""
    held, size = [], 0
    for block in blocks:
        held.append(block)
        size += len(block)
        if size >= BLOCK:
            yield np.concatenate(held)
            held, size = [], 0
    if size:
        yield np.concatenate(held)
