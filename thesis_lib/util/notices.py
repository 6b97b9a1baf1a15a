"""What was left out or passed over, in sentences: readable, and no more of them than one reads."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from logging import Logger

from thesis_lib.util.text import readable

MOST = 20  # lines of one kind in a log; the corpus keeps all of them
BYTES = re.compile("[\udc80-\udcff]+")  # how Python has bytes of a name that are no UTF-8
HALVES = re.compile("[\ud800-\udfff]")  # of a pair, which tags can hold


def log_notices(log: Logger, sentences: Iterable[str], start: str = "") -> None:
    """Write sentences to a log as warnings, at most `MOST` of a kind, see `grouped`.

    Parameters
    ----------
    log : logging.Logger
    sentences : iterable of str
    start : str
        What each line begins with.
    """
    for sentence in grouped(sentences):
        log.warning("%s%s", start, sentence)


def grouped(sentences: Iterable[str]) -> Iterator[str]:
    """At most `MOST` sentences of a kind, and one that counts the rest of it.

    Of one kind are those that end in the same advice, which is what follows the last semicolon.

    Parameters
    ----------
    sentences : iterable of str

    Yields
    ------
    str, in one line
    """
    kinds: Counter[str] = Counter()
    for sentence in sentences:
        kind = sentence.rpartition("; ")[2]
        kinds[kind] += 1
        if kinds[kind] <= MOST:
            yield shown(sentence)
    for kind, count in kinds.items():
        if count > MOST:
            yield f"and {count - MOST} more like this: {shown(kind)}"


def shown(sentence: object) -> str:
    """A sentence in one line, the bytes in it that are no UTF-8 read as text."""
    sentence = BYTES.sub(lambda found: readable(found[0]), str(sentence))
    sentence = HALVES.sub("\N{REPLACEMENT CHARACTER}", sentence)
    return "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in sentence)


def some(names: Iterable[object], most: int = 3) -> str:
    """The first of some names, and dots if there are more: "a, b, c, ..."."""
    names = list(names)
    return ", ".join(map(str, names[:most])) + ", ..." * (len(names) > most)


def number(count: int, one: str, more: str = "") -> str:
    """ "1 file", "2 files"."""
    return f"{count} {one if count == 1 else more or one + 's'}"
