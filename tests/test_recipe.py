"""The thesis's recipe to the letter: the table of the thesis, written down a second time."""

from dataclasses import FrozenInstanceError, asdict, fields, replace

import pytest

from thesis_lib.recipe import (
    OURS_HOME,
    RECIPES,
    SEED,
    SMALL_HOME,
    THESIS_MUSIC,
    THESIS_SINS,
    TRIPLETS,
    Contrast,
)
from thesis_lib.reporting.recipe_table import numbers

SHARED = {
    "width": 64,
    "embedding": 256,
    "margin": 1.0,
    "reduction": "nonzero",
    "weight_decay": 0.01,
    "learning_rate": 1e-5,
    "bfloat16": False,
    "method": TRIPLETS,
    "contrast": None,
    "features": {
        "sample_rate": 16000,
        "win_length": 480,
        "hop_length": 160,
        "n_fft": 1024,
        "n_mels": 128,
        "n_mfcc": 13,
    },
}
SINS = SHARED | {"tile": 5.0, "neighbour_range": 5.0, "batch": 64, "epochs": 110}
MUSIC = SHARED | {"tile": 10.0, "neighbour_range": 40.0, "batch": 32, "epochs": 130}


@pytest.mark.parametrize("recipe, table", [(THESIS_SINS, SINS), (THESIS_MUSIC, MUSIC)])
def test_the_thesiss_numbers(recipe, table):
    numbers = asdict(recipe)
    del numbers["name"]
    assert numbers == table
    assert SEED == 1234


@pytest.mark.parametrize(
    "recipe, length, hop, reach", [(THESIS_SINS, 498, 500, 1), (THESIS_MUSIC, 998, 1000, 4)]
)
def test_the_thesiss_numbers_in_frames_and_tiles(recipe, length, hop, reach):
    assert (recipe.tile_frames, recipe.tile_hop, recipe.neighbour_range_tiles) == (
        length,
        hop,
        reach,
    )


@pytest.mark.parametrize("name", sorted(RECIPES))
def test_every_recipe_can_be_followed(name):
    recipe = RECIPES[name]
    assert recipe.name == name
    assert recipe.tile_hop >= recipe.tile_frames > 0  # tiles lie end to end and share no frame
    assert (
        recipe.tile_hop - recipe.tile_frames
        < recipe.features.win_length / recipe.features.hop_length
    )
    assert recipe.neighbour_range_tiles >= 1  # an anchor has somewhere to look for a neighbour
    assert recipe.neighbour_range_tiles * recipe.tile <= recipe.neighbour_range + 1e-6


@pytest.mark.parametrize("name", sorted(name for name in RECIPES if not name.startswith("ours")))
def test_what_the_thesis_decided_holds_in_small_too(name):
    """The small recipes change sizes, not the idea: same margin, same loss."""
    for key in ("margin", "reduction", "weight_decay"):
        assert getattr(RECIPES[name], key) == SHARED[key]


@pytest.mark.parametrize("recipe", [SMALL_HOME, OURS_HOME], ids=lambda recipe: recipe.name)
def test_a_reader_is_told_every_number_that_counts(recipe):
    told = numbers(recipe)
    names = "tile neighbour_range width weight_decay learning_rate batch epochs".split()
    other = dict.fromkeys(names, 7)
    other |= {"bfloat16": not recipe.bfloat16}
    other |= {"margin": 7, "embedding": 7, "reduction": "all"} if recipe.method == TRIPLETS else {}
    for name, value in other.items():
        assert numbers(replace(recipe, **{name: value})) != told, name
    for field in fields(Contrast) if recipe.contrast else ():
        contrast = replace(recipe.contrast, **{field.name: 7.0})
        assert numbers(replace(recipe, contrast=contrast)) != told, field.name


def test_a_recipe_cannot_be_changed_by_accident():
    with pytest.raises(FrozenInstanceError):
        THESIS_SINS.margin = 2.0
