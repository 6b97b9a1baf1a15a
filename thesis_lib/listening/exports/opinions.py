"""What an audit suspects and reviewers decided, for each sound of an export (09_listening_room)."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from thesis_lib.listening import decisions
from thesis_lib.util.errors import InputError

SUSPECT = {"what", "path", "start", "other", "score"}  # columns of an audit's CSV that are read


class Opinions(NamedTuple):
    """Rows of a table of sounds, with what is thought of them.

    Attributes
    ----------
    suspects : dict, row -> (label, score)
        The label that fits better, and how suspect the present one is, 0 to 1.
    decided : dict, row -> list of dict
        The standing decision of each reviewer, with the columns of `decisions.COLUMNS`.
    said : list of str
        Sentences on what is of no sound here.
    """

    suspects: dict[int, tuple[str, float]]
    decided: dict[int, list[dict]]
    said: list[str]


NONE = Opinions({}, {}, [])


def gather(table: pd.DataFrame, review: Path | str = "", audit: Path | str = "") -> Opinions:
    """Read decisions and suspects, and find the sounds that they are about (09_listening_room).

    Parameters
    ----------
    table : DataFrame
        Of `Sounds`.
    review : Path, optional
        The CSV of a review, or the folder of several reviewers'.
    audit : Path, optional
        The CSV of `thesis audit`.

    Returns
    -------
    Opinions

    Raises
    ------
    InputError
        A file is not there or holds something else, or no line of it is of these sounds.
    """
    rows = {key: number for number, key in enumerate(_keys(table))}
    said: list[str] = []
    decided: dict[int, list[dict]] = {}
    if review:
        standing = decisions.standing(decisions.read(review))
        for row, one in _here(rows, standing, review, said):
            decided.setdefault(row, []).append(one)
    suspects = {}
    if audit:
        found = _suspects(Path(audit))
        suspects = {
            row: (one["other"], float(one["score"])) for row, one in _here(rows, found, audit, said)
        }
    return Opinions(suspects, decided, said)


def _keys(table):
    return list(zip(table.path, np.round(table.start.astype(float), 2), strict=True))


def _here(rows, found, place, said):
    """Each line that is of a sound, with its row; how many are not is said."""
    keys = _keys(found)
    lost = [key for key in keys if key not in rows]
    if lost and len(lost) == len(keys):
        raise InputError(
            f"{place} is of other sounds: {lost[0][0]} at {lost[0][1]:g} s is not in this export; "
            "give the one of this corpus, and recordings in place of tiles."
        )
    if lost:
        said.append(
            f"{len(lost)} line(s) of {place} are of no sound here (the first: {lost[0][0]} at "
            f"{lost[0][1]:g} s)."
        )
    pairs = zip(keys, found.to_dict("records"), strict=True)
    return [(rows[key], one) for key, one in pairs if key in rows]


def _suspects(path):
    try:
        table = pd.read_csv(path, keep_default_na=False, encoding_errors="surrogateescape")
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read ({error}); give the CSV of an audit.") from None
    if not set(table.columns) >= SUSPECT:
        raise InputError(
            f"{path} lacks columns of {', '.join(sorted(SUSPECT))}; give the CSV of an audit."
        )
    return table[table.what.isin(["label", "wrong label"])]
