"""Sentences of 04_gpu_training, with the numbers that they name written down on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from IPython.display import Markdown

from thesis_lib.util.text import as_markdown

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record

THESIS_LOSS = {"sins": 0.1879, "music": 0.35}  # the thesis's last training losses

TRIPLET_LOSS = (
    "The triplet loss on three triplets in the plane, margin 1; numbers on the lines are squared "
    "distances."
)
RECIPES = "Every number of the recipes; marked: where the run here differs from the thesis."


def layers(table: pd.DataFrame, frames: int, mels: int) -> str:
    """Caption of the figure resnet18_layers (04_gpu_training).

    Parameters
    ----------
    table : DataFrame
        As `resnet.layer_table` makes it.
    frames, mels : int
        Size of the tile.

    Returns
    -------
    str
    """
    return (
        f"ResNet18 at the thesis's width on a tile of {frames} frames x {mels} bands: "
        f"{table.parameters.sum():,} parameters."
    ).replace(",", " ")


def sizes(
    record: Record, table: pd.DataFrame, caption: str, standard: int, small: dict[str, int]
) -> str:
    """Caption of the table resnet18_layers (04_gpu_training).

    Parameters
    ----------
    record : Record
    table : DataFrame
        As `resnet.layer_table` makes it.
    caption : str
        Of the figure.
    standard : int
        Parameters of the standard network.
    small : dict, run -> parameters

    Returns
    -------
    str
    """
    record.number("parameters_full_width", int(table.parameters.sum()))
    record.number("parameters_here", small)
    return (
        f"{caption} With 3 channels and 1000 outputs it has {standard:,}, as the standard "
        f"network. The networks trained here: {small}."
    )


def curves(run: Run) -> str:
    """Caption of a training's curves (04_gpu_training)."""
    return (
        f"{run.corpus.name}: loss, squared distances and share of active triplets in training; "
        f"thin: each of {len(run.seeds)} seeds, thick: their mean, smoothed."
    )


def final_loss(
    record: Record, name: str, title: str, run: Run, found: dict[str, Any], is_alike: bool
) -> Markdown:
    """The loss of the last epoch beside the thesis's (04_gpu_training).

    Parameters
    ----------
    record : Record
    name, title : str
        "sins" or "music"; the same for readers.
    run : Run
    found : dict
        Of `analysis.curves.ends`.
    is_alike : bool
        Whether it is the thesis's loss, so that the two can be compared.

    Returns
    -------
    Markdown
    """
    loss, spread, ratio = found["loss"], found["spread"], found["far_to_near"]
    kept = {"mean": round(loss, 3), "spread": round(spread, 3), "far_to_near": np.round(ratio, 2)}
    record.number(f"final_loss_{name}", kept)
    recipe, corpus, theirs = run.recipe, run.corpus.name, THESIS_LOSS[name]
    if is_alike:
        differs = (
            f"other data, {recipe.epochs} epochs, rate {recipe.learning_rate:g}, "
            f"width {recipe.width}"
        )
        what = f"final training loss, {title} (here: {corpus})"
        record.compare(what, theirs, round(loss, 3), differs)
    return Markdown(
        f"- {as_markdown(corpus)}: loss in the last epoch **{loss:.2f}** ± {spread:.2f} "
        f"(thesis {theirs:g}); opposites are {ratio[0]:.1f} times as far as neighbours in the "
        f"first epoch, {ratio[1]:.1f} times in the last."
    )


def silhouettes(run: Run, sample: int) -> str:
    """Caption of the silhouettes over a training (04_gpu_training)."""
    return (
        f"{run.corpus.name}: silhouette of the classes over training, on at most {sample} test "
        "tiles a seed."
    )


def silhouette(record: Record, name: str, run: Run, table: pd.DataFrame, floor: float) -> Markdown:
    """The silhouette before and after training (04_gpu_training).

    Parameters
    ----------
    record : Record
    name : str
        "sins" or "music".
    run : Run
    table : DataFrame
        seed, epoch, silhouette.
    floor : float
        The same of the log-Mel statistics.

    Returns
    -------
    Markdown
    """
    before, after = table.groupby("epoch").silhouette.mean().iloc[[0, -1]]
    found = {"untrained": before, "trained": after, "statistics": floor}
    record.number(f"silhouette_{name}", {key: round(value, 3) for key, value in found.items()})
    return Markdown(
        f"{as_markdown(run.corpus.name)}: {before:.3f} untrained, **{after:.3f}** trained, "
        f"{floor:.3f} from log-Mel statistics."
    )
