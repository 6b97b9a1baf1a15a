"""However a store is made, in one go, after a kill or in shards, it is the same to the byte."""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import soxr
import torch
from corpora import MINI_MUSIC, corpus_of, listing, noise, tone, write

from thesis_lib.audio import decode
from thesis_lib.audio import io as audio_io
from thesis_lib.pipeline import store_builder, store_parts
from thesis_lib.spectrogram import Features, log_mel
from thesis_lib.util.errors import InputError

FEATURES = Features(mels=32)


@pytest.fixture
def corpus(tmp_path):
    """Twelve recordings of different lengths."""
    return corpus_of(tmp_path / "audio", [noise(0.3 + 0.2 * i, seed=i) for i in range(12)])


def build(corpus, folder, shard=None):
    return store_builder.build(corpus, FEATURES, folder, shard, progress=False)


@pytest.fixture
def whole(corpus, tmp_path):
    """The files of a store made in one go."""
    build(corpus, tmp_path / "whole")
    return contents(tmp_path / "whole")


def contents(folder):
    """The files of a store; `records.npy` tells when its sounds were written, and may differ."""
    files = {path.name: path.read_bytes() for path in folder.iterdir()}  # and nothing else
    assert files.pop("records.npy")
    return files


@pytest.fixture
def decoded(monkeypatch):
    """The names of the files that are read from now on."""
    names, opened = [], decode.opened

    def noted(path, *args, **kwargs):
        names.append(path.name)
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(decode, "opened", noted)
    return names


def broken_off(corpus, folder, after):
    """Build until a recording cannot be read, then mend it."""
    path = corpus.root / f"{after:02d}.wav"
    good = path.read_bytes()
    path.write_bytes(good[:-40])
    with pytest.raises(InputError, match=path.name):
        build(corpus, folder)
    path.write_bytes(good)


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
note, store_builder.Part.note = store_builder.Part.note, noting
rename, store_builder.Path.rename = store_builder.Path.rename, moving
store_builder.build(Corpus.open(sys.argv[1]), Features(mels=32), sys.argv[2], progress=False)
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


@pytest.mark.parametrize("of", [1, 2, 5, 20])
def test_shards_join_to_the_same_store(corpus, whole, tmp_path, decoded, of):
    for number in range(of, 0, -1):
        assert build(corpus, tmp_path / "store", (number, of)) is None
    assert sorted(decoded) == corpus.table.path.tolist()  # each recording in one shard
    decoded.clear()
    build(corpus, tmp_path / "store")
    assert decoded == [] and contents(tmp_path / "store") == whole
    assert not list(tmp_path.glob("store.*"))


def test_a_store_that_is_made_is_not_made_again(corpus, whole, tmp_path, decoded):
    build(corpus, tmp_path / "store")
    decoded.clear()
    before = listing(tmp_path / "store")
    build(corpus, tmp_path / "store")
    assert decoded == [] and listing(tmp_path / "store") == before
    table = corpus.table.assign(label="another")
    store = build(replace(corpus, table=table), tmp_path / "store")
    assert decoded == [] and set(store.index.label) == {"another"}
    assert contents(tmp_path / "store")["frames.npy"] == whole["frames.npy"]
    assert contents(tmp_path / "store")["made.json"] != whole["made.json"]


def test_what_stays_in_a_corpus_is_not_computed_again(corpus, tmp_path, decoded):
    """Recordings leave, join and change places after a build was broken off."""
    want = corpus.table.iloc[[11, 3, 0, 1, 6, 9]].reset_index(drop=True)
    want = replace(corpus, table=want)
    build(want, tmp_path / "whole")
    decoded.clear()
    broken_off(corpus.part(np.arange(12) < 10), tmp_path / "store", after=6)
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


def test_what_was_begun_for_other_features_is_begun_anew(corpus, whole, tmp_path):
    broken_off(corpus, tmp_path / "store", after=8)
    store = store_builder.build(corpus, Features(mels=16), tmp_path / "store", progress=False)
    assert store.frames.shape[1] == 16
    build(corpus, tmp_path / "store")
    assert contents(tmp_path / "store") == whole


@pytest.mark.parametrize("name", ["plan.json", "records.npy", "frames.npy"])
@pytest.mark.parametrize("how", ["gone", "cut", "rubbish"])
def test_a_damaged_beginning_is_begun_anew(corpus, whole, tmp_path, name, how):
    broken_off(corpus, tmp_path / "store", after=8)
    path = tmp_path / "store.partial" / name
    if how == "gone":
        path.unlink()
    else:
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] if how == "cut" else b"rubbish")
    build(corpus, tmp_path / "store")
    assert contents(tmp_path / "store") == whole


@pytest.mark.parametrize("shard", [(0, 2), (3, 2)])
def test_a_shard_that_does_not_exist(corpus, tmp_path, shard):
    with pytest.raises(InputError, match=f"shard {shard[0]}/{shard[1]} does not exist"):
        build(corpus, tmp_path / "store", shard)
    assert listing(tmp_path).keys() == listing(tmp_path / "audio").keys() | {
        str(tmp_path / "audio")
    }


@pytest.mark.parametrize("rate", [16000, 22050, 44100])
def test_a_long_recording_is_read_in_pieces_without_a_seam(tmp_path, monkeypatch, decoded, rate):
    """Resampled in pieces, too, it is what it is when it is resampled at once.

    A tone that breaks off is heard as a click in the bands where it is quiet.
    """
    wave = np.float32(tone(3.21, 440, rate)) + noise(3.21, rate=rate, level=1e-4)
    corpus = corpus_of(tmp_path / "audio", [noise(0.5, rate=rate), wave], rate=rate)
    monkeypatch.setattr(store_builder, "PIECE", 50)
    store = build(corpus, tmp_path / "store")
    want = log_mel(soxr.resample(wave, rate, 16000), FEATURES).numpy()
    np.testing.assert_allclose(store.spectrogram(1), want, rtol=0, atol=1 / 16)
    assert decoded.count("01.wav") == 1


def test_long_recordings_share_the_room(corpus, monkeypatch):
    """Fewer are read at a time where each is large; one always is."""
    monkeypatch.setattr(store_builder, "cpu_count", lambda: 64)
    rows = corpus.table.assign(duration=1e5, sample_rate=48000)
    workers = [store_builder._workers(rows.assign(channels=n), FEATURES) for n in (1, 2, 8, 1000)]
    assert 64 > workers[0] > workers[1] > workers[2] > workers[3] == 1
    assert store_builder._workers(corpus.table, FEATURES) == 64


def test_the_hash_covers_every_frame(corpus, tmp_path):
    store = build(corpus, tmp_path / "store")
    records = np.zeros(12, store_parts.RECORD)
    for record, row in zip(records, store.index.itertuples(), strict=True):
        frames = store.frames[row.first_frame :][: row.n_frames]
        record["sha256"] = hashlib.sha256(frames.tobytes()).digest()
    made = {key: value for key, value in store.made.items() if key != "hash"}
    assert store_builder._hash(made, store.index, records) == store.made["hash"]
    records[7]["sha256"] = bytes(32)
    assert store_builder._hash(made, store.index, records) != store.made["hash"]


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


def test_single_precision_is_right_wherever_anything_is_heard():
    """Within 60 dB of a frame's loudest band to 0.001 dB, anywhere to 0.5 dB."""
    time_s = np.arange(32000) / 16000
    rng = np.random.default_rng(0)
    waves = [noise(2), 0.5 * np.sin(2 * np.pi * 440 * time_s) + 1e-4 * rng.standard_normal(32000)]
    for wave in waves:
        exact = log_mel(np.float32(wave))
        error = (log_mel(np.float32(wave), dtype=torch.float32) - exact).abs()
        assert error[exact > exact.amax(1, keepdim=True) - 60].max() < 1e-3
        assert error.max() < 0.5


def test_single_precision_is_lost_in_the_rounding_to_float16():
    """A store differs from one made in double precision in few values, by a step at most."""
    paths = sorted(MINI_MUSIC.glob("*/*.ogg"))[::40]
    waves = [audio_io.read(path, duration=5.0) for path in paths] + [noise(5)]
    exact = np.concatenate([log_mel(wave).numpy() for wave in waves]).astype(np.float16)
    fast = [log_mel(wave, dtype=torch.float32).numpy() for wave in waves]
    fast = np.concatenate(fast).astype(np.float16)
    off = fast != exact
    assert off.mean() < 2e-3
    assert np.abs(np.float32(fast) - exact).max() <= 1 / 16  # a step of float16 below -64 dB


def test_a_recording_replaced_by_noise_makes_another_store(corpus, whole, tmp_path):
    write(corpus.root / "03.wav", noise(0.9, seed=77), subtype="FLOAT")
    build(corpus, tmp_path / "store")
    assert contents(tmp_path / "store")["made.json"] != whole["made.json"]


@pytest.mark.parametrize("ending", ["mp3", "ogg"])
def test_a_long_compressed_recording_is_decoded_once(tmp_path, monkeypatch, decoded, ending):
    """Its middle cannot be sought in an MP3: in pieces it would be decoded again for each."""
    corpus = corpus_of(tmp_path / "audio", [noise(0.5), noise(0.5)])
    path = write(tmp_path / "audio" / f"set.{ending}", noise(4, rate=44100), 44100)
    row = {"path": path.name, "sample_rate": 44100, "start": 0.25, "duration": 3.5}
    corpus.table.loc[1, list(row)] = list(row.values())
    want = log_mel(audio_io.read(path, start=0.25, duration=3.5), FEATURES, torch.float32).half()
    monkeypatch.setattr(store_builder, "PIECE", 50)
    decoded.clear()
    store = build(corpus, tmp_path / "store")
    assert decoded.count(path.name) == 1
    np.testing.assert_allclose(store.spectrogram(1), want, rtol=0, atol=1 / 16)
    assert len(want) == store.index.n_frames[1]
