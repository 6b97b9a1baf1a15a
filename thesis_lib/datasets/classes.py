"""Names of classes and songs, tidied: what looks the same is one class, but never by accident."""

from collections import Counter
from collections.abc import Sequence
from itertools import count

from thesis_lib.util.names import presentable
from thesis_lib.util.notices import some


def tidy(labels: Sequence[str]) -> tuple[list[str], list[str]]:
    """Labels fit to be shown: in one line, accents composed, bytes that are no UTF-8 as text.

    Parameters
    ----------
    labels : list of str
        As folders, playlists or cells are called; empty where there is none.

    Returns
    -------
    labels : list of str
    notes : list of str
        A sentence for names that have become one, and for those that differ by case alone.
    """
    new = {raw: presentable(raw) for raw in dict.fromkeys(labels)}
    notes = [
        f"The class {label!r} is spelt in {len(raws)} ways that look alike ("
        f"{some(map(ascii, raws))}); they are read as one class."
        for label, raws in _alike(new, new.get).items()
    ]
    notes += [
        f"The classes {' and '.join(map(repr, same))} differ by upper and lower case alone; "
        "give them one name if they are one class."
        for same in _alike(dict.fromkeys(new.values()), str.casefold).values()
    ]
    return [new[raw] for raw in labels], notes


def tidy_songs(songs: Sequence[str]) -> list[str]:
    """Songs fit to be shown; two that would look the same get a number."""
    new, taken = {}, set()
    for raw in dict.fromkeys(songs):
        shown = new[raw] = presentable(raw)
        for other in count(2):
            if new[raw] not in taken:
                break
            new[raw] = f"{shown} ({other})"
        taken.add(new[raw])
    return [new[raw] for raw in songs]


def apart(songs: Sequence[str], labels: Sequence[str]) -> tuple[list[str], list[str]]:
    """Songs of a list, each within its class: "1" of two classes are two songs.

    Parameters
    ----------
    songs : list of str
    labels : list of str
        Files without a label are of the song that is called so, whatever its class.

    Returns
    -------
    songs : list of str
    shared : list of str
        The songs that were found in several classes, and carry the class in their name now.
    """
    classes: dict[str, set[str]] = {}
    for song, label in zip(songs, labels, strict=True):
        if label:
            classes.setdefault(song, set()).add(label)
    shared = {song for song, found in classes.items() if len(found) > 1}
    pairs = zip(songs, labels, strict=True)
    distinct = [f"{song} ({label})" if label and song in shared else song for song, label in pairs]
    return distinct, sorted(shared)


def commonest(labels: Sequence[str]) -> list[str]:
    """Labels that differ by case alone in the spelling that most of them have."""
    often = Counter(labels)
    best: dict[str, str] = {}
    for label in sorted(often, key=lambda one: (-often[one], one)):
        best.setdefault(label.casefold(), label)
    return [best[label.casefold()] for label in labels]


def _alike(names, key):
    """Of those names that share a key with others: key -> names."""
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(key(name), []).append(name)
    return {key: same for key, same in found.items() if len(same) > 1}
