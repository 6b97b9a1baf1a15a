"""Musical keys: which one the notes of a piece are in, and which go together on the Camelot wheel.

A key is a number from 0 to 23: 0 to 11 are C major, C# major, ... B major, 12 to 23 the minor keys
from C minor on; -1 is unknown. See 09_listening_room.

Profiles: C. L. Krumhansl and E. J. Kessler, "Tracing the dynamic changes in perceived tonal
organization in a spatial representation of musical keys", Psychological Review 89, 1982; the
correlation: C. L. Krumhansl, Cognitive Foundations of Musical Pitch, 1990, chapter 4. The wheel: M.
Davis, in the software Mixed In Key. Its two rules, of which `goes_with` asks one or both:

- "harmonic": the same number, major or minor, or one number up or down of the same letter, that is
  the relative key or a fifth.
- "boost": seven or two numbers up of the same letter, that is a half or a whole tone up, to raise
  the energy (DJs' modulation mix: "Mixing in key, part 2", medwaystudios.com).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from thesis_lib.util.arrays import matrix
from thesis_lib.util.errors import InputError

MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)  # C major, from C
MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)  # C minor, from C
NOTES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
NAMES = tuple(f"{note} {mode}" for mode in ("major", "minor") for note in NOTES)
RULES = ("harmonic", "boost")
UNKNOWN = -1


def key_of(chroma: ArrayLike) -> tuple[int, float]:
    """The key of a piece, from how much there is of each of the twelve notes (09_listening_room).

    Parameters
    ----------
    chroma : (12,) array
        From C on.

    Returns
    -------
    key : int, 0 to 23; -1 where all notes are alike
    correlation : float, with the profile of that key; NaN where it is unknown
    """
    notes = matrix(np.atleast_2d(np.asarray(chroma)), "chroma")[0].astype(np.float64)
    if notes.shape != (12,):
        raise InputError(f"chroma: has shape {notes.shape}; give one number for each of 12 notes")
    if np.ptp(notes) <= 1e-9 * np.abs(notes).max():
        return UNKNOWN, float("nan")
    profiles = [np.roll(profile, note) for profile in (MAJOR, MINOR) for note in range(12)]
    found = np.corrcoef(notes, profiles)[0, 1:]
    return int(found.argmax()), float(found.max())


def name(key: int) -> str:
    """A key in words, "A minor"; "" where it is unknown (09_listening_room)."""
    return NAMES[key] if key >= 0 else ""


def camelot(key: int) -> str:
    """A key as DJs write it, "8A" for A minor; "" where it is unknown (09_listening_room)."""
    return f"{_number(key) or 12}{'AB'[key < 12]}" if key >= 0 else ""


def goes_with(key: int, other: int, rules: Sequence[str] = ("harmonic",)) -> bool:
    """Whether a piece in `other` can follow one in `key` (09_listening_room).

    Parameters
    ----------
    key, other : int
        An unknown key goes with none.
    rules : some of `RULES`
        One that allows it is enough.

    Returns
    -------
    bool
    """
    unknown = set(rules) - set(RULES)
    if unknown:
        raise InputError(f"rules: {sorted(unknown)[0]!r} is none; choose from {', '.join(RULES)}")
    if key < 0 or other < 0:
        return False
    steps, same = (_number(other) - _number(key)) % 12, (key < 12) == (other < 12)
    allowed = {
        "harmonic": steps == 0 or same and steps in (1, 11),
        "boost": same and steps in (2, 7),
    }
    return any(allowed[rule] for rule in rules)


def _number(key):
    """The hour of a key on the wheel, 0 for 12: a fifth up is one on, and C major is at 8."""
    note = key if key < 12 else key + 3  # a minor key is where its relative major is
    return (8 + 7 * note) % 12
