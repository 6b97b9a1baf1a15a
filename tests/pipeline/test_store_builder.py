"""A store holds what was heard: made once, in pieces, in single precision, under one hash."""

import hashlib
from dataclasses import replace

import numpy as np
import pytest
import small_stores
import soxr
import torch
from corpora import MINI_MUSIC, corpus_of, listing, noise, tone, write
from small_stores import FEATURES, build, contents

from thesis_lib.audio import io as audio_io
from thesis_lib.pipeline import store_builder, store_parts
from thesis_lib.spectrogram import log_mel
from thesis_lib.store import SpectrogramStore, lengthen

corpus = pytest.fixture(small_stores.corpus)
whole = pytest.fixture(small_stores.whole)
decoded = pytest.fixture(small_stores.decoded)


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
    assert contents(tmp_path / "store")["meta.json"] != whole["meta.json"]


def test_what_is_shorter_than_a_tile_is_repeated(corpus, whole, tmp_path):
    """As `store.lengthen` does it in memory; all others are what they are without."""
    build(corpus, tmp_path / "store")
    plain = SpectrogramStore.open(tmp_path / "store")
    count = int(plain.index.n_frames.iloc[4])
    made = store_builder.build(corpus, FEATURES, tmp_path / "long", progress=False, at_least=count)
    want = lengthen(plain, count)
    assert list(made.index.n_frames) == list(plain.index.n_frames.clip(lower=count))
    np.testing.assert_array_equal(made.frames, want.frames)
    held = int(plain.index.n_frames.iloc[0])
    np.testing.assert_array_equal(made.spectrogram(0)[held : 2 * held], plain.spectrogram(0))
    assert made.meta["hash"] != plain.meta["hash"]


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
    made = {key: value for key, value in store.meta.items() if key != "hash"}
    assert store_builder._hash(made, store.index, records) == store.meta["hash"]
    records[7]["sha256"] = bytes(32)
    assert store_builder._hash(made, store.index, records) != store.meta["hash"]


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
    assert contents(tmp_path / "store")["meta.json"] != whole["meta.json"]


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
