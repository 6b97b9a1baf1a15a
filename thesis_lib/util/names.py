"""Names for readers: of embeddings, and those that tags, lists and files give, in one line."""

import unicodedata

from thesis_lib.util.notices import shown

EMBEDDINGS = {  # of a run, in the order in which they are shown
    "ours": "the network that comes with the suite",
    "adapted": "that network trained further here",
    "ours_untrained": "the network that comes with the suite, before its training",
    "trained": "the network trained here",
    "untrained": "the network trained here, before its training",
    "statistics": "log-Mel statistics",
}
LONGEST = 80  # characters of a name; longer ones are cut
LONGEST_LABEL = 1000  # of a label or song; more can only be a slip of a quotation mark


def clean(text: str, longest: int = LONGEST) -> str:
    """A text in one line: no control characters, no runs of blanks, not too long.

    Accents are composed, and bytes that are no UTF-8 are read as text.
    """
    text = unicodedata.normalize("NFC", shown(text[:10000]))
    text = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def presentable(name: str) -> str:
    """A name in one line, readable; empty only where it is: blanks alone are written in ASCII."""
    return clean(name, LONGEST_LABEL) or (ascii(name)[1:-1] if name else "")
