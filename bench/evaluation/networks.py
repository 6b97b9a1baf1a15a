"""Our networks: untrained, by the thesis's recipe, by ours, and the one that comes with the suite.

Trainings last the same seconds of one core each. None of them sees a label.
"""

from typing import NamedTuple

import embedding

from evaluation.handcrafted import Missing
from evaluation.recordings import of_network, of_tile_network
from thesis_lib.recipe import RECIPES
from thesis_lib.train import new_model

LONGER = 10  # times as long as the others the thesis's recipe is trained, once


class Training(NamedTuple):
    """What a training is given.

    Attributes
    ----------
    seed : int
    seconds : float
        Of one core.
    most : float
        Seconds of one core that a supervised training may take until it stops by itself.
    quick : bool
        Small batches, a few steps.
    """

    seed: int
    seconds: float
    most: float
    quick: bool = False


def recipes(material, training):
    """The thesis's recipe and ours, for a domain."""
    return embedding.recipes(material.domain, training.quick)


def untrained(material, training):
    """Our network with the weights it starts from."""
    _, ours = recipes(material, training)
    model = new_model(ours, material.stores[0], training.seed).eval()
    return of_network(material, model, ours)


def levels_set(material, training):
    """The same, its batch normalisations having seen tiles of the training part."""
    _, ours = recipes(material, training)
    model = embedding.levels_set(material.stores[0], ours, training.seed)
    return of_network(material, model, ours)


def thesis(material, training, times=1):
    """Triplets and ResNet18, as in the thesis, in small."""
    recipe, _ = recipes(material, training)
    model = embedding.trained(material.stores[0], recipe, training.seed, times * training.seconds)
    return of_tile_network(material, model, recipe)


def thesis_longer(material, training):
    """The same, `LONGER` times as long."""
    return thesis(material, training, LONGER)


def ours(material, training):
    """Our recipe, on the training part of the corpus."""
    _, recipe = recipes(material, training)
    model = embedding.trained(material.stores[0], recipe, training.seed, training.seconds)
    return of_network(material, model, recipe)


def shipped(material, training):
    """The network that comes with the suite: it has heard nothing of the corpus."""
    try:
        from thesis_lib.contrastive import pretrained
    except ImportError:
        raise Missing("the suite has no pretrained network yet") from None
    recipe = RECIPES[f"ours, {material.domain}"]
    return of_network(material, pretrained.embedder(), recipe)
