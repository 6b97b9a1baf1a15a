"""The lists of the SINS data set: reading one; an error names its line."""

import csv
import re
from pathlib import Path

import pandas as pd

from thesis_lib.util import disk
from thesis_lib.util.errors import InputError

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
NAME = re.compile(r"Node(?P<node>[0-9]+)_ex(?P<session>[0-9]+)_(?P<position>[0-9]{1,9})\.wav$")


def read_list(path: Path, names: list[str]) -> pd.DataFrame:
    """A tab-separated list without a header; columns beyond `names` are left alone."""
    if not disk.kind(path):
        raise InputError(f"{path} is missing; unpack the archive that holds it.")
    if fault := disk.no_file(path):
        raise InputError(fault)
    try:
        table = pd.read_csv(
            path, sep="\t", header=None, dtype=str, na_filter=False, quoting=csv.QUOTE_NONE
        )
    except OSError as error:
        raise InputError(disk.refused(path, error)) from None
    except (pd.errors.EmptyDataError, pd.errors.ParserError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path} is not a tab-separated list ({error}); unpack it again."
        ) from None
    if table.shape[1] < len(names):
        raise InputError(
            f"{path} has {table.shape[1]} column(s), not {len(names)}; unpack it again."
        )
    return table.iloc[:, : len(names)].set_axis(names, axis=1)


def from_names(names: pd.Series, source: Path) -> pd.DataFrame:
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


def check_labels(lines: pd.DataFrame, source: Path) -> None:
    wrong = ~lines.label.isin(CLASSES)
    if wrong.any():
        row = lines[wrong].iloc[0]
        raise InputError(
            f"{source}, line {row.name + 1}: {row.path} carries the label {row.label!r}, which is "
            f"none of {', '.join(CLASSES)}; correct the line."
        )


def check_sessions(lines: pd.DataFrame, table: pd.DataFrame, source: Path) -> None:
    wrong = lines.session != table.group
    if wrong.any():
        row = lines[wrong].iloc[0]
        raise InputError(
            f"{source}, line {row.name + 1}: {row.path} is put into session {row.session!r}, but "
            f"its name says {table.group[row.name]!r}; correct the line."
        )


def check_known(
    paths: pd.Series, known: pd.Series | pd.Index, source: Path, other: str, remedy: str
) -> None:
    wrong = ~paths.isin(known)
    if wrong.any():
        raise InputError(
            f"{source} lists {paths[wrong].iloc[0]}, which {other} does not (line "
            f"{wrong.argmax() + 1}); {remedy}."
        )


def check_twice(lines: pd.DataFrame, column: str, source: Path) -> None:
    wrong = lines[column].duplicated()
    if wrong.any():
        row = lines[wrong].iloc[0]
        raise InputError(
            f"{source}, line {row.name + 1}: {row[column]} is listed a second time; take one out."
        )


def check_moments(lines: pd.DataFrame, table: pd.DataFrame, source: Path) -> None:
    """No two recordings of one session, position and node."""
    check_twice(lines, "path", source)
    same = table.duplicated(["group", "node", "position"])
    if same.any():
        row = table[same].iloc[0]
        raise InputError(
            f"{source}, line {row.name + 1}: {lines.path[row.name]} is a second recording of "
            f"session {row.group}, position {row.position} on node {row.node}; take one out."
        )
