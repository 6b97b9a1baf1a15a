"""Methods by name: what each module of a method offers to the training loop.

A method is one module with the functions of `Method`. A recipe names it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

import torch
from torch import nn
from torch.optim import Optimizer

from thesis_lib.recipe import Recipe
from thesis_lib.store import SpectrogramStore

if TYPE_CHECKING:
    from thesis_lib.training.distributed import World
    from thesis_lib.training.objective import Objective


class Method(Protocol):
    """What the training loop asks of a module."""

    def network(self, recipe: Recipe, store: SpectrogramStore) -> nn.Module:
        """A network with fresh weights."""

    def from_weights(self, weights: dict[str, torch.Tensor]) -> nn.Module:
        """The same kind of network, its sizes read off weights."""

    def optimiser(self, model: nn.Module, recipe: Recipe) -> Optimizer:
        """What changes the weights."""

    def learning_rate(self, recipe: Recipe, progress: float) -> float:
        """At a share, 0 to 1, of the training."""

    def objective(
        self, store: SpectrogramStore, recipe: Recipe, device: torch.device, world: World
    ) -> Objective:
        """What to train for."""

    def distance_unit(self, recipe: Recipe) -> float:
        """A squared distance that is neither small nor large."""

    def stuck(self, recipe: Recipe, loss: float, near: float, far: float) -> str | None:
        """At what the loss of an untrained network stays; None: it does not."""

    def numbers(self, recipe: Recipe) -> dict[str, Any]:
        """What only this method has, by names for readers."""


def method_of(recipe: Recipe) -> Method:
    """The module of a recipe's method."""
    return cast(Method, import_module(recipe.method))
