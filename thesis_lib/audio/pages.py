"""Whether an Ogg file is whole, by its last page."""

import os
import zlib
from pathlib import Path

from thesis_lib.audio.views import zeros

PAGE = 65307  # bytes of a page at most
LOOKED_AT = 2**20  # bytes at a time
MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
END = 4  # the flag of a page that ends a stream


def break_off(path: Path) -> bool:
    """Whether an Ogg file breaks off inside a page, or what should follow it is zeros.

    A recorder that was killed leaves whole pages, and no page that says it is the last. Where zeros
    are behind such a page, the file's room was reserved and it was never filled.
    """
    size, hollow = os.path.getsize(path), zeros(path)
    with open(path, "rb") as file:
        at = _last(file, size - hollow)
        file.seek(max(0, at))
        page = file.read(PAGE)
    length = _length(page)
    if at < 0 or length > len(page) or _sum(page[:length]) != page[22:26]:
        return True
    return size - hollow <= at + length < size and not page[5] & END


def _last(file, end):
    """Where the last page begins; -1 if there is none."""
    while end > 0:
        begin = max(0, end - LOOKED_AT)
        file.seek(begin)
        if (at := file.read(end - begin).rfind(b"OggS")) >= 0:
            return begin + at
        end = begin + 3 if begin else 0  # the name may lie on the border
    return -1


def _length(page):
    """Of a page: its header is 27 bytes, the last of which counts the lengths that follow."""
    return 27 + page[26] + sum(page[27 : 27 + page[26]]) if len(page) > 26 else PAGE


def _sum(page):
    """The check sum of a page: zlib's, of mirrored bits and without its ones in front."""
    page = page[:22] + bytes(4) + page[26:]
    mirrored = zlib.crc32(page.translate(MIRRORED), 2**32 - 1) ^ (2**32 - 1)
    return int(f"{mirrored:032b}"[::-1], 2).to_bytes(4, "little")
