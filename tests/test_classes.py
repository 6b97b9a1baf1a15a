"""Names of classes and songs: what looks the same is one, and nothing else is."""

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from thesis_lib.datasets import classes


def test_labels_in_one_line_and_readable():
    raw = ["House\nsub", " x  y ", "fran\udce7ais", "", "\u200b", "01", "NaN", "Drum\x07"]
    want = ["House sub", "x y", "français", "", "\\u200b", "01", "NaN", "Drum"]
    assert classes.tidy(raw) == (want, [])


def test_what_looks_the_same_is_one_class_and_said():
    nfc, nfd = (unicodedata.normalize(form, "Électro") for form in ("NFC", "NFD"))
    labels, notes = classes.tidy([nfc, nfd, nfc, "house", "House"])
    assert labels == [nfc, nfc, nfc, "house", "House"]
    assert [note.split(" (")[0].split(" by ")[0] for note in notes] == [
        "The class 'Électro' is spelt in 2 ways that look alike",
        "The classes 'house' and 'House' differ",
    ]


def test_songs_that_look_the_same_stay_two():
    nfc, nfd = (unicodedata.normalize(form, "é") for form in ("NFC", "NFD"))
    assert classes.tidy_songs([nfc, nfd, nfc, "b"]) == ["é", "é (2)", "é", "b"]
    assert classes.tidy_songs([nfc, "é (2)", nfd]) == ["é", "é (2)", "é (3)"]


def test_songs_within_their_classes():
    songs, shared = classes.apart(["1", "1", "1", "2", "3", "3"], ["a", "b", "b", "a", "a", ""])
    assert songs == ["1 (a)", "1 (b)", "1 (b)", "2", "3", "3"] and shared == ["1"]


def test_the_commonest_spelling():
    assert classes.commonest(["rock", "Rock", "Rock", "ROCK", "", "Pop"]) == [
        *["Rock"] * 4,
        "",
        "Pop",
    ]


@settings(deadline=None, derandomize=True)
@given(st.lists(st.text(max_size=5), max_size=6))
def test_any_names_at_all(names):
    labels, _ = classes.tidy(names)
    assert [bool(label) for label in labels] == [bool(name) for name in names]
    songs = classes.tidy_songs(names)
    for one in (labels, songs):
        "".join(one).encode()
        assert not any(unicodedata.category(c) == "Cc" for c in "".join(one))
    pairs = {(raw, song) for raw, song in zip(names, songs, strict=True)}
    assert len(pairs) == len({song for _, song in pairs}) == len(set(names))
