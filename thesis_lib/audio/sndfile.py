"""Sound through libsndfile: stored sample by sample, FLAC, and Vorbis or Opus in Ogg.

It seeks to the sample in all of these, and says in its log what it thinks of a header.
"""

import os
import re
from contextlib import contextmanager

import soundfile

from thesis_lib.audio.ffmpeg import BLOCK
from thesis_lib.audio.packets import truncated
from thesis_lib.util.errors import InputError

UNKNOWN = 2**40  # frames from which on a count is none: libsndfile has no other word for "unknown"
LIMITS = (2**31, 2**32)  # bytes: a size beside them is no size, but the largest number there is
NEAR = 2**16  # bytes
SIZE = re.compile(
    r"^ *(?:data|SSND|riff|Data Size) *: (?P<told>\d+) \(should be (?P<there>\d+)\)", re.MULTILINE
)
COUNT = re.compile(  # of RF64
    r"frame count (?P<there>\d+) does not match value from 'ds64' chunk of (?P<told>\d+)"
)
HOLE = re.compile("reports a hole|Corrupted bitstream")  # it is read over, and what follows slips
# What stands where a stream begins; behind it may stand a second, which libsndfile passes by.
BEGIN = {"OGG": b"OggS\0\2", "FLAC": b"fLaC\0\0\0\x22"}
LOOKED_AT = 2**20  # bytes at a time
PAGE = 65307  # bytes of an Ogg page at most


@contextmanager
def opened(path):
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
            if "file is malformed" in str(error):  # of CAF: it ends before its header says
                raise truncated(path) from None
            file = None
        if file is None:
            yield None
            return
        with file:
            if _breaks_off(file, handle.fileno()):
                raise truncated(path)
            yield file if _is_fit(file, handle.fileno()) else None


def _breaks_off(file, number):
    """Whether the file ends before its header says.

    libsndfile opens such a file without complaint and calls what is left of it the whole.
    """
    if file.format == "OGG":
        return _ends_in_a_page(number)
    for pattern in (SIZE, COUNT):
        if found := pattern.search(file.extra_info):
            return int(found["there"]) < int(found["told"]) and not _is_limit(int(found["told"]))
    return False


def _is_limit(size):
    return any(abs(size - limit) <= NEAR for limit in LIMITS)


def _ends_in_a_page(number):
    """Whether an Ogg file breaks off inside a page; a recorder that was killed leaves whole ones.

    The header of a page is 27 bytes, the last of which counts the lengths that follow.
    """
    size = os.fstat(number).st_size
    tail = os.pread(number, 2 * PAGE, max(0, size - 2 * PAGE))
    page = tail[tail.rfind(b"OggS") :]
    return len(page) < 27 or len(page) < 27 + page[26] + sum(page[27 : 27 + page[26]])


def _is_fit(file, number):
    """Whether libsndfile reads all there is: it knows the length, and there is one stream.

    MPEG, also in WAV, is FFmpeg's: libsndfile believes its headers.
    """
    if file.frames >= UNKNOWN or file.subtype.startswith("MPEG"):
        return False
    return file.format not in BEGIN or not _begins_again(number, BEGIN[file.format])


def _begins_again(number, begin):
    """Whether some bytes occur twice in a file."""
    at = times = 0
    while content := os.pread(number, LOOKED_AT, at):
        times += content.count(begin)
        at += max(1, len(content) - len(begin) + 1)  # they may lie on the border
    return times > 1


def blocks(path, file, first=0):
    """The samples of a file from `first` on.

    Parameters
    ----------
    path : Path
    file : soundfile.SoundFile
    first : int

    Yields
    ------
    float32 array, shape (samples, channels), full scale is 1

    Raises
    ------
    InputError
        The file breaks off or is damaged.
    """
    at = first
    try:
        if first:
            file.seek(first)
        while at < file.frames:
            wanted = min(file.frames - at, BLOCK)
            block = file.read(wanted, dtype="float32", always_2d=True)
            at += len(block)
            if len(block) < wanted or (file.format == "OGG" and HOLE.search(file.extra_info)):
                raise InputError(
                    f"{path} is truncated or damaged: {at} of {file.frames} samples could be read; "
                    "copy it again or remove it."
                )
            yield block
    except InputError:
        raise
    except (OSError, ValueError, MemoryError, RuntimeError) as error:  # libsndfile's is the last
        reason = getattr(error, "error_string", str(error)).rstrip(".")
        raise InputError(f"{path} breaks off or is damaged ({reason}); copy it again.") from None
