"""A corpus as its reviewers say it is: their labels, and what they found broken or silent.

The files of the corpus, and its table, stay as they are. See 06_error_analysis_sins.
"""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from thesis_lib.listening.decisions import BROKEN, KEEP, SILENT, WRONG, standing
from thesis_lib.util.errors import InputError

OUT = ""  # in the place of a label: nothing to learn from or to score is heard


def corrected(table: pd.DataFrame, decisions: pd.DataFrame, place: Path | str) -> pd.DataFrame:
    """A corpus's table with the labels that reviewers gave; the table itself stays as it is.

    See 06_error_analysis_sins.

    Parameters
    ----------
    table : DataFrame
        Of a corpus: path, start, label, group, node, position. A moment is corrected on all nodes.
    decisions : DataFrame
        From `decisions.read`.
    place : Path
        Where these are from, for what is said of them.

    Returns
    -------
    DataFrame
        The same rows and columns.

    Raises
    ------
    InputError
        A path is not of this corpus, a label is not what was reviewed, or two reviewers say
        opposite things of one item.
    """
    right = _right(table, decisions, place)
    return table.assign(label=right.where(right.notna() & (right != OUT), table.label))


def unusable(table: pd.DataFrame, decisions: pd.DataFrame, place: Path | str) -> np.ndarray:
    """Which recordings are broken, or hold nothing to hear: (n,) bool array.

    Parameters, Raises
    ------------------
    As of `corrected`. See 06_error_analysis_sins.
    """
    return (_right(table, decisions, place) == OUT).to_numpy()


def _right(table, decisions, place):
    """What reviewers say of each recording: Series of labels, `OUT`, or None."""
    own = standing(decisions)
    own = own[own.answer.isin((KEEP, WRONG, BROKEN, SILENT))]
    label = own.label.where(own.answer == KEEP, own.detail)
    own = own.assign(right=label.where(own.answer.isin((KEEP, WRONG)), OUT))
    key, rows = _keys(table), table.groupby("path").indices
    relabelled = decisions[decisions.answer == WRONG].groupby("path").detail.agg(set).to_dict()
    found: dict[str, Any] = {}  # what was said of it first
    for row in own.itertuples():
        here = _row_of(row, table, rows, place)
        given = table.label.iloc[here]
        if row.label not in {given} | relabelled.get(row.path, set()):
            raise InputError(
                f"{place} corrects {row.path} as {row.label!r}, but its label is {given!r}; give "
                "the decisions on these labels."
            )
        said = found.setdefault(key[here], row)
        if said.right != row.right:
            raise InputError(
                f"{place} holds opposite decisions on {row.path} ({_told(said)}, {_told(row)}); "
                "agree on one and answer again."
            )
    said = [found[one].right if one in found else None for one in key]
    return pd.Series(said, table.index, dtype=object)


def _row_of(row, table, rows, place):
    """The number of the recording that a decision is about."""
    same = rows.get(row.path, np.zeros(0, int))
    here = same[np.isclose(table.start.to_numpy()[same], row.start)]
    if not len(here):
        raise InputError(
            f"{place} corrects {row.path}, which is not in this corpus; give the decisions on this "
            "one."
        )
    return here[0]


def _told(row):
    return f"{row.who}: {row.right or row.answer}"


def _keys(table):
    """What a correction is of: a moment of a home on all nodes, else a recording."""
    alone = (table.node == "").to_numpy()
    moment = (table.group.astype(str) + "\n" + table.position.astype(str)).to_numpy(object)
    single = (table.path.astype(str) + "\n" + table.start.astype(str)).to_numpy(object)
    return np.where(alone, single, moment)
