"""Sentences of 10_experiments on how good embeddings are, with the numbers that they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
from IPython.display import Markdown

from thesis_lib.reporting.experiment_lines import METHODS, METRICS

if TYPE_CHECKING:
    from thesis_lib.reporting.notebook_record import Record


def embedding_quality(scores: pd.DataFrame, about: Any) -> str:
    """Caption of the figure embedding_quality (10_experiments)."""
    return (
        f"{about.training_seconds:.0f} s of training on one core each, mean and standard "
        f"deviation of {scores.seeds.max():.0f} seeds. Mini home is simulated (unknown "
        "microphones); mini music: unseen songs, each tested once a seed; ESC-10: real, unseen "
        f"sources. Machine: {about.machine}, {about.cores:.0f} cores."
    )


def embedding_summary(about: Any) -> str:
    """Caption of the table embedding_summary (10_experiments)."""
    return (
        f"What `embedding_quality` shows, in numbers. {about.training_seconds:.0f} s of training "
        "on one core. The spread is over first weights and draws; at home every seed is tested on "
        "the same recordings. Mini home is simulated."
    )


def summary(board: pd.DataFrame) -> pd.DataFrame:
    """The scores of ours and what they have to beat, for readers (10_experiments).

    Parameters
    ----------
    board : DataFrame
        Of `analysis.scoreboard`, with `where`: corpus and metric in words.

    Returns
    -------
    DataFrame, index where
    """
    names = {
        "thesis": "thesis's recipe",
        "floor": "best unlabelled",
        "which": "which",
        "ours": "ours",
        "spread": "spread",
        "ours_3x": "3 x as long",
        "supervised": "told the labels",
    }
    shown = board[list(names)].replace({"which": METHODS}).set_axis(list(board["where"]))
    return shown.rename(columns=names).round(3)


def beaten(record: Record, board: pd.DataFrame) -> Markdown:
    """Where ours is above every unlabelled method, and where not (10_experiments).

    Parameters
    ----------
    record : Record
    board : DataFrame
        As for `summary`.

    Returns
    -------
    Markdown
    """
    board = board.set_index("where")
    below, close = board[board.lead <= 0], board[(board.lead > 0) & (board.lead < board.noise)]
    record.number("not_beaten", below.which.to_dict())
    record.number("beaten_by_less_than_the_spread", close.lead.round(3).to_dict())
    record.number("three_times_as_long", board.longer.round(3).to_dict())
    told = "Above every unlabelled row everywhere,"
    if len(below):
        told = f"**Not above every unlabelled row:** {'; '.join(below.index)}. Above,"
    clear = len(board) - len(close) - len(below)
    by = "; ".join(f"{row} ({lead:+.3f})" for row, lead in close.lead.items())
    return Markdown(
        f"{told} by more than the spread of the difference in {clear} of {len(board)}; by less: "
        f"{by or 'none'}.\n\n{_longer(board)}"
    )


def _longer(board):
    """What three times the training changes."""
    fallen, least = board.index[board.longer < -board.longer_noise], board.longer.idxmin()
    told = "nothing falls beyond the spread of the difference"
    if len(fallen):
        told = f"it falls: {'; '.join(fallen)}"
    row = board.loc[least]
    return (
        f"Trained three times as long, {told}; the lowest change is {row.longer:+.3f} ± "
        f"{row.longer_noise:.3f} ({least})."
    )


def compare(record: Record, board: pd.DataFrame, corpora: dict[str, str]) -> None:
    """Set the scores of ours beside the thesis's, of which there are none (10_experiments).

    Parameters
    ----------
    record : Record
    board : DataFrame
        As for `summary`.
    corpora : dict, corpus -> the name for readers
    """
    for (metric, name), row in board.iterrows():
        here = (
            f"{100 * row.ours:.1f} ± {100 * row.spread:.1f} % "
            f"(best other without labels: {100 * row.floor:.1f} %)"
        )
        differs = (
            f"whole recordings; the thesis's recipe, as long: {100 * row.thesis:.1f} %; "
            f"best other: {METHODS[row.which]}; see 10_experiments"
        )
        record.compare(f"our recipe, {corpora[name]}: {METRICS[metric]}", None, here, differs)


def gains(
    record: Record, board: pd.DataFrame, corpora: dict[str, str], errors: dict[str, pd.Series]
) -> Markdown:
    """How much of the thesis's error is left, and how much is there untrained (10_experiments).

    Parameters
    ----------
    record : Record
    board : DataFrame
        As for `summary`.
    corpora : dict, corpus -> the name for readers
    errors : dict, method -> Series, index corpus
        Of `analysis.scoreboard.error_ratio`: of "ours" and "supervised".

    Returns
    -------
    Markdown
    """
    there = {metric: board.there[metric].round(2).to_dict() for metric in METRICS}
    for metric, shares in there.items():
        record.number(f"gain_there_untrained_{metric}", shares)
    for method, ratio in errors.items():
        record.number(f"error_of_{method}_to_thesis", ratio.to_dict())
    f1 = board.loc["macro_f1"]
    ceiling = (f1.ours / f1.supervised).astype(float).round(2).to_dict()
    record.number("share_of_the_ceiling", ceiling)
    lines = [
        f"- {title}: the error (1 - F1) is **{errors['ours'][name]:.2f}** times the thesis's; of a "
        f"supervised network it is {errors['supervised'][name]:.2f}, F1 is "
        f"{100 * ceiling[name]:.0f} % of what labels give. Our network untrained has gone "
        f"{100 * there['macro_f1'][name]:.0f} % of the way from the thesis's recipe to ours in F1, "
        f"{100 * there['precision_at_10'][name]:.0f} % in precision@10."
        for name, title in corpora.items()
    ]
    return Markdown("\n".join(lines))


def ablation(title: str, parts: pd.DataFrame, about: Any) -> str:
    """Caption of the figures ablation_... (10_experiments)."""
    return (
        f"{title} {about.training_seconds:.0f} s of training on one core each, mean and standard "
        f"deviation of {parts.seeds.max():.0f} seeds. Mini home is simulated."
    )


def ablation_differences(parts: pd.DataFrame, about: Any) -> str:
    """Caption of the table ablation_differences (10_experiments)."""
    return (
        "Ours with a part left out or done in another way, minus ours: mean over "
        f"{parts.corpus.nunique()} corpora, and its standard error. "
        f"{about.training_seconds:.0f} s of training, {parts.seeds.max():.0f} seeds. Mini home is "
        "simulated."
    )


def beyond(
    record: Record, f1: pd.DataFrame, table: pd.DataFrame, best: str, nice: Callable[[str], str]
) -> Markdown:
    """Which parts can be told from ours (10_experiments).

    Parameters
    ----------
    record : Record
    f1 : DataFrame
        A row a method, a column a corpus: macro-F1.
    table : DataFrame
        Of `ablation_table.differences`, for each metric.
    best : str
        The method that is ours.
    nice : function, corpus -> the name for readers

    Returns
    -------
    Markdown
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
        "Farther from ours than two standard errors:\n\n" + "\n".join(lines) + "\n\nAll else "
        "cannot be told from ours with so few seeds. So it is with the *changed tiles*: left as "
        f"they are, macro-F1 differs by {alike}. They are kept for microphones that are in no "
        "training, and only the home has such."
    )
