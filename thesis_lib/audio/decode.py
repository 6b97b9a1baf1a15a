"""Which library decodes a file, and how long the file is.

By its content, never by its ending. libsndfile decodes what is stored sample by sample (WAV, AIFF,
AU, CAF, W64, ...), FLAC, and Vorbis or Opus in Ogg: there it seeks to the sample, and knows the
length. FFmpeg decodes the rest, and what libsndfile would read in part only: MPEG (of which
libsndfile believes the headers), AAC, WMA, films, joined files, lengths that no header holds.

How long a file is:

- A size or a count of samples that the header tells is believed, and a file that holds less is
  *truncated*: of WAV, AIFF and their like, FLAC, and MP4. One that holds more is named, unless
  what follows is chunks, tags or zeros (`chunks`); a WAV whose size wrapped at 4 GB, and FLAC, are
  read to the end.
- It is *unknown*, and the file is read to its end, where the size is 0 or lies within 64 kB of 2^31
  or 2^32, as programs write it that write into a pipe; where FLAC's count is 0; and in every
  stream of packets (MP3, Ogg, AAC, ...), whose headers only estimate.
- Such a stream has the length that decoding to its end gives. It is truncated where it breaks off
  inside a packet, or is followed by zeros that fill up its room, and something contradicts its
  end: an Ogg page says how long it is, and if it is the last; the first frame of an MP3 may count
  the others; WMA, FLV and Matroska tell a duration (1 s and 5 % are forgiven), AVI a size.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from thesis_lib.audio import chunks, ffmpeg, sndfile
from thesis_lib.util.errors import InputError
from thesis_lib.util.notices import shown

# How a file begins that libsndfile is asked for first; others are FFmpeg's, or else libsndfile's.
FIRST = (b"RIFF", b"RIFX", b"RF64", b"FORM", b"fLaC", b"OggS", b".snd", b"caff", b"riff")

LOWEST, HIGHEST = 1000, 10_000_000  # Hz; a header of 1 Hz would fill any memory when resampled


class Source(NamedTuple):
    """A file that is being decoded.

    Attributes
    ----------
    sample_rate : int, Hz
    channels : int
    frames : int or None
        Samples of each channel; None where only decoding tells.
    begins : int
        The sample that `blocks` begin with.
    blocks : iterator of float32 arrays, shape (samples, channels), full scale is 1
        To the end of the file.
    """

    sample_rate: int
    channels: int
    frames: int | None
    begins: int
    blocks: Iterator


@contextmanager
def opened(path: Path, start: float = 0.0) -> Iterator[Source]:
    """Open an audio file while it is decoded.

    Parameters
    ----------
    path : Path
    start : float
        From where on samples are wanted, in s; they begin there or a little before.

    Yields
    ------
    Source

    Raises
    ------
    InputError
        The file cannot be opened, or is empty, truncated, damaged or not audio; also on the way.
    """
    try:
        with ExitStack() as stack:
            source = _source(stack, path, start)
            if not LOWEST <= source.sample_rate <= HIGHEST:
                raise InputError(
                    f"{path} claims {source.sample_rate} samples a second, which is no rate of "
                    "sound; export it again or remove it."
                )
            yield source
    except InputError as error:  # names may hold line breaks, and bytes that are no text
        raise InputError(shown(error)) from None


def _source(stack, path, start):
    source = until = None
    if _head(path).startswith(FIRST):
        until = chunks.until(path)
        source = _of_sndfile(stack, path, start) if until is None else None
    if source is None or source.frames == 0:  # a size that was never filled in
        try:
            source = _of_ffmpeg(stack, path, start, until)
        except InputError:
            source = source or _of_sndfile(stack, path, start)
            if source is None:
                raise
    return source


def _head(path):
    """The first bytes of a file, or the sentence that says why there are none."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would be waited for
            raise InputError(f"{path} is no file; take it out of the list.")
        with open(path, "rb") as file:
            head = file.read(16)
    except FileNotFoundError:
        raise InputError(f"{path} is missing; restore it or take it out of the list.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(
            f"{path} cannot be opened ({reason}); make it readable or take it out of the list."
        ) from None
    if not head:
        raise InputError(f"{path} is empty (0 bytes); copy it again or remove it.")
    return head


def _of_sndfile(stack, path, start):
    file = stack.enter_context(sndfile.opened(path))
    if file is None:
        return None
    begins = min(round(start * file.samplerate), file.frames) if file.seekable() else 0
    blocks = stack.enter_context(closing(sndfile.blocks(path, file, begins)))
    return Source(file.samplerate, file.channels, file.frames, begins, blocks)


def _of_ffmpeg(stack, path, start, until):
    rate, channels, begins, blocks = ffmpeg.open_stream(path, start, until)
    return Source(rate, channels, None, begins, stack.enter_context(closing(blocks)))
