"""The first songs of a collection, however it is laid out."""

import numpy as np
import pytest
from corpora import noise, tone, write

from thesis_lib.datasets.excerpts import excerpts

RATE = 16000


def songs(folder, *names, seconds=6.0):
    """Tones, each of its own pitch."""
    for number, name in enumerate(names):
        write(folder / name, tone(seconds, 200 + 100 * number).astype(np.float32))
    return folder


def test_the_first_song_of_each_of_three_classes(tmp_path):
    folder = songs(tmp_path, "b/2.wav", "b/1.wav", "a/1.wav", "d/1.wav", "c/1.wav")
    waves, passed_over = excerpts("music", folder, 2.0)
    assert list(waves) == ["a: 1", "b: 1", "c: 1"] and passed_over == []
    assert all(len(wave) == 2 * RATE for wave in waves.values())


def test_what_is_read_is_the_songs_beginning(tmp_path):
    whole = noise(8.0, seed=3)
    write(tmp_path / "a" / "long.wav", whole, subtype="FLOAT")
    write(tmp_path / "a" / "short.wav", whole[: 3 * RATE], subtype="FLOAT")
    waves, _ = excerpts("music", tmp_path, 5.0)
    np.testing.assert_array_equal(waves["a: long"], whole[: 5 * RATE])
    np.testing.assert_array_equal(waves["a: short"], whole[: 3 * RATE])


@pytest.mark.parametrize(
    "names, expected",
    [
        (["a/1.wav", "a/2.wav", "b/1.wav"], ["a: 1", "b: 1", "a: 2"]),
        (["a/1.wav", "a/2.wav", "a/3.wav", "a/4.wav"], ["a: 1", "a: 2", "a: 3"]),
        (["a/1.wav"], ["a: 1"]),
        (["a/1-A.wav", "a/1-B.wav", "a/2.wav"], ["a: 1-A", "a: 2"]),  # two excerpts of a song
    ],
)
def test_fewer_classes_give_more_songs_each(tmp_path, names, expected):
    waves, _ = excerpts("music", songs(tmp_path, *names), 2.0)
    assert list(waves) == expected


def test_a_list_over_one_folder_of_audio(tmp_path):
    songs(tmp_path / "audio", "1.wav", "2.wav", "3.wav")
    (tmp_path / "list.csv").write_text("path,label\naudio/3.wav,x\naudio/1.wav,y\naudio/2.wav,\n")
    waves, _ = excerpts("music", tmp_path, 2.0)
    assert list(waves) == ["2", "x: 3", "y: 1"]
    (tmp_path / "list.csv").write_text("path\naudio/1.wav\naudio/2.wav\n")
    waves, _ = excerpts("music", tmp_path, 2.0)
    assert list(waves) == ["1", "2"]


def test_playlists_and_links(tmp_path):
    store = songs(tmp_path / "store", "1.wav", "2.wav")
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "slow.m3u8").write_text(f"#EXTM3U\n#EXTINF:6,Ba$$ <b>\n{store / '1.wav'}\n")
    (lists / "fast.m3u8").write_text(f"{store / '2.wav'}\n")
    waves, _ = excerpts("music", lists, 2.0)
    assert list(waves) == ["fast: 2", "slow: Ba$$ <b>"]
    linked = tmp_path / "linked"
    for label, name in (("a", "1.wav"), ("b", "2.wav")):
        (linked / label).mkdir(parents=True)
        (linked / label / name).symlink_to(store / name)
    assert list(excerpts("music", linked, 2.0)[0]) == ["a: 1", "b: 2"]


def test_open_music_has_its_songs_in_numbered_folders(tmp_path):
    songs(tmp_path / "fma_medium", "000/000002.mp3", "000/000005.mp3", seconds=3.0)
    (tmp_path / "fma_metadata").mkdir()
    assert list(excerpts("fma", tmp_path, 2.0)[0]) == ["000002", "000005"]


def test_what_cannot_be_used_is_named_and_passed_over(tmp_path):
    songs(tmp_path, "a/2.wav", "b/1.wav")
    (tmp_path / "a" / "1.wav").write_bytes(b"RIFF no more")
    write(tmp_path / "b" / "0.wav", tone(1.0, 300))
    waves, passed_over = excerpts("music", tmp_path, 5.0, shortest=4.0)
    assert list(waves) == ["a: 2", "b: 1"]
    assert len(passed_over) == 2
    assert "a/1.wav" in passed_over[0] and "b/0.wav lasts 1.0 s" in passed_over[1]


def test_long_and_equal_titles(tmp_path):
    folder = songs(tmp_path, f"a/{'x' * 100} 1.wav", f"a/{'x' * 100} 2.wav", f"a/{'x' * 99}.wav")
    titles = list(excerpts("music", folder, 2.0)[0])
    assert len(set(titles)) == 3 and all(len(title) <= 76 for title in titles)
