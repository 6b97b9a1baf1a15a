"""The network that comes with the suite: what its file holds, and the vectors it gives."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from corpora import on_one_thread

from thesis_lib.contrastive import pretrained
from thesis_lib.contrastive.encoder import Encoder
from thesis_lib.recipe import OURS_MUSIC
from thesis_lib.util.errors import InputError

one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)
RECIPE = replace(OURS_MUSIC, name="toy", width=4)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A network in training mode that has seen some noise, and the file it is written to."""
    torch.manual_seed(0)
    model = Encoder(4, RECIPE.features.n_mels, -40.0).train()
    for _ in range(20):
        model.project(model(torch.randn(16, 1, 40, RECIPE.features.n_mels) * 20 - 40))
    path = tmp_path_factory.mktemp("network") / "toy.safetensors"
    pretrained.save(model, RECIPE, {"data": "noise"}, path)
    return model.eval(), path


def test_what_is_written_is_read_back(kept):
    model, path = kept
    assert pretrained.recipe(path) == RECIPE
    assert pretrained.provenance(path)["data"] == "noise"
    tiles = torch.randn(3, 1, 60, RECIPE.features.n_mels) * 20 - 40
    with torch.inference_mode():
        want, found = model(tiles), pretrained.load(path)(tiles)
    torch.testing.assert_close(found, want, rtol=0.02, atol=0.02)  # half precision in the file


def test_it_takes_its_own_spectrograms_only(kept):
    _, path = kept
    assert pretrained.takes(RECIPE.features, path)
    assert not pretrained.takes(replace(RECIPE.features, hop_length=160), path)


@pytest.mark.parametrize("frames", [40, 111])
def test_vectors_are_directions_in_which_each_dimension_counts_the_same(kept, frames):
    """Against the levels that the training has left, by hand."""
    model, path = kept
    tiles = torch.randn(5, 1, frames, RECIPE.features.n_mels) * 20 - 40
    levels = model.project[0]
    with torch.inference_mode():
        raw, found = model(tiles), pretrained.embedder(path)(tiles)
    want = (raw - levels.running_mean) / (levels.running_var + levels.eps).sqrt()
    want = want / want.norm(dim=1, keepdim=True)
    torch.testing.assert_close(found, want, rtol=0.02, atol=0.02)
    np.testing.assert_allclose(found.norm(dim=1), 1, rtol=1e-5)


@pytest.mark.parametrize("content", [None, b"", b"no network" * 9])
def test_a_file_that_is_none_is_one_sentence(tmp_path, content):
    path = tmp_path / "network.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="fetch it again"):
        pretrained.load(path)
