"""A store that is made in shards, on one machine or several, is the same to the byte."""

import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
import small_stores
from corpora import corpus_of, listing, noise
from small_stores import build, contents

from thesis_lib.util.errors import InputError

corpus = pytest.fixture(small_stores.corpus)
whole = pytest.fixture(small_stores.whole)
decoded = pytest.fixture(small_stores.decoded)


@pytest.mark.parametrize("of", [1, 2, 5, 20])
def test_shards_join_to_the_same_store(corpus, whole, tmp_path, decoded, of):
    for number in range(of, 0, -1):
        assert build(corpus, tmp_path / "store", (number, of)) is None
    assert sorted(decoded) == corpus.table.path.tolist()  # each recording in one shard
    decoded.clear()
    build(corpus, tmp_path / "store")
    assert decoded == [] and contents(tmp_path / "store") == whole
    assert not list(tmp_path.glob("store.*"))


def test_a_damaged_frame_of_a_shard_is_computed_again(corpus, whole, tmp_path, decoded):
    build(corpus, tmp_path / "store", (1, 1))
    frames = np.load(tmp_path / "store.shard_1_of_1" / "frames.npy", mmap_mode="r+")
    frames[-1, -1] += 1  # in the last recording
    frames.flush()
    decoded.clear()
    build(corpus, tmp_path / "store")
    assert decoded == ["11.wav"] and contents(tmp_path / "store") == whole


def test_a_missing_shard_is_made_where_the_others_are_joined(corpus, whole, tmp_path, decoded):
    for number in (1, 3):
        build(corpus, tmp_path / "store", (number, 3))
    decoded.clear()
    build(corpus, tmp_path / "store")
    assert 0 < len(decoded) < 12 and contents(tmp_path / "store") == whole


def test_a_shard_of_another_corpus_is_left_out(corpus, whole, tmp_path):
    other = corpus_of(tmp_path / "other", [noise(2, seed=50 + i) for i in range(12)])
    build(other, tmp_path / "store", (1, 2))
    build(corpus, tmp_path / "store")
    assert contents(tmp_path / "store") == whole


@pytest.mark.parametrize("shard", [(0, 2), (3, 2)])
def test_a_shard_that_does_not_exist(corpus, tmp_path, shard):
    with pytest.raises(InputError, match=f"shard {shard[0]}/{shard[1]} does not exist"):
        build(corpus, tmp_path / "store", shard)
    assert listing(tmp_path).keys() == listing(tmp_path / "audio").keys() | {
        str(tmp_path / "audio")
    }


def test_a_second_machine_may_hold_the_audio_elsewhere(corpus, whole, tmp_path, decoded):
    build(corpus, tmp_path / "store", (1, 2))
    shutil.move(tmp_path / "audio", tmp_path / "elsewhere")
    for path in (tmp_path / "elsewhere").iterdir():
        os.utime(path, (0, 0))  # copied at another time
    decoded.clear()
    build(replace(corpus, root=tmp_path / "elsewhere"), tmp_path / "store")
    assert 0 < len(decoded) < 12 and contents(tmp_path / "store") == whole


def test_a_machine_without_audio_can_join_shards(corpus, whole, tmp_path):
    for number in (1, 2):
        build(corpus, tmp_path / "store", (number, 2))
    build(replace(corpus, root=tmp_path / "nowhere"), tmp_path / "store")
    assert contents(tmp_path / "store") == whole
