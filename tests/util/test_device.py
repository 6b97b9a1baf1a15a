"""The number format is the device's, not the recipe's alone; what comes out is the same."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from corpora import on_one_thread

from thesis_lib.embed import embed
from thesis_lib.recipe import OURS_MUSIC, SMOKE_MUSIC
from thesis_lib.train import train
from thesis_lib.util import device

CPU = torch.device("cpu")
one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)


@pytest.fixture(params=[True, False], ids=["bfloat16", "float32"])
def forced(request, monkeypatch):
    """A processor with, and one without bfloat16."""
    monkeypatch.setattr(device, "has_bfloat16", lambda kind: request.param)
    return request.param


def test_the_sentence_names_the_number_format(forced):
    said = device.describe(CPU)
    assert ("in bfloat16:" in said) == forced
    assert ("in float32 (it has no bfloat16 of its own):" in said) != forced
    assert "in float32:" in device.describe(CPU, bfloat16=False)


def test_a_recipe_without_bfloat16_never_gets_it(forced):
    assert not device.in_bfloat16(replace(SMOKE_MUSIC, bfloat16=False), CPU)
    assert device.in_bfloat16(SMOKE_MUSIC, CPU) == forced


def formats_in(model, monkeypatch, run):
    """The number formats that come out of a network's first convolution while `run` runs."""
    found = set()
    hook = model.conv.register_forward_hook(lambda _, __, output: found.add(output.dtype))
    result = run()
    hook.remove()
    return found, result


def test_the_network_computes_in_what_the_device_has(tiny_run, forced, monkeypatch):
    model = tiny_run.model(tiny_run.seeds[0])
    found, made = formats_in(
        model, monkeypatch, lambda: embed(model, tiny_run.store, tiny_run.recipe, CPU)
    )
    assert found == {torch.bfloat16 if forced else torch.float32}
    assert made.vectors.dtype == np.float32


def test_both_formats_give_the_same_vectors(tiny_run, monkeypatch):
    """To what eight bits of a bfloat16's mantissa can tell: 1 in 256, over some twenty layers."""
    model, vectors = tiny_run.model(tiny_run.seeds[0]), {}
    for has in (True, False):
        monkeypatch.setattr(device, "has_bfloat16", lambda kind, has=has: has)
        vectors[has] = embed(model, tiny_run.store, tiny_run.recipe, CPU).vectors
    apart = np.linalg.norm(vectors[True] - vectors[False], axis=1)
    spread = np.linalg.norm(vectors[False] - vectors[False].mean(0), axis=1).mean()
    assert 0 < apart.mean() < 0.05 * spread


OURS = replace(OURS_MUSIC, width=4, epochs=2)


@pytest.mark.parametrize("recipe", [SMOKE_MUSIC, OURS], ids=["smoke", "ours"])
def test_both_formats_learn_the_same_curve(tiny_run, recipe, tmp_path, monkeypatch):
    """Before steps add up what was rounded: the means over the first epoch.

    Vectors may be 5 % of their spread apart (the test above), so squared distances 10 %.
    """
    loss = {}
    for has in (True, False):
        monkeypatch.setattr(device, "has_bfloat16", lambda kind, has=has: has)
        _, history = train(tiny_run.store, recipe, tmp_path / str(has), 1, CPU)
        loss[has] = history.loss[history.epoch <= 1].mean()
    assert loss[True] != loss[False]
    assert loss[True] == pytest.approx(loss[False], rel=0.1)


@pytest.mark.skipif(not device.has_bfloat16("cpu"), reason="this processor has no bfloat16")
def test_a_lesser_processor_has_no_bfloat16():
    code = "from thesis_lib.util.device import has_bfloat16; print(has_bfloat16('cpu'))"
    lesser = os.environ | {"ONEDNN_MAX_CPU_ISA": "AVX2"}
    line = [sys.executable, "-c", code]
    done = subprocess.run(line, env=lesser, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
