"""The reader of music: folders of songs, what they are called, and whole songs on one side."""

import mutagen
import numpy as np
import pandas as pd
import pytest
from corpora import MINI_MUSIC, noise, real, text, tone, write
from song_library import SONGS, groups, library

from thesis_lib.audio import io as audio_io
from thesis_lib.corpus import apply_fold
from thesis_lib.datasets import music
from thesis_lib.datasets.validate import headers


def test_folders_are_classes_and_files_are_songs(tmp_path):
    root = library(
        tmp_path / "my_music",
        {"a b/x.wav": None, "a b/y.flac": None}
        | {"c/deep/er/z.ogg": None, "c/w-1.aiff": None, "c/v.MP3": None},
    )
    table = music.read(root).table.set_index("path")
    assert sorted(table.index) == [
        "a b/x.wav",
        "a b/y.flac",
        "c/deep/er/z.ogg",
        "c/v.MP3",
        "c/w-1.aiff",
    ]
    assert table.label.to_dict() == {path: path.split("/")[0] for path in table.index}
    assert table.group.nunique() == 5
    assert set(table.sample_rate) == {16000} and set(table.channels) == {1}


def test_name_and_note(tmp_path):
    corpus = music.read(library(tmp_path / "my_music", SONGS), note="seven composers")
    assert (corpus.name, corpus.note, corpus.root) == (
        "my music",
        "seven composers",
        tmp_path / "my_music",
    )


def test_takes_of_a_song_are_one_song(tmp_path):
    names = [
        "x/one-A.wav",
        "x/one-B.wav",
        "x/two-A.wav",
        "x/one-AB.wav",
        "x/one-a.wav",
        "y/one-A.wav",
        "y/other.wav",
    ]
    table = music.read(library(tmp_path, dict.fromkeys(names))).table.set_index("path")
    group = table.group.to_dict()
    assert group["x/one-A.wav"] == group["x/one-B.wav"]
    assert table.group.nunique() == 6  # nothing else is the same song


@pytest.mark.parametrize("folds", [2, 3, 5])
def test_every_song_is_tested_in_one_fold_and_learned_from_in_all_others(tmp_path, folds):
    corpus = music.read(library(tmp_path, SONGS), folds=folds)
    tested = [groups(corpus.fold(k), "test") for k in range(folds)]
    assert sum(map(len, tested)) == corpus.table.group.nunique() == 13
    assert set.union(*tested) == set(corpus.table.group)
    for k in range(folds):
        fold = corpus.fold(k)
        assert not groups(fold, "train") & groups(fold, "test")
        sizes = fold.table.drop_duplicates("group").groupby(["label", "split"]).size()
        for label, songs in (("techno", 7), ("trance", 6)):
            assert abs(sizes[label, "test"] - songs / folds) < 1
            assert sizes[label].sum() == songs


def test_the_split_is_the_same_each_time_and_another_for_another_seed(tmp_path):
    root = library(tmp_path, SONGS)
    splits = [music.read(root, seed=seed).table.split.tolist() for seed in (1, 1, 2)]
    assert splits[0] == splits[1] != splits[2]


def test_silence_at_both_ends_is_trimmed(tmp_path):
    wave = np.concatenate([np.zeros(16000), tone(2, 440), np.zeros(24000)])
    root = library(tmp_path, SONGS | {"techno/silent ends.wav": wave})
    corpus = music.read(root)
    row = corpus.table[corpus.table.path == "techno/silent ends.wav"].iloc[0]
    assert 0.9 <= row.start <= 1.0  # trimming looks at 128 ms at a time
    assert 3.0 <= row.start + row.duration <= 3.15
    wave = audio_io.read(corpus.path(row), 16000, row.channel, row.start, row.duration)
    assert np.abs(wave[-3000:]).max() > 0.4 and np.abs(wave[:3000]).max() > 0.4


def test_nothing_is_trimmed_where_nothing_is_silent(tmp_path):
    for rate in (16000, 44100, 11025):
        write(tmp_path / "a" / f"{rate}.wav", noise(1, rate=rate), rate)
        write(tmp_path / "b" / f"{rate}.wav", noise(1, rate=rate, channels=2), rate)
    table = music.read(tmp_path).table
    assert set(table.start) == {0} and set(table.duration) == {1}
    assert sorted(set(table.sample_rate)) == [11025, 16000, 44100]
    assert table.channels.tolist() == [1] * 3 + [2] * 3


def test_recordings_are_called_by_their_tags_or_by_their_files(tmp_path):
    root = library(tmp_path, dict.fromkeys(f"{k}/song {i}.flac" for k in "ab" for i in range(4)))
    same = {"artist": "Orbital", "title": "Halcyon"}
    for name, said in {
        "a/song 1": {"artist": "Björk", "title": "Jóga", "bpm": "87"},
        "a/song 2": same,
        "b/song 3": same,
    }.items():
        file = mutagen.File(root / f"{name}.flac")
        file.update(said)
        file.save()
    names = music.read(root).table.set_index("path").name
    assert names["a/song 1.flac"] == "Björk - Jóga (87 BPM)"
    # no two recordings are called the same
    assert names["a/song 2.flac"] == "Orbital - Halcyon (song 2)"
    assert names["b/song 3.flac"] == "Orbital - Halcyon" + " (song 3)"
    assert names["a/song 3.flac"] == "song 3" and names["b/song 2.flac"] == "song 2"
    assert names["a/song 0.flac"] == "a/song 0" and names["b/song 0.flac"] == "b/song 0"
    assert names.is_unique


def test_takes_of_a_song_are_called_by_their_letters(tmp_path):
    root = library(tmp_path, dict.fromkeys(["a/x-A.flac", "a/x-B.flac", "a/y.flac", "b/z.flac"]))
    library(tmp_path, {"b/w.flac": None, "b/z.wav": None})
    for name in ("a/x-A", "a/x-B", "b/w"):
        file = mutagen.File(root / f"{name}.flac")
        file["title"] = "Flim"
        file.save()
    names = music.read(root).table.set_index("path").name
    assert names.is_unique
    assert names["a/x-A.flac"] == "Flim (A)" and names["a/x-B.flac"] == "Flim (B)"
    assert names["b/w.flac"] == "Flim" and names["a/y.flac"] == "y"
    assert names["b/z.flac"] == "b/z.flac" and names["b/z.wav"] == "b/z.wav"


def test_what_a_playlist_calls_a_track_counts_where_tags_are_none(tmp_path):
    library(tmp_path, dict.fromkeys(f"in/{i}.wav" for i in range(4)))
    text(tmp_path / "a.m3u8", "#EXTINF:1,X - One\n", "in/0.wav\n", "in/1.wav\n")
    text(tmp_path / "b.m3u8", "in/2.wav\n", "in/3.wav\n", "http://radio.org\n")
    corpus = music.read(tmp_path)
    assert corpus.table["name"].tolist() == ["X - One", "1", "2", "3"]
    assert corpus.labels == ["a", "b"] and headers(corpus) == []


def test_a_list_without_labels_is_read_and_all_of_it_is_assigned(tmp_path):
    root = library(tmp_path / "mine", SONGS)
    text(root / "songs.csv", "path\n", *(f"{path}\n" for path in SONGS))
    corpus = music.read(root / "songs.csv")
    assert (corpus.name, corpus.labels, headers(corpus)) == ("songs", [], [])
    assert set(corpus.table.split) == {"0", "1", "2"} and len(corpus.table) == len(SONGS)


def test_some_without_a_label(tmp_path):
    root = library(tmp_path, SONGS)
    rows = [f"{path},{path.split('/')[0] if i % 3 else ''}\n" for i, path in enumerate(SONGS)]
    text(root / "songs.csv", "path,label\n", *rows)
    corpus = music.read(root)
    assert corpus.labels == ["techno", "trance"] and (corpus.table.label == "").sum() == 5


@pytest.mark.parametrize("stray", ["meta.txt", "dev", "eval", "evaluation_setup"])
def test_music_is_music_whatever_lies_beside_it(tmp_path, stray):
    root = library(tmp_path, SONGS)
    if stray == "meta.txt":
        text(root / stray, "audio/DevNode1_ex1_1.wav\teating\ts1\n")
    else:
        library(root / stray, {"1.wav": noise(0.5, 98), "2.wav": noise(0.5, 99)})
    labels = ["techno", "trance", *([stray] if stray != "meta.txt" else [])]
    assert music.read(root).labels == sorted(labels)


@pytest.mark.parametrize("folds", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("counts", [(2,), (1, 1), (2, 2), (1, 2), (1, 1, 1, 2), (3, 1), (5, 2)])
def test_folds_of_few_songs(folds, counts):
    label = [f"class {k}" for k, count in enumerate(counts) for _ in range(count)]
    table = pd.DataFrame({"label": label, "group": [f"song {i}" for i in range(len(label))]})
    table["split"] = music.assign_folds(table, folds, np.random.default_rng(0))
    single = table.groupby("label").group.transform("size") == 1
    assert ((table.split == "train") == (single & (max(counts) > 1))).all()
    if folds == 1:
        return
    for number in range(folds):
        assert set(apply_fold(table, number).split) == {"train", "test"}


def test_the_music_that_comes_with_the_suite(tmp_path, caplog):
    if not MINI_MUSIC.is_dir():
        pytest.skip(f"no music in {MINI_MUSIC}")
    for composer in ("Elysis", "Psymong"):
        (tmp_path / composer).symlink_to(MINI_MUSIC / composer)
    corpus = music.read(tmp_path)
    paths = [p.relative_to(tmp_path).as_posix() for p in tmp_path.glob("*/*.ogg")]
    assert sorted(corpus.table.path) == sorted(paths) and caplog.records == []
    assert corpus.labels == ["Elysis", "Psymong"]
    assert headers(corpus) == []
    _no_song_on_both_sides(corpus, corpus.table.path.str.replace(r"-[A-Z]\.ogg$", "", regex=True))


def test_real_clips():
    """ESC-10: clips cut from one original recording never lie on both sides."""
    corpus = music.read(real("esc10"))
    assert len(corpus.table) == 398
    assert len(corpus.labels) == 10
    assert headers(corpus) == []
    _no_song_on_both_sides(corpus, corpus.table.path.str.extract(r"/\d+-(\d+)-[A-Z]\.ogg$")[0])


def _no_song_on_both_sides(corpus, source):
    assert source.notna().all() and source.nunique() < len(source)
    for k in range(3):
        split = corpus.fold(k).table.split
        assert set(split) == {"train", "test"}
        assert not set(source[split == "train"]) & set(source[split == "test"])
