"""Where the sound lies in a file of chunks as its header tells, and whether more lies behind.

Both libraries believe such a size, and a size may be too small: it wrapped at 4 GB, or a recorder
stopped before it had filled in the last one. What lies behind the sound is no sound where it is
further chunks, a tag, or zeros; anything else is, and the file must not be read in part.
"""

import os
import re
import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

from thesis_lib.audio.packets import truncated
from thesis_lib.util.errors import InputError

LIMITS = (2**31, 2**32)  # bytes: a size beside them is no size, but the largest number there is
NEAR = 2**16  # bytes
WRAPS = 2**32  # bytes at which the size of a WAV begins again at 0
FORGIVEN = 4096  # bytes, or an eighth of the sound: what fills up the block of a disc is no sound

TAGS = (b"ID3", b"TAG", b"APETAGEX", b"LYRICSBEGIN")
FILES = (b"RIFF", b"RIFX", b"RF64", b"BW64", b"FORM", b"caff", b"fLaC", b"OggS")  # joined
NAMED = re.compile(rb"[ -~]{4}")
# Chunks that are known by their names where they reach beyond the end of the file.
KNOWN = re.compile(
    rb"LIST|INFO|DISP|FLLR|JUNK|junk|PAD |PEAK|MARK|COMT|NAME|AUTH|ANNO|APPL|INST|[\(]c\) |"
    rb"fact|inst|smpl|cue |plst|acid|bext|cart|iXML|axml|chna|levl|_PMX|LGWV|id3 |ID3 |free|info|"
    rb"strg|uuid|desc|chan|umid|data"
)
GUID = b"\xf3\xac\xd3\x11\x8c\xd1\x00\xc0\x4f\x8e\xdb\x8a"  # how the chunks' names end in W64


class Form(NamedTuple):
    """How a file of chunks is laid out.

    Attributes
    ----------
    first : int
        Where its first chunk begins.
    name, size : int, struct format
        How many bytes are a chunk's name, and how its size follows.
    whole : bool
        Whether the size counts name and size as well.
    unit : int
        Bytes; what follows begins at a multiple of them.
    sound, skip : bytes, int
        The chunk that holds the sound, and how much of it is none in front.
    """

    first: int
    name: int
    size: str
    whole: bool
    unit: int
    sound: bytes
    skip: int


FORMS = {
    b"RIFF": Form(12, 4, "<I", False, 2, b"data", 0),
    b"RIFX": Form(12, 4, ">I", False, 2, b"data", 0),
    b"RF64": Form(12, 4, "<I", False, 2, b"data", 0),
    b"BW64": Form(12, 4, "<I", False, 2, b"data", 0),
    b"FORM": Form(12, 4, ">I", False, 2, b"SSND", 8),
    b"caff": Form(8, 4, ">q", False, 1, b"data", 4),
    b"riff": Form(40, 16, "<q", True, 8, b"data" + GUID, 0),
}
WAVE = (FORMS[b"RIFF"], FORMS[b"RIFX"])


class Sound(NamedTuple):
    """Where the sound begins in a file, and its size as the header tells, in bytes; -1: unknown."""

    begins: int
    size: int


def until(path: Path) -> int | None:
    """Where the sound of a file ends whose header tells of less.

    Parameters
    ----------
    path : Path

    Returns
    -------
    int or None
        In bytes: all between the header and this is sound. None where the header may be believed.

    Raises
    ------
    InputError
        The file holds no sound, or more than its header tells.
    """
    with open(path, "rb") as file:
        form, sound = found(file)
        end = os.fstat(file.fileno()).st_size
        if _is_cut_film(_at(file, 0, 12), end):
            raise truncated(path)
        if sound is None or sound.size < 0 or sound.begins + sound.size >= end:
            return None
        if sound.size == 0:
            if form and _unexplained(file, form, sound.begins, end, zeros=False) < form.unit:
                raise InputError(f"{path} holds no samples; export it again or remove it.")
            return None
        behind = sound.begins + sound.size
        if form in WAVE and (wrapped := _unwrapped(file, form, behind, end)):
            return wrapped
        if _unexplained(file, form, behind, end) <= min(FORGIVEN, sound.size // 8):
            return None
        if form in WAVE and is_limit(sound.size):
            return end
    share = sound.size / (end - sound.begins)
    raise InputError(
        f"{path} holds more sound than could be read, its header tells of {share:.1%} of it only; "
        "import it into an audio editor as raw data and export it again."
    )


def _is_cut_film(head, end):
    """Whether an AVI ends before it says; FFmpeg calls what is left of it the whole."""
    size = int.from_bytes(head[4:8], "little")
    is_film = head[:4] == b"RIFF" and head[8:12] == b"AVI "
    return is_film and size + 8 > end + FORGIVEN and not is_limit(size)


def found(file: BinaryIO) -> tuple[Form | None, Sound | None]:
    """How an open file is laid out, and its sound; None for what it is not."""
    head = _at(file, 0, 16)
    if head[:4] == b".snd":
        begins, size = struct.unpack_from(">II", head.ljust(12, b"\0"), 4)
        return None, Sound(begins, -1 if size == 0xFFFFFFFF else size)
    form = FORMS.get(head[:4])
    if form is None or (form.sound == b"SSND" and head[8:12] not in (b"AIFF", b"AIFC")):
        return None, None
    if form.first == 12 and form.sound == b"data" and head[8:12] != b"WAVE":
        return None, None
    return form, _sound(file, form, head[:4])


def _sound(file, form, kind):
    at, long = form.first, None
    while (size := _size(form, head := _at(file, at, 40))) is not None:
        begins = at + form.name + struct.calcsize(form.size)
        if head[: form.name] == form.sound:
            size = long if kind in (b"RF64", b"BW64") and size == 0xFFFFFFFF else size
            if size is None or size < 0:
                return Sound(begins + form.skip, -1)
            return Sound(begins + form.skip, max(0, size - form.skip))
        if head.startswith(b"ds64"):
            long = struct.unpack_from("<Q", head.ljust(24, b"\0"), 16)[0]
        if size < 0:
            return None
        at = _next(form, begins + size)
    return None


def _size(form, head):
    """Of what follows a chunk's name and size; None where the file has ended."""
    long = struct.calcsize(form.size)
    if len(head) < form.name + long:
        return None
    size = struct.unpack_from(form.size, head, form.name)[0]
    return size - form.whole * (form.name + long)


def _next(form, at):
    return -(-at // form.unit) * form.unit


def _at(file, at, size):
    if at >= os.fstat(file.fileno()).st_size:  # a size of nonsense may lie beyond any disk
        return b""
    file.seek(at)
    return file.read(size)


def _unexplained(file, form, at, end, zeros=True):
    """How many bytes at the end of a file are no chunks, tags or (unless not `zeros`) zeros."""
    while at < end:
        places = {at, _next(form, at)} if form else ()
        after = max((_chunk(file, form, place, end) for place in places), default=0)
        if not after and zeros:
            after = _after_zeros(file, at, end)
        if not after or after == at:
            return 0 if _at(file, at, 12).startswith(TAGS) else end - at
        at = after
    return 0


def _chunk(file, form, at, end):
    """Where a chunk ends that begins here; 0 if none does."""
    head = _at(file, at, 40)
    size = _size(form, head)
    if size is None or size < 0 or head.startswith(FILES):
        return 0
    if not (head[4:16] == GUID or b"riff" in head[:4] if form.name == 16 else NAMED.match(head)):
        return 0
    after = at + form.name + struct.calcsize(form.size) + size
    if after > end:
        return end if KNOWN.match(head) else 0
    return after


def _after_zeros(file, at, end):
    """Where something else than zeros begins."""
    while at < end and (content := _at(file, at, 2**20)):
        if rest := content.lstrip(b"\0"):
            return at + len(content) - len(rest)
        at += len(content)
    return end


def _unwrapped(file, form, at, end):
    """Where the sound ends if its size wrapped, maybe more than once; None if it did not."""
    for behind in range(at + WRAPS, end + 1, WRAPS):
        if _unexplained(file, form, behind, end, zeros=False) < form.unit:
            return behind
    return None


def is_limit(size: int) -> bool:
    """Whether a size is none: it lies beside the largest number that there is for it."""
    return any(abs(size - limit) <= NEAR for limit in LIMITS)
