"""What listeners answer to blind trials: written down at once, a file a listener.

Each answer is a line of CSV that has reached the disk before the next trial is shown. The file says
which sounds were heard and on which side the neighbour was, so that it can be read alone; it also
says of which design (`trials.Design.name`) it is, so that answers to other trials never mix with
these. Nothing but a listener's click writes into it. See 09_listening_room.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from thesis_lib.listening.trials import FIRST, Design
from thesis_lib.util import append_only
from thesis_lib.util.errors import InputError
from thesis_lib.util.names import clean
from thesis_lib.util.text import slug

LEFT, RIGHT, NEITHER, UNDO = "left", "right", "cannot tell", "undo"
ANSWERS = (LEFT, RIGHT, NEITHER, UNDO)
COLUMNS = ["when", "who", "design", "trial", "repeats", "comparison", "label",
           "query", "left", "right", "tested", "answer"]  # fmt: skip
WHAT = "answer"


def file_of(folder: Path | str, who: str) -> Path:
    """The file of a listener's answers: Path (09_listening_room)."""
    return Path(folder) / f"answers_{slug(listener(who))}.csv"


def listener(who: str) -> str:
    """A listener's name in one line, at most 80 letters; whatever was typed is a name.

    Raises
    ------
    InputError
        Nothing was typed.
    """
    if not (name := clean(who)):
        raise InputError("Who are you? Type a name first.")
    return name


def append(folder: Path | str, design: Design, who: str, trial: int, answer: str) -> None:
    """Write one answer down; it has reached the disk when this returns (09_listening_room).

    Parameters
    ----------
    folder : Path
        Of all listeners' files; it is made where it is not there.
    design : Design
    who : str
        The listener.
    trial : int
        Row of `design.trials`.
    answer : str
        One of `ANSWERS`; "undo" takes this listener's last answer back.

    Raises
    ------
    InputError
        The answer is none, the name is empty, or the file cannot be written.
    """
    if answer not in ANSWERS:
        raise InputError(f"{answer!r} is no answer; give one of {ANSWERS}.")
    row = design.trials.iloc[trial].to_dict()
    names = {side: design.keys[row[side]] for side in ("query", "left", "right")}
    given = {"who": listener(who), "design": design.name, "trial": trial, "answer": answer}
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder} cannot be made ({error.strerror}); give another folder."
        ) from error
    append_only.append(file_of(folder, who), COLUMNS, row | names | given, WHAT)


def read(folder: Path | str, design: Design) -> pd.DataFrame:
    """All answers of a folder's files, each listener's in the order in which they were given.

    See 09_listening_room.

    Returns
    -------
    DataFrame
        The columns of `COLUMNS`; `trial` and `repeats` are numbers, all else text. A line that is
        cut off is left out; nobody has answered where there is no folder.

    Raises
    ------
    InputError
        A file holds something else, or answers to another test.
    """
    rows = []
    for path in sorted(Path(folder).glob("answers_*.csv")):
        own = [row for row in append_only.lines(path, COLUMNS, WHAT) if row["answer"] in ANSWERS]
        _refuse_others(own, design, path)
        rows += own
    table = pd.DataFrame(rows, columns=COLUMNS).astype({"trial": int})
    return table.assign(repeats=design.trials.repeats.to_numpy()[table.trial])


def _refuse_others(rows, design, path):
    """Answers to other trials than those of this design."""
    if others := {row["design"] for row in rows} - {design.name}:
        raise InputError(
            f"{path} answers another test ({min(others)}, not {design.name}): other sounds, "
            "another embedding or another seed; move it to another folder."
        )
    known = set(map(str, design.trials.index))
    if wrong := [row["trial"] for row in rows if row["trial"] not in known]:
        raise InputError(
            f"{path} answers trial {wrong[0]!r}, which there is none of; move it to another folder."
        )


def standing(answers: pd.DataFrame) -> pd.DataFrame:
    """The last answer of each listener to each trial; what was undone is none.

    See 09_listening_room.
    """
    given: dict[str, list] = {}  # of each listener, what was not undone
    for row in answers.to_dict("records"):
        own = given.setdefault(row["who"], [])
        if row["answer"] != UNDO:
            own.append(row)
        elif own:
            own.pop()
    table = pd.DataFrame([row for own in given.values() for row in own], columns=COLUMNS)
    return table.drop_duplicates(["who", "trial"], keep="last").reset_index(drop=True)


def left_to_do(design: Design, answers: pd.DataFrame, who: str) -> list[int]:
    """The trials that a listener has not answered, in order (09_listening_room).

    Parameters
    ----------
    design : Design
    answers : DataFrame
        From `read`.
    who : str
    """
    own = standing(answers)
    done = set(own.trial[own.who == clean(who)])
    return [trial for trial in design.trials.index if trial not in done]


def scored(answers: pd.DataFrame) -> pd.DataFrame:
    """What the answers mean: the table that `analysis.preferences` takes (09_listening_room).

    Parameters
    ----------
    answers : DataFrame
        From `read`.

    Returns
    -------
    DataFrame
        One row for each answer that stands: who, trial, `repeats` (the trial it repeats, or -1),
        comparison, `chosen` ("left", "right" or "cannot tell", as the sides were the first time)
        and `win` (1: the neighbour; 0: the other sound; 0.5: cannot tell).
    """
    table = standing(answers)
    again = table.repeats != FIRST
    turned = table.answer.map({LEFT: RIGHT, RIGHT: LEFT, NEITHER: NEITHER})
    win = np.where(table.answer == NEITHER, 0.5, (table.answer == table.tested).astype(float))
    found = table[["who", "trial", "repeats", "comparison"]]
    return found.assign(chosen=turned.where(again, table.answer), win=win)
