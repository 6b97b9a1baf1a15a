"""What 04_gpu_training records of network and training, and the sentences below its cells.

`data_set` is "sins" or "music", as in the names of the figures.
"""

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


def parameters(record: Record, layers: pd.DataFrame, here: dict[str, int]) -> None:
    """Record how many parameters there are in `resnet.layer_table` and in the networks here."""
    record.number("parameters_full_width", int(layers.parameters.sum()))
    record.number("parameters_here", here)


def final_loss(
    record: Record, data_set: str, title: str, run: Run, found: dict[str, Any], is_alike: bool
) -> Markdown:
    """Record the loss of the last epoch (`found` by `curves.ends`) beside the thesis's.

    `title` is `data_set` for readers. Only what `is_alike`, the thesis's own loss, is compared.
    """
    loss, spread, ratio = found["loss"], found["spread"], found["far_to_near"]
    kept = {"mean": round(loss, 3), "spread": round(spread, 3), "far_to_near": np.round(ratio, 2)}
    record.number(f"final_loss_{data_set}", kept)
    recipe, corpus, theirs = run.recipe, run.corpus.name, THESIS_LOSS[data_set]
    known = run.unit != "recording"  # else nobody has said that it is what the thesis trained on
    if is_alike and known:
        differs = f"other data, {recipe.epochs} epochs, learning rate {recipe.learning_rate:g}"
        what = f"final training loss, {title} (here: {corpus})"
        record.compare(what, theirs, round(loss, 3), f"{differs}, width {recipe.width}")
    there = f" (thesis {theirs:g})" if known else ""
    return Markdown(
        f"- {as_markdown(corpus)}: loss in the last epoch **{loss:.2f}** ± {spread:.2f}"
        f"{there}; opposites are {ratio[0]:.1f} times as far as neighbours in the "
        f"first epoch, {ratio[1]:.1f} times in the last."
    )


def silhouette(
    record: Record, data_set: str, run: Run, table: pd.DataFrame, baseline: float
) -> Markdown:
    """Record the silhouette (`table`: seed, epoch, silhouette) before and after training.

    `baseline` is the same of the log-Mel statistics.
    """
    before, after = table.groupby("epoch").silhouette.mean().iloc[[0, -1]]
    found = {"untrained": before, "trained": after, "statistics": baseline}
    record.number(f"silhouette_{data_set}", {key: round(value, 3) for key, value in found.items()})
    return Markdown(
        f"{as_markdown(run.corpus.name)}: {before:.3f} untrained, **{after:.3f}** trained, "
        f"{baseline:.3f} from log-Mel statistics."
    )
