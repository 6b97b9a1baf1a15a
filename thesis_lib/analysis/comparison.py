"""Which embedding is better, put into words, so that no sentence claims more than is known.

Scores of sessions or songs are drawn again, see `bootstrap`: each score has an interval, and one
embedding is better than another where the interval of their difference excludes 0.

Notebooks: 05_embedding_space, 06_error_analysis_sins, 07_genre_clusters, 08_f1_results.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from thesis_lib.analysis import measures
from thesis_lib.analysis.bootstrap import DRAWS, strata_of
from thesis_lib.analysis.intervals import f1_parts, mean_f1, mean_parts, mean_value
from thesis_lib.analysis.significance import compare_methods
from thesis_lib.util.errors import InputError
from thesis_lib.util.names import EMBEDDINGS

FEWEST = 5  # sessions with a fault: of four there are 35 draws, and one in 40 is to be told


class Score(NamedTuple):
    """What of an item is scored, and how.

    Attributes
    ----------
    column, truth : str
        What an embedding says of an item, and what is so.
    parts, score : function
        As `compare_methods` takes them.
    bounds : (low, high), optional
        The draws are centred, see `bootstrap.draw_scores`, and intervals end where scores do.
    """

    column: str
    truth: str
    parts: Callable[..., np.ndarray]
    score: Callable[[np.ndarray], np.ndarray]
    bounds: tuple[float, float] | None = None


def _mean_parts(_, values, group, fold):
    return mean_parts(values, group, fold)


SCORES = {
    "macro_f1": Score("answer", "label", f1_parts, mean_f1),
    "mean": Score("value", "label", _mean_parts, mean_value),
    "ari": Score("cluster", "label", measures.cluster_parts, measures.mean_ari, (-0.5, 1)),
    "nmi": Score("cluster", "label", measures.cluster_parts, measures.mean_nmi, (0, 1)),
    "purity": Score("cluster", "label", measures.cluster_parts, measures.mean_purity, (0, 1)),
    "average_precision": Score(
        "order", "fault", measures.ranking_parts, measures.mean_precision, (0, 1)
    ),
}


Items = dict[tuple[str, int], pd.DataFrame]


def scores(tested: dict[str, Items], score: str | None = None) -> pd.DataFrame:
    """The score of each embedding on each unit of scoring, with its interval (08_f1_results).

    Parameters
    ----------
    tested : dict, what is scored -> dict, (embedding, seed) -> DataFrame
        The tested items of a seed, in the same order for each embedding: `label`, `group`, and what
        is scored: `answer`, `value`, `cluster`, or `order` beside `fault` in place of `label`. An
        embedding with a single seed has the same items for every seed of the others.
    score : str, optional
        One of `SCORES`. None: the first whose column there is: macro-F1 of `answer`, the mean of
        `value`, the average precision of `order`.

    Returns
    -------
    DataFrame, one row per unit and embedding
        `what`, `embedding`, `value` (mean over the seeds), `low`, `high` (95 %, by a bootstrap over
        groups, class by class and, where seeds test other groups, test by test; of rankings over
        groups with and without a fault). No interval, NaN, where no class has two groups in a test,
        or fewer than `FEWEST` groups hold a fault.
    """
    names = {"method": "embedding", "mean": "value", "ci_low": "low", "ci_high": "high"}
    tables = [_compared(items, next(iter(items))[0], score).assign(what=what)
              for what, items in tested.items()]  # fmt: skip
    return pd.concat(tables, ignore_index=True).rename(columns=names)[["what", *names.values()]]


def differences(items: Items, first: str, score: str | None = None) -> pd.DataFrame:
    """By how much one embedding is better than each other, on the same draws (08_f1_results).

    Parameters
    ----------
    items, score
        As for `scores`, of one unit.
    first : str

    Returns
    -------
    DataFrame, one row per other embedding
        `other`, `difference`, `low`, `high` (as of `scores`; all NaN where there is no interval)
        and `place`: "above" or "below" where the interval excludes 0, else "level with"; "beside"
        where there is no interval.
    """
    rows = []
    for row in _compared(items, first, score).itertuples():
        low, high = 0 - row.diff_high, 0 - row.diff_low  # of `first` less the other
        place = "above" if low > 0 else "below" if high < 0 else "level with"
        value, place = (0 - row.diff, place) if low <= high else (np.nan, "beside")
        if row.method != first:
            rows.append((row.method, value, low, high, place))
    return pd.DataFrame(rows, columns=["other", "difference", "low", "high", "place"])


def _compared(items, first, score):
    """The table of `compare_methods`, its intervals NaN where there are too few groups."""
    score = SCORES[score or _score_of(items)]
    names, table = _side_by_side(items, score)
    said = [table[name] for name in names]
    parts = score.parts(table[score.truth], said, table.group, table.fold)
    drawn = _drawn(table, score)
    if drawn is None:
        point = score.score(parts.sum(axis=0)[None])[0]
        columns = ["ci_low", "ci_high", "diff", "diff_low", "diff_high"]
        return pd.DataFrame({"method": names, "mean": point, **dict.fromkeys(columns, np.nan)})
    drawn |= {"draws": DRAWS, "centred": score.bounds is not None}
    found = compare_methods(parts, score.score, names, first, **drawn)
    ends = found[["ci_low", "ci_high"]].clip(*(score.bounds or (None, None)))
    return found.assign(**ends)


def _score_of(items):
    columns = next(iter(items.values())).columns
    return next(name for name, score in SCORES.items() if score.column in columns)


def _side_by_side(items, score):
    """The embeddings' names, and the items of every seed: a column each, and `fold`."""
    of: dict[str, dict[int, pd.DataFrame]] = {name: {} for name, _ in items}
    for (name, seed), table in items.items():
        of[name][seed] = table.reset_index(drop=True)
    parts = []
    for seed in sorted({seed for _, seed in items}):
        tables = {name: own.get(seed, next(iter(own.values()))) for name, own in of.items()}
        same, *others = (table[[score.truth, "group"]] for table in tables.values())
        if not all(same.equals(other) for other in others):
            listed = " and ".join(map(repr, tables))
            raise InputError(f"items: those of {listed} differ; give the same")
        said = {name: table[score.column] for name, table in tables.items()}
        parts.append(same.assign(**said, fold=seed))
    return list(of), pd.concat(parts, ignore_index=True)


def _drawn(table, score):
    """What is drawn, for `compare_methods`; None where there are too few groups."""
    if score.column != "order":
        stratum = _class_and_tests(table, score.truth)
        return None if len(stratum) == len(set(stratum)) else {"stratum": stratum}
    faulty = table.groupby("group").fault.any().to_numpy()
    several = int(faulty.sum())
    return {"stratum": faulty, "depends_on": several} if several >= FEWEST else None


def _class_and_tests(table, truth):
    """Of each group its class and the seeds that test it: no draw lacks a class in any test."""
    there = pd.crosstab(table.group, table.fold) > 0
    tests = table.group.map(there @ 2 ** np.arange(there.shape[1]))
    return strata_of(table.group, table[truth].astype(str) + " " + tests.astype(str))


def as_text(scores: pd.DataFrame, digits: int = 2, times: float = 1) -> pd.Series:
    """Each score and its interval: "0.52 (0.45 to 0.58)"; without an interval "0.52".

    See 07_genre_clusters and 08_f1_results.

    Parameters
    ----------
    scores : DataFrame
        As `scores` makes it.
    digits : int
    times : float
        100 for percent.

    Returns
    -------
    Series of str, index (what, embedding)
    """
    numbers = scores.set_index(["what", "embedding"])[["value", "low", "high"]] * times
    written = [
        f"{value:.{digits}f}"
        + ("" if np.isnan(low) else f" ({low:.{digits}f} to {high:.{digits}f})")
        for value, low, high in numbers.to_numpy()
    ]
    return pd.Series(written, numbers.index)


def describe_differences(found: dict[str, pd.DataFrame], first: str, digits: int = 2) -> str:
    """One line on each unit of scoring: by how much an embedding differs from the others.

    See 08_f1_results.

    Parameters
    ----------
    found : dict, what is scored -> DataFrame of `differences`
    first : str
    digits : int

    Returns
    -------
    str
        Markdown, a list.
    """
    lines = []
    for what, table in found.items():
        parts = [_in_words(row, digits) for row in table.itertuples()]
        lines.append(f"- {what}: {first} is {'; '.join(parts) or 'alone'}.")
    return "\n".join(lines)


def _in_words(row, digits):
    if np.isnan(row.difference):
        return f"{row.place} {EMBEDDINGS[row.other]} (too few sessions or songs to tell)"
    ends = f"{row.low:+.{digits}f} to {row.high:+.{digits}f}"
    return f"{row.place} {EMBEDDINGS[row.other]} ({row.difference:+.{digits}f}, 95 % {ends})"
