"""A file as a decoder is to see it: without what is no sound, and with a header that is true."""

import io
import mmap
import os
import re
import struct
from pathlib import Path
from typing import Any, BinaryIO

HEAD = re.compile(rb"ID3|APETAGEX|\xff[\xe0-\xff]")  # how MPEG begins
TAG = re.compile(rb"ID3[\2-\4][^\xff][\0-\xf0][\0-\x7f]{4}|APETAGEX")
BEHIND = re.compile(rb"\xff[\xe0-\xff]|ID3|APETAGEX|TAG|LYRICSBEGIN|\0|\Z")


def opened(path: Path, until: int | None = None) -> "io.BufferedReader | View":
    """Open a file for a decoder.

    Parameters
    ----------
    path : Path
    until : int, optional
        Where it ends to be seen, in bytes.

    Returns
    -------
    binary file
        The file itself where nothing is to be left out.
    """
    file = open(path, "rb")  # noqa: SIM115 - it is handed on
    size = os.fstat(file.fileno()).st_size
    if until is not None and until < size:
        return View(file, [(0, until)])
    pieces = _pieces(file, size)
    return file if pieces is None else View(file, pieces)


def _pieces(file, size):
    """The pieces of a file to be seen; None if it is to be seen as it is."""
    head = file.read(12)
    file.seek(0)
    if head[:4] == b".snd" and head[8:12] == bytes(4):  # a size that was never filled in
        return [head[:8] + b"\xff" * 4, (12, size)]
    tags = _tags(file) if HEAD.match(head) else ()
    at, pieces = 0, []
    for begin, end in tags:
        pieces.append((at, begin))
        at = end
    return [*pieces, (at, size)] if tags else None


def _tags(file):
    """Where tags lie in MPEG audio behind its beginning, whose bytes may look like sound's."""
    found, at = [], 0
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        while tag := TAG.search(content, at):
            begin, end = _extent(content, tag.start())
            end = min(end, len(content)) if tag[0] == b"APETAGEX" else end
            if begin < at or not begin < end <= len(content) or not BEHIND.match(content, end):
                at = tag.start() + 1
                continue
            if begin:
                found.append((begin, end))
            at = end
    return found


def _extent(content, at):
    """Where a tag begins and ends; what it says of its size may be wrong."""
    head = content[at : at + 32]
    if head.startswith(b"ID3"):
        high, upper, lower, low = head[6:10]
        size = high << 21 | upper << 14 | lower << 7 | low
        return at, at + 10 + size + (10 if head[5] & 0x10 else 0)
    size, _, flags = struct.unpack("<III", head.ljust(32, b"\0")[12:24])
    if flags & 1 << 29:  # this is its header, and its footer follows
        return at, at + 32 + size
    return at + 32 - size - (32 if flags & 1 << 31 else 0), at + 32


def zeros(path: Path) -> int:
    """How many bytes at the end of a file are zeros."""
    size = end = os.path.getsize(path)
    with open(path, "rb") as file:
        while end:
            begin = max(0, end - 2**20)
            file.seek(begin)
            if left := len(file.read(end - begin).rstrip(b"\0")):
                return size - begin - left
            end = begin
    return size


def is_plain(file: "io.BufferedReader | View") -> bool:
    """Whether what was `opened` is the file itself."""
    return not isinstance(file, View)


class View(io.RawIOBase):
    """Pieces of a file one behind the other, to be read as a file.

    Parameters
    ----------
    file : binary file
    pieces : list
        Of each piece its first byte and the one behind its last; or bytes that stand for it.
    """

    def __init__(self, file: BinaryIO, pieces: list[bytes | tuple[int, int]]) -> None:
        self.file, self.pieces, self.at = file, pieces, 0
        sizes = [len(one) if isinstance(one, bytes) else one[1] - one[0] for one in pieces]
        self.ends = [sum(sizes[: number + 1]) for number in range(len(sizes))]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self.file.close()
        super().close()

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self.at, os.SEEK_END: self.ends[-1]}[whence]
        self.at = max(0, base + offset)
        return self.at

    def readinto(self, buffer: Any) -> int:
        for piece, end in zip(self.pieces, self.ends, strict=True):
            if self.at < end:
                got = self._of(piece, end - self.at, min(len(buffer), end - self.at))
                buffer[: len(got)] = got
                self.at += len(got)
                return len(got)
        return 0

    def _of(self, piece, left, size):
        """The next bytes of a piece of which so many are left."""
        if isinstance(piece, bytes):
            return piece[len(piece) - left :][:size]
        self.file.seek(piece[1] - left)
        return self.file.read(size)
