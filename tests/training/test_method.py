"""A third method is one new file: the loop, checkpoints, embedding and tables take it as it is."""

from dataclasses import replace
from inspect import signature

import numpy as np
import pytest
import torch
import toy_method
from corpora import corpus_of, noise, on_one_thread

from thesis_lib.embed import embed
from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import RECIPES, SMOKE_HOME
from thesis_lib.reporting.recipe_table import numbers
from thesis_lib.train import train
from thesis_lib.training.checkpoint import load_model, snapshot
from thesis_lib.training.method import Method, method_of
from thesis_lib.util.errors import InputError

CPU = torch.device("cpu")
TOY = replace(
    SMOKE_HOME, name="toy", method="toy_method", embedding=3, learning_rate=1e-3, epochs=4
)
ASKED = {name: value for name, value in vars(Method).items() if not name.startswith("_")}

one_thread = pytest.fixture(scope="module", autouse=True)(on_one_thread)


@pytest.fixture
def store(tmp_path):
    corpus = corpus_of(tmp_path / "audio", [noise(4, i, level=0.1 * (i + 1)) for i in range(4)])
    return store_builder.build(corpus, TOY.features, tmp_path / "store", progress=False)


def test_it_trains_and_its_network_opens_again(store, tmp_path):
    model, history = train(store, TOY, tmp_path / "train", 1, CPU)
    of_epoch = history.loss.groupby(np.ceil(history.epoch)).mean()
    assert of_epoch.is_monotonic_decreasing
    opened = load_model(snapshot(tmp_path / "train", TOY.epochs), CPU)
    assert isinstance(opened, toy_method.Level)
    found = [embed(one.eval(), store, TOY, CPU).vectors for one in (model, opened)]
    np.testing.assert_array_equal(*found)
    assert found[0].shape[1] == 3
    assert numbers(TOY)["optimiser"] == "SGD"


@pytest.mark.parametrize("recipe", [*RECIPES.values(), TOY], ids=lambda recipe: recipe.name)
def test_each_method_offers_what_is_asked_of_it(recipe):
    assert len(ASKED) == 8
    for name, asked in ASKED.items():
        offered = signature(getattr(method_of(recipe), name))
        assert ["self", *offered.parameters] == [*signature(asked).parameters]


def test_our_method_asks_for_its_contrast(store, tmp_path):
    recipe = replace(RECIPES["ours, home"], name="bare", contrast=None)
    with pytest.raises(InputError, match="recipe 'bare' has no `contrast`; its method needs one."):
        train(store, recipe, tmp_path / "train", 1, CPU)


def test_a_file_does_not_choose_what_is_imported(store, tmp_path):
    train(store, TOY, tmp_path / "train", 1, CPU)
    path = snapshot(tmp_path / "train", 1)
    torch.save(torch.load(path) | {"method": "antigravity"}, path)
    with pytest.raises(InputError, match="is of another network"):
        load_model(path, CPU)
