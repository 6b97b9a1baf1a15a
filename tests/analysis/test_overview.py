"""A corpus in numbers, on a table by hand."""

import pandas as pd

from thesis_lib.analysis import overview

TABLE = pd.DataFrame(
    {
        "path": ["a.wav", "b.wav", "c.wav", "d.wav"],
        "label": ["x", "x", "y", "z"],
        "group": ["1", "2", "3", "4"],
        "duration": [30.0, 30, 60, 90],
        "node": ["1", "2", "2", "9"],
        "split": ["train", "train", "test", "test"],
        "known": [True, True, True, False],
    }
)


def test_splits():
    found = overview.splits(TABLE)
    assert found.loc["train"].tolist() == [2, 1.0, 1, 2, "1, 2"]
    assert found.loc["test"].tolist() == [2, 2.5, 2, 2, "2, 9"]


def test_a_sound_split_shares_nothing():
    assert overview.on_both_sides(TABLE) == set()


def test_a_session_on_both_sides_is_found():
    assert overview.on_both_sides(TABLE.assign(group=["1", "2", "2", "4"])) == {"2"}


def test_an_unknown_node_of_the_training_is_found():
    assert overview.on_both_sides(TABLE.assign(known=False)) == {"2"}


def test_what_is_not_learned_and_how_many_groups_it_has():
    more = pd.concat([TABLE, TABLE[3:].assign(group="5")])
    assert overview.not_learned(more).to_dict() == {"y": 1, "z": 2}
    assert overview.not_learned(TABLE.assign(label="x")).empty


def test_songs_of_each_class():
    found = overview.songs(TABLE.assign(group=["1", "1", "3", "4"]))
    assert found.loc["x"].tolist() == [1, 60, 1]
    assert found.songs.to_dict() == {"x": 1, "y": 1, "z": 1}
