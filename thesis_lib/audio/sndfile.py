"""Sound through libsndfile: stored sample by sample, FLAC, and Vorbis or Opus in Ogg.

It seeks to the sample in all of these, and says in its log what it thinks of a header.
"""

import os
import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from thesis_lib.audio import pages
from thesis_lib.audio.chunks import FORGIVEN, found, is_limit
from thesis_lib.audio.coded import is_coded
from thesis_lib.audio.ffmpeg import BLOCK, codec
from thesis_lib.audio.frames import stated_and_held
from thesis_lib.audio.packets import truncated
from thesis_lib.util.errors import InputError

UNKNOWN = 2**40  # frames from which on a count is none: libsndfile has no other word for "unknown"
SIZE = re.compile(
    r"^ *(?:data|SSND|riff|Data Size) *: (?P<stated>\d+) \(should be (?P<there>\d+)\)", re.MULTILINE
)
COUNT = re.compile(  # of RF64
    r"frame count (?P<there>\d+) does not match value from 'ds64' chunk of (?P<stated>\d+)"
)
# Bytes of a sample that is stored by itself.
WIDTH = {"PCM_S8": 1, "PCM_U8": 1, "ULAW": 1, "ALAW": 1, "PCM_16": 2, "PCM_24": 3}
WIDTH |= {"PCM_32": 4, "FLOAT": 4, "DOUBLE": 8}
HOLE = re.compile("reports a hole|Corrupted bitstream")  # it is read over, and what follows slips
# What stands where a stream begins; behind it may stand a second, which libsndfile passes by.
BEGIN = {"OGG": b"OggS\0\2", "FLAC": b"fLaC\0\0\0\x22"}
LOOKED_AT = 2**20  # bytes at a time
PACKET = 8192  # samples in the longest packet of Vorbis


@contextmanager
def opened(path: Path) -> Iterator[soundfile.SoundFile | None]:
    """Open a file while it is read.

    Parameters
    ----------
    path : Path

    Yields
    ------
    soundfile.SoundFile, or None
        None where libsndfile is not the one to decode it: it does not know the format, or not the
        length, or would read less than there is.

    Raises
    ------
    InputError
        The file is truncated.
    """
    with open(path, "rb") as handle:
        # Opened by number, the name's ending has no say, and the name may hold any bytes.
        try:
            file = soundfile.SoundFile(handle.fileno(), closefd=False)
        except (OSError, ValueError, MemoryError, RuntimeError) as error:
            if "file is malformed" in str(error) and not _is_open(handle):
                raise truncated(path) from None  # of CAF: it ends before its header says
            file = None
        if file is None:
            yield None
            return
        with file:
            if _breaks_off(path, file, handle.fileno()):
                raise truncated(path)
            with _said(path):
                is_fit = _is_fit(file, handle.fileno()) and not _is_coded(path, file)
            yield file if is_fit else None


def _is_open(handle):
    """Whether a CAF says that its sound goes on to the end, as written into a pipe."""
    sound = found(handle)[1]
    return sound is not None and sound.size < 0


def _breaks_off(path, file, number):
    """Whether the file ends before its header says, by more than its last sample.

    libsndfile opens such a file without complaint and calls what is left of it the whole.
    """
    if file.format == "OGG":
        return pages.break_off(path)
    sample = WIDTH.get(file.subtype, 0) * file.channels
    for pattern, last in ((SIZE, sample), (COUNT, 1)):
        if lengths := pattern.search(file.extra_info):
            stated, there = int(lengths["stated"]), int(lengths["there"])
            is_short = stated - there > last and not is_limit(stated)
            return is_short and not _counts_head(stated, there, number)
    return False


def _counts_head(stated, there, number):
    """Whether a size counts what lies in front of the sound as well: the chunk's head, or all."""
    head = os.fstat(number).st_size - there
    return stated - there in (8, head - 8, head) and head < FORGIVEN


def _is_fit(file, number):
    """Whether libsndfile reads all there is: it knows the length, and there is one stream.

    MPEG, also in WAV, is FFmpeg's: libsndfile believes its headers.
    """
    if file.frames >= UNKNOWN or file.subtype.startswith("MPEG"):
        return False
    if file.subtype == "OPUS" and file.samplerate != 48000:  # that of what was encoded, or none
        return False
    if file.format == "FLAC":
        stated, held = stated_and_held(number)
        if held and held != stated:  # FFmpeg reads them all, and says so if there are too few
            return False
    return file.format not in BEGIN or not _begins_again(number, BEGIN[file.format])


def _is_coded(path, file):
    """Whether AC-3 or DTS stands where samples should: as of a disc, or of a digital output.

    FFmpeg finds it in WAV, mostly; where it does not, this is an error.
    """
    if file.subtype != "PCM_16" or file.channels != 2 or not file.seekable():
        return False
    head = file.read(BLOCK, dtype="int16").astype("<i2").tobytes()
    file.seek(0)
    if not is_coded(head):
        return False
    if file.format not in ("WAV", "WAVEX") or codec(path).startswith("pcm_"):
        raise InputError(
            f"{path} holds surround sound (AC-3 or DTS) in place of samples, which would be heard "
            "as noise; decode it to WAV or FLAC by FFmpeg, or remove it."
        )
    return True


def _begins_again(number, begin):
    """Whether some bytes occur twice in a file."""
    at = times = 0
    while content := os.pread(number, LOOKED_AT, at):
        times += content.count(begin)
        at += max(1, len(content) - len(begin) + 1)  # they may lie on the border
    return times > 1


def blocks(
    path: Path, file: soundfile.SoundFile, first: int = 0
) -> Generator[np.ndarray, None, None]:
    """The samples of a file from `first` on.

    Parameters
    ----------
    path : Path
    file : soundfile.SoundFile
    first : int

    Yields
    ------
    float32 array, shape (samples, channels), full scale is 1
        Together as many as the header tells.

    Raises
    ------
    InputError
        The file breaks off or is damaged.
    """
    at = first
    with _said(path):
        if first:
            file.seek(first)
        sought = _holes(file)  # libogg takes the place that it jumps to for a hole, now and then
        while at < file.frames:
            wanted = min(file.frames - at, BLOCK)
            block = file.read(wanted, dtype="float32", always_2d=True)
            at += len(block)
            missing = wanted - len(block)
            if _is_damaged(file, missing, sought):
                raise InputError(
                    f"{path} is truncated or damaged: {at} of {file.frames} samples could be read; "
                    "copy it again or remove it."
                )
            yield np.pad(block, ((0, missing), (0, 0)))
            at += missing


def _is_damaged(file, missing, sought):
    """Whether samples are missing, or are made up where some were lost.

    An Ogg that was cut at its beginning counts up to a packet's worth that no decoder gives.
    """
    if file.format == "OGG":
        return missing > PACKET or _holes(file) > sought
    return missing > 0


def _holes(file):
    """How often libsndfile has told of lost samples."""
    return len(HOLE.findall(file.extra_info))


@contextmanager
def _said(path):
    """What libsndfile complains of becomes a sentence."""
    try:
        yield
    except (OSError, ValueError, MemoryError, RuntimeError) as error:
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "error_string", str(error)).rstrip(".")  # libsndfile's own
        reason = "" if reason.startswith("Internal ") else f" ({reason})"
        raise InputError(f"{path} breaks off or is damaged{reason}; copy it again.") from None
