"""The reader of music: what it leaves out, and the libraries too small or too bad to be used."""

import logging
import re

import numpy as np
import pytest
from corpora import noise, text, write
from song_library import SONGS, groups, library

from thesis_lib.datasets import music
from thesis_lib.datasets.validate import headers
from thesis_lib.util.errors import InputError


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
        ({}, "holds no audio; give a folder with music in it"),
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
    assert len(corpus.table) == len(songs.split()) and headers(corpus) == []
    for number in range(3):
        assert groups(corpus.fold(number), "train") and groups(corpus.fold(number), "test")
        assert not groups(corpus.fold(number), "train") & groups(corpus.fold(number), "test")
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
