"""Maps in the plane, where what is near in the space stays near."""

import numpy as np
from matplotlib.figure import Figure

from thesis_lib.plots import many, style


def flat_map(places: dict[str, np.ndarray], labels: np.ndarray, colours: dict[str, str]) -> Figure:
    """Tiles as dots on one map or several, each class named where most of it is.

    Names stay legible where there are more classes than colours that can be told apart.

    Parameters
    ----------
    places : dict, title -> float array, shape (n, 2)
    labels : array of str, shape (n,)
    colours : dict, label -> colour

    Returns
    -------
    Figure
    """
    figure, axes = style.subplots(1, len(places), height=4.6, squeeze=False)
    for axis, (title, points) in zip(axes[0], places.items(), strict=True):
        axis.scatter(*points.T, c=[colours[label] for label in labels], s=8, linewidths=0)
        many.name_classes(axis, points, labels)
        axis.set(title=title, xticks=[], yticks=[])
    return figure
