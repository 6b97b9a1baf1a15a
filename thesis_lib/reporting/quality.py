"""What 10_experiments records of the parts of our recipe, and the sentence below its table."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import Markdown

from thesis_lib.reporting.experiments import METRICS

if TYPE_CHECKING:
    from thesis_lib.reporting.notebook_record import Record


def beyond(
    record: Record, f1: pd.DataFrame, table: pd.DataFrame, best: str, nice: Callable[[str], str]
) -> Markdown:
    """Record which variants differ from ours, the method `best`, after the correction.

    `f1` is macro-F1, one row per method, one column per corpus; `table` has
    `ablation_table.differences` for each metric.
    """
    record.number("ablation_macro_f1", f1.round(3).to_dict("index"))
    lines = []
    for metric, title in METRICS.items():
        own = table[metric][table[metric].differs]
        named = "; ".join(f"{way} ({row.difference:+.2f})" for way, row in own.iterrows())
        lines.append(f"- {title}: {named or 'nothing'}.")
    change = (f1.loc["without any change"] - f1.loc[best]).round(2)
    alike = ", ".join(f"{value:+.2f} on {nice(name)}" for name, value in change.items())
    return Markdown(
        "Different from ours after the correction:\n\n" + "\n".join(lines) + "\n\nNothing else "
        "can be distinguished from ours by these tests. Where tiles are left as they are, macro-F1 "
        f"differs by {alike}: they are changed for microphones that are in no training, and only "
        "the home has such."
    )
