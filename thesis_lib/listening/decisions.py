"""What reviewers decide of suspects: written down at once, a file a reviewer, never changed after.

Each decision is a line of CSV that has reached the disk before the next suspect is shown, so that
nothing is lost whatever kills the review; a line that was cut off in the middle is no decision.
Several reviewers have a file each, in one folder, so no two ever write into one. The labels of the
corpus stay as they are: `corrections` gives a table with others. See 06_error_analysis_sins.
"""

import csv
import io
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn.metrics import cohen_kappa_score

from thesis_lib.util import append_only
from thesis_lib.util.errors import InputError
from thesis_lib.util.text import slug

KEEP, WRONG, BROKEN, SILENT, SKIP, UNDO = (
    "keep", "wrong label", "broken", "nothing to hear", "skip", "undo"
)  # fmt: skip
ANSWERS = (KEEP, WRONG, BROKEN, SILENT, SKIP, UNDO)
COLUMNS = ["when", "who", "path", "start", "label", "answer", "detail", "shown", "score"]
ITEM = ["path", "start"]  # what a decision is about
BLIND, SUSPECT = "blind", "suspect"  # why an item was shown


def file_of(folder: Path | str, who: str) -> Path:
    """The file of a reviewer's decisions: Path (06_error_analysis_sins)."""
    return Path(folder) / f"decisions_{slug(who)}.csv"


def append(file: Path | str, **decision: object) -> None:
    """Write one decision down; it has reached the disk when this returns.

    Parameters
    ----------
    file : Path
        See `file_of`.
    decision
        A value for each of `COLUMNS` but `when`; `answer` is one of `ANSWERS`, `detail` the right
        label or how it is broken.

    Raises
    ------
    InputError
        The answer is none, or the file cannot be written.
    """
    if decision.get("answer") not in ANSWERS:
        raise InputError(f"{decision.get('answer')!r} is no answer; give one of {ANSWERS}.")
    append_only.append(file, COLUMNS, decision, "decision")


def read(place: Path | str) -> pd.DataFrame:
    """All decisions of a file, or of a folder's files, in the order in which they were made.

    Returns
    -------
    DataFrame
        The columns of `COLUMNS`; `start` and `score` are numbers, all else text. A line that is cut
        off is left out.

    Raises
    ------
    InputError
        There is no such file, or it holds something else.
    """
    place = Path(place)
    files = sorted(place.glob("decisions_*.csv")) if place.is_dir() else [place]
    if not place.exists():
        raise InputError(f"{place} does not exist; give the CSV of a review, or its folder.")
    tables = [_of_file(path) for path in files]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=COLUMNS)
    return table.sort_values("when", kind="stable", ignore_index=True)


def _of_file(path):
    return pd.DataFrame(parsed(path.read_bytes(), path), columns=COLUMNS)


def parsed(content: bytes, path: Path, first: bool = True) -> list[dict]:
    """The decisions in the bytes of a file, or of a piece of it that begins with a line.

    See 06_error_analysis_sins.

    Parameters
    ----------
    content : bytes
    path : Path
        The file, for what is said of it.
    first : bool
        Whether the piece begins with the names of the columns.

    Returns
    -------
    list of dict
        A value for each of `COLUMNS`; a line that is cut off is left out.

    Raises
    ------
    InputError
        It begins with something else.
    """
    lines = list(csv.reader(io.StringIO(content.decode("utf-8", "surrogateescape"))))
    if first and (lines[:1] or [[]])[0] != COLUMNS:
        raise InputError(
            f"{path} is no list of decisions: its first line is not {','.join(COLUMNS)}; give the "
            "CSV of a review."
        )
    whole = [line for line in lines if len(line) == len(COLUMNS) and line[5] in ANSWERS]
    rows = [dict(zip(COLUMNS, line, strict=True)) for line in whole]
    return [row | {name: _number(row[name]) for name in ("start", "score")} for row in rows]


def _number(text):
    try:
        return float(text)
    except ValueError:
        return np.nan


class Reviewer:
    """What one reviewer says so far of each item; decisions are added as they were made.

    Attributes
    ----------
    last : dict, (path, start) -> dict
        The last decision on each item, skipped ones too; what was undone is none.
    """

    def __init__(self) -> None:
        self.last: dict[tuple, dict] = {}
        self._before: list[tuple[tuple, dict | None]] = []

    @property
    def latest(self) -> tuple | None:
        """The item of the last decision that is not undone."""
        return self._before[-1][0] if self._before else None

    def add(self, row: dict) -> tuple | None:
        """Take one decision in; what it is about, or None where nothing is left to be undone."""
        if row["answer"] == UNDO:
            return self._undo()
        key = row["path"], row["start"]
        self._before.append((key, self.last.get(key)))
        self.last[key] = row
        return key

    def _undo(self):
        if not self._before:
            return None
        key, before = self._before.pop()
        self.last.pop(key)
        self.last |= {key: before} if before else {}
        return key


def standing(decisions: pd.DataFrame) -> pd.DataFrame:
    """The last answer of each reviewer to each item; what was undone or skipped is none.

    See 06_error_analysis_sins.
    """
    reviewers: dict[str, Reviewer] = defaultdict(Reviewer)
    for row in decisions.to_dict("records"):
        reviewers[row["who"]].add(row)
    said = [row for one in reviewers.values() for row in one.last.values()]
    return pd.DataFrame([row for row in said if row["answer"] != SKIP], columns=COLUMNS)


def agreement(decisions: pd.DataFrame) -> pd.DataFrame:
    """How far reviewers agree: a row for each two of them (06_error_analysis_sins).

    Returns
    -------
    DataFrame
        `one`, `other`, `items` (that both answered), `same` (share), `kappa` (Cohen, 1960; NaN
        where one of them always gave the same answer).
    """
    own = standing(decisions).set_index(ITEM)
    rows = []
    for one, other in combinations(sorted(set(own.who)), 2):
        both = own[own.who == one].join(
            own[own.who == other], suffixes=("_one", "_other"), how="inner"
        )
        said = [both[f"answer_{side}"] + both[f"detail_{side}"] for side in ("one", "other")]
        same = float((said[0] == said[1]).mean()) if len(both) else np.nan
        varied = min(one_.nunique() for one_ in said) > 1 if len(both) else False
        rows.append((one, other, len(both), same, cohen_kappa_score(*said) if varied else np.nan))
    return pd.DataFrame(rows, columns=["one", "other", "items", "same", "kappa"])


def error_rate(decisions: pd.DataFrame) -> tuple[float, float, float]:
    """The share of wrong labels in the whole corpus, by the items that were drawn blindly.

    An item that several reviewers answered counts once, see `share`. See 06_error_analysis_sins.

    Returns
    -------
    share, low, high : float
        With a 95 % interval (Wilson, 1927); NaN, 0 and 1 where none was drawn.
    """
    blind = standing(decisions).query("shown == @BLIND")
    return share(list((blind.answer == WRONG).groupby([blind[name] for name in ITEM]).mean()))


def share(wrong: list[float]) -> tuple[float, float, float]:
    """How many of some items are wrong, with a 95 % interval (Wilson, 1927).

    See 06_error_analysis_sins.

    Parameters
    ----------
    wrong : list of float
        Of each item, how many of its reviewers call its label wrong: half of them are enough.

    Returns
    -------
    share, low, high : float
        NaN, 0 and 1 of no items.
    """
    if not wrong:
        return np.nan, 0.0, 1.0
    found = binomtest(sum(one >= 0.5 for one in wrong), len(wrong))
    low, high = found.proportion_ci(method="wilson")
    return float(found.statistic), float(low), float(high)
