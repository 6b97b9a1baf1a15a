"""AC-3 or DTS in place of samples: as of a DTS-CD, or of a digital output that was recorded.

Both have a place in samples of 16 bit and two channels, and sound as noise if taken for these.
"""

import re
import struct

# Burst of IEC 61937, its words either way: of AC-3 and others.
BURST = re.compile(rb"\x72\xf8\x1f\x4e|\xf8\x72\x4e\x1f")
# Frame of DTS, and the order and width of its words.
FRAMES = [
    (b"\x7f\xfe\x80\x01", ">", 16), (b"\xfe\x7f\x01\x80", "<", 16),
    (b"\x1f\xff\xe8\x00", ">", 14), (b"\xff\x1f\x00\xe8", "<", 14),
]  # fmt: skip
SYNC = 0x7FFE8001
BYTES = 4  # of one sample of two channels


def is_coded(content: bytes) -> bool:
    """Whether samples are none.

    Parameters
    ----------
    content : bytes
        Of samples of 16 bit, lowest byte first, and two channels.
    """
    bursts = [found.start() for found in BURST.finditer(content)]
    gaps = [after - before for before, after in zip(bursts, bursts[1:], strict=False)]
    if len(gaps) >= 3 and len(set(gaps)) == 1 and gaps[0] % BYTES == 0:
        return True
    return any(_is_dts(content, *frame) for frame in FRAMES)


def _is_dts(content, word, order, width):
    """Whether a frame is followed by another as soon as its samples would be over."""
    at = content.find(word)
    while at >= 0:
        size = _size(content[at : at + 14], order, width)
        if size and content[at + size : at + size + 4] == word:
            return True
        at = content.find(word, at + 2)
    return False


def _size(head, order, width):
    """How many bytes the samples of a frame of DTS would take; 0 if this is none."""
    if len(head) < 14:
        return 0
    bits = 0
    for word in struct.unpack(f"{order}7H", head):
        bits = bits << width | word & ((1 << width) - 1)
    bits >>= 7 * width - 46  # sync 32, normal 1, samples 5, check 1, blocks 7
    is_frame = bits >> 14 == SYNC and bits >> 8 & 63 == 63 and bits & 127 >= 5
    return ((bits & 127) + 1) * 32 * BYTES if is_frame else 0
