"""What reviewers decide of suspects: written down at once, a file a reviewer, never changed after.

Each decision is a line of CSV that has reached the disk before the next suspect is shown, so that
nothing is lost whatever kills the review; a line that was cut off in the middle is no decision.
Several reviewers have a file each, in one folder, so no two ever write into one. The labels of the
corpus stay as they are: `corrected` gives a table with others. See 06_error_analysis_sins.
"""

import csv
import io
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
BLIND_EVERY = 10  # of the queue one is drawn at random


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
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    head, *lines = list(csv.reader(io.StringIO(text))) or [[]]
    if head != COLUMNS:
        raise InputError(
            f"{path} is no list of decisions: its first line is not {','.join(COLUMNS)}; give the "
            "CSV of a review."
        )
    whole = [line for line in lines if len(line) == len(COLUMNS) and line[5] in ANSWERS]
    table = pd.DataFrame(whole, columns=COLUMNS)
    return table.assign(
        start=pd.to_numeric(table.start, errors="coerce"),
        score=pd.to_numeric(table.score, errors="coerce"),
    )


def standing(decisions: pd.DataFrame) -> pd.DataFrame:
    """The last answer of each reviewer to each item; what was undone or skipped is none.

    See 06_error_analysis_sins.
    """
    kept: dict[tuple, dict] = {}
    history: dict[str, list] = {}
    for row in decisions.to_dict("records"):
        if row["answer"] == UNDO:
            if own := history.get(row["who"]):
                key, before = own.pop()
                kept.pop(key, None)
                kept |= {key: before} if before else {}
            continue
        key = row["who"], row["path"], row["start"]
        history.setdefault(row["who"], []).append((key, kept.get(key)))
        kept[key] = row
    rows = [row for row in kept.values() if row["answer"] != SKIP]
    return pd.DataFrame(rows, columns=COLUMNS)


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
            own[own.who == other], lsuffix="_one", rsuffix="_other", how="inner"
        )
        said = [both[f"answer_{side}"] + both[f"detail_{side}"] for side in ("one", "other")]
        same = float((said[0] == said[1]).mean()) if len(both) else np.nan
        varied = min(one_.nunique() for one_ in said) > 1 if len(both) else False
        rows.append((one, other, len(both), same, cohen_kappa_score(*said) if varied else np.nan))
    return pd.DataFrame(rows, columns=["one", "other", "items", "same", "kappa"])


def error_rate(decisions: pd.DataFrame) -> tuple[float, float, float]:
    """The share of wrong labels in the whole corpus, by the items that were drawn blindly.

    See 06_error_analysis_sins.

    Returns
    -------
    share, low, high : float
        With a 95 % interval (Wilson, 1927); NaN, 0 and 1 where none was drawn.
    """
    blind = standing(decisions).query("shown == @BLIND")
    if blind.empty:
        return np.nan, 0.0, 1.0
    found = binomtest(int((blind.answer == WRONG).sum()), len(blind))
    low, high = found.proportion_ci(method="wilson")
    return float(found.statistic), float(low), float(high)


def queue(score: np.ndarray, seed: int = 0) -> pd.DataFrame:
    """In which order items are shown: the most suspect first, every tenth drawn at random.

    What is drawn at random is shown like any other, so that its share of wrong labels is that of
    the whole corpus (`error_rate`). See 06_error_analysis_sins.

    Parameters
    ----------
    score : (n,) float array
        More is more suspect; NaN last.
    seed : int

    Returns
    -------
    DataFrame
        `item` (each once), `shown`: "suspect" or "blind".
    """
    order = np.argsort(-np.nan_to_num(np.asarray(score, float), nan=-np.inf), kind="stable")
    count = len(order) // BLIND_EVERY
    blind = np.random.default_rng(seed).permutation(len(order))[:count]
    suspects = order[~np.isin(order, blind)]
    places = np.minimum(np.arange(1, count + 1) * BLIND_EVERY - 1, len(order) - 1)
    shown = np.full(len(order), SUSPECT, dtype=object)
    shown[places] = BLIND
    items = np.empty(len(order), int)
    items[shown == BLIND], items[shown == SUSPECT] = blind, suspects
    return pd.DataFrame({"item": items, "shown": shown})


def corrected(table: pd.DataFrame, decisions: pd.DataFrame, place: Path | str) -> pd.DataFrame:
    """A corpus's table with the labels that reviewers gave; the table itself stays as it is.

    Parameters
    ----------
    table : DataFrame
        Of a corpus: path, start, label, group, node, position. A moment is corrected on all nodes.
    decisions : DataFrame
        From `read`.
    place : Path
        Where these are from, for what is said of them.

    Returns
    -------
    DataFrame
        The same rows and columns.

    Raises
    ------
    InputError
        A path is not of this corpus, a label is not what was reviewed, or two reviewers gave one
        item different labels.
    """
    own = standing(decisions)
    own = own[own.answer.isin((KEEP, WRONG))]
    label = own.label.where(own.answer == KEEP, own.detail)
    own = own.assign(right=label)
    _refuse_opposite(own, place)
    found, key = table.copy(), _keys(table)
    rows = {one: np.flatnonzero(key == one) for one in set(key)}
    for row in own.itertuples():
        here = np.flatnonzero((table.path == row.path) & np.isclose(table.start, row.start))
        if not len(here):
            raise InputError(
                f"{place} corrects {row.path}, which is not in this corpus; give the decisions on "
                "this one."
            )
        if table.label.iloc[here[0]] != row.label:
            raise InputError(
                f"{place} corrects {row.path} as {row.label!r}, but its label is "
                f"{table.label.iloc[here[0]]!r}; give the decisions on these labels."
            )
        found.iloc[rows[key[here[0]]], found.columns.get_loc("label")] = row.right
    return found


def _keys(table):
    """What a correction is of: a moment of a home on all nodes, else a recording."""
    alone = (table.node == "").to_numpy()
    moment = (table.group.astype(str) + "\n" + table.position.astype(str)).to_numpy(object)
    single = (table.path.astype(str) + "\n" + table.start.astype(str)).to_numpy(object)
    return np.where(alone, single, moment)


def _refuse_opposite(own, place):
    counts = own.groupby(ITEM).right.nunique()
    if (counts > 1).any():
        path, start = counts.index[counts > 1][0]
        here = own[(own.path == path) & (own.start == start)]
        said = ", ".join(f"{row.who}: {row.right}" for row in here.itertuples())
        raise InputError(
            f"{place} holds different labels of {path} ({said}); agree on one and answer again."
        )
