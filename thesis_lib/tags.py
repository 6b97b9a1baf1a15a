"""What a file's tags call a recording: artist, title, genre, beats per minute."""

import unicodedata
from pathlib import Path
from typing import NamedTuple

from tinytag import TinyTag

from thesis_lib.notices import shown

LONGEST = 80  # characters of a name; longer ones are cut


class Tags(NamedTuple):
    """What a file's tags say, made fit to be shown; empty where they say nothing."""

    name: str
    genre: str


def read(path):
    """Read the tags of an audio file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Tags
        Its `name` is "Artist - Title (128 BPM)", or as much of it as is known; empty without a
        title. Both are empty where the file has no tags or damaged ones: tags are never worth
        an error.
    """
    try:
        tag = TinyTag.get(Path(path), duration=False)
        fields = {key: str(value[0]) for key, value in tag.as_dict().items() if key in _FIELDS}
    except Exception:  # a damaged file makes the parser fail in whatever way
        return Tags("", "")
    fields = {key: clean(value) for key, value in fields.items()}
    name = named(fields.get("artist", ""), fields.get("title", ""), _bpm(fields.get("bpm", "")))
    return Tags(name, fields.get("genre", ""))


_FIELDS = ("artist", "title", "genre", "bpm")


def named(artist, title, bpm=0):
    """A recording's name, of what is known: "Artist - Title (128 BPM)"; empty without a title."""
    if not title:
        return ""
    name = f"{artist} - {title}" if artist else title
    tempo = f" ({bpm} BPM)" if bpm else ""
    return clean(name, LONGEST - len(tempo)) + tempo


def clean(text, longest=LONGEST):
    """A text in one line: no control characters, no runs of blanks, not too long.

    Accents are composed, and bytes that are no UTF-8 are read as text.
    """
    text = unicodedata.normalize("NFC", shown(text[:10000]))
    text = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    text = " ".join(text.split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _bpm(text):
    """Beats per minute as a whole number; 0 where the tag says nothing that can be one."""
    try:
        bpm = round(float(text))
    except (ValueError, OverflowError):
        return 0
    return bpm if 20 <= bpm <= 400 else 0
