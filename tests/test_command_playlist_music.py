"""`thesis playlist` on music with a tempo and a key, and on names that real disks hold."""

import os

import command_line
import numpy as np
import pytest
from corpora import noise, write

from thesis_lib.datasets import playlists

said = pytest.fixture(command_line.said)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


def test_tempo_and_key_of_what_fits(said, runs, tmp_path, capsys, bench):
    made_music = bench("made_music")
    for name, bpm, key in (
        ("a", 120, 21),
        ("b", 124, 0),
        ("c", 150, 21),
        ("d", 60, 4),
        ("e", 122, 23),
    ):
        wave = made_music.piece(bpm, key, 12, seed=3)
        write(tmp_path / "music" / f"{name}.wav", wave / np.abs(wave).max(), made_music.RATE)
    out = ["--runs", runs, "--out", tmp_path / "set.m3u8"]

    def fits(*switches):
        assert said("playlist", tmp_path / "music", "--after", "a", *switches, *out) is None
        return {one.path.stem for one in playlists.read(tmp_path / "set.m3u8")[1:]}

    assert fits() == {*"bcde"} and fits("--bpm") == {*"bde"}
    assert fits("--key") == {*"bc"} and fits("--bpm", "--key") == {*"b"}
    assert fits("--boost") == {*"e"} and fits("--key", "--boost", "--bpm") == {*"be"}
    assert "8A" in capsys.readouterr().out


def test_names_with_odd_bytes_and_lists_in_another_folder(said, runs, tmp_path):
    names = ["#1 hit.wav", "two\nlines.wav", os.fsdecode(b"mod\xe0.wav"), "emoji 🎧.wav", " x.wav"]
    for seed, name in enumerate(names):
        write(tmp_path / "music" / "House" / "plain.wav", noise(3, seed))
        os.rename(tmp_path / "music/House/plain.wav", tmp_path / "music" / "House" / name)
    out = tmp_path / "a" / "b" / "set.m3u8"
    end = said("playlist", tmp_path / "music", "--order", "--out", out, "--runs", runs)
    assert end is None
    assert {os.path.basename(one.path) for one in playlists.read(out)} == {*names}
    assert all(os.path.isfile(one.path) for one in playlists.read(out))
    before = out.read_bytes()
    assert said("playlist", "--again", out, "--runs", runs) is None and out.read_bytes() == before
    odd = os.fsdecode(b"mod\xe0.wav")
    assert (
        said("playlist", tmp_path / "music", "--after", odd, "--out", out, "--runs", runs) is None
    )
