"""What was planted in a simulated corpus: wrong labels, silences, broken microphones.

Only scoring reads this. Real corpora have no such files, and `planted` then gives None.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from thesis_lib.util.errors import InputError

if TYPE_CHECKING:
    from thesis_lib.corpus import Corpus


def planted(corpus: Corpus) -> pd.DataFrame | None:
    """What is known to be wrong with each recording of a corpus (06_error_analysis_sins).

    Parameters
    ----------
    corpus : Corpus
        With `truth.csv` and `activity.csv` in its root, as `mini_home` writes them.

    Returns
    -------
    DataFrame or None
        One row per recording, in the order of `corpus.table`: `wrong` (bool: the label is not what
        is heard), `heard` (str: what is), `fault` (str: how the microphone is broken, "" if it is
        not), `silent` (bool: the label is right, but the activity makes no sound), `sounding`
        (share of the time in which it does). None where the root has no `truth.csv`.

    Raises
    ------
    InputError
        A recording is missing in `activity.csv`, or a list lacks a column.
    """
    if not (corpus.root / "truth.csv").is_file():
        return None
    truth = _list(corpus.root / "truth.csv", ["path", "planted", "detail", "heard"])
    activity = _list(corpus.root / "activity.csv", ["path", "sounding", "silent"])
    paths = corpus.table.path
    missing = ~paths.isin(activity.index)
    if missing.any():
        raise InputError(
            f"{corpus.root / 'activity.csv'} does not list {paths[missing].iloc[0]}; "
            "delete the folder and make the corpus again."
        )
    heard = truth.heard[truth.planted == "wrong_label"]
    fault = truth.detail[truth.planted == "microphone"]
    table = pd.DataFrame({"path": paths, "wrong": paths.isin(heard.index)})
    table["heard"] = paths.map(heard).fillna(corpus.table.label)
    table["fault"] = paths.map(fault).fillna("")
    table["silent"] = paths.map(activity.silent).astype(int).astype(bool)
    table["sounding"] = paths.map(activity.sounding).astype(float)
    return table


def _list(path, columns):
    if not path.is_file():
        raise InputError(f"{path} is missing; delete the folder and make the corpus again.")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    lacking = [name for name in columns if name not in table]
    if lacking:
        raise InputError(f"{path} has no column {lacking[0]!r}; make the corpus again.")
    return table.set_index("path")


def stand_ins(corpus: Corpus, known: pd.DataFrame | None) -> dict[str, str]:
    """Planted recordings like the two of SINS that the thesis names (06_error_analysis_sins).

    Parameters
    ----------
    corpus : Corpus
    known : DataFrame or None
        From `planted`.

    Returns
    -------
    dict, name of a file without its ending -> what was planted there
        The first in which silence carries the label of an activity, social activity if there is
        one, and the first with a broken microphone; fewer where none is known.
    """
    if known is None:
        return {}
    label, heard = corpus.table.label.reset_index(drop=True), known.heard.reset_index(drop=True)
    silent = (known.silent.to_numpy() | (heard == "absence")) & (label != "absence")
    social = silent & (label == "social_activity")
    said = {"silence": social if social.any() else silent, "fault": known.fault.to_numpy() != ""}
    found = {}
    for what, there in said.items():
        for row in np.flatnonzero(there)[:1]:
            words = f"planted: labelled {label[row]}, nothing to hear".replace("_", " ")
            words = words if what == "silence" else f"planted: {known.fault.iloc[row]}"
            found[Path(corpus.table.path.iloc[row]).stem] = words
    return found


def cases(
    moments: pd.DataFrame,
    recordings: pd.DataFrame,
    known: pd.DataFrame,
    rules: dict[str, float],
    quiet: str = "",
) -> pd.DataFrame:
    """Every planted fault, one by one: how suspect it was (06_error_analysis_sins).

    Parameters
    ----------
    moments, recordings : DataFrame
        From `segments.by_moment` and `segments.by_recording`, of the same tiles.
    known : DataFrame
        From `planted`.
    rules : dict
        From which value on something is suspected: `suspect` (share of a moment's tiles),
        `silent_share` (of a recording's neighbours), `deviation` (robust standard deviations).
    quiet : str
        The class in which silence is no fault.

    Returns
    -------
    DataFrame
        `what`, `case`, `where` (session, segment, node), `rank` (1: the most suspect of `of`; of a
        tie the last), `of`, `found` (by the rule).
    """
    known = known.loc[recordings.index]
    wrong = known.groupby([recordings.group, recordings.position], sort=False).first()
    active = recordings[recordings.label != quiet]
    silent, broken = known.silent[active.index], known.fault != ""
    where = recordings.group + " " + recordings.position.astype(str) + ", node " + recordings.node
    tables = [
        _cases(
            "wrong label", wrong.wrong, moments.disagreement, moments.suspect > rules["suspect"],
            moments.label + " where " + wrong.heard.to_numpy() + " is heard",
            [f"{group} {position}" for group, position in moments.index],
        ),
        _cases(
            "silence in an activity", silent, active.silent_share,
            active.silent_share > rules["silent_share"], active.label, where[active.index],
        ),
        _cases(
            "microphone, deviation", broken, recordings.deviation.fillna(0),
            recordings.deviation > rules["deviation"], known.fault, where,
        ),
    ]  # fmt: skip
    return pd.concat(tables, ignore_index=True)


def _cases(what, true, order, found, case, where):
    rank = order.rank(ascending=False, method="max").astype(int)  # of a tie the last
    columns = {"case": case, "where": where, "rank": rank, "found": found}
    table = pd.DataFrame({name: np.asarray(values) for name, values in columns.items()})
    table.insert(0, "what", what)
    table.insert(4, "of", len(order))
    return table[np.asarray(true)].sort_values("rank", kind="stable")
