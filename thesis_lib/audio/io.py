"""Audio files to waveforms and back; an error names its file.

`decode` decides which library decodes a file, and how long it is; soxr resamples.
"""

import io
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
import soxr

from thesis_lib.audio import decode
from thesis_lib.audio.content import Content
from thesis_lib.util.errors import InputError

MEAN = -1  # the value of `channel` that asks for the mean of all channels

# What is looked for in a folder, by the ending of a file's name; its content decides what it is.
ENDINGS = frozenset(
    ".wav .wave .bwf .bw64 .rf64 .w64 .aiff .aif .aifc .au .snd .caf .flac .ogg .oga .opus .mp3 "
    ".mp2 .mp1 .mpga .mpa .m4a .m4b .m4r .mp4 .aac .adts .wma .asf .webm .weba .mka .mkv .mov .avi "
    ".flv .3gp .wv .tta .ape .ac3 .eac3 .amr .dts .mpc .tak .shn .dsf .ogv .ogx .spx .rm".split()
)


class Header(NamedTuple):
    """What a file is: sample rate in Hz, channels, duration in s."""

    sample_rate: int
    channels: int
    duration: float


def probe(path: Path) -> Header:
    """What an audio file is: from its header where that is exact, else decoded to its end.

    What decoding gave is remembered as long as the file does not change.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Header

    Raises
    ------
    InputError
        The file is missing, empty, truncated or not audio.
    """
    if found := _known.get(_key(path)):
        return found
    with decode.opened(path) as source:
        frames = source.frames
        if frames is None:
            frames = sum(len(block) for block in source.blocks)
    return _learned(path, source, frames)


_known: dict[object, Header] = {}  # headers found by decoding


def _learned(path, source, frames):
    header = Header(source.sample_rate, source.channels, frames / source.sample_rate)
    if source.frames is None:
        _known[_key(path)] = header
    return header


def _key(path):
    try:
        file = os.stat(path)
    except OSError:
        return None
    return os.fspath(path), file.st_size, file.st_mtime_ns, file.st_ino


@contextmanager
def whole(path: Path) -> Iterator[tuple[decode.Source, Content]]:
    """Decode a file to its end, and look on the way at what it holds.

    Parameters
    ----------
    path : Path

    Yields
    ------
    source : decode.Source
    content : Content
        Of what was taken from `source.blocks` so far.
    """
    with decode.opened(path) as source:
        content = Content(path, source.channels)
        yield source._replace(blocks=_watched(path, source, content)), content


def _watched(path, source, content):
    for block in source.blocks:
        content.add(block)
        yield block
    _learned(path, source, content.samples)


def read(
    path: Path,
    sample_rate: int = 16000,
    channel: int = MEAN,
    start: float = 0.0,
    duration: float | None = None,
) -> np.ndarray:
    """Read one channel of an audio file, resampled.

    Parameters
    ----------
    path : Path
    sample_rate : int
        Rate of the result in Hz.
    channel : int
        0, 1, ... for one microphone; -1 for the mean of all of them.
    start, duration : float
        The part to read, in s; duration None reads to the end.

    Returns
    -------
    wave : float32 array, shape (round(duration * sample_rate),), full scale is 1

    Raises
    ------
    InputError
        The file is missing, empty, truncated, not audio, or holds NaN or infinite samples.
    """
    return np.concatenate(list(blocks(path, sample_rate, channel, start, duration)))


def blocks(
    path: Path,
    sample_rate: int = 16000,
    channel: int = MEAN,
    start: float = 0.0,
    duration: float | None = None,
) -> Iterator[np.ndarray]:
    """As `read`, piece by piece: a long file does not fill the memory, and is decoded once.

    Yields
    ------
    wave : float32 array, shape (samples,)
        About a second each; one after the other they are what `read` gives, to the bit.
    """
    with decode.opened(path, start) as source:
        waves = (pick(path, block, channel) for block in part(path, source, start, duration))
        yield from resampled(waves, source.sample_rate, sample_rate, duration)


def part(
    path: Path, source: decode.Source, start: float = 0.0, duration: float | None = None
) -> Iterator[np.ndarray]:
    """The blocks of a part of a file that is being decoded; it must lie in the file.

    Parameters
    ----------
    path : Path
    source : decode.Source
    start, duration : float, s

    Yields
    ------
    float32 array, shape (samples, channels)
    """
    first = round(start * source.sample_rate)
    wanted = None if duration is None else int(duration * source.sample_rate + 1e-3)
    if source.frames is not None:
        _lies_within(path, first, wanted, source.frames)
    at, got = source.begins, 0
    for block in source.blocks:
        cut = block[max(0, first - at) :][: None if wanted is None else wanted - got]
        at += len(block)
        got += len(cut)
        if len(cut):
            yield cut
        if got == wanted:
            return
    _lies_within(path, first, wanted, at)


def _lies_within(path, first, wanted, frames):
    wanted = frames - first if wanted is None else wanted
    if not frames:
        raise InputError(f"{path} holds no samples; export it again or remove it.")
    if wanted <= 0 or first + wanted > frames:
        raise InputError(
            f"{path} is truncated: {max(frames - first, 0)} of {max(wanted, 1)} samples could be "
            f"read from sample {first} on; copy it again or remove it."
        )


def pick(path: Path, samples: np.ndarray, channel: int) -> np.ndarray:
    """One channel of a block, (samples, channels) -> (samples,), or the mean of all."""
    channels = samples.shape[1]
    if not -1 <= channel < channels:
        raise InputError(
            f"{path} has {channels} channel(s), but channel {channel} was asked for; "
            "use the right recording or channel."
        )
    if not np.isfinite(samples).all():
        raise InputError(f"{path} holds NaN or infinite samples; export it again or remove it.")
    return np.ascontiguousarray(_mean(samples) if channel == MEAN else samples[:, channel])


def _mean(samples):
    """The mean of all channels, as a product: numpy's own takes 20 times as long."""
    channels = samples.shape[1]
    return samples @ np.full(channels, 1 / channels, np.float32)


def resampled(
    waves: Iterable[np.ndarray], rate: int, sample_rate: int, duration: float | None = None
) -> Iterator[np.ndarray]:
    """Waves that follow each other, at another rate.

    Parameters
    ----------
    waves : iterable of float32 arrays, shape (samples,)
    rate, sample_rate : int, Hz
        Theirs, and that of the result.
    duration : float, optional
        How long the result shall be, in s; by default as long as the waves.

    Yields
    ------
    float32 array, shape (samples,)
    """
    resampler = soxr.ResampleStream(rate, sample_rate, 1) if rate != sample_rate else None
    came = gone = 0
    last = np.zeros(0, np.float32)  # one is held back, for the last one is cut or filled up
    for wave in waves:
        came += len(wave)
        wave = resampler.resample_chunk(wave) if resampler else wave
        if len(wave):
            if len(last):
                yield last
            gone, last = gone + len(last), wave
    if resampler:
        last = np.concatenate([last, resampler.resample_chunk(last[:0], last=True)])
    length = round((came / rate if duration is None else duration) * sample_rate) - gone
    # Lengths are rounded more than once on the way: a few samples are cut or the last repeated.
    yield np.pad(last, (0, max(0, length - len(last))), mode="edge")[:length]


def audible(wave: np.ndarray, peak: float = 0.5) -> np.ndarray:
    """The wave without its constant part and with its highest peak at `peak`, for listening."""
    wave = np.asarray(wave, np.float32) - np.mean(wave, dtype=np.float32)
    return wave * np.float32(peak / max(np.abs(wave).max(), 1e-9))


def mp3(wave: np.ndarray, sample_rate: int) -> bytes:
    """A waveform as the bytes of an MP3 file: a tenth of the WAV, and every browser plays it.

    Unlike Ogg, which libsndfile gives a random serial number, it is the same to the byte each time.

    Parameters
    ----------
    wave : float32 array, shape (samples,), full scale is 1
    sample_rate : int
        16000, 22050, 24000, 32000, 44100 or 48000 Hz.

    Returns
    -------
    bytes
    """
    file = io.BytesIO()
    soundfile.write(file, wave, sample_rate, format="MP3", subtype="MPEG_LAYER_III")
    return file.getvalue()
