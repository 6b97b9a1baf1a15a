"""Tiles to vectors: which tiles, and that each vector is of its own tile."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from corpora import corpus_of, fill_disk, listing, noise, on_one_thread, tone

from thesis_lib import embed as embed_module
from thesis_lib.embed import Embeddings, embed, embed_recordings, pool, statistics, tile_table
from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import Recipe
from thesis_lib.resnet import ResNet18
from thesis_lib.spectrogram import Features, log_mel
from thesis_lib.util.errors import InputError

CPU = torch.device("cpu")
one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)
RECIPE = Recipe(name="toy", features=Features(n_mels=16), tile=0.2, width=2, embedding=4)
SECONDS = (1.0, 0.1, 0.7)  # 5, 0 and 3 tiles


@pytest.fixture(scope="module")
def waves():
    return [noise(SECONDS[0]), noise(SECONDS[1]), tone(SECONDS[2], 700) + noise(0.7, level=0.01)]


@pytest.fixture(scope="module")
def store(waves, tmp_path_factory):
    folder = tmp_path_factory.mktemp("toy")
    corpus = corpus_of(folder / "audio", waves, ["train", "train", "test"], ["a", "b", ""])
    return store_builder.build(corpus, RECIPE.features, folder / "store", progress=False)


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    model = ResNet18(1, 2, 4, mean=-40.0, std=20.0)
    model(torch.randn(8, 1, 18, 16) * 20 - 40)  # statistics of the norms that are not 0 and 1
    return model.eval()


def test_every_tile_has_its_row(store):
    starts, table = tile_table(store, RECIPE)
    assert table.recording.tolist() == [0] * 5 + [2] * 3
    assert table.start.tolist() == [0.0, 0.2, 0.4, 0.6, 0.8, 0.0, 0.2, 0.4]
    assert set(table.duration) == {0.2}
    assert table.label.tolist() == ["a"] * 5 + [""] * 3
    assert table.split.tolist() == ["train"] * 5 + ["test"] * 3
    assert table.path.tolist() == ["00.wav"] * 5 + ["02.wav"] * 3
    frames = (
        store.index.first_frame[table.recording] + (table.start * 100).round().astype(int).values
    )
    assert starts.tolist() == frames.tolist()


def test_times_are_those_of_the_file(store):
    later = replace(store, index=store.index.assign(start=[1.5, 0.0, 0.25]))
    table = tile_table(later, RECIPE)[1]
    assert table.start.tolist() == [1.5, 1.7, 1.9, 2.1, 2.3, 0.25, 0.45, 0.65]


@pytest.mark.parametrize("batch", [1, 3, 256])
def test_each_vector_is_of_its_own_tile(store, model, waves, monkeypatch, batch):
    """Against the network on a tile cut out of the waveform by hand."""
    monkeypatch.setattr(embed_module, "BATCH", batch)
    found = embed(model, store, RECIPE, CPU)
    assert found.vectors.shape == (8, 4) and found.vectors.dtype == np.float32
    for vector, tile in zip(found.vectors, found.tiles.itertuples(), strict=True):
        first = round(tile.start * 16000)
        wave = waves[tile.recording][first : first + 3200].astype(np.float32)
        with torch.no_grad():
            want = model(log_mel(wave, RECIPE.features).half().float()[None, None])[0]
        np.testing.assert_allclose(vector, want.numpy(), rtol=1e-3, atol=1e-3)
    assert np.ptp(found.vectors, axis=0).min() > 0.01  # tiles differ by more than the tolerance


def test_statistics_are_mean_and_deviation_over_time(store, waves):
    found = statistics(store, RECIPE)
    assert found.vectors.shape == (8, 32)
    for vector, tile in zip(found.vectors, found.tiles.itertuples(), strict=True):
        first = round(tile.start * 16000)
        wave = waves[tile.recording][first : first + 3200].astype(np.float32)
        frames = log_mel(wave, RECIPE.features).numpy()
        want = np.concatenate([frames.mean(axis=0), frames.std(axis=0, ddof=1)])
        np.testing.assert_allclose(vector, want, rtol=0, atol=0.05)  # float16 in the store


def test_recordings_as_a_whole(store, waves, model, monkeypatch):
    """One by one or together, each vector is of its own recording; against it embedded alone."""
    monkeypatch.setattr(embed_module, "FRAMES", 150)
    found = embed_recordings(model, store, RECIPE, CPU)
    assert found.tiles.recording.tolist() == [0, 1, 2]
    assert found.tiles.duration.tolist() == list(SECONDS)
    assert found.tiles.label.tolist() == ["a", "b", ""]
    for vector, wave in zip(found.vectors, waves, strict=True):
        spectrogram = log_mel(wave.astype(np.float32), RECIPE.features).half().float()
        with torch.no_grad():
            want = model(spectrogram[None, None])[0]
        np.testing.assert_allclose(vector, want.numpy(), rtol=1e-3, atol=1e-3)
    assert np.ptp(found.vectors, axis=0).min() > 0.01


def test_pooled_vectors_are_means_of_directions():
    tiles = pd.DataFrame({"path": list("aab"), "start": [0.0, 0.0, 0.0], "channel": [0, 1, 0]})
    found = pool(Embeddings(np.float32([[2, 0], [0, 9], [0, 0.5]]), tiles), ["path", "start"])
    np.testing.assert_allclose(found.vectors, [[0.5, 0.5], [0, 1]])
    assert found.tiles.channel.tolist() == [0, 0] and found.tiles.path.tolist() == ["a", "b"]


def test_the_bar_counts_tiles(store, model, monkeypatch):
    monkeypatch.setattr(embed_module, "BATCH", 3)

    class Bar:
        done = []
        update = done.append

    embed(model, store, RECIPE, CPU, Bar)
    assert Bar.done == [3, 3, 2]


def test_kept_and_opened_again(store, model, tmp_path):
    found = embed(model, store, RECIPE, CPU)
    found.save(tmp_path / "vectors")
    again = Embeddings.open(tmp_path / "vectors")
    np.testing.assert_array_equal(again.vectors, found.vectors)
    assert again.tiles.astype(str).equals(found.tiles.astype(str))
    assert again.tiles.label.tolist() == ["a"] * 5 + [""] * 3


def test_a_part(store):
    found = statistics(store, RECIPE)
    part = found.subset(found.tiles.split == "test")
    np.testing.assert_array_equal(part.vectors, found.vectors[5:])
    assert part.tiles.index.tolist() == [0, 1, 2] and set(part.tiles.recording) == {2}


def test_no_embeddings_there(tmp_path):
    with pytest.raises(InputError, match=f"{tmp_path} holds no embeddings yet"):
        Embeddings.open(tmp_path)


@pytest.mark.parametrize("file", ["vectors.npy", "tiles.csv"])
def test_a_full_disk_leaves_the_embeddings_of_before(store, tmp_path, monkeypatch, file):
    found = statistics(store, RECIPE)
    found.save(tmp_path / "vectors")
    before = listing(tmp_path)
    fill_disk(monkeypatch, file)
    with pytest.raises(InputError, match="vectors: the disk is full"):
        found.subset(found.tiles.split == "test").save(tmp_path / "vectors")
    monkeypatch.undo()
    assert listing(tmp_path) == before


def test_cores_with_batches_of_their_own_embed_as_one_does(store, model, monkeypatch):
    """In the same order, and torch has as many threads afterwards as before."""
    monkeypatch.setattr(embed_module, "BATCH", 2)
    before = torch.get_num_threads()
    found = []
    for threads in (1, 3):
        torch.set_num_threads(threads)
        found.append(embed(model, store, RECIPE, CPU).vectors)
        assert torch.get_num_threads() == threads
    torch.set_num_threads(before)
    np.testing.assert_allclose(found[1], found[0], rtol=1e-5)
