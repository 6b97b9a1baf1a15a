"""The network that comes with the suite: what its file holds, and how it is made again."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import torch

from thesis_lib.contrastive import pretrained
from thesis_lib.contrastive.encoder import Encoder
from thesis_lib.recipe import PRETRAINED
from thesis_lib.util.errors import InputError

SMALL = replace(PRETRAINED, width=4, batch=8, epochs=1)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return Encoder(SMALL.width, 64, -40.0).eval()


@pytest.fixture
def file(model, tmp_path):
    pretrained.save(model, SMALL, {"hours": 1.5}, tmp_path / "network.safetensors")
    return tmp_path / "network.safetensors"


def test_it_embeds_as_the_network_that_was_saved(model, file):
    tiles = 10 * torch.randn(3, 1, 99, 64, generator=torch.Generator().manual_seed(1)) - 40
    with torch.inference_mode():
        want, got = model(tiles), pretrained.load(file)(tiles)
    away = (want - got).norm(dim=1) / want.norm(dim=1)
    assert away.max() < 2**-9  # each weight is off by at most 2**-11 of itself


def test_the_file_holds_no_code_and_says_where_it_comes_from(file):
    assert pretrained.recipe(file) == SMALL
    assert pretrained.provenance(file)["hours"] == 1.5
    weights = safetensors.torch.load_file(file)
    assert {value.dtype for value in weights.values()} == {torch.float16, torch.int64}


def test_a_file_that_is_no_network_is_named(file, tmp_path):
    with pytest.raises(InputError, match="none.safetensors is missing"):
        pretrained.load(tmp_path / "none.safetensors")
    file.write_bytes(file.read_bytes()[:-7])
    with pytest.raises(InputError, match="network.safetensors is damaged"):
        pretrained.load(file)
    safetensors.torch.save_file({"a": torch.zeros(1)}, file)
    with pytest.raises(InputError, match="network.safetensors is damaged"):
        pretrained.load(file)
    safetensors.torch.save_file({"a": torch.zeros(1)}, file, {"about": "{}"})
    with pytest.raises(InputError, match="is of another network"):
        pretrained.load(file)


def test_it_is_made_from_folders_and_homes(tiny_music, tmp_path, monkeypatch):
    path = Path(__file__).parents[2] / "data" / "make_pretrained.py"
    spec = importlib.util.spec_from_file_location("make_pretrained", path)
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    monkeypatch.setattr(maker, "PRETRAINED", SMALL)
    work, out = tmp_path / "work", tmp_path / "network.safetensors"
    wanted = [str(tiny_music), "--work", str(work), "--out", str(out), "--homes"]
    maker.main(wanted)
    about = pretrained.provenance(out)
    assert about["hours"] == {"music": pytest.approx(12 * 6 / 3600, abs=0.01)}
    assert len(about["curve"]["loss"]) > 0
    weights = pretrained.load(out).state_dict()
    trained = torch.load(work / "train" / "checkpoint.pt", weights_only=True)["model"]
    for name, value in trained.items():
        torch.testing.assert_close(
            weights[name], value.to(weights[name].dtype), rtol=2**-10, atol=1e-7
        )
