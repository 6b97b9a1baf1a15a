"""AAC and ALAC, in MP4 or bare, through FFmpeg (PyAV): what libsndfile does not decode."""

from contextlib import contextmanager

import av
import numpy as np

from thesis_lib.errors import InputError

ENDINGS = frozenset({".m4a", ".m4b", ".mp4", ".aac"})
PREROLL = 0.5  # s decoded before a part: a packet of AAC needs those before it
PADDING = 8192  # samples a file may promise beyond those it holds: encoders fill their last packets


def probe(path):
    """Read the packets of a file; but for the last one, nothing is decoded.

    Parameters
    ----------
    path : Path

    Returns
    -------
    rate : int, Hz
    channels : int
    frames : int
        Samples of each channel, without those an encoder puts in front (its priming). A bare
        .aac file tells neither how many these are (it starts up to 0.1 s later than it should)
        nor its length (cut between two packets, it is taken for whole).

    Raises
    ------
    InputError
        The file is truncated or not audio.
    """
    with _opened(path) as (container, stream):
        packets = [one for one in container.demux(stream) if one.size and one.pts is not None]
        rate, channels = stream.codec_context.sample_rate, stream.codec_context.channels
        for packet in packets[-1:]:
            stream.decode(packet)  # in a bare file, only this shows that it is cut
        if not packets or packets[-1].is_corrupt or _ends_early(container, stream, packets[-1]):
            raise InputError(
                f"{path} is truncated, its end is missing or damaged; copy it again or remove it."
            )
        return rate, channels, _place(packets[-1].pts + packets[-1].duration, stream)


def decode(path, first, wanted):
    """Decode a part of a file.

    Parameters
    ----------
    path : Path
    first, wanted : int
        Where the part starts, and its length, in samples.

    Returns
    -------
    samples : float32 array, shape (wanted, channels), full scale is 1

    Raises
    ------
    InputError
        The file breaks off before the end of the part, or is damaged.
    """
    with _opened(path) as (container, stream):
        samples = np.zeros((stream.codec_context.channels, wanted), np.float32)
        filled, resampler = 0, av.AudioResampler("fltp")  # ALAC decodes to integers
        _seek(container, stream, first)
        for frame in container.decode(stream):
            if frame.pts is None or filled == wanted:
                break
            at = _place(frame.pts, stream) - first
            for part in resampler.resample(frame):
                filled = max(filled, _put(samples, part.to_ndarray(), at))
    if filled < wanted - PADDING:
        raise InputError(
            f"{path} is truncated: {filled} of {wanted} samples could be read from "
            f"sample {first} on; copy it again or remove it."
        )
    return samples.T


@contextmanager
def _opened(path):
    """The container and its first audio stream; what FFmpeg complains of becomes a sentence."""
    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            audio = [one for one in container.streams.audio if one.codec_context]
            if not audio or not audio[0].codec_context.sample_rate:
                raise InputError(f"{path} holds no audio; remove it.")
            yield container, audio[0]
    except (av.FFmpegError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"{path} breaks off, is damaged or no audio ({reason}); copy it again, convert it to "
            "WAV or FLAC, or remove it."
        ) from None


def _is_bare(container):
    return container.format.name == "aac"


def _ends_early(container, stream, last):
    """Whether the last packet lies before the end that the container tells.

    Bare AAC tells none: FFmpeg estimates it.
    """
    if _is_bare(container) or stream.duration is None:
        return False
    told = _place(stream.duration + (stream.start_time or 0), stream)
    return _place(last.pts + last.duration, stream) < told - PADDING // 2


def _place(time, stream):
    """A time in the stream's own unit as samples after the first one that is heard."""
    seconds = (time - (stream.start_time or 0)) * stream.time_base
    return round(seconds * stream.codec_context.sample_rate)


def _seek(container, stream, first):
    """Go to where decoding has to begin; bare AAC has no index and is decoded from its start."""
    seconds = first / stream.codec_context.sample_rate - PREROLL
    if seconds > 0 and not _is_bare(container):
        time = int(seconds / stream.time_base) + (stream.start_time or 0)
        container.seek(time, stream=stream)


def _put(samples, block, at):
    """Copy what of a block lies in the part; returns how far the part is filled by it."""
    channels, wanted = samples.shape
    if len(block) != channels:
        raise ValueError("the number of channels changes on the way")
    begin, end = max(at, 0), min(at + block.shape[1], wanted)
    if end > begin:
        samples[:, begin:end] = block[:, begin - at : end - at]
    return max(end, 0)
