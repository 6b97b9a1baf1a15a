"""Lists as other programs write them, to text: which characters do their bytes mean?"""

import codecs
import os
import re
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from thesis_lib.util import disk
from thesis_lib.util.errors import InputError

MARKS = {  # byte order marks; that of UTF-32 begins with that of UTF-16
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Code pages of other countries and older systems: only the files that a list names can tell them.
OTHERS = (
    *("cp1251", "cp932", "cp1250", "cp949", "gb18030", "big5", "cp1253", "cp1254", "cp1257"),
    *("cp1255", "cp1256", "cp874", "koi8_r", "cp437", "cp850", "cp866", "mac_roman"),
)
# cp1252 leaves five bytes without a character; they are read as Latin-1, so that nothing is lost.
WINDOWS = "".join(bytes([i]).decode("cp1252", "ignore") or chr(i) for i in range(256))
BYTES = codecs.charmap_build(WINDOWS)
MIXED = "utf-8 and "  # what the encoding is called of a text to which lines were added in another
NO_UTF_8 = re.compile("[\udc80-\udcff]")  # how Python has bytes that are none


class Text(NamedTuple):
    """A text and the encoding it was read in."""

    content: str
    encoding: str

    def raw(self, line: str) -> str:
        """A line of it as the file system has a name of the same bytes."""
        page = self.encoding.removeprefix(MIXED)
        try:
            if page == "cp1252":
                return os.fsdecode(codecs.charmap_encode(line, "strict", BYTES)[0])
            return os.fsdecode(line.encode(page)) if page in OTHERS else line
        except UnicodeEncodeError:
            return line


def read(path: Path | str, fits: Callable[[Text], int] | None = None) -> Text:
    """Read a text.

    Parameters
    ----------
    path : Path
        UTF-8, with or without a byte order mark; UTF-16; or else cp1252, as Windows has it in
        western countries. Where lines of UTF-8 and others are mixed, each is read as what it is.
    fits : function, optional
        Text -> number. Bytes that are no UTF may be those of any code page: the one that fits
        best is taken, cp1252 where none is better.

    Returns
    -------
    Text

    Raises
    ------
    InputError
        The file is missing, cannot be read or is no text.
    """
    content = _without_zeros(_bytes(path))
    try:
        text = _unicode(content)
    except UnicodeDecodeError:
        text = None
    if text is None and b"\0" not in content:
        pages = ("cp1252", *OTHERS) if fits else ("cp1252",)
        guesses = _guesses(content.removeprefix(codecs.BOM_UTF8), pages)
        text = max(guesses, key=fits or (lambda _: 0))
    if text is None or "\0" in text.content:
        raise InputError(f"{path} is not a text in UTF-8, UTF-16 or cp1252; export it as UTF-8.")
    return text._replace(content=text.content.rstrip("\x1a"))  # as DOS ended its files


def _bytes(path):
    if fault := disk.no_file(path):
        raise InputError(fault)
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise InputError(disk.refused(path, error)) from None


def _unicode(content):
    """The text by its byte order mark, or as UTF-16 by its zeros, or as UTF-8."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return Text(content.decode(encoding), encoding)
    for encoding, zeros in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):
        if zeros.count(0) > len(zeros) / 2 and len(content) > 3:
            return Text(content.decode(encoding), encoding)
    for encoding in ("utf-16-le", "utf-16-be") if b"\0" in content else ():
        with suppress(UnicodeDecodeError):
            if _has_lines(text := content.decode(encoding)):
                return Text(text, encoding)
    return Text(content.decode("utf-8"), "utf-8")


def _has_lines(text):
    """Whether a text has lines, and no character that no text has: else it is misread."""
    strange = {unicodedata.category(c) for c in set(text) - {"\n", "\r", "\t"}} & {"Cc", "Cn", "Co"}
    return not strange and bool(re.search(r"[\r\n]", text))


def _without_zeros(content):
    """Bytes without those behind the end of a text, as a disk that was pulled out leaves them."""
    bare = content.rstrip(b"\0")
    if b"\0" in bare or content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content
    return bare if len(content) - len(bare) > 1 else content


def _guesses(content, pages):
    """What bytes may be as text: line by line, in UTF-8 where they can, else in a code page."""
    lines = content.splitlines(keepends=True)
    valid = sum(not line.isascii() and _is_utf_8(line) for line in lines)
    others = sum(not _is_utf_8(line) for line in lines)
    for page in pages:
        ways = [_mixed, _whole] if valid or page == "cp1252" else [_whole]
        # Two bytes of East Asia may look like UTF-8 by chance, not most of a list's lines.
        for way in ways[::-1] if valid < others and page != "cp1252" else ways:
            with suppress(UnicodeDecodeError):
                yield way(lines, page)


def _is_utf_8(line):
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _whole(lines, page):
    return Text(_in_page(b"".join(lines), page), page)


def _mixed(lines, page):
    """Lines of UTF-8, whole or but for a few bytes of them, and lines of a code page."""
    text, mixed = [], False
    for line in lines:
        decoded = line.decode("utf-8", "surrogateescape")
        strange = len(NO_UTF_8.findall(decoded))
        if sum(c > "\x7f" for c in decoded) > 2 * strange:
            mixed = True
            decoded = NO_UTF_8.sub(lambda found: _in_page(_byte(found[0]), page), decoded)
        elif strange:
            decoded = _in_page(line, page)
        text.append(decoded)
    return Text("".join(text), MIXED * mixed + page)


def _byte(surrogate):
    return surrogate.encode("utf-8", "surrogateescape")


def _in_page(content, page):
    if page == "cp1252":
        return codecs.charmap_decode(content, "strict", WINDOWS)[0]
    return content.decode(page)
