"""Names that other people chose, made fit for where they are shown.

A name may hold anything a disk allows. It reaches HTML, Markdown and a figure only through here.
"""

import html
import re
import unicodedata

MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$])")


def readable(name):
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
        name = name.encode("utf-8", "surrogateescape").decode("cp1252", "replace")
    return unicodedata.normalize("NFC", name)


def as_html(name):
    """A name as HTML; what a notebook takes for a formula, "$" and "\\(", is taken apart."""
    return re.sub(r"[$\\]", r"<span>\g<0></span>", html.escape(readable(name)))


def as_markdown(name):
    """A name as Markdown that shows just the name, in one line."""
    return MARKDOWN.sub(r"\\\1", " ".join(readable(name).split()))
