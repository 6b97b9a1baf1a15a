"""Debian packages by hand: an `ar` archive of a version, a control and a data archive."""

import io
import lzma

from backports import zstd
from backports.zstd import tarfile

CHECKED = {zstd.CompressionParameter.checksum_flag: 1}  # as dpkg-deb has it
PACKERS = {
    "": bytes,
    ".xz": lzma.compress,
    ".zst": lambda data: zstd.compress(data, options=CHECKED),
}


def ar(members):
    """The bytes of an `ar` archive: a header of 60 letters before each member, an even start."""
    parts = [b"!<arch>\n"]
    for name, content in members.items():
        header = f"{name:<16}{0:<12}{0:<6}{0:<6}{100644:<8}{len(content):<10}`\n"
        parts += [header.encode(), content, b"\n" * (len(content) % 2)]
    return b"".join(parts)


def tar(files):
    """The bytes of a tar; a name of a file may be a TarInfo, and then has no content."""
    memory = io.BytesIO()
    with tarfile.open(fileobj=memory, mode="w") as archive:
        for name, content in files.items():
            entry = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return memory.getvalue()


def deb(files, packed=".xz"):
    """The bytes of a package whose names begin as those of dpkg-deb, with "./"."""
    data = PACKERS[packed](tar(files))
    return ar({"debian-binary": b"2.0\n", "control.tar.xz": b"", f"data.tar{packed}": data})


def special(name, kind, target=""):
    """An entry without content: a link, a pipe, ..., of tarfile's type `kind`."""
    entry = tarfile.TarInfo(name)
    entry.type, entry.linkname = kind, target
    return entry
