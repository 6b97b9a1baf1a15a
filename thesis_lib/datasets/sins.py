"""Reader of the SINS data set in the layout of DCASE 2018 challenge, task 5.

A folder holds one of the two sets (`audio/`, `evaluation_setup/`, the development set `meta.txt`
too), or one or both of them as `dev/` and `eval/` or under the names that their archives unpack to,
`DCASE2018-task5-dev/` and `DCASE2018-task5-eval/`, or nothing but segments named as the development
set names them. The mini home has the same layout and is read by the same functions.
"""

import logging
import os
from pathlib import Path

import pandas as pd

from thesis_lib.audio import io as audio_io
from thesis_lib.corpus import COLUMNS, Corpus
from thesis_lib.datasets.sins_lists import (
    CLASSES,
    NAME,
    check_known,
    check_labels,
    check_moments,
    check_sessions,
    check_twice,
    from_names,
    read_list,
)
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError
from thesis_lib.util.notices import log_notices

__all__ = ["CLASSES", "missing", "read", "tests_on_fold"]

SAMPLE_RATE = 16000  # Hz
CHANNELS = 4
SEGMENT = 10.0  # s
KNOWN = {"1", "2", "3", "4"}  # nodes of the development set
FOLDS = (1, 2, 3, 4)
PLACES = {"dev": ("dev", "DCASE2018-task5-dev"), "eval": ("eval", "DCASE2018-task5-eval")}
MISSING = ["set", "group", "files", "there"]

log = logging.getLogger(__name__)


def read(folder: Path | str, fold: int | None = 1, channel: int = 0) -> Corpus:
    """Read whatever of the data set lies in a folder.

    Sessions whose audio is there in full are read, on all nodes and in all positions that the
    lists name; how many are not is logged, and `missing` lists them.

    Parameters
    ----------
    folder : Path
        With both sets: development segments are for training, evaluation segments for the test.
        With the development set alone: the test is what `fold` holds out. With the evaluation
        set alone: all is for the test. With no list at all: all segments found, without labels,
        for training.
    fold : int or None
        Which of the four official folds splits a development set that has no evaluation set. None:
        all of them, `split` is then the number of the fold that holds a recording out, from 0.
    channel : int
        The microphone of each array that is read, 0 to 3; -1 for the mean of all four. (One alone:
        what is learned then fits each of the four when a segment's channels are pooled.)

    Returns
    -------
    Corpus

    Raises
    ------
    InputError
        Nothing of the kind lies there, no session is whole, or a list names an unknown class, file
        or session, one file twice, or one session on both sides.
    """
    folder = Path(folder)
    disk.check_folder(folder)
    if channel not in range(audio_io.MEAN, CHANNELS):
        raise InputError(f"channel={channel} is none of SINS's; choose 0 to 3, or -1 for the mean.")
    lists = _lists(folder)
    table, notices = _whole(folder, lists, fold) if lists else (_unlabelled(folder), [])
    in_training = set(table.node[table.split != "test"]) or KNOWN
    table = table.assign(known=table.node.isin(in_training), channel=channel)
    note = "simulated" if (folder / "made.json").is_file() else ""
    table = table.reindex(columns=list(COLUMNS), fill_value="")
    return Corpus("mini home" if note else "SINS", folder, table, note, tuple(notices))


def tests_on_fold(table: pd.DataFrame) -> bool:
    """Whether what is tested is a fold of the development set (08_f1_results).

    It is no part of the evaluation set, not even of its known microphones: files of the evaluation
    set are numbered, those of the development set are named by node and session.

    Parameters
    ----------
    table : DataFrame
        path, split.
    """
    tested = table.path[table.split == "test"]
    return bool(len(tested)) and all(map(NAME.search, tested))


def missing(folder: Path | str) -> pd.DataFrame:
    """The sessions that `read` leaves out because files of theirs are not there.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    DataFrame
        A row a session: set ("dev" or "eval"), group, files (as many as the lists name), there (as
        many as lie in `audio/`).
    """
    tables = [_counts(table).assign(set=name) for name, (_, table) in _lists(Path(folder)).items()]
    table = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=MISSING)
    return table.loc[table.there < table.files, MISSING].reset_index(drop=True)


def _lists(folder):
    """Of each set that lies there: its place below the folder, and the table of its lists."""
    lists = {}
    unseen = os.path.isfile(folder / "evaluation_setup" / "map.txt")  # that set has a meta.txt too
    dev, evaluation = _below(folder, "dev"), _below(folder, "eval")
    if dev or os.path.isfile(folder / "meta.txt") and not unseen:
        lists["dev"] = dev, _development(folder, dev)
    if evaluation or unseen:
        lists["eval"] = evaluation, _evaluation(folder, evaluation)
    return lists


def _below(folder, name):
    """Where one of the two sets lies below a folder, with a slash; empty where it does not."""
    there = [place for place in PLACES[name] if os.path.isdir(folder / place)]
    if len(there) > 1:
        raise InputError(
            f"{folder} holds the same set twice, as {there[0]}/ and {there[1]}/; remove one."
        )
    twice = there and os.path.isdir(folder / there[0] / there[0])
    # An archive may lie in a folder of its name.
    return f"{there[0]}/" * (2 if twice else 1) if there else ""


def _whole(folder, lists, fold):
    """The sessions of both sets whose files are all there, each on its side of the split."""
    counts = {name: _counts(table) for name, (_, table) in lists.items()}
    whole = {name: set(c.group[c.there == c.files]) for name, c in counts.items()}
    notices = _check_missing(folder, counts)
    if not whole.get("eval"):
        below, dev = lists["dev"]
        split = _by_fold(folder, below, dev, fold) if fold else _by_all_folds(folder, below, dev)
        lists["dev"] = below, split
    tables = [table[table.group.isin(whole[name])] for name, (_, table) in lists.items()]
    if all(map(len, tables[:2])) and len(tables) == 2:
        if tables[1].group.isin(tables[0].group).any():  # sessions are numbered from 1 again
            tables[1] = tables[1].assign(group="eval " + tables[1].group)
    return pd.concat(tables, ignore_index=True), notices


def _counts(table):
    counts = table.groupby("group", sort=False).there.agg(["size", "sum"])
    return counts.set_axis(["files", "there"], axis=1).reset_index()


def _check_missing(folder, counts):
    """One sentence, a warning, if sessions are left out; an error if all are."""
    table = pd.concat([c.assign(set=name) for name, c in counts.items()])
    left = table[table.there < table.files]
    few = [f"{s.set} {s.group}: {s.there} of {s.files} files" for s in left.head(3).itertuples()]
    some = ", ".join(few) + ", ..." * (len(left) > 3)
    if len(left) == len(table):
        raise InputError(
            f"{folder} has lists but the audio of no session in full ({some}); fetch more parts."
        )
    notices = [
        f"{folder}: {len(left)} of {len(table)} sessions are left out, for not all of their audio "
        f"is there ({some}); fetch the other parts."
    ] * bool(len(left))
    log_notices(log, notices)
    return notices


def _development(folder, below):
    source = folder / below / "meta.txt"
    lines = read_list(source, ["path", "label", "session"])
    table = from_names(lines.path, source).assign(label=lines.label)
    check_labels(lines, source)
    check_sessions(lines, table, source)
    check_moments(lines, table, source)
    table["there"] = lines.path.isin(_files_in(folder / below / "audio"))
    return _finished(table, lines.path, below, "train")


def _evaluation(folder, below):
    setup = folder / below / "evaluation_setup"
    source = setup / "evaluate.txt"
    if not os.path.isfile(source) and os.path.isfile(setup / "evaluation.txt"):
        source = setup / "evaluation.txt"
    lines = read_list(source, ["path", "label", "session"])
    names = read_list(setup / "map.txt", ["original", "path"])
    check_labels(lines, source)
    check_twice(lines, "path", source)
    check_twice(names, "path", setup / "map.txt")
    names = names.set_index("path").original
    check_known(lines.path, names.index, source, "map.txt", "unpack the evaluation archive again")
    names = names.loc[lines.path].reset_index(drop=True)
    table = from_names(names, setup / "map.txt").assign(label=lines.label)
    check_moments(lines, table, source)
    table["there"] = lines.path.isin(_files_in(folder / below / "audio"))
    return _finished(table, lines.path, below, "test")


def _by_fold(folder, below, table, fold):
    """The development set with what one fold holds out as test: whole sessions."""
    source = folder / below / "evaluation_setup" / f"fold{fold}_test.txt"
    held_out = below + read_list(source, ["path"]).path
    check_known(
        held_out, table.path, source, "meta.txt", "unpack the archive that holds both again"
    )
    out = table.path.isin(set(held_out))
    torn = set(table.group[out]) & set(table.group[~out])
    if torn:
        first = table[out & table.group.isin(torn)].iloc[0]
        raise InputError(
            f"{source}, line {(held_out == first.path).argmax() + 1}: {first.path} is held out, "
            f"but not all of its session {first.group}; unpack the archive again."
        )
    _check_train(source.with_name(f"fold{fold}_train.txt"), source, below, table.path[~out])
    return table.assign(split=out.map({True: "test", False: "train"}))


def _by_all_folds(folder, below, table):
    """The development set, each recording with the number of the one fold that holds it out."""
    split = pd.Series("train", table.index)
    for fold in FOLDS:
        out = _by_fold(folder, below, table, fold).split == "test"
        if (out & (split != "train")).any():
            source = folder / below / "evaluation_setup" / f"fold{fold}_test.txt"
            raise InputError(
                f"{source} holds out {table.path[out & (split != 'train')].iloc[0]}, and so does "
                "another fold; unpack the archive again."
            )
        split = split.mask(out, str(fold - 1))
    return table.assign(split=split)


def _check_train(source, test, below, paths):
    """The other list of a fold has to name all the rest: a lost line of the first shows here."""
    if os.path.isfile(source) and source.stat().st_size:
        differ = set(below + read_list(source, ["path"]).path) ^ set(paths)
        if differ:
            raise InputError(
                f"{source} and {test.name} do not share out {min(differ)} between them; unpack the "
                "archive that holds both again."
            )


def _unlabelled(folder):
    paths = [path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.wav"))]
    paths = [path for path in paths if NAME.search(path) and "/." not in f"/{path}"]
    if not paths:
        raise InputError(
            f"{folder} holds neither `dev/` (or `DCASE2018-task5-dev/`), nor `eval/`, nor "
            "`meta.txt`, nor any .wav named like "
            "DevNode1_ex43_1.wav; give the folder the DCASE archives were unpacked to."
        )
    lines = pd.DataFrame({"path": paths})
    table = from_names(lines.path, folder).assign(label="")
    check_moments(lines, table, folder)
    return _finished(table, lines.path, "", "train")


def _files_in(folder):
    """The files of an audio folder as the lists name them; other things may lie there too."""
    try:
        with os.scandir(folder) as entries:
            return {f"{folder.name}/{entry.name}" for entry in entries if entry.is_file()}
    except disk.NONE:
        return set()
    except OSError as error:
        raise InputError(disk.refused(folder, error)) from None


def _finished(table, paths, below, split):
    """With what all segments share."""
    return table.assign(
        path=below + paths,
        name="",
        start=0.0,
        duration=SEGMENT,
        sample_rate=SAMPLE_RATE,
        channels=CHANNELS,
        split=split,
    )
