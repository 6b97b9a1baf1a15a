"""What a file's tags call a recording: artist, title, genre, beats per minute."""

import re
from pathlib import Path
from typing import Any, NamedTuple

from tinytag import TinyTag

from thesis_lib.util.names import LONGEST, clean

# The genres that ID3 has numbers for, from 0 on.
GENRES = (
    "Blues|Classic Rock|Country|Dance|Disco|Funk|Grunge|Hip-Hop|Jazz|Metal|New Age|"
    "Oldies|Other|Pop|R&B|Rap|Reggae|Rock|Techno|Industrial|Alternative|Ska|"
    "Death Metal|Pranks|Soundtrack|Euro-Techno|Ambient|Trip-Hop|Vocal|Jazz+Funk|"
    "Fusion|Trance|Classical|Instrumental|Acid|House|Game|Sound Clip|Gospel|Noise|"
    "Alt. Rock|Bass|Soul|Punk|Space|Meditative|Instrumental Pop|Instrumental Rock|"
    "Ethnic|Gothic|Darkwave|Techno-Industrial|Electronic|Pop-Folk|Eurodance|Dream|"
    "Southern Rock|Comedy|Cult|Gangsta Rap|Top 40|Christian Rap|Pop/Funk|Jungle|"
    "Native American|Cabaret|New Wave|Psychedelic|Rave|Showtunes|Trailer|Lo-Fi|"
    "Tribal|Acid Punk|Acid Jazz|Polka|Retro|Musical|Rock & Roll|Hard Rock|Folk|Folk-"
    "Rock|National Folk|Swing|Fast-Fusion|Bebop|Latin|Revival|Celtic|Bluegrass|"
    "Avantgarde|Gothic Rock|Progressive Rock|Psychedelic Rock|Symphonic Rock|Slow Rock|"
    "Big Band|Chorus|Easy Listening|Acoustic|Humour|Speech|Chanson|Opera|"
    "Chamber Music|Sonata|Symphony|Booty Bass|Primus|Porn Groove|Satire|Slow Jam|"
    "Club|Tango|Samba|Folklore|Ballad|Power Ballad|Rhythmic Soul|Freestyle|Duet|"
    "Punk Rock|Drum Solo|A Cappella|Euro-House|Dance Hall|Goa|Drum & Bass|Club-House|"
    "Hardcore|Terror|Indie|BritPop|Afro-Punk|Polsk Punk|Beat|Christian Gangsta Rap|"
    "Heavy Metal|Black Metal|Crossover|Contemporary Christian|Christian Rock|Merengue|"
    "Salsa|Thrash Metal|Anime|JPop|Synthpop|Abstract|Art Rock|Baroque|Bhangra|"
    "Big Beat|Breakbeat|Chillout|Downtempo|Dub|EBM|Eclectic|Electro|Electroclash|"
    "Emo|Experimental|Garage|Global|IDM|Illbient|Industro-Goth|Jam Band|Krautrock|"
    "Leftfield|Lounge|Math Rock|New Romantic|Nu-Breakz|Post-Punk|Post-Rock|Psytrance|"
    "Shoegaze|Space Rock|Trop Rock|World Music|Neoclassical|Audiobook|Audio Theatre|"
    "Neue Deutsche Welle|Podcast|Indie Rock|G-Funk|Dubstep|Garage Rock|Psybient"
).split("|")


class Tags(NamedTuple):
    """Name and genre by a file's tags, fit to be shown; empty where it has none."""

    name: str
    genre: str


def read(path: Path | str) -> Tags:
    """Read the tags of an audio file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    Tags
        Its `name` is "Artist - Title (128 BPM)", or as much of it as is known; empty without a
        title. Its `genre` is the first that is named, see `genre`. Both are empty where the
        file has no tags or damaged ones: tags are never worth an error.
    """
    try:
        tag = TinyTag.get(Path(path), duration=False)
        tags: dict[str, Any] = tag.as_dict()
        fields = {key: str(tags[key][0]) for key in _FIELDS if key in tags}
        genres = [genre(str(one)) for one in tags.get("genre", ())]
    except Exception:  # a damaged file makes the parser fail in whatever way
        return Tags("", "")
    fields = {key: clean(value) for key, value in fields.items()}
    name = named(fields.get("artist", ""), fields.get("title", ""), _bpm(fields.get("bpm", "")))
    return Tags(name, next(filter(None, genres), ""))


_FIELDS = ("artist", "title", "bpm")


def genre(text: str) -> str:
    """The first genre that a tag names, as taggers write it.

    Parameters
    ----------
    text : str
        A name; a number of ID3's list, "17" or "(17)", on its own or before a name that is more
        exact, "(17)Rock"; "(RX)" and "(CR)" are remix and cover. Of several the first counts:
        they are separated by semicolons, commas, NUL, or slashes without blanks around them (in
        "Minimal / Deep Tech" the slash belongs to the name), but not within parentheses.

    Returns
    -------
    str
        Empty where there is none: "(255)".
    """
    found = re.match(r"((?:\((?:\d+|RX|CR)\))*)(.*)", text[:1000].strip(), re.DOTALL)
    assert found  # of any text: both halves may be empty
    names = [found[2].replace("((", "("), *re.findall(r"\w+", found[1])]
    for one in names:
        first = re.match(r"(?:\([^)]*\)|[^;,\0/]|(?<=\s)/|/(?=\s))*", one.strip("; ,/\0"))
        if first and (name := clean(_by_number(first[0].strip()))):
            return name
    return ""


def _by_number(text):
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return GENRES[int(text)] if int(text) < len(GENRES) else ""
    return {"RX": "Remix", "CR": "Cover"}.get(text, text)


def named(artist: str, title: str, bpm: int = 0) -> str:
    """A recording's name, of what is known: "Artist - Title (128 BPM)"; empty without a title."""
    if not title:
        return ""
    name = f"{artist} - {title}" if artist else title
    tempo = f" ({bpm} BPM)" if bpm else ""
    return clean(name, LONGEST - len(tempo)) + tempo


def _bpm(text):
    """Beats per minute as a whole number; 0 where the tag holds nothing that can be one."""
    try:
        bpm = round(float(text))
    except (ValueError, OverflowError):
        return 0
    return bpm if 20 <= bpm <= 400 else 0
