"""What 10_experiments records of how good embeddings are, and the sentences below its cells.

`board` is a table of `analysis.scoreboard`, with `where`: corpus and metric in words; `corpora` has
the names of the corpora for readers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
from IPython.display import Markdown

from thesis_lib.reporting.experiments import COLUMNS, METHODS, METRICS

if TYPE_CHECKING:
    from thesis_lib.reporting.notebook_record import Record


def summary(board: pd.DataFrame) -> pd.DataFrame:
    """The scores of ours and what they have to beat, for readers: DataFrame, index where."""
    shown = board[list(COLUMNS)].replace({"which": METHODS}).set_axis(list(board["where"]))
    return shown.rename(columns=COLUMNS).round(3)


def beaten(record: Record, board: pd.DataFrame) -> Markdown:
    """Record where ours is above the best unlabelled method, level with it, and below."""
    board = board.set_index("where")
    below, level = (board[board.place == place] for place in ("below", "level"))
    record.number("below_the_best_unlabelled", below.which.to_dict())
    record.number("level_with_the_best_unlabelled", level.margin.round(3).to_dict())
    record.number("three_times_as_long", board.gain_3x.round(3).to_dict())
    above = len(board) - len(level) - len(below)
    margins = "; ".join(f"{row} ({margin:+.3f})" for row, margin in level.margin.items())
    return Markdown(
        f"Above the best unlabelled row in {above} of {len(board)}; level with it: "
        f"{margins or 'nowhere'}; below it: {'; '.join(below.index) or 'nowhere'}."
        f"\n\n{_three_times_as_long(board)}"
    )


def _three_times_as_long(board):
    fallen, least = board.index[board.place_3x == "below"], board.gain_3x.idxmin()
    change = "nothing falls by more than the standard deviation of the difference"
    if len(fallen):
        change = f"it falls: {'; '.join(fallen)}"
    row = board.loc[least]
    return (
        f"Trained three times as long, {change}; the lowest change is {row.gain_3x:+.3f} ± "
        f"{row.std_of_gain_3x:.3f} ({least})."
    )


def _compare(record, board, corpora):
    """Set the scores of ours beside the thesis's, of which there are none."""
    for (metric, name), row in board.iterrows():
        here = (
            f"{100 * row.ours:.1f} ± {100 * row.spread:.1f} % "
            f"(best other without labels: {100 * row.baseline:.1f} %)"
        )
        differs = (
            f"whole recordings; the thesis's recipe, as long: {100 * row.thesis:.1f} %; "
            f"best other: {METHODS[row.which]}; see 10_experiments"
        )
        record.compare(f"our recipe, {corpora[name]}: {METRICS[metric]}", None, here, differs)


def gains(
    record: Record, board: pd.DataFrame, corpora: dict[str, str], errors: dict[str, pd.Series]
) -> Markdown:
    """Record how much of the thesis's error is left, and how much is there untrained.

    `errors` are those of `scoreboard.error_ratio` of "ours" and "supervised".
    """
    _compare(record, board, corpora)
    untrained = {metric: board.gain_untrained[metric].round(2).to_dict() for metric in METRICS}
    for metric, shares in untrained.items():
        record.number(f"gain_untrained_{metric}", shares)
    for method, ratio in errors.items():
        record.number(f"error_of_{method}_to_thesis", ratio.to_dict())
    f1 = board.loc["macro_f1"]
    ceiling = (f1.ours / f1.supervised).astype(float).round(2).to_dict()
    record.number("share_of_the_ceiling", ceiling)
    lines = [
        f"- {title}: the error (1 - F1) is **{errors['ours'][name]:.2f}** times the thesis's; of a "
        f"supervised network it is {errors['supervised'][name]:.2f}, F1 is "
        f"{100 * ceiling[name]:.0f} % of what labels give. Our network untrained has gone "
        f"{100 * untrained['macro_f1'][name]:.0f} % of the way from the thesis's recipe to ours in "
        f"F1, {100 * untrained['precision_at_10'][name]:.0f} % in precision@10."
        for name, title in corpora.items()
    ]
    return Markdown("\n".join(lines))


def beyond(
    record: Record, f1: pd.DataFrame, table: pd.DataFrame, best: str, nice: Callable[[str], str]
) -> Markdown:
    """Record which variants differ from ours, the method `best`, by more than 2 standard errors.

    `f1` is macro-F1, one row per method, one column per corpus; `table` has
    `ablation_table.differences` for each metric.
    """
    record.number("ablation_macro_f1", f1.round(3).to_dict("index"))
    lines = []
    for metric, title in METRICS.items():
        own = table[metric][table[metric].difference.abs() > 2 * table[metric].error]
        named = "; ".join(f"{way} ({row.difference:+.2f})" for way, row in own.iterrows())
        lines.append(f"- {title}: {named or 'nothing'}.")
    change = (f1.loc["without any change"] - f1.loc[best]).round(2)
    alike = ", ".join(f"{value:+.2f} on {nice(name)}" for name, value in change.items())
    return Markdown(
        "Farther from ours than two standard errors:\n\n" + "\n".join(lines) + "\n\nWith so few "
        "seeds nothing else can be distinguished from ours. This holds for the *changed tiles* "
        f"too: left as they are, macro-F1 differs by {alike}. They are kept for microphones that "
        "are in no training, and only the home has such."
    )
