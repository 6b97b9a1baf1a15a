"""What fits after a song, on a line of songs."""

import numpy as np
import pytest

from thesis_lib.analysis import keys
from thesis_lib.analysis.mixing import after
from thesis_lib.util.errors import InputError

LINE = np.array([0, 1, -2, 3, -4, 5.0])[:, None]
BPM = [120, 60, 140, np.nan, 126, 245]
KEY = [keys.NAMES.index(name) for name in
       ("A minor", "C major", "A minor", "E minor", "B minor", "C# minor")]  # fmt: skip


def test_by_distance_alone():
    table = after(LINE, 0)
    assert table["item"].tolist() == [1, 2, 3, 4, 5] and table.distance.tolist() == [1, 2, 3, 4, 5]
    assert table.columns.tolist() == ["rank", "item", "distance"]
    assert after(LINE, 0, k=2)["item"].tolist() == [1, 2]
    assert after(LINE, 3)["item"].tolist() == [1, 5, 0, 2, 4]  # at 1, 5, 0, -2, -4


def test_tempo_on_and_off():
    table = after(LINE, 0, bpm=BPM)
    assert table["item"].tolist() == [1, 4, 5]  # half, 5 % more, double and 2 %
    np.testing.assert_allclose(table.change, [0, 0.05, 245 / 240 - 1])


def test_either_rule_of_keys_on_and_off():
    assert after(LINE, 0, key=KEY)["item"].tolist() == [1, 2, 3]
    assert after(LINE, 0, key=KEY, rules=["boost"])["item"].tolist() == [4]
    assert after(LINE, 0, key=KEY, rules=keys.RULES)["item"].tolist() == [1, 2, 3, 4]
    assert after(LINE, 0, bpm=BPM, key=KEY, rules=keys.RULES)["item"].tolist() == [1, 4]


def test_of_a_song_without_a_tempo_nothing_fits_and_its_takes_are_left_out():
    assert after(LINE, 3, bpm=BPM).empty
    assert after(LINE, 0, group=list("aabbcc"))["item"].tolist() == [2, 3, 4, 5]


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: after(LINE, 6), "song: is 6; give a whole number from 0 to 5"),
        (lambda: after(LINE, 0, bpm=[120]), "bpm: has shape"),
        (lambda: after(LINE, 0, key=KEY, rules=["x"]), "rules: 'x' is none"),
    ],
)
def test_bad_input_is_one_sentence(call, message):
    with pytest.raises(InputError, match=message):
        call()
