"""The reader of music: folders of songs, whole songs on one side, and what may be wrong."""

import logging
import re

import mutagen
import numpy as np
import pandas as pd
import pytest
from corpora import MINI_MUSIC, noise, real, text, tone, write

from thesis_lib.audio import io as audio_io
from thesis_lib.corpus import in_trial
from thesis_lib.datasets import music
from thesis_lib.util.errors import InputError


def library(root, songs, seconds=0.5):
    """A folder of songs: {"class/name.wav": waveform, or None for noise}."""
    for i, (name, wave) in enumerate(songs.items()):
        write(root / name, noise(seconds, seed=i) if wave is None else wave)
    return root


SONGS = dict.fromkeys(
    [f"{genre}/song {i}.wav" for genre in ("techno", "trance") for i in range(6)]
    + [f"techno/takes-{letter}.wav" for letter in "ABC"]
)


def groups(corpus, split):
    return set(corpus.table.group[corpus.table.split == split])


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


@pytest.mark.parametrize("parts", [2, 3, 5])
def test_every_song_is_tested_in_one_trial_and_learned_from_in_all_others(tmp_path, parts):
    corpus = music.read(library(tmp_path, SONGS), parts=parts)
    tested = [groups(corpus.trial(k), "test") for k in range(parts)]
    assert sum(map(len, tested)) == corpus.table.group.nunique() == 13
    assert set.union(*tested) == set(corpus.table.group)
    for k in range(parts):
        trial = corpus.trial(k)
        assert not groups(trial, "train") & groups(trial, "test")
        sizes = trial.table.drop_duplicates("group").groupby(["label", "split"]).size()
        for label, songs in (("techno", 7), ("trance", 6)):
            assert abs(sizes[label, "test"] - songs / parts) < 1
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
    assert corpus.labels == ["a", "b"] and corpus.validate() == []


def test_a_list_without_labels_is_read_and_all_of_it_is_dealt(tmp_path):
    root = library(tmp_path / "mine", SONGS)
    text(root / "songs.csv", "path\n", *(f"{path}\n" for path in SONGS))
    corpus = music.read(root / "songs.csv")
    assert (corpus.name, corpus.labels, corpus.validate()) == ("songs", [], [])
    assert set(corpus.table.split) == {"0", "1", "2"} and len(corpus.table) == len(SONGS)


def test_some_without_a_label(tmp_path):
    root = library(tmp_path, SONGS)
    rows = [f"{path},{path.split('/')[0] if i % 3 else ''}\n" for i, path in enumerate(SONGS)]
    text(root / "songs.csv", "path,label\n", *rows)
    corpus = music.read(root)
    assert corpus.labels == ["techno", "trance"] and (corpus.table.label == "").sum() == 5


def test_hidden_files_and_what_is_no_audio_are_passed_over(tmp_path, caplog):
    root = library(tmp_path, SONGS)
    want = sorted(music.read(root).table.path)
    assert caplog.records == []
    for name in ("techno/._song 0.wav", ".Trash/x.wav", "techno/@eaDir/song 0.wav/x.jpg"):
        text(root / name, "no audio")
    corpus = music.read(root)
    assert sorted(corpus.table.path) == want and corpus.left_out == () and caplog.records == []
    for name in (
        "techno/.hidden/x.wav",
        "techno/cover.jpg",
        "loose.wav",
        "ATTRIBUTION.tsv",
        "techno/notes.txt",
        "techno/bought.m4p",
    ):
        text(root / name, "no audio")
    corpus = music.read(root)
    assert sorted(corpus.table.path) == want
    said = [record.getMessage() for record in caplog.records]
    for sentence, says in zip(
        corpus.left_out,
        (
            "1 file beside the class folders is of no class and left out (loose.wav)",
            f"{root}/techno/.hidden is hidden, for its name begins with a dot",
            "1 file of sound cannot be read by this ending (.m4p 1), such as techno/bought.m4p",
            "3 files are not audio (.jpg 1, .tsv 1, .txt 1)",
        ),
        strict=True,
    ):
        assert says in sentence and sum(one.endswith(sentence) for one in said) == 1


@pytest.mark.parametrize("stray", ["meta.txt", "dev", "eval", "evaluation_setup"])
def test_music_is_music_whatever_lies_beside_it(tmp_path, stray):
    root = library(tmp_path, SONGS)
    if stray == "meta.txt":
        text(root / stray, "audio/DevNode1_ex1_1.wav\teating\ts1\n")
    else:
        library(root / stray, {"1.wav": noise(0.5, 98), "2.wav": noise(0.5, 99)})
    labels = ["techno", "trance", *([stray] if stray != "meta.txt" else [])]
    assert music.read(root).labels == sorted(labels)


def test_a_log_does_not_grow_with_what_is_left_out(tmp_path, caplog):
    root = library(tmp_path, {"a/x.wav": None, "b/y.wav": None})
    gone = [f"gone {i}.wav\n" for i in range(100)]
    text(root / "s.csv", "path\n", "a/x.wav\n", "b/y.wav\n", *gone, "http://x\n")
    corpus = music.read(root)
    lines = [record.getMessage() for record in caplog.records]
    assert sum("is missing" in line for line in lines) == 20
    assert "Left out: and 80 more like this: restore it or take it out." in lines
    assert sum("a stream" in line for line in lines) == 1  # other kinds are told beside
    assert sum("is missing" in sentence for sentence in corpus.left_out) == 100


def test_files_that_cannot_be_read_are_named_and_the_rest_goes_on(tmp_path, caplog):
    root = library(tmp_path, SONGS)
    strange = noise(0.5)
    strange[7] = np.nan
    write(root / "techno/nan.wav", strange, subtype="FLOAT")
    write(root / "techno/silent.wav", np.zeros(8000))
    text(root / "techno/text.mp3", "no audio")
    text(root / "trance/empty.flac")
    cut = write(root / "trance/cut.ogg", noise(5))
    cut.write_bytes(cut.read_bytes()[:9000])
    with caplog.at_level(logging.WARNING):
        table = music.read(root).table
    assert sorted(table.path) == sorted(SONGS)
    bad = [
        "techno/nan.wav",
        "techno/silent.wav",
        "techno/text.mp3",
        "trance/cut.ogg",
        "trance/empty.flac",
    ]
    summary, *said = [record.getMessage() for record in caplog.records]
    assert summary == f"5 of {len(SONGS) + 5} files are left out:"
    for name, sentence in zip(bad, said, strict=True):
        assert sentence.startswith("Left out: ") and str(root / name) in sentence


@pytest.mark.parametrize(
    "songs, says",
    [
        ({"a/x.wav": None}, "holds a single song; at least two are needed"),
        ({"a/x-A.wav": None, "a/x-B.wav": None}, "holds a single song; at least two are needed"),
        ({"loose.wav": None}, "holds a single song; at least two are needed"),
        ({}, "holds no class folders with audio"),
        ({"a/x.wav": np.zeros(8000)}, r"holds no readable audio \(.*x\.wav is silent"),
    ],
)
def test_a_library_that_cannot_be_used(tmp_path, songs, says):
    with pytest.raises(InputError, match=f"^{re.escape(str(tmp_path))}.*{says}"):
        music.read(library(tmp_path, songs))


@pytest.mark.parametrize(
    "songs, says",
    [
        ("a/x a/y", "holds one class only, 'a', and so nothing to tell it from"),
        ("a/x a/y b/z", "the class 'b' holds a single song, trained on but never tested"),
        ("a/x a/y b/z-A b/z-B", "the class 'b' holds a single song, trained on but never"),
        ("a/x a/y b/z c/w", "the classes 'b', 'c' hold a single song, trained on but never"),
        ("a/x b/y", "each class holds a single song"),
        ("a/x b/y c/z d/w", "each class holds a single song"),
        ("x y", "holds no class folders; its 2 files are read without a class"),
        ("a/x a/y b/z b/w", None),
    ],
)
def test_the_smallest_corpora(tmp_path, caplog, songs, says):
    root = library(tmp_path, {f"{name}.wav": None for name in songs.split()})
    corpus = music.read(root)
    assert len(corpus.table) == len(songs.split()) and corpus.validate() == []
    for number in range(3):
        assert groups(corpus.trial(number), "train") and groups(corpus.trial(number), "test")
        assert not groups(corpus.trial(number), "train") & groups(corpus.trial(number), "test")
    assert len(corpus.left_out) == bool(says)
    assert not says or says in corpus.left_out[0] and says in caplog.text


def test_a_class_whose_other_songs_cannot_be_read(tmp_path):
    library(tmp_path, {"a/x.wav": None, "a/y.wav": None, "b/z.wav": None})
    text(tmp_path / "b" / "w.wav", "no audio")
    corpus = music.read(tmp_path)
    assert f"{tmp_path}/b/w.wav " in corpus.left_out[0]
    assert "cannot be read as audio" in corpus.left_out[0]
    assert "the class 'b' holds a single song" in corpus.left_out[1]
    assert corpus.table.split[corpus.table.label == "b"].tolist() == ["train"]


@pytest.mark.parametrize("parts", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("counts", [(2,), (1, 1), (2, 2), (1, 2), (1, 1, 1, 2), (3, 1), (5, 2)])
def test_dealing_few_songs(parts, counts):
    label = [f"class {k}" for k, count in enumerate(counts) for _ in range(count)]
    table = pd.DataFrame({"label": label, "group": [f"song {i}" for i in range(len(label))]})
    table["split"] = music.deal(table, parts, np.random.default_rng(0))
    single = table.groupby("label").group.transform("size") == 1
    assert ((table.split == "train") == (single & (max(counts) > 1))).all()
    if parts == 1:
        return
    for number in range(parts):
        assert set(in_trial(table, number).split) == {"train", "test"}


def test_a_class_of_which_nothing_can_be_read(tmp_path, caplog):
    root = library(tmp_path, dict.fromkeys(["a/x.wav", "a/y.wav", "b/x.wav", "b/y.wav"]))
    text(root / "c" / "z.wav", "no audio")
    corpus = music.read(root)
    assert corpus.labels == ["a", "b"] and "of the class 'c' no file can be read" in caplog.text
    assert "of the class 'c' no file can be read" in corpus.left_out[1]


def test_no_folder(tmp_path):
    text(tmp_path / "file")
    for path in (tmp_path / "file", tmp_path / "nowhere"):
        with pytest.raises(InputError, match=f"{path} is not a folder"):
            music.read(path)


def test_the_music_that_comes_with_the_suite(tmp_path, caplog):
    if not MINI_MUSIC.is_dir():
        pytest.skip(f"no music in {MINI_MUSIC}")
    for composer in ("Elysis", "Psymong"):
        (tmp_path / composer).symlink_to(MINI_MUSIC / composer)
    corpus = music.read(tmp_path)
    paths = [p.relative_to(tmp_path).as_posix() for p in tmp_path.glob("*/*.ogg")]
    assert sorted(corpus.table.path) == sorted(paths) and caplog.records == []
    assert corpus.labels == ["Elysis", "Psymong"]
    assert corpus.validate(tile_s=10.0) == []
    _no_song_on_both_sides(corpus, corpus.table.path.str.replace(r"-[A-Z]\.ogg$", "", regex=True))


def test_real_clips():
    """ESC-10: clips cut from one original recording never lie on both sides."""
    corpus = music.read(real("esc10"))
    assert len(corpus.table) == 398
    assert len(corpus.labels) == 10
    assert corpus.validate() == []
    _no_song_on_both_sides(corpus, corpus.table.path.str.extract(r"/\d+-(\d+)-[A-Z]\.ogg$")[0])


def _no_song_on_both_sides(corpus, source):
    assert source.notna().all() and source.nunique() < len(source)
    for k in range(3):
        split = corpus.trial(k).table.split
        assert set(split) == {"train", "test"}
        assert not set(source[split == "train"]) & set(source[split == "test"])
