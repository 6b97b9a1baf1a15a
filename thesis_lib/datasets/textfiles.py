"""Lists as other programs write them, to text: which characters do their bytes mean?"""

import codecs
import os
from pathlib import Path
from typing import NamedTuple

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


class Text(NamedTuple):
    """A text and the encoding it was read in."""

    content: str
    encoding: str

    def raw(self, line):
        """A line of it as the file system has a name of the same bytes."""
        try:
            if self.encoding == "cp1252":
                return os.fsdecode(codecs.charmap_encode(line, "strict", BYTES)[0])
            return os.fsdecode(line.encode(self.encoding)) if self.encoding in OTHERS else line
        except UnicodeEncodeError:
            return line


def read(path, fits=None):
    """Read a text.

    Parameters
    ----------
    path : Path
        UTF-8, with or without a byte order mark; UTF-16; or else cp1252, as Windows has it in
        western countries.
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
    content = _bytes(path)
    try:
        text = _unicode(content)
    except UnicodeDecodeError:
        text = None
    if text is None and b"\0" not in content:
        texts = [Text(codecs.charmap_decode(content, "strict", WINDOWS)[0], "cp1252")]
        texts += _in_other_code_pages(content) if fits else []
        text = max(texts, key=fits) if fits else texts[0]
    if text is None or "\0" in text.content:
        raise InputError(f"{path} is not a text in UTF-8, UTF-16 or cp1252; export it as UTF-8.")
    return text._replace(content=text.content.rstrip("\x1a"))  # as DOS ended its files


def _bytes(path):
    if not os.path.isfile(path):
        raise InputError(f"{path} is missing; give a file that is there.")
    try:
        return Path(path).read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown error").lower()
        raise InputError(f"{path} cannot be read ({reason}); make it readable.") from None


def _unicode(content):
    """The text by its byte order mark, or as UTF-16 by its zeros, or as UTF-8."""
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return Text(content.decode(encoding), encoding)
    for encoding, zeros in (("utf-16-le", content[1::2]), ("utf-16-be", content[::2])):
        if zeros.count(0) > len(zeros) / 2 and len(content) > 3:
            return Text(content.decode(encoding), encoding)
    return Text(content.decode("utf-8"), "utf-8")


def _in_other_code_pages(content):
    for encoding in OTHERS:
        try:
            yield Text(content.decode(encoding), encoding)
        except UnicodeDecodeError:
            continue
