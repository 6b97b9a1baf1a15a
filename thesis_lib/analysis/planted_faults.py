"""What was planted in a simulated corpus: wrong labels, silences, broken microphones.

Only scoring reads this. Real corpora have no such files, and `planted` then gives None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from thesis_lib.analysis.label_audit import score
from thesis_lib.util.errors import InputError

if TYPE_CHECKING:
    from thesis_lib.corpus import Corpus


def planted(corpus: Corpus) -> pd.DataFrame | None:
    """What is known to be wrong with each recording of a corpus.

    Parameters
    ----------
    corpus : Corpus
        With `truth.csv` and `activity.csv` in its root, as `mini_home` writes them.

    Returns
    -------
    DataFrame or None
        A row a recording, in the order of `corpus.table`: `wrong` (bool: the label is not what is
        heard), `heard` (str: what is), `fault` (str: how the microphone is broken, "" if it is
        not), `silent` (bool: rightly labelled, but nothing of the activity is heard), `sounding`
        (share of the time in which the activity is heard). None where the root has no `truth.csv`.

    Raises
    ------
    InputError
        A recording is missing in `activity.csv`, or a list lacks a column.
    """
    if not (corpus.root / "truth.csv").is_file():
        return None
    truth = _list(corpus.root / "truth.csv", ["path", "kind", "detail", "heard"])
    activity = _list(corpus.root / "activity.csv", ["path", "sounding", "silent"])
    paths = corpus.table.path
    missing = ~paths.isin(activity.index)
    if missing.any():
        raise InputError(
            f"{corpus.root / 'activity.csv'} does not list {paths[missing].iloc[0]}; "
            "delete the folder and make the corpus anew."
        )
    heard = truth.heard[truth.kind == "wrong_label"]
    fault = truth.detail[truth.kind == "microphone"]
    table = pd.DataFrame({"path": paths, "wrong": paths.isin(heard.index)})
    table["heard"] = paths.map(heard).fillna(corpus.table.label)
    table["fault"] = paths.map(fault).fillna("")
    table["silent"] = paths.map(activity.silent).astype(int).astype(bool)
    table["sounding"] = paths.map(activity.sounding).astype(float)
    return table


def _list(path, columns):
    if not path.is_file():
        raise InputError(f"{path} is missing; delete the folder and make the corpus anew.")
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    lacking = [name for name in columns if name not in table]
    if lacking:
        raise InputError(f"{path} has no column {lacking[0]!r}; make the corpus anew.")
    return table.set_index("path")


def scores(
    moments: pd.DataFrame,
    recordings: pd.DataFrame,
    known: pd.DataFrame,
    rules: dict[str, float],
    quiet: str = "",
) -> pd.DataFrame:
    """How right the suspicions of an audit were.

    Parameters
    ----------
    moments, recordings : DataFrame
        From `segments.by_moment` and `segments.by_recording`, of the same tiles.
    known : DataFrame
        From `planted`.
    rules : dict
        From which value on something is suspected: `suspect` (share of a moment's tiles), `calm`
        (share of a recording's neighbours that are quiet), `odd` (robust standard deviations).
    quiet : str
        The class in which silence is no fault.

    Returns
    -------
    DataFrame
        A row a suspicion (the index; only those of which something was planted), with what
        `audit.score` says of it.
    """
    known = known.loc[recordings.index]
    wrong = known.wrong.groupby([recordings.group, recordings.position], sort=False).first()
    broken, active = known.fault != "", recordings.label != quiet
    lonely = recordings.lonely > recordings.lonely.quantile(1 - broken.mean())  # as many as planted
    calm = recordings.calm[active]
    odd = recordings.odd.fillna(0)
    rows = {
        "wrong label": (moments.suspect > rules["suspect"], wrong, moments.disagreement),
        "silence in an activity": (calm > rules["calm"], known.silent[active], calm),
        "microphone, odd": (odd > rules["odd"], broken, odd),
        "microphone, lonely": (lonely, broken, recordings.lonely),
    }
    found = {what: score(*map(np.asarray, row)) for what, row in rows.items() if row[1].any()}
    return pd.DataFrame.from_dict(found, orient="index").rename_axis("what")


def cases(
    moments: pd.DataFrame,
    recordings: pd.DataFrame,
    known: pd.DataFrame,
    rules: dict[str, float],
    quiet: str = "",
) -> pd.DataFrame:
    """Every planted fault, one by one: how suspect it was.

    Parameters
    ----------
    moments, recordings, known, rules, quiet
        As in `scores`.

    Returns
    -------
    DataFrame
        `what`, `case`, `where` (session, segment, node), `rank` (1: the most suspect of `of`),
        `of`, `found` (by the rule).
    """
    known = known.loc[recordings.index]
    wrong = known.groupby([recordings.group, recordings.position], sort=False).first()
    active = recordings[recordings.label != quiet]
    silent, broken = known.silent[active.index], known.fault != ""
    where = recordings.group + " " + recordings.position.astype(str) + ", node " + recordings.node
    parts = [
        _cases(
            "wrong label", wrong.wrong, moments.disagreement, moments.suspect > rules["suspect"],
            moments.label + " where " + wrong.heard.to_numpy() + " is heard",
            [f"{group} {position}" for group, position in moments.index],
        ),
        _cases(
            "silence in an activity", silent, active.calm, active.calm > rules["calm"],
            active.label, where[active.index],
        ),
        _cases(
            "microphone, odd", broken, recordings.odd.fillna(0), recordings.odd > rules["odd"],
            known.fault, where,
        ),
    ]  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def _cases(what, true, order, found, case, where):
    rank = order.rank(ascending=False, method="min").astype(int)
    columns = {"case": case, "where": where, "rank": rank, "found": found}
    table = pd.DataFrame({name: np.asarray(part) for name, part in columns.items()})
    table.insert(0, "what", what)
    table.insert(4, "of", len(order))
    return table[np.asarray(true)].sort_values("rank", kind="stable")
