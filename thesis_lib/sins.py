"""Reader of the SINS data set in the layout of DCASE 2018 challenge, task 5.

A folder holds the development archive (`audio/`, `meta.txt`, `evaluation_setup/`), or both
archives as `dev/` and `eval/`, or nothing but segments named as the development set names them.
The mini home has the same layout and is read by the same functions.
"""

import re
from pathlib import Path

import pandas as pd

from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.errors import InputError

CLASSES = (
    "absence",
    "cooking",
    "dishwashing",
    "eating",
    "other",
    "social_activity",
    "vacuum_cleaner",
    "watching_tv",
    "working",
)
SAMPLE_RATE = 16000  # Hz
CHANNELS = 4
SEGMENT = 10.0  # s
NAME = re.compile(r"Node(?P<node>\d+)_ex(?P<session>\d+)_(?P<position>\d+)\.wav$")


def read(folder, fold=1, channel=0):
    """Read whatever of the data set lies in a folder.

    Parameters
    ----------
    folder : Path
        With `dev/` and `eval/`: development segments are for training, evaluation segments for
        the test. With `meta.txt` alone: the test is what `fold` holds out. With neither: all
        segments found, without labels, for training.
    fold : int
        Which of the four official folds splits a development set that has no evaluation set.
    channel : int
        The microphone of each array that is heard; -1 for the mean of all four. (One alone: what
        is learned then fits each of the four when a segment's channels are pooled.)

    Returns
    -------
    Corpus

    Raises
    ------
    InputError
        Nothing of the kind lies there, or a list names an unknown class, file or session.
    """
    folder = Path(folder)
    if (folder / "dev").is_dir():
        heard, unheard = _development(folder, "dev/"), _evaluation(folder, "eval/")
        if unheard.group.isin(heard.group).any():  # its sessions are numbered from 1 again
            unheard["group"] = "eval " + unheard.group
        table = pd.concat([heard, unheard], ignore_index=True)
    elif (folder / "meta.txt").is_file():
        table = _by_fold(folder, _development(folder, ""), fold)
    else:
        table = _unlabelled(folder)
    heard = set(table.node[table.split == "train"])
    table = table.assign(known=table.node.isin(heard), channel=channel)
    note = "simulated" if (folder / "made.json").is_file() else ""
    return Corpus("mini home" if note else "SINS", folder, table[list(COLUMNS)], note)


def _development(folder, below):
    lines = _lines(folder / below / "meta.txt", ["path", "label", "session"])
    table = _from_names(lines.path, folder / below / "meta.txt").assign(label=lines.label)
    _check_labels(lines, folder / below / "meta.txt")
    _check_sessions(lines, table, folder / below / "meta.txt")
    return _finished(table, lines.path, below, "train")


def _evaluation(folder, below):
    setup = folder / below / "evaluation_setup"
    lines = _lines(setup / "evaluate.txt", ["path", "label", "session"])
    names = _lines(setup / "map.txt", ["original", "path"]).set_index("path").original
    _check_labels(lines, setup / "evaluate.txt")
    unknown = ~lines.path.isin(names.index)
    if unknown.any():
        raise InputError(
            f"{setup / 'evaluate.txt'} lists {lines.path[unknown].iloc[0]}, which "
            "map.txt does not; unpack the evaluation archive again."
        )
    table = _from_names(names.loc[lines.path], setup / "map.txt").assign(label=lines.label)
    return _finished(table, lines.path, below, "test")


def _by_fold(folder, table, fold):
    source = folder / "evaluation_setup" / f"fold{fold}_test.txt"
    held_out = _lines(source, ["path"]).path
    unknown = ~held_out.isin(table.path)
    if unknown.any():
        raise InputError(
            f"{source} lists {held_out[unknown].iloc[0]}, which meta.txt does not; "
            "unpack the archive that holds both again."
        )
    table.loc[table.path.isin(set(held_out)), "split"] = "test"
    return table


def _unlabelled(folder):
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.wav"))
    if not paths:
        raise InputError(
            f"{folder} holds neither `dev/`, nor `meta.txt`, nor any .wav; give the folder "
            "the DCASE archive was unpacked to."
        )
    paths = pd.Series(paths)
    return _finished(_from_names(paths, folder).assign(label=""), paths, "", "train")


def _lines(path, names):
    """A tab-separated list without a header; columns beyond `names` are left alone."""
    if not path.is_file():
        raise InputError(f"{path} is missing; unpack the archive that holds it.")
    try:
        table = pd.read_csv(path, sep="\t", header=None, dtype=str, keep_default_na=False)
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} is not a tab-separated list ({error}); unpack it again."
        ) from None
    if table.shape[1] < len(names):
        raise InputError(
            f"{path} has {table.shape[1]} column(s), not {len(names)}; unpack it again."
        )
    return table.iloc[:, : len(names)].set_axis(names, axis=1)


def _from_names(names, source):
    """Node, session and position as the files' original names tell them."""
    parts = names.reset_index(drop=True).str.extract(NAME)
    strange = parts.node.isna()
    if strange.any():
        raise InputError(
            f"{source}: {names.reset_index(drop=True)[strange].iloc[0]!r} is not named like "
            "DevNode1_ex43_1.wav; rename it or take it out."
        )
    group = "s" + parts.session
    return pd.DataFrame(
        {"group": group, "node": parts.node, "position": parts.position.astype(int)}
    )


def _check_labels(lines, source):
    wrong = ~lines.label.isin(CLASSES)
    if wrong.any():
        row = lines[wrong].iloc[0]
        raise InputError(
            f"{source}, line {row.name + 1}: {row.path} carries the label {row.label!r}, which is "
            f"none of {', '.join(CLASSES)}; correct the line."
        )


def _check_sessions(lines, table, source):
    wrong = lines.session != table.group
    if wrong.any():
        row = lines[wrong].iloc[0]
        raise InputError(
            f"{source}, line {row.name + 1}: {row.path} is put into session {row.session!r}, but "
            f"its name says {table.group[row.name]!r}; correct the line."
        )


def _finished(table, paths, below, split):
    return table.assign(
        path=below + paths.to_numpy(dtype=object),
        name="",
        start=0.0,
        duration=SEGMENT,
        sample_rate=SAMPLE_RATE,
        channels=CHANNELS,
        split=split,
    )
