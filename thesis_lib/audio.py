"""Audio files to waveforms and back; faults are said by file name.

libsndfile decodes, FFmpeg what it cannot (`mp4`); soxr resamples.
"""

import io
import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
import soxr

from thesis_lib import mp4
from thesis_lib.errors import InputError

MEAN = -1  # the value of `channel` that asks for the mean of all channels

# What is decoded, by the ending of the file's name.
ENDINGS = frozenset({".wav", ".flac", ".ogg", ".opus", ".mp3", ".aiff", ".aif"}) | mp4.ENDINGS


class Header(NamedTuple):
    """What a file says of itself: sample rate in Hz, channels, duration in s."""

    sample_rate: int
    channels: int
    duration: float


def probe(path):
    """Read the header of an audio file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Header

    Raises
    ------
    InputError
        The file is missing, empty or not audio.
    """
    path = _there(path)
    if path.suffix.lower() in mp4.ENDINGS:
        rate, channels, frames = mp4.probe(path)
        return Header(rate, channels, frames / rate)
    with _opened(path) as file:
        return Header(file.samplerate, file.channels, file.frames / file.samplerate)


def read(path, sample_rate=16000, channel=MEAN, start=0.0, duration=None):
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
    rate, samples = _part(_there(path), start, duration)
    channels = samples.shape[1]
    if not -1 <= channel < channels:
        raise InputError(
            f"{path} has {channels} channel(s), but channel {channel} was asked for; "
            "use the right recording or channel."
        )
    if not np.isfinite(samples).all():
        raise InputError(f"{path} holds NaN or infinite samples; export it again or remove it.")
    wave = _mean(samples) if channel == MEAN else samples[:, channel]
    seconds = len(samples) / rate if duration is None else duration
    return _resampled(np.ascontiguousarray(wave), rate, sample_rate, round(seconds * sample_rate))


def _there(path):
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path} is missing; restore it or take it out of the list.")
    if path.stat().st_size == 0:
        raise InputError(f"{path} is empty (0 bytes); copy it again or remove it.")
    return path


def _part(path, start, duration):
    """The file's sample rate in Hz, and a part of it: float32 (samples, channels)."""
    if path.suffix.lower() in mp4.ENDINGS:
        rate, _, frames = mp4.probe(path)
        return rate, mp4.decode(path, *_range(path, rate, frames, start, duration))
    with _opened(path) as file:
        rate = file.samplerate
        return rate, _samples(file, path, *_range(path, rate, file.frames, start, duration))


def _range(path, rate, frames, start, duration):
    """The first sample of a part and how many it has; they must lie in the file."""
    first = round(start * rate)
    wanted = frames - first if duration is None else int(duration * rate + 1e-3)
    if wanted <= 0 or first + wanted > frames:
        raise InputError(
            f"{path} is truncated: {max(frames - first, 0)} of {max(wanted, 1)} samples could be "
            f"read from sample {first} on; copy it again or remove it."
        )
    return first, wanted


def _opened(path):
    try:
        file = soundfile.SoundFile(path)
    except soundfile.LibsndfileError as error:
        reason = error.error_string.rstrip(".")
        reason = "no known format" if "does not exist" in reason else reason  # it does
        raise InputError(
            f"{path} cannot be read as audio ({reason}); convert it to WAV or FLAC, or remove it."
        ) from None
    if _breaks_off(file.extra_info):
        file.close()
        raise InputError(
            f"{path} is truncated, its end is missing or damaged; copy it again or remove it."
        )
    return file


def _breaks_off(log):
    """Whether libsndfile's log tells of a WAV, AIFF or Ogg file that ends too early.

    It opens such a file without complaint and calls what is left of it the whole.
    """
    if re.search(r"^Ogg ?: (Last page lacks|Junk after the last page)", log, re.MULTILINE):
        return True
    sizes = re.search(r"^ *(?:data|SSND) : (\d+) \(should be (\d+)\)", log, re.MULTILINE)
    # A WAV piped out of a program says 2^32 - 1, for its size was not known yet.
    return bool(sizes) and int(sizes[2]) < int(sizes[1]) < 2**32 - 2**16


def _samples(file, path, first, wanted):
    """`wanted` frames from `first` on: float32 (wanted, channels)."""
    try:
        file.seek(first)
        samples = file.read(wanted, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise InputError(
            f"{path} breaks off or is damaged ({error.error_string.rstrip('.')}); copy it again."
        ) from None
    if len(samples) < wanted:
        raise InputError(
            f"{path} is truncated: {len(samples)} of {wanted} samples could be read from "
            f"sample {first} on; copy it again or remove it."
        )
    return samples


def _mean(samples):
    """The mean of all channels, as a product: numpy's own takes 20 times as long."""
    channels = samples.shape[1]
    return samples @ np.full(channels, 1 / channels, np.float32)


def _resampled(wave, rate, sample_rate, length):
    if rate != sample_rate:
        wave = soxr.resample(wave, rate, sample_rate)
    # Lengths are rounded more than once on the way: a few samples are cut or the last repeated.
    return np.pad(wave, (0, max(0, length - len(wave))), mode="edge")[:length]


def audible(wave, peak=0.5):
    """The wave without its constant part and with its highest peak at `peak`, for listening."""
    wave = np.asarray(wave, np.float32) - np.mean(wave, dtype=np.float32)
    return wave * np.float32(peak / max(np.abs(wave).max(), 1e-9))


def mp3(wave, sample_rate):
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
