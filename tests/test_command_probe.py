"""`thesis probe`: the vectors of any other model, scored."""

import command_line
import numpy as np
import pytest
from corpora import noise, write

from thesis_lib.datasets import music

said = pytest.fixture(command_line.said)


@pytest.fixture
def folder(tmp_path):
    """Nine songs of each of two classes."""
    for number in range(18):
        write(tmp_path / "songs" / "ab"[number % 2] / f"{number}.wav", noise(1, number))
    return tmp_path / "songs"


def test_vectors_that_say_the_class_have_full_marks(folder, tmp_path, said, capsys):
    table = music.read(folder).table
    rng = np.random.default_rng(0)
    vectors = (table.label == "a").to_numpy()[:, None] + rng.normal(0, 0.01, (18, 5))
    np.savez(tmp_path / "x.npz", path=table.path.to_numpy(str), vectors=vectors)
    assert said("probe", "--embeddings", tmp_path / "x.npz", "--music", folder) is None
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    found = {line[0]: list(map(float, line[1:])) for line in lines if line and line[0] != "metric"}
    assert found["macro_f1"] == [1, 1, 1] and found["map"] == [1, 1, 1]
    assert found["precision_at_10"] == [0.8, 0.8, 0.8]  # of ten, eight of the class are there


def test_a_recording_without_a_vector_is_said_in_a_sentence(folder, tmp_path, said):
    np.savez(tmp_path / "x.npz", path=["a/0.wav"], vectors=[[1.0]])
    message = said("probe", "--embeddings", tmp_path / "x.npz", "--music", folder)
    assert command_line.one_sentence(message) and "17 of 18 recordings" in message
