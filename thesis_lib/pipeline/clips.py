"""A clip of a visitor's own to a vector among those of a run."""

from collections.abc import Callable
from functools import cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from thesis_lib.contrastive import pretrained
from thesis_lib.embed import vectors
from thesis_lib.pipeline.run import Run
from thesis_lib.recipe import Recipe
from thesis_lib.spectrogram import log_mel
from thesis_lib.store import gather
from thesis_lib.util.device import choose


def clip_embedder(run: Run, embedding: str = "ours") -> Callable[[np.ndarray], np.ndarray] | None:
    """What places a sound among a run's tiles (09_listening_room).

    Parameters
    ----------
    run : Run
    embedding : str
        Where the run has none of this name, another is taken.

    Returns
    -------
    function of a wave (float32 array, at the rate of the run's features) to a vector, shape (d,)
        The mean of its tiles' vectors, each of length 1 where it has several. None where no
        network of that name can be loaded.
    """
    shown, device = run.embedding_shown(embedding), choose()
    models: dict[str, Callable[[], nn.Module]] = {
        "ours": lambda: pretrained.embedder(device=device),
        "trained": lambda: run.model(run.seeds[0], None, device),
        "untrained": lambda: run.model(run.seeds[0], 0, device),
    }
    if shown not in models:
        return None
    recipe, load = run.recipe, cache(models[shown])  # by the first clip: most rooms get none

    def embed_clip(wave):
        return _vector(load().eval(), wave, recipe, device)

    return embed_clip


def _vector(model: nn.Module, wave: np.ndarray, recipe: Recipe, device: torch.device) -> np.ndarray:
    """Cut a wave into tiles, a short one repeated to the length of one, and embed it."""
    least = round(recipe.tile * recipe.features.sample_rate)
    wave = np.resize(wave, max(len(wave), least))
    frames = log_mel(wave, recipe.features)
    starts = torch.arange(0, len(frames) - recipe.tile_frames + 1, recipe.tile_hop)
    tiles = gather(frames, starts, recipe.tile_frames).to(device)
    with torch.inference_mode():
        found = torch.cat([vectors(model, part, recipe) for part in tiles.split(64)])
    found = found if len(found) == 1 else F.normalize(found, dim=1)
    return found.mean(0).float().cpu().numpy()
