"""This minus that plus a third, on a cross of directions."""

import numpy as np
import pytest

from thesis_lib.analysis.arithmetic import arithmetic
from thesis_lib.util.errors import InputError

# Whether there is a voice (x), a drum (y); all of it far from the origin, which is taken off.
VECTORS = np.array([[1, 1], [1, -1], [-1, 1], [-1, -1], [0, 2], [2, 0], [0, -2], [-2, 0]]) + 50.0


def test_by_hand():
    # (voice and drum) - (drum alone) + (neither): (1,1) - (0,1) + (-1,-1), each of length 1.
    found = arithmetic(VECTORS, plus=[0, 3], minus=[4], k=2)
    assert found["item"].tolist() == [6, 1] and found["rank"].tolist() == [1, 2]
    np.testing.assert_allclose(found.cosine, [1, 0.5**0.5])


def test_the_inputs_are_left_out_and_their_songs():
    found = arithmetic(VECTORS, plus=[0], k=8)
    assert sorted(found["item"]) == [1, 2, 3, 4, 5, 6, 7]
    song = np.array([0, 1, 1, 2, 0, 3, 4, 5])
    found = arithmetic(VECTORS, plus=[0], k=8, group=song)
    assert not {0, 4} & set(found["item"])
    assert len(set(song[found["item"]])) == len(found) == 5


def test_rows_of_a_class_are_their_mean_and_may_be_the_answer():
    found = arithmetic(VECTORS, plus=[np.array([0, 1])], k=3)  # to the right
    assert found["item"].tolist()[0] == 5
    assert set(found["item"]) == {5, 0, 1}


def test_length_and_offset_do_not_matter():
    scaled = (VECTORS - 50) * 1000 - 3
    for name in ("item", "cosine"):
        one, other = (arithmetic(x, [0], [6])[name] for x in (VECTORS, scaled))
        np.testing.assert_allclose(one, other, rtol=1e-9)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: arithmetic(VECTORS, []), "plus: is empty"),
        (lambda: arithmetic(VECTORS, [0], [0]), "plus: cancels out with minus"),
        (lambda: arithmetic(VECTORS, [8]), "plus, minus: name row 8 of 8 sounds"),
        (lambda: arithmetic(VECTORS, [0.5]), "plus, minus: hold something else than row numbers"),
        (lambda: arithmetic(VECTORS, [0], k=0), "k: is 0"),
    ],
)
def test_bad_input_is_one_sentence(call, message):
    with pytest.raises(InputError, match=message):
        call()
