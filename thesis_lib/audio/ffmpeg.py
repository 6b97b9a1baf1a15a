"""Compressed sound through FFmpeg (PyAV), decoded from its first packet to its last.

Nothing is sought: a packet of AAC, MP3 or Opus sounds as it does because of those before it, and
where a time lies in the file is an estimate in most of these formats. So a part is what the whole
holds there, to the bit. Where this stays true, packets far in front of it are passed over
(`passing`).
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path

import av
import numpy as np
import soxr

from thesis_lib.audio import views
from thesis_lib.audio.packets import COUNTED, State
from thesis_lib.audio.passing import Passing, Unlike
from thesis_lib.util.errors import InputError

# What FFmpeg may take a file for. Others of its formats are lists that name further files (also on
# the net), pictures and texts, or raw samples, which anything could be.
FORMATS = (
    "3g2,3gp,aac,ac3,aiff,amr,ape,asf,ast,au,avi,caf,dsf,dts,dtshd,eac3,flac,flv,gsm,hca,iff,"
    "ircam,iss,latm,loas,m4a,matroska,mlp,mov,mp3,mp4,mpc,mpc8,mpeg,mpegts,nistsphere,nut,ogg,oma,"
    "qoa,rka,rm,shn,sox,spdif,svx,tak,truehd,tta,voc,vqf,w64,wav,wavarc,webm,wtv,wv,xwma"
)
# Samples by which a header may count less than there is: encoders fill their last packets.
PADDING = {"mov": 8192, "caf": 8192}
BLOCK = 2**16  # samples that are handed on at a time, at least


def open_stream(
    path: Path, start: float = 0.0, until: int | None = None
) -> tuple[int, int, int, Generator[np.ndarray, None, None]]:
    """Begin to decode a file.

    Parameters
    ----------
    path : Path
    start : float
        From where on samples are wanted, in s.
    until : int, optional
        The byte of a WAV where its sound ends, whatever its header says.

    Returns
    -------
    rate : int, Hz
    channels : int
        Of the first packet. Where they change on the way, as in joined files, what follows is
        resampled, and its mean is put on all channels.
    begins : int
        The sample that `blocks` begin with: one before `start`, or 0.
    blocks : iterator of float32 arrays, shape (samples, channels), full scale is 1
        Without what an encoder puts in front, where the file holds how much this is (a bare .aac
        does not: it starts up to 0.1 s late).

    Raises
    ------
    InputError
        The file is truncated, damaged or no audio; also from `blocks`, on the way.
    """
    try:
        first, begins, frames = _begun(path, start, until)
    except Unlike:
        first, begins, frames = _begun(path, 0.0, until)
    if first is None and until is None:
        first, begins, frames = _begun(path, 0.0, os.path.getsize(path))
    if first is None:
        raise InputError(f"{path} holds no samples; export it again or remove it.")
    rate, channels = first
    return rate, channels, begins, _joined(_alike(frames, rate, channels))


def _begun(path, start, until):
    """Rate and channels of the first frame (None: there is none), where frames begin, and they."""
    passing, first, at = Passing(start), None, 0
    frames = _frames(path, passing, until)
    try:
        for rate, samples in frames:
            first = first or (rate, samples.shape[1])
            if rate != first[0] and start:  # what is resampled has to be so from its beginning
                raise Unlike
            if at + passing.samples + len(samples) > start * rate - 1:
                frames = chain([(rate, samples)], frames)
                break
            at += len(samples)
    except InputError as error:
        if first is None:
            raise
        frames = _raising(error)  # when samples are asked for, as of a file read from its beginning
    return first, at + passing.samples, frames


def _raising(error):
    yield from ()
    raise error


@contextmanager
def _opened(path, until):
    """The container and its first audio stream; what FFmpeg complains of becomes a sentence."""
    options = {"format_whitelist": FORMATS, "protocol_whitelist": "file"}
    options |= {"ignore_length": "1"} if until else {}
    try:
        with views.opened(path, until) as file:
            named = f"file:{path}" if views.is_plain(file) and _is_utf8(path) else file
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


def codec(path: Path) -> str:
    """The name of the decoder that FFmpeg would take."""
    with _opened(path, None) as (_, stream):
        return stream.codec_context.name


def _is_utf8(path):
    try:
        return bool(str(path).encode())
    except UnicodeEncodeError:
        return False


def _frames(path, passing, until):
    """(rate, float32 array (samples, channels)) of one frame after the other."""
    with _opened(path, until) as (container, stream):
        state = State(path, container, stream)
        held, beyond = [], 0  # what goes beyond the stated end, which may be padding
        for rate, samples in _decoded(container, stream, state, passing):
            stated = state.stated * rate - state.decoded * rate if state.stated else None
            state.decoded += len(samples) / rate
            if state.kind not in COUNTED or stated is None or len(samples) <= round(stated):
                yield rate, samples
                continue
            held.append((rate, samples, max(0, round(stated))))
            beyond += len(samples) - held[-1][2]
            if beyond > PADDING.get(state.kind, 0):  # the header is wrong, there is more
                state.stated = None
                yield from ((rate, samples) for rate, samples, _ in held)
                held = []
        state.check()
        yield from ((rate, samples[:keep]) for rate, samples, keep in held if keep)


def _decoded(container, stream, state, passing):
    """As `_frames`, all that the packets hold; silence for a packet that is lost among others."""
    silence = []
    for packet in passing.left(state.own(container.demux(), stream), stream, state):
        try:
            frames = packet.decode()
        except (av.FFmpegError, ValueError):
            frames = None
        if packet.size and (lost := state.note(packet, frames)):
            silence.append(lost)
        for frame in frames or ():
            samples = _samples(frame)
            for seconds in silence if state.decoded else ():
                shape = round(seconds * frame.sample_rate), samples.shape[1]
                yield frame.sample_rate, np.zeros(shape, np.float32)
            silence = []
            yield frame.sample_rate, samples


def _samples(frame):
    """A frame as float32 (samples, channels), full scale is 1."""
    channels = frame.layout.nb_channels
    if frame.format.name == "fltp":  # most are, and PyAV's own way copies twice
        data = np.empty((frame.samples, channels), np.float32)
        for channel, plane in enumerate(frame.planes):
            data[:, channel] = np.frombuffer(plane, np.float32, frame.samples)
        return data
    data = frame.to_ndarray()
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
