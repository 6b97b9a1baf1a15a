"""A recipe as a reader sees it: every number of it under a name, with its unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from thesis_lib.training.method import method_of

if TYPE_CHECKING:
    from thesis_lib.recipe import Recipe


def numbers(recipe: Recipe) -> dict[str, str]:
    """Every number of a recipe under a name for readers, with its unit.

    Parameters
    ----------
    recipe : Recipe

    Returns
    -------
    dict, name -> str
    """
    features = recipe.features
    shown = {
        "sample rate (Hz)": features.sample_rate,
        "window / hop (samples)": f"{features.win_length} / {features.hop_length}",
        "FFT (samples)": features.n_fft,
        "tile (s)": recipe.tile,
        "tile (frames x Mel bands)": f"{recipe.tile_frames} x {features.n_mels}",
        "neighbour range (s)": recipe.neighbour_range,
        "width of the network": recipe.width,
        "weight decay": recipe.weight_decay,
        "learning rate": recipe.learning_rate,
        "epochs": recipe.epochs,
        "number format, at best": "bfloat16" if recipe.bfloat16 else "float32",
    } | method_of(recipe).numbers(recipe)
    return {name: v if isinstance(v, str) else f"{v:g}" for name, v in shown.items()}
