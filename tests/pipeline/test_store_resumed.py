"""A store whose making broke off: it goes on with what is missing, and is the same to the byte."""

import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import small_stores
from corpora import noise, write
from small_stores import broken_off, build, contents

from thesis_lib.pipeline import store_builder
from thesis_lib.spectrogram import Features

corpus = pytest.fixture(small_stores.corpus)
whole = pytest.fixture(small_stores.whole)
decoded = pytest.fixture(small_stores.decoded)


def test_after_an_error_it_goes_on_with_what_is_missing(corpus, whole, tmp_path, decoded):
    broken_off(corpus, tmp_path / "store", after=8)
    done = np.load(tmp_path / "store.partial" / "records.npy")["done"]
    assert 0 < done.sum() < len(done)
    decoded.clear()
    build(corpus, tmp_path / "store")
    assert contents(tmp_path / "store") == whole
    assert sorted(decoded) == [f"{i:02d}.wav" for i in np.flatnonzero(~done)]


KILLED = """
import os, sys
import numpy as np
from thesis_lib.pipeline import store_builder
from thesis_lib.corpus import Corpus
from thesis_lib.spectrogram import Features
where, save, times = sys.argv[3], np.save, 0

def wait():
    print("here", flush=True)
    sys.stdin.read()  # until it is killed

def saving(place, records):
    save(place, records)
    if where == "in a write" and records["done"].sum() >= 4:
        wait()

def noting(part, row, *found):
    note(part, row, *found)
    if where == "between" and part.records["done"].sum() == 5:
        wait()

def moving(folder, to):
    if where == "at the end" and str(to).endswith("store"):
        wait()
    return rename(folder, to)

np.save, store_builder.SAVED = saving, 0
note, store_builder.Part.mark_done = store_builder.Part.mark_done, noting
rename, store_builder.Path.rename = store_builder.Path.rename, moving
store_builder.build(Corpus.open(sys.argv[1]), Features(n_mels=32), sys.argv[2], progress=False)
"""


@pytest.mark.parametrize("where", ["between", "in a write", "at the end"])
def test_killed_in_the_middle_it_goes_on(corpus, whole, tmp_path, decoded, where):
    corpus.save(tmp_path / "corpus")
    line = [sys.executable, "-c", KILLED, tmp_path / "corpus", tmp_path / "store", where]
    process = subprocess.Popen(
        list(map(str, line)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "here\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert not (tmp_path / "store").exists()
    done = np.load(tmp_path / "store.partial" / "records.npy")["done"]
    assert done.sum() == {"between": 4, "in a write": 3, "at the end": 12}[where]
    assert where != "in a write" or list((tmp_path / "store.partial").glob(".*"))
    build(corpus, tmp_path / "store")
    assert contents(tmp_path / "store") == whole
    assert len(decoded) == (~done).sum()


def test_what_stays_in_a_corpus_is_not_computed_again(corpus, tmp_path, decoded):
    """Recordings leave, join and change places after a build was broken off."""
    want = corpus.table.iloc[[11, 3, 0, 1, 6, 9]].reset_index(drop=True)
    want = replace(corpus, table=want)
    build(want, tmp_path / "whole")
    decoded.clear()
    broken_off(corpus.subset(np.arange(12) < 10), tmp_path / "store", after=6)
    assert sorted(decoded) == corpus.table.path[:10].tolist()
    decoded.clear()
    build(want, tmp_path / "store")
    assert sorted(decoded) == ["06.wav", "11.wav"]
    assert contents(tmp_path / "store") == contents(tmp_path / "whole")
    assert not list(tmp_path.glob("store.*"))


def test_a_file_that_changed_is_read_again(corpus, tmp_path, decoded):
    """Of the same name and size, after its frames were done: in a part, and in a store."""
    broken_off(corpus, tmp_path / "store", after=8)
    for number in (2, 5):
        write(corpus.root / f"{number:02d}.wav", noise(0.3 + 0.2 * number, 99), subtype="FLOAT")
        decoded.clear()
        build(corpus, tmp_path / "store")
        assert f"{number:02d}.wav" in decoded and len(decoded) <= 2
    build(corpus, tmp_path / "whole")
    assert contents(tmp_path / "store") == contents(tmp_path / "whole")


def test_what_was_begun_for_other_features_is_begun_again(corpus, whole, tmp_path):
    broken_off(corpus, tmp_path / "store", after=8)
    store = store_builder.build(corpus, Features(n_mels=16), tmp_path / "store", progress=False)
    assert store.frames.shape[1] == 16
    build(corpus, tmp_path / "store")
    assert contents(tmp_path / "store") == whole


@pytest.mark.parametrize("name", ["plan.json", "records.npy", "frames.npy"])
@pytest.mark.parametrize("how", ["gone", "cut", "rubbish"])
def test_a_damaged_beginning_is_begun_again(corpus, whole, tmp_path, name, how):
    broken_off(corpus, tmp_path / "store", after=8)
    path = tmp_path / "store.partial" / name
    if how == "gone":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] if how == "cut" else b"rubbish")
    build(corpus, tmp_path / "store")
    assert contents(tmp_path / "store") == whole
