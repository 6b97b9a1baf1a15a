"""Arrays out of a TensorFlow checkpoint, without TensorFlow.

A checkpoint is an index, a sorted string table as LevelDB writes it (here of uncompressed blocks),
and a file of plain bytes that the index points into: one `BundleEntryProto` a variable. See
https://github.com/google/leveldb/blob/main/doc/table_format.md and tensor_bundle.proto.
"""

import numpy as np

FOOTER = 48  # bytes: where the table of blocks is
FLOAT32 = 1


def arrays(index, data):
    """The float32 variables of a checkpoint by name, but for the optimiser's.

    Parameters
    ----------
    index, data : bytes
        Of `.index` and `.data-00000-of-00001`.

    Returns
    -------
    dict, str -> float32 array
    """
    _, at = _handle(index[-FOOTER:], 0)  # of the metaindex, which holds nothing
    place, _ = _handle(index[-FOOTER:], at)
    found = {}
    for _, handle in _entries(index, *place):
        block, _ = _handle(handle, 0)
        for name, value in _entries(index, *block):
            entry = _message(value)
            if name and b"Adam" not in name and entry.get(1) == [FLOAT32]:
                shape = [_message(size)[1][0] for size in _message(entry[2][0]).get(2, [])]
                first, size = entry.get(4, [0])[0], entry[5][0]
                values = np.frombuffer(data[first : first + size], "<f4")
                found[name.decode()] = values.reshape(shape)
    return found


def _entries(table, first, size):
    """Names and values of one block; a name says only where it differs from the one before."""
    block = table[first : first + size]
    end = size - 4 - 4 * int.from_bytes(block[-4:], "little")
    at, name = 0, b""
    while at < end:
        shared, at = _varint(block, at)
        own, at = _varint(block, at)
        length, at = _varint(block, at)
        name = name[:shared] + block[at : at + own]
        yield name, block[at + own : at + own + length]
        at += own + length


def _handle(text, at):
    """Where a block is, (first byte, bytes), and where the text goes on."""
    first, at = _varint(text, at)
    size, at = _varint(text, at)
    return (first, size), at


def _varint(text, at):
    value = shift = 0
    while True:
        byte = text[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _message(text):
    """The fields of a protocol buffer: number -> list of values (int or bytes)."""
    found, at = {}, 0
    while at < len(text):
        tag, at = _varint(text, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint(text, at)
        else:
            length, at = _varint(text, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
            value, at = text[at : at + length], at + length
        found.setdefault(tag >> 3, []).append(value)
    return found
