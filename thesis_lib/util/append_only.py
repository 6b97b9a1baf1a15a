"""A table that only grows: a line of CSV that has reached the disk before anything else happens.

So nothing is lost whatever kills the process. A line that was cut off in the middle is none.
"""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from thesis_lib.util.errors import InputError

WHEN = "when"  # a column that `append` fills


def append(file: Path | str, columns: Sequence[str], row: Mapping[str, object], what: str) -> None:
    """Write one line; it has reached the disk when this returns.

    Parameters
    ----------
    file : Path
        Its first line has the names of the columns, written when it is begun.
    columns : list of str
        Of "when" the time now is written.
    row : dict
        What it has no value for is left empty.
    what : str
        What a line is, for what is said where it cannot be written.

    Raises
    ------
    InputError
        The file cannot be written.
    """
    row = {WHEN: datetime.now(UTC).isoformat(timespec="seconds")} | dict(row)
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([row.get(name, "") for name in columns])
    try:
        with open(file, "a+b") as opened:
            if opened.tell() == 0:
                opened.write((",".join(columns) + "\n").encode())
            elif _is_cut(opened):
                opened.write(b"\n")  # what was cut off is no line
            opened.write(line.getvalue().encode("utf-8", "surrogateescape"))
            opened.flush()
            os.fsync(opened.fileno())
    except OSError as error:
        raise InputError(
            f"{file} cannot be written ({error.strerror}); the {what} is not kept: mend this and "
            "answer again."
        ) from error


def _is_cut(file):
    file.seek(-1, os.SEEK_END)
    return file.read(1) != b"\n"


def lines(file: Path, columns: Sequence[str], what: str) -> list[dict[str, str]]:
    """The whole lines of such a file, in the order in which they were written.

    Parameters
    ----------
    file : Path
    columns : list of str
    what : str
        What a line is.

    Raises
    ------
    InputError
        It cannot be read, or its columns are others.
    """
    try:
        text = file.read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror}); mend this.") from error
    head, *found = list(csv.reader(io.StringIO(text))) or [list(columns)]  # begun, then killed
    if head != list(columns):
        raise InputError(
            f"{file} is no list of {what}s: its first line is not {','.join(columns)}; move it to "
            "another place."
        )
    return [dict(zip(columns, one, strict=True)) for one in found if len(one) == len(columns)]
