"""The spectrogram store: what is in it, what its hash means, and that it is whole or not there."""

import errno
import json
import os
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import soxr
import torch
from corpora import corpus_of, fill_disk, listing, noise, write
from hypothesis import given, settings
from hypothesis import strategies as st

from thesis_lib.corpus import Corpus
from thesis_lib.pipeline import store_builder
from thesis_lib.spectrogram import Features, log_mel
from thesis_lib.store import SpectrogramStore, gather
from thesis_lib.util.errors import InputError

FEATURES = Features(n_mels=32)
SECONDS = (1.0, 0.03, 0.5, 2.345)


@pytest.fixture
def corpus(tmp_path):
    waves = [noise(s, seed=i, channels=4 if i == 3 else 1) for i, s in enumerate(SECONDS)]
    return corpus_of(tmp_path / "audio", waves, ["train", "test", "train", "test"])


def build(corpus, folder, features=FEATURES):
    return store_builder.build(corpus, features, folder, progress=False)


def wave_of(corpus, row):
    """A recording read and mixed without the library."""
    import soundfile

    return soundfile.read(corpus.path(row), dtype="float32", always_2d=True)[0].mean(axis=1)


def test_it_holds_the_log_mel_of_every_recording(corpus, tmp_path):
    store = build(corpus, tmp_path / "store")
    assert store.frames.dtype == np.float16
    assert store.frames.shape == (98 + 1 + 48 + 232, 32)
    for i, row in enumerate(corpus.table.itertuples()):
        want = log_mel(wave_of(corpus, row), FEATURES).numpy()
        got = store.spectrogram(i)
        assert got.dtype == np.float32
        # float16 keeps 11 binary digits: up to 100 dB in steps of 1/16, so at most 1/32 off
        np.testing.assert_allclose(got, want, rtol=0, atol=1 / 32 + 1e-3)


def test_its_index_is_the_corpus_with_places(corpus, tmp_path):
    store = build(corpus, tmp_path / "store")
    assert store.index.first_frame.tolist() == [0, 98, 99, 147]
    assert store.index.n_frames.tolist() == [98, 1, 48, 232]
    again = store.index.drop(columns=["first_frame", "n_frames"])
    assert again.to_csv() == corpus.table.drop(columns="name").to_csv()


def test_another_name_makes_no_other_store(corpus, tmp_path):
    named = Corpus(corpus.name, corpus.root, corpus.table.assign(name="another"), corpus.note)
    stores = [build(one, tmp_path / str(i)) for i, one in enumerate((corpus, named))]
    assert stores[0].meta["hash"] == stores[1].meta["hash"]


def test_mean_and_deviation_are_of_the_recordings_for_training(corpus, tmp_path):
    store = build(corpus, tmp_path / "store")
    heard = np.concatenate([store.spectrogram(0), store.spectrogram(2)]).astype(np.float64)
    assert store.meta["mean"] == pytest.approx(heard.mean(), abs=1e-9)
    assert store.meta["std"] == pytest.approx(heard.std(), abs=1e-9)


def test_start_duration_and_channel_are_followed(corpus, tmp_path):
    table = corpus.table.iloc[[3, 3, 3]].assign(
        start=[0.0, 1.0, 0.5], duration=[1.0, 0.75, 0.5], channel=[2, 0, -1]
    )
    store = build(Corpus("x", corpus.root, table.reset_index(drop=True)), tmp_path / "store")
    wave = noise(SECONDS[3], seed=3, channels=4)
    parts = [wave[:16000, 2], wave[16000:28000, 0], wave[8000:16000].mean(axis=1)]
    for i, part in enumerate(parts):
        want = log_mel(np.ascontiguousarray(part), FEATURES).numpy()
        np.testing.assert_allclose(store.spectrogram(i), want, rtol=0, atol=1 / 32 + 1e-3)


def test_music_is_brought_to_16000_hertz(tmp_path):
    wave = noise(2, rate=44100)
    store = build(corpus_of(tmp_path / "audio", [wave], rate=44100), tmp_path / "store")
    assert store.index.n_frames.tolist() == [198]
    want = log_mel(soxr.resample(wave, 44100, 16000), FEATURES).numpy()
    np.testing.assert_allclose(store.spectrogram(0), want, rtol=0, atol=1 / 32 + 1e-3)


@settings(max_examples=30, deadline=None)
@given(
    rate=st.sampled_from([8000, 11025, 22050, 44100, 48000]),
    first=st.integers(0, 7000),
    samples=st.integers(3, 50).map(lambda n: 160 * n),  # where one sample is one frame
)
def test_parts_at_other_rates_fill_their_frames(tmp_path_factory, rate, first, samples):
    folder = tmp_path_factory.mktemp("rates")
    corpus = corpus_of(folder / "audio", [noise(1, rate=rate)], rate=rate)
    table = corpus.table.assign(start=first / 16000, duration=samples / 16000)
    store = build(Corpus("x", corpus.root, table), folder / "store")
    assert store.index.n_frames.tolist() == [(samples - 480) // 160 + 1]


def test_opened_again_it_is_the_same(corpus, tmp_path):
    built = build(corpus, tmp_path / "store")
    store = SpectrogramStore.open(tmp_path / "store")
    assert (store.meta, store.features) == (built.meta, FEATURES)
    np.testing.assert_array_equal(store.frames, built.frames)
    assert store.index.equals(built.index)


def test_a_store_is_not_changed_by_who_uses_it(corpus, tmp_path):
    store = build(corpus, tmp_path / "store")
    before = listing(tmp_path / "store")
    store.on(torch.device("cpu")).zero_()
    assert listing(tmp_path / "store") == before


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_gathering_is_slicing(data):
    frames = np.random.default_rng(0).normal(size=(60, 5)).astype(np.float16)
    length = data.draw(st.integers(1, 20))
    starts = data.draw(st.lists(st.integers(0, 60 - length), min_size=1, max_size=20))
    got = gather(torch.from_numpy(frames), torch.tensor(starts), length)
    assert got.dtype == torch.float32
    want = np.stack([frames[s : s + length] for s in starts])[:, None]
    np.testing.assert_array_equal(got.numpy(), want.astype(np.float32))


def test_the_hash_stays_while_nothing_changes(corpus, tmp_path):
    first = build(corpus, tmp_path / "one").meta["hash"]
    assert build(corpus, tmp_path / "two").meta["hash"] == first
    (tmp_path / "audio").rename(tmp_path / "moved")
    moved = replace(corpus, root=tmp_path / "moved")
    assert build(moved, tmp_path / "one").meta["hash"] == first


CHANGES = ["audio", "features", "label", "split", "order", "note"]


@pytest.mark.parametrize("change", CHANGES)
def test_the_hash_changes_with_what_a_store_is_made_of(corpus, tmp_path, change):
    first = build(corpus, tmp_path / "one").meta["hash"]
    table, features = corpus.table.copy(), FEATURES
    if change == "audio":
        write(corpus.root / "00.wav", noise(1, seed=99), subtype="FLOAT")
    elif change == "features":
        features = replace(FEATURES, n_mels=33)
    elif change == "label":
        table.loc[2, "label"] = "another"
    elif change == "split":
        table.loc[2, "split"] = "test"
    elif change == "order":
        table = table.iloc[::-1].reset_index(drop=True)
    note = "simulated" if change == "note" else ""
    corpus = Corpus(corpus.name, corpus.root, table, note)
    assert build(corpus, tmp_path / "two", features).meta["hash"] != first


def spoilt(corpus, how):
    """Spoil the second file; what the sentence has to say."""
    path = corpus.root / "01.wav"
    wave = noise(0.03)
    if how == "missing":
        path.unlink()
        return "is missing"
    if how == "empty":
        path.write_bytes(b"")
        return "is empty"
    if how == "no audio":
        path.write_bytes(b"just text" * 50)
        return "breaks off, is damaged or cannot be read as audio"
    if how == "truncated":
        path.write_bytes(path.read_bytes()[:-100])
        return "is truncated"
    if how == "shorter":
        write(path, wave[:-100], subtype="FLOAT")
        return "is truncated: 380 of 480 samples"
    wave[50] = np.nan
    write(path, wave, subtype="FLOAT")
    return "holds NaN or infinite samples"


BAD = ["missing", "empty", "no audio", "truncated", "shorter", "NaN"]


@pytest.mark.parametrize("how", BAD)
def test_a_bad_file_is_named_and_no_half_store_is_left(corpus, tmp_path, how):
    says = spoilt(corpus, how)
    folder = tmp_path / "stores"
    with pytest.raises(InputError, match=rf"01\.wav {says}"):
        build(corpus, folder / "store")
    assert os.listdir(folder) == ["store.partial"]  # what was done is kept, under another name
    with pytest.raises(InputError, match="holds no spectrogram store yet"):
        SpectrogramStore.open(folder / "store")


def test_a_build_that_fails_leaves_the_store_of_before(corpus, tmp_path):
    build(corpus, tmp_path / "stores" / "store")
    before = listing(tmp_path / "stores" / "store")
    spoilt(corpus, "NaN")
    with pytest.raises(InputError):
        build(corpus, tmp_path / "stores" / "store")
    assert listing(tmp_path / "stores" / "store") == before


def test_a_recording_shorter_than_a_frame(corpus, tmp_path):
    short = Corpus("x", corpus.root, corpus.table.assign(duration=[1.0, 0.02, 0.5, 2.0]))
    with pytest.raises(InputError, match=r"01\.wav lasts 0\.020 s, less than one frame"):
        build(short, tmp_path / "store")
    assert not (tmp_path / "store").exists()


@pytest.mark.parametrize("file", ["frames.npy", "index.csv", "meta.json"])
def test_a_full_disk_leaves_the_store_of_before(corpus, tmp_path, monkeypatch, file):
    build(corpus, tmp_path / "stores" / "store")
    before = listing(tmp_path / "stores" / "store")
    if file == "frames.npy":

        def full(*_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(os, "posix_fallocate", full)
    else:
        fill_disk(monkeypatch, file)
    with pytest.raises(InputError, match=f"^{tmp_path}/stores/store.*: the disk is full"):
        build(corpus.subset([True] * 3 + [False]), tmp_path / "stores" / "store")
    monkeypatch.undo()
    assert listing(tmp_path / "stores" / "store") == before


@pytest.mark.parametrize("reserved", [True, False])
def test_a_disk_that_is_really_full(tmp_path, reserved):
    """Known before the first recording where the disk can take space ahead, else on the way."""
    small = tmp_path / "small"
    small.mkdir()
    mount = ["unshare", "-rm", "sh", "-c", 'mount -t tmpfs -o size=200k none "$0" && exec "$@"']
    mount.append(str(small))
    try:
        ready = subprocess.run([*mount, "true"], capture_output=True).returncode == 0
    except FileNotFoundError:
        ready = False
    if not ready:
        pytest.skip("needs `unshare` and the right to mount a small disk")
    corpus_of(tmp_path / "audio", [noise(60)]).save(tmp_path / "corpus")
    script = f"""
import os
from thesis_lib.corpus import Corpus
from thesis_lib.util.errors import InputError
from thesis_lib.spectrogram import Features
from thesis_lib.pipeline import store_builder, store_parts
if not {reserved}:
    store_parts._reserve = lambda path: None  # as where the disk cannot
try:
    corpus = Corpus.open({str(tmp_path / "corpus")!r})
    store_builder.build(corpus, Features(), {str(small / "store")!r}, progress=False)
except InputError as error:
    print(error)
print(os.listdir({str(small)!r}))
"""
    done = subprocess.run([*mount, sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done
    # Without space ahead it is the frames or the record of them, whichever is written first.
    assert re.search("store.partial.* (the disk is full|no space left)", done.stdout)
    assert done.stdout.splitlines()[-1] == ("[]" if reserved else "['store.partial']")


def test_what_it_was_made_of_is_written_down(corpus, tmp_path):
    corpus = replace(corpus, note="simulated")
    build(corpus, tmp_path / "store")
    made = json.loads((tmp_path / "store" / "meta.json").read_text())
    assert (made["corpus"], made["note"]) == ("made up", "simulated")
    assert made["features"]["n_mels"] == 32 and len(made["hash"]) == 64


def test_a_trial_knows_level_and_spread_of_what_it_trains_on_only(corpus, tmp_path):
    table = corpus.table.assign(split=["0", "1", "test", "1"])
    store = build(Corpus("x", corpus.root, table), tmp_path / "store")
    parts = [store.spectrogram(i).astype(np.float64) for i in range(4)]
    for number, heard in ((0, [1, 3]), (1, [0]), (2, [0, 1, 3])):
        fold = store.fold(number)
        assert fold.index.index[fold.index.split == "train"].tolist() == heard
        want = np.concatenate([parts[i] for i in heard])
        assert fold.meta["mean"] == pytest.approx(want.mean(), abs=1e-9)
        assert fold.meta["std"] == pytest.approx(want.std(), abs=1e-9)
        assert fold.meta["fold"] == number and fold.meta["hash"] == store.meta["hash"]
