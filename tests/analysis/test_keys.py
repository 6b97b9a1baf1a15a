"""Keys and the Camelot wheel, against the wheel as it is printed."""

import librosa
import numpy as np
import pytest

from thesis_lib.analysis import keys
from thesis_lib.util.errors import InputError

# Clockwise from 1, as it is printed: minor inside (A), major outside (B).
MINOR = "G# D# A# F C G D A E B F# C#".split()
MAJOR = "B F# C# G# D# A# F C G D A E".split()
WHEEL = {f"{note} {mode}": f"{hour}{letter}"
         for mode, letter, notes in (("minor", "A", MINOR), ("major", "B", MAJOR))
         for hour, note in enumerate(notes, 1)}  # fmt: skip


def key(name):
    return keys.NAMES.index(name)


def test_the_wheel():
    assert {keys.name(number): keys.camelot(number) for number in range(24)} == WHEEL
    assert keys.camelot(-1) == keys.name(-1) == ""


@pytest.mark.parametrize("number", range(24))
def test_a_profile_is_its_own_key(number):
    profile = np.roll((keys.MAJOR, keys.MINOR)[number // 12], number % 12)
    found, correlation = keys.key_of(3 * profile + 5)
    assert found == number and correlation == pytest.approx(1)


@pytest.mark.parametrize("name", ["C major", "F# major", "A minor", "C# minor"])
def test_the_scale_of_a_key_with_its_chord(name):
    tonic, scale = name.split(" ")[0], {"major": "maj", "minor": "min"}[name.split(" ")[1]]
    chroma = np.zeros(12)
    chroma[librosa.key_to_degrees(f"{tonic}:{scale}")] = 1
    chroma[(keys.NOTES.index(tonic) + np.array([0, 3 if scale == "min" else 4, 7])) % 12] += 1
    assert keys.key_of(chroma)[0] == key(name)


def test_notes_that_are_all_alike_have_no_key():
    assert keys.key_of(np.ones(12))[0] == keys.key_of(np.zeros(12))[0] == keys.UNKNOWN


def allowed(name, *rules):
    return {keys.camelot(other) for other in range(24) if keys.goes_with(key(name), other, rules)}


def test_what_goes_with_a_minor_by_the_two_rules():
    assert allowed("A minor", "harmonic") == {"8A", "8B", "7A", "9A"}
    assert allowed("A minor", "boost") == {"10A", "3A"}  # B minor and A# minor: a tone, half a tone
    assert allowed("A minor", "harmonic", "boost") == {"8A", "8B", "7A", "9A", "10A", "3A"}
    assert allowed("E major", "harmonic") == {
        "12B",
        "12A",
        "11B",
        "1B",
    }  # past the top of the wheel
    assert allowed("E major", "boost") == {"2B", "7B"}
    assert allowed("A minor") == set()


def test_an_unknown_key_goes_with_none_and_an_unknown_rule_is_named():
    assert not keys.goes_with(-1, -1) and not keys.goes_with(3, -1)
    with pytest.raises(InputError, match="rules: 'fifths' is none; choose from harmonic, boost"):
        keys.goes_with(0, 0, ["fifths"])
