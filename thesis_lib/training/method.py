"""Methods by name: what each module of a method offers to the training loop.

A method is one module. A recipe names it, and the loop asks it for::

    network(recipe, store)                   a Module with fresh weights
    from_weights(weights)                    the same kind of Module, its sizes read off weights
    optimiser(model, recipe)                 a torch optimiser
    learning_rate(recipe, progress)          at a share, 0 to 1, of the training
    make_objective(store, recipe, device, world)   an `objective.Objective`
    distance_unit(recipe)                    a squared distance that is neither small nor large
    stuck(recipe, loss, near, far)           at what the loss of an untrained network stays, or None
    numbers(recipe)                          dict, name -> value: what only this method has
"""

from importlib import import_module


def method_of(recipe):
    """The module of a recipe's method."""
    return import_module(recipe.method)
