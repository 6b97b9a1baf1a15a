"""Scores of several seeds put into words, so that no sentence claims more than they show.

Notebooks: 06_error_analysis_sins, 07_genre_clusters, 08_f1_results, 10_experiments,
11_open_questions.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thesis_lib.analysis.bootstrap import strata_of
from thesis_lib.analysis.intervals import f1_interval, mean_interval
from thesis_lib.util.errors import InputError
from thesis_lib.util.names import EMBEDDINGS

IN_WORDS = {"above": "above", "below": "below", "level": "level with", "beside": "beside"}


def mean_and_spread(values: ArrayLike, digits: int = 2) -> str:
    """Mean and standard deviation over seeds: "0.52 ± 0.03"; of a single value "0.52".

    See 07_genre_clusters.
    """
    values = np.asarray(values, float)
    mean = f"{values.mean():.{digits}f}"
    return f"{mean} ± {values.std(ddof=1):.{digits}f}" if len(values) > 1 else mean


def compare(difference: float, std: float) -> str:
    """Whether a method is "above", "below" or "level" with another: the rule of all notebooks.

    A method is above where its mean score is higher by more than one standard deviation of the
    difference. With a few seeds this is weak evidence, and it says nothing about other sessions or
    songs: for that, see `intervals`. See 08_f1_results, 10_experiments and 11_open_questions.

    Parameters
    ----------
    difference : float
        Mean over the seeds, the method minus the other.
    std : float
        Standard deviation of the difference over the seeds: of the pairs where both have a score
        for each seed, else sqrt(s^2 + s0^2) of the two, as if drawn apart.

    Returns
    -------
    str
    """
    if abs(difference) <= std + 1e-12:
        return "level"
    return "above" if difference > 0 else "below"


def compare_scores(ours: pd.Series, other: pd.Series) -> str:
    """`compare` of two methods, seed by seed (08_f1_results).

    Parameters
    ----------
    ours, other : Series
        One value per seed (the index). Seeds are compared one by one, as in music each has its own
        songs for the test; a single value is compared with all of the other.

    Returns
    -------
    str
        As of `compare`; "beside" where there is one value of each, which says nothing about chance.
    """
    single = [values for values in (ours, other) if len(values) == 1]
    if len(single) == 2:
        return "beside"
    gap = ours - other if not single else ours.to_numpy() - other.to_numpy()
    return compare(gap.mean(), np.std(gap, ddof=1))


def describe_scores(scores: pd.DataFrame, first: str = "trained", digits: int = 2) -> str:
    """One line on each unit of scoring: the score of one embedding beside the others'.

    See 07_genre_clusters.

    Parameters
    ----------
    scores : DataFrame
        One row per seed: `what`, `embedding` (one of `EMBEDDINGS`), `seed`, `value` and, where it
        is known, `chance`.
    first : str
        The embedding that is compared with all others.
    digits : int

    Returns
    -------
    str
        Markdown, one item of a list for each `what`.
    """
    lines = []
    for what, own in scores.groupby("what", sort=False):
        values = {name: rows.set_index("seed").value for name, rows in own.groupby("embedding")}
        chance = f"; chance {own.chance.mean():.{digits}f}" if "chance" in own else ""
        lines.append(f"- {what}: {_sentence(values, first, digits)}{chance}.")
    return "\n".join(lines)


def _sentence(values, first, digits):
    others = [
        f"{IN_WORDS[compare_scores(values[first], values[key])]} {name} "
        f"({mean_and_spread(values[key], digits)})"
        for key, name in EMBEDDINGS.items()
        if key in values and key != first
    ]
    return f"{first} **{mean_and_spread(values[first], digits)}**, {', '.join(others)}"


def differences(items: dict[tuple[str, int], pd.DataFrame], first: str) -> pd.DataFrame:
    """By how much one embedding is better than each other, on the same items (08_f1_results).

    Parameters
    ----------
    items : dict, (embedding, seed) -> DataFrame
        The tested items of a seed, in the same order for each embedding: `label`, `group`, and
        `answer` (macro-F1 is compared) or `value` (its mean is). An embedding with a single seed is
        compared with every seed of the other.
    first : str

    Returns
    -------
    DataFrame, one row per other embedding
        `other`, `difference`, `low`, `high` (95 %, by a bootstrap over groups, class by class; NaN
        where no class has two groups) and `place`: "above" or "below" where the interval excludes
        0, else "level with".
    """
    rows = []
    for other in dict.fromkeys(name for name, _ in items if name != first):
        both = _side_by_side(items, first, other)
        value, low, high = _difference(both)
        place = "above" if low > 0 else "below" if high < 0 else "level with"
        rows.append({"other": other, "difference": value, "low": low, "high": high, "place": place})
    return pd.DataFrame(rows, columns=["other", "difference", "low", "high", "place"])


def _side_by_side(items, first, other):
    """The items of both embeddings, of every seed that either has: columns end in "" and "_b"."""
    own, others = ({seed: table for (name, seed), table in items.items() if name == wanted}
                   for wanted in (first, other))  # fmt: skip
    parts = []
    for seed in sorted({*own, *others}):
        a, b = (
            of.get(seed, next(iter(of.values()))).reset_index(drop=True) for of in (own, others)
        )
        if not a[["label", "group"]].equals(b[["label", "group"]]):
            raise InputError(f"items: those of {first!r} and {other!r} differ; give the same")
        parts.append(a.join(b.add_suffix("_b")).assign(fold=seed))
    return pd.concat(parts)


def _difference(both):
    of, by_class = "answer" if "answer" in both else "value", strata_of(both.group, both.label)
    if len(by_class) == len(set(by_class)):  # one group a class: there is nothing to draw
        return (np.nan,) * 3
    places = {"fold": both.fold, "other": both[f"{of}_b"], "stratum": by_class}
    if of == "answer":
        return f1_interval(both.label, both.answer, both.group, **places)
    return mean_interval(both.value, both.group, **places)


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
        return f"beside {EMBEDDINGS[row.other]} (too few sessions or songs to tell)"
    ends = f"{row.low:+.{digits}f} to {row.high:+.{digits}f}"
    return f"{row.place} {EMBEDDINGS[row.other]} ({row.difference:+.{digits}f}, 95 % {ends})"
