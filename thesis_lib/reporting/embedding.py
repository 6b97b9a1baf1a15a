"""Which embedding a notebook draws from, and by how much it differs from others, written down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import Markdown

from thesis_lib.util.names import EMBEDDINGS
from thesis_lib.util.text import as_markdown

if TYPE_CHECKING:
    from thesis_lib.pipeline.run import Run
    from thesis_lib.reporting.notebook_record import Record


def shown(record: Record, runs: Iterable[Run], wanted: str) -> Markdown:
    """Record which embedding of each run is drawn: `wanted`, or another where it is missing."""
    lines, runs = [], list(runs)
    taken = {run.corpus.name: run.embedding_shown(wanted) for run in runs}
    record.number("embedding", taken)
    for run in runs:
        embedding, name = taken[run.corpus.name], as_markdown(run.corpus.name)
        line = f"- {name} is drawn from `{embedding}`: {EMBEDDINGS[embedding]}"
        if embedding != wanted:
            line += f"; `{wanted}` is not there"
        if embedding == "trained" or "trained" in run.embedded:
            recipe = run.recipe.name.split(",")[0]  # behind it is a domain
            line += f". `trained` has the recipe *{as_markdown(recipe)}*"
        lines.append(f"{line}.")
    return Markdown("\n".join(lines))


def differences(record: Record, found: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Record by how much the embedding that is drawn differs from the others; as one table.

    `found` is a dict, unit of scoring -> DataFrame of `comparison.differences`.
    """
    table = pd.concat(found, names=["what"]).droplevel(1)
    record.rows("differences", table.reset_index())
    return table
