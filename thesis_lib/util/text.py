"""Names that other people chose, made fit for where they are shown.

A name may hold anything a disk allows. It reaches HTML, Markdown, a figure and the name of a file
only through here (a figure's glyphs are the matter of `plots.fonts`).
"""

import hashlib
import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

MARKDOWN = re.compile(r"([`*_\[\]<>|~&^{}]|^[-+#=:]|(?<=^\d)[.)](?= |$)|(?<=^\d\d)[.)](?= |$))")
LONGEST = 60  # bytes of a file's name that come from a label; file systems allow 255 in all
CELL = 50  # letters of a table's cell, as pandas has it


def readable(name: str) -> str:
    """A name without the bytes that are no UTF-8: they are read as Windows wrote them, in cp1252.

    Parameters
    ----------
    name : str
        As Python has it of a file: bytes that are no UTF-8 as surrogates.

    Returns
    -------
    str, in composed form (NFC): it can be printed and encoded everywhere
    """
    name = str(name)
    try:
        name.encode()
    except UnicodeEncodeError:
        name = _without_surrogates(name)
    return unicodedata.normalize("NFC", name)


def _without_surrogates(name):
    try:
        return name.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    except UnicodeEncodeError:  # halves of a pair that no file's name can hold, but a tag can
        return re.sub("[\ud800-\udfff]", "\N{REPLACEMENT CHARACTER}", name)


def one_line(name: str) -> str:
    """A name in one line: control characters, line breaks and rows of blanks are one blank."""
    line = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in name)
    return " ".join(line.split())


def width(name: str) -> int:
    """How wide a name is, in letters; those of East Asia count twice."""
    return sum(1 + (unicodedata.east_asian_width(c) in "WF") for c in name)


def cut(name: str, most: int) -> str:
    """A name of at most so many letters' width; what is left out of its middle is a "…"."""
    if width(name) <= most:
        return name
    head, tail = name[: len(name) // 2], name[len(name) // 2 :]
    while width(head) + width(tail) >= most:
        head, tail = (head[:-1], tail) if width(head) > width(tail) else (head, tail[1:])
    return f"{head}…{tail}"


def as_html(name: str) -> str:
    """A name as HTML; what a notebook takes for a formula, "$" and "\\(", is taken apart."""
    return re.sub(r"[$\\]", r"<span>\g<0></span>", html.escape(readable(name)))


def as_attribute(name: str) -> str:
    """A name as the value of an attribute of HTML, in one line."""
    return html.escape(one_line(readable(name)), quote=True)


def as_markdown(name: str) -> str:
    """A name as Markdown that shows just the name, in one line: of a sentence or of a table.

    "$" and "\\" become HTML: JupyterLab looks for formulas once more in what Markdown made, where
    a backslash before them is gone.
    """
    text = MARKDOWN.sub(r"\\\1", one_line(readable(name)).replace("\\", "\0"))
    return text.replace("\0", "<span>&#92;</span>").replace("$", "<span>&#36;</span>")


def table_as_html(table: "pd.DataFrame", **options: Any) -> str:
    """A DataFrame as HTML: names in its cells, its columns and its index are plain text.

    Parameters
    ----------
    table : DataFrame
    options
        Of `DataFrame.to_html`.

    Returns
    -------
    str
    """
    import pandas as pd  # here alone: names are shown by commands that need no table

    table = table.map(_cell)
    for axis in ("index", "columns"):
        labels = getattr(table, axis)
        names = [name and _cell(name) for name in labels.names]
        setattr(table, axis, labels.map(_cells).set_names(names))
    with pd.option_context("display.max_colwidth", None):
        return table.to_html(**{"border": 0, "escape": False} | options)


def _cells(key):
    return tuple(map(_cell, key)) if isinstance(key, tuple) else _cell(key)


def _cell(value):
    """A cell of a table: text becomes one line, is cut and escaped, all else stays."""
    if not isinstance(value, str):
        return value
    line = one_line(value)
    return as_html(line if len(line) <= CELL else line[: CELL - 3] + "...")


def slug(name: str) -> str:
    """A name as part of a file's name: letters of ASCII, digits and "_"; never empty.

    Where letters are lost or too many, a short sum of the whole name follows.
    """
    name = readable(name)
    plain = re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_")
    lost = any(c.isalnum() and not c.isascii() for c in name)
    if plain and not lost and len(plain) <= LONGEST:
        return plain
    return "_".join(filter(None, [plain[:LONGEST].strip("_"), _sum(name)]))


def slugs(names: Iterable[str]) -> dict[str, str]:
    """A `slug` of each name, no two the same, not even where capitals are the same as others.

    Parameters
    ----------
    names : iterable of str

    Returns
    -------
    dict, name -> str
    """
    plain = {name: slug(name) for name in names}
    often = Counter(one.casefold() for one in plain.values())
    return {
        name: one if often[one.casefold()] == 1 else f"{one}_{_sum(name)}"
        for name, one in plain.items()
    }


def _sum(name):
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:6]
