"""The network that comes with the suite: its file, the vectors it gives, how it is made again."""

import runpy
from dataclasses import replace

import numpy as np
import pytest
import safetensors.torch
import torch
from corpora import ROOT, on_one_thread

from thesis_lib.contrastive import pretrained
from thesis_lib.contrastive.encoder import Encoder
from thesis_lib.recipe import OURS_MUSIC, PRETRAINED
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

    def levelled(x, norm):
        scaled = (x - norm.running_mean) / (norm.running_var + norm.eps).sqrt()
        return scaled if norm.weight is None else norm.weight * scaled + norm.bias

    norm, linear, norm_hidden, *_ = model.project
    with torch.inference_mode():
        first, found = levelled(model(tiles), norm), pretrained.embedder(path)(tiles)
        second = levelled(first @ linear.weight.T, norm_hidden).clamp(min=0)
        want = torch.cat([x / x.norm(dim=1, keepdim=True) for x in (first, second)], 1) / 2**0.5
    torch.testing.assert_close(found, want, rtol=0.02, atol=0.02)
    np.testing.assert_allclose(found.norm(dim=1), 1, rtol=1e-5)


@pytest.mark.parametrize("content", [None, b"", b"no network" * 9])
def test_a_file_that_is_none_is_one_sentence(tmp_path, content):
    path = tmp_path / "network.safetensors"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match="fetch it again"):
        pretrained.load(path)


@pytest.mark.parametrize("header, said", [(None, "is damaged"), ("{}", "is of another network")])
def test_a_file_of_other_weights_is_named(tmp_path, header, said):
    path = tmp_path / "network.safetensors"
    about = header and {"about": header}
    safetensors.torch.save_file({"a": torch.zeros(1)}, path, about)
    with pytest.raises(InputError, match=f"network.safetensors {said}"):
        pretrained.load(path)


@pytest.mark.parametrize(
    "header, said",
    [("no JSON", "is damaged"), ("{}", "is of another version"),
     ('{"recipe": {"features": {"mels": 64}, "contrast": {}}}', "is of another version")],
)  # fmt: skip
def test_a_header_that_names_no_recipe_is_one_sentence(tmp_path, header, said):
    path = tmp_path / "network.safetensors"
    safetensors.torch.save_file({"a": torch.zeros(1)}, path, {"about": header})
    with pytest.raises(InputError, match=f"network.safetensors {said}"):
        pretrained.recipe(path)


def test_it_is_made_from_folders_and_homes(tiny_music, tmp_path, monkeypatch):
    maker = runpy.run_path(ROOT / "data" / "make_pretrained.py")["main"]
    small = replace(PRETRAINED, width=4, batch=8, epochs=1)
    monkeypatch.setitem(maker.__globals__, "PRETRAINED", small)
    work, out = tmp_path / "work", tmp_path / "network.safetensors"
    wanted = [str(tiny_music), "--work", str(work), "--out", str(out), "--homes"]
    maker(wanted)
    about = pretrained.provenance(out)
    assert about["hours"] == {"music": pytest.approx(12 * 6 / 3600, abs=0.01)}
    assert len(about["curve"]["loss"]) > 0
    weights = pretrained.load(out).state_dict()
    trained = torch.load(work / "train" / "checkpoint.pt", weights_only=True)["model"]
    for name, value in trained.items():
        torch.testing.assert_close(
            weights[name], value.to(weights[name].dtype), rtol=2**-10, atol=1e-7
        )
