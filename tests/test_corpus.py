"""The table of recordings: checking it, cutting it, keeping it."""

import json
import os

import numpy as np
import pandas as pd
import pytest
from corpora import corpus_of, fill_disk, listing, noise, write

from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.datasets.validate import headers
from thesis_lib.embed import Embeddings
from thesis_lib.util.errors import InputError


@pytest.fixture
def corpus(tmp_path):
    waves = [noise(1, seed=i, channels=i + 1) for i in range(3)]
    return corpus_of(
        tmp_path / "audio", waves, ["0", "1", "test"], ["a", "", "b"], note="simulated"
    )


def test_a_whole_corpus_has_no_faults(corpus):
    assert headers(corpus) == []


def test_each_fault_is_a_sentence_that_names_the_file(corpus):
    path = [corpus.path(row) for row in corpus.table.itertuples()]
    path[0].unlink()
    write(path[1], noise(1, rate=8000, channels=2), 8000)
    write(path[2], noise(0.5, channels=3))
    faults = headers(corpus)
    says = ["is missing", "has 8000 Hz and 2 channel", "lasts 0.500 s where 1.000 s are expected"]
    for one, name, what in zip(faults, path, says, strict=True):
        assert one.startswith(f"{name} ") and what in one


def test_more_than_the_file_holds_is_a_fault(corpus):
    table = corpus.table.assign(start=[0.0, 0.5, 0.0])
    (fault,) = headers(Corpus("x", corpus.root, table))
    assert "01.wav lasts 1.000 s where 1.500 s are expected" in fault


def test_a_truncated_file_is_a_fault(corpus):
    path = corpus.path(corpus.table.iloc[2])
    path.write_bytes(path.read_bytes()[:-1000])
    (fault,) = headers(corpus)
    assert f"{path} is truncated" in fault


def test_nothing(corpus):
    with pytest.raises(InputError, match="audio holds no recordings"):
        headers(corpus.subset(np.zeros(3, bool)))


def test_one_class_is_enough(corpus):
    assert corpus.subset([True, True, False]).labels == ["a"]
    assert headers(corpus.subset([True, True, False])) == []


def test_without_any_label_there_is_no_class_to_miss(corpus):
    assert headers(Corpus("x", corpus.root, corpus.table.assign(label=""))) == []


def test_labels_are_the_known_ones_sorted(corpus):
    table = corpus.table.assign(label=["b", "", "a"])
    assert Corpus("x", corpus.root, table).labels == ["a", "b"]


def test_recordings_without_a_name_are_called_by_their_files(corpus):
    table = corpus.table.assign(name=["Artist - Title", "", ""])
    assert Corpus("x", corpus.root, table).table.name.tolist() == ["Artist - Title", "01", "02"]
    unnamed = Corpus("x", corpus.root, corpus.table.drop(columns="name"))
    assert unnamed.table.name.tolist() == ["00", "01", "02"]
    assert unnamed.each_channel().names.to_dict() == {f"{i:02d}.wav": f"{i:02d}" for i in range(3)}


def test_once_per_microphone(corpus):
    single = corpus.each_channel().table
    assert single.path.tolist() == [f"{i:02d}.wav" for i in (0, 1, 1, 2, 2, 2)]
    assert single.channel.tolist() == [0, 0, 1, 0, 1, 2]
    assert single.index.tolist() == list(range(6))
    assert corpus.table.channel.tolist() == [-1] * 3


def test_a_part_keeps_what_is_chosen(corpus):
    part = corpus.subset(corpus.table.label == "b")
    assert part.table.path.tolist() == ["02.wav"] and part.table.index.tolist() == [0]
    assert (part.name, part.note, part.root) == (corpus.name, corpus.note, corpus.root)


@pytest.mark.parametrize(
    "number, split", [(0, "test train test"), (1, "train test test"), (2, "train train test")]
)
def test_a_trial_holds_out_its_own_part_and_the_official_test(corpus, number, split):
    assert corpus.fold(number).table.split.tolist() == split.split()
    assert corpus.table.split.tolist() == ["0", "1", "test"]


def test_kept_and_opened_again(corpus, tmp_path):
    table = corpus.table.assign(label=["None", "NA", ""], group=["1", "007", "1e3"], node="2")
    table["name"] = ["007", 'Ö - <b>, "x"', "NA"]
    corpus = Corpus(corpus.name, corpus.root, table, corpus.note)
    corpus.save(tmp_path / "kept")
    again = Corpus.open(tmp_path / "kept")
    pd.testing.assert_frame_equal(again.table, table, check_dtype=False)
    assert again.table.label.tolist() == ["None", "NA", ""]
    assert again.table.group.tolist() == ["1", "007", "1e3"]
    assert (again.name, again.note, again.root) == (corpus.name, corpus.note, corpus.root)
    assert list(again.table) == list(COLUMNS)


@pytest.mark.parametrize(
    "splits, number, split",
    [
        ("0 1 train", 2, "test train train"),
        ("0 1 train", 3, "train test train"),
        ("0 2 0", 1, "train test train"),  # a part whose songs are all too short
        ("train train train", 1, "train train train"),
    ],
)
def test_the_parts_take_turns_where_there_are_fewer_than_trials(corpus, splits, number, split):
    few = Corpus("x", corpus.root, corpus.table.assign(split=splits.split()))
    assert few.fold(number).table.split.tolist() == split.split()


def test_what_was_left_out_is_kept(corpus, tmp_path):
    corpus = Corpus("x", corpus.root, corpus.table, left_out=("a is silent.", "Zoë \n is gone."))
    corpus.save(tmp_path / "kept")
    for one in (Corpus.open(tmp_path / "kept"), corpus.fold(1), corpus.each_channel()):
        assert one.left_out == corpus.left_out
    fewer = corpus.without([True, False, False], ["00.wav is short."])
    assert fewer.table.path.tolist() == ["01.wav", "02.wav"]
    assert fewer.left_out == (*corpus.left_out, "00.wav is short.")


def test_a_corpus_of_before_left_nothing_out(corpus, tmp_path):
    corpus.save(tmp_path / "kept")
    path = tmp_path / "kept" / "corpus.json"
    about = json.loads(path.read_text())
    del about["left_out"]
    path.write_text(json.dumps(about))
    assert Corpus.open(tmp_path / "kept").left_out == ()


def test_paths_of_any_bytes_are_kept(tmp_path):
    names = [b"mod\xe0.wav", b"two\nlines\r.wav", b'"x", y.wav', " é ".encode(), b"\xff\xfe"]
    corpus = corpus_of(tmp_path / "audio", [noise(0.1, i) for i in range(len(names))])
    table = corpus.table.assign(path=list(map(os.fsdecode, names)), name="")
    corpus = Corpus("x", tmp_path / "fran\udce7ais", table)
    corpus.save(tmp_path / "kept")
    again = Corpus.open(tmp_path / "kept")
    assert [os.fsencode(path) for path in again.table.path] == names
    assert os.fsencode(again.root) == os.fsencode(corpus.root)
    assert again.table.name.tolist() == ["modà", "two lines", '"x", y', "é", "ÿþ"]
    Embeddings(np.zeros((len(names), 2)), table).save(tmp_path / "vectors")
    assert Embeddings.open(tmp_path / "vectors").tiles.path.tolist() == table.path.tolist()


def test_a_corpus_opened_from_another_working_folder(corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Corpus("x", "audio", corpus.table).save("kept")
    monkeypatch.chdir("/")
    assert headers(Corpus.open(tmp_path / "kept")) == []


def test_no_corpus_there(tmp_path):
    with pytest.raises(InputError, match=f"{tmp_path} holds no corpus yet"):
        Corpus.open(tmp_path)


@pytest.mark.parametrize("file", ["corpus.csv", "corpus.json"])
def test_a_full_disk_leaves_the_corpus_as_it_was(corpus, tmp_path, monkeypatch, file):
    corpus.save(tmp_path / "kept")
    before = listing(tmp_path)
    fill_disk(monkeypatch, file)
    with pytest.raises(InputError, match=f"^{tmp_path / 'kept'}: the disk is full"):
        corpus.subset([True, False, False]).save(tmp_path / "kept")
    monkeypatch.undo()
    assert listing(tmp_path) == before
