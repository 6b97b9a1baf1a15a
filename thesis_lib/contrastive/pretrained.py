"""The network that comes with the suite: trained once, without labels, on other sound than yours.

`data/make_pretrained.py` trains it and writes the file; the file's header says on what and how.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file
from safetensors.torch import save as to_bytes
from torch import nn
from torch.nn import functional as F

from thesis_lib.contrastive.encoder import Encoder
from thesis_lib.contrastive.method import from_weights
from thesis_lib.recipe import Contrast, Features, Recipe
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import ROOT, atomic

PATH = ROOT / "data" / "pretrained.safetensors"
CPU = torch.device("cpu")


def load(path: Path | str = PATH, device: torch.device = CPU) -> Encoder:
    """The network, in evaluation mode (05_embedding_space).

    Parameters
    ----------
    path : Path
    device : torch.device

    Returns
    -------
    Encoder
        It takes spectrograms of the features that `recipe` names, of any length.

    Raises
    ------
    InputError
        The file is missing, damaged, or of another network.
    """
    _header(path)
    weights = {name: value.float() if value.is_floating_point() else value
               for name, value in load_file(path).items()}  # fmt: skip
    try:
        model = from_weights(weights)
        model.load_state_dict(weights)
    except (KeyError, RuntimeError):
        raise InputError(f"{path} is of another network; fetch the suite's own again.") from None
    # torch's own hints of `Module.to` leave out the layout.
    model = model.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model.eval()


class ReadOut(nn.Module):
    """The network with what is read out of it: vectors of length 1 (05_embedding_space).

    Half of a vector is the embedding, centred and scaled as it was over the sound that the network
    was trained on, so that each dimension counts the same. The other half is what the head makes of
    it before its last layer: it holds less of the microphone and more of what lasts. Each is a
    direction. On three homes that were kept out, each another flat, F1 and precision@10 of both
    together are level with the first alone; the second alone is better on two and far worse on the
    third, and worse on kept-out music and sounds. See `bench/results/first_candidates.json`.

    Parameters
    ----------
    encoder : Encoder
    """

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Embed tiles of any length: (n, 1, frames, n_mels) in dB -> (n, d)."""
        head = self.encoder.project  # begins with a batch normalisation without weights
        embedding = head[0](self.encoder(x).float())
        both = [embedding, head[1:-1](embedding).float()]
        return torch.cat([F.normalize(part, dim=1) for part in both], dim=1) / len(both) ** 0.5


def embedder(path: Path | str = PATH, device: torch.device = CPU) -> ReadOut:
    """The network as the suite embeds with it, in evaluation mode (05_embedding_space)."""
    return ReadOut(load(path, device)).eval()


def recipe(path: Path | str = PATH) -> Recipe:
    """The recipe that it was trained by (05_embedding_space)."""
    header = _header(path)
    try:
        found = header["recipe"]
        features, contrast = Features(**found["features"]), Contrast(**found["contrast"])
        return Recipe(**(found | {"features": features, "contrast": contrast}))
    except (KeyError, TypeError):
        raise InputError(f"{path} is of another version; fetch the suite's own again.") from None


def takes(features: Features, path: Path | str = PATH) -> bool:
    """Whether spectrograms of these features are what the network takes (05_embedding_space)."""
    return recipe(path).features == features


def provenance(path: Path | str = PATH) -> dict[str, Any]:
    """What it was trained on, when, by which code, and its curves (05_embedding_space)."""
    return _header(path)


def save(model: nn.Module, recipe: Recipe, about: dict[str, Any], path: Path | str = PATH) -> None:
    """Write a network in half precision, with its recipe and where it comes from.

    See 05_embedding_space.

    Parameters
    ----------
    model : Encoder
    recipe : Recipe
    about : dict
        What `provenance` gives back beside `recipe`; plain numbers, texts, lists and dicts.
    path : Path
    """
    weights = {name: value.half() if value.is_floating_point() else value
               for name, value in model.state_dict().items()}  # fmt: skip
    weights = {name: value.contiguous() for name, value in weights.items()}
    header = {"about": json.dumps(about | {"recipe": asdict(recipe)}, sort_keys=True)}
    with atomic(Path(path)) as part:
        part.write_bytes(to_bytes(weights, header))


def _header(path):
    """What the file says of itself; a sentence where it is no such file."""
    if not Path(path).is_file():
        raise InputError(f"{path} is missing; it comes with the suite: fetch it again.")
    try:
        with safe_open(path, "pt") as file:
            return json.loads(file.metadata()["about"])
    except (SafetensorError, KeyError, TypeError, json.JSONDecodeError) as error:
        raise InputError(f"{path} is damaged ({type(error).__name__}); fetch it again.") from error
