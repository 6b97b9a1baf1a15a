"""Vectors that any other model made, by a file: the way in for what cannot come with the suite.

An npz file holds `path` (n,) and `vectors` (n, d), and where they are known `start` and `duration`
(s, in the file), `label`, `group` (session or song), `node` and `name`, (n,) each. A parquet file
has these as columns, and the vectors as lists in one column `vectors`, or a column for each
dimension; it needs pyarrow, which is no part of the suite. Paths start where the corpus's do. See
08_f1_results.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from thesis_lib.corpus import Corpus
from thesis_lib.util.arrays import column, matrix
from thesis_lib.util.errors import InputError
from thesis_lib.util.names import presentable

SLACK = 0.01  # s by which the start of a recording may differ
TIMES = ("start", "duration")  # s
TEXTS = ("label", "group", "node", "name")


def units(path: Path | str) -> tuple[pd.DataFrame, np.ndarray]:
    """What a file's vectors are of, without any corpus (09_listening_room).

    Parameters
    ----------
    path : Path
        Its name ends in .npz or .parquet.

    Returns
    -------
    table : DataFrame, n rows
        path; start (s, 0 where it is not known); duration (s, NaN: to the end of the file); label
        (empty where it is not known); group (the file itself where none is given); node; name
        (the file's without its ending).
    vectors : float32 array, shape (n, d)

    Raises
    ------
    InputError
        As `read`, or a time is no time.

    Examples
    --------
    >>> table, vectors = units("clap.npz")
    """
    columns, vectors = _columns(Path(path))
    paths = columns["path"]
    table = pd.DataFrame({"path": paths})
    for name in TIMES:
        table[name] = _seconds(columns.get(name), len(paths), f"{path}: {name}")
    table["start"] = table.start.fillna(0.0)
    for name in TEXTS:
        table[name] = _texts(columns.get(name), len(paths), f"{path}: {name}")
    table["group"] = table.group.where(table.group != "", table.path)
    stems = table.path.map(lambda one: presentable(Path(one).stem))
    table["name"] = table.name.map(presentable).where(table.name != "", stems)
    return table, vectors.astype(np.float32)


def read(path: Path | str) -> pd.DataFrame:
    """Read such a file.

    Parameters
    ----------
    path : Path
        Its name ends in .npz or .parquet.

    Returns
    -------
    DataFrame
        path, start (NaN where it is not known), then the dimensions 0, 1, ...

    Raises
    ------
    InputError
        It is not there, is of another kind, or lacks paths or vectors.
    """
    columns, vectors = _columns(Path(path))
    table = pd.DataFrame(vectors)
    table.insert(0, "path", columns["path"])
    table.insert(1, "start", _seconds(columns.get("start"), len(vectors), f"{path}: start"))
    return table


def matched(found: pd.DataFrame, corpus: Corpus) -> np.ndarray:
    """The vector of each recording of a corpus; several rows of one are averaged.

    Parameters
    ----------
    found : DataFrame
        From `read`.
    corpus : Corpus

    Returns
    -------
    float32 array, shape (recordings, d)

    Raises
    ------
    InputError
        A recording has no vector.
    """
    whole = found.start.isna().all()
    keys = ["path"] if whole else ["path", "start"]
    means = found.assign(start=_rounded(found.start)).groupby(keys).mean(numeric_only=True)
    means = means.drop(columns="start", errors="ignore")
    wanted = corpus.table.assign(start=_rounded(corpus.table.start))[keys]
    wanted = pd.Index(wanted.path) if whole else pd.MultiIndex.from_frame(wanted)
    lacking = wanted[~wanted.isin(means.index)]
    if len(lacking):
        raise InputError(
            f"{len(lacking)} of {len(wanted)} recordings of {corpus.name} have no vector (the "
            f"first is {lacking[0]}); paths start from {corpus.root}."
        )
    return means.loc[wanted].to_numpy(np.float32)


def _rounded(start):
    return (start.astype(float) / SLACK).round()


def _columns(path):
    """What there is beside the vectors, by name, `path` as text; and the vectors, checked."""
    readers = {".npz": _npz, ".parquet": _parquet}
    if path.suffix not in readers or not path.is_file():
        raise InputError(f"{path} is no npz or parquet file of vectors; give one of these.")
    try:
        columns, vectors = readers[path.suffix](path)
        paths = columns["path"]
    except ImportError:
        raise InputError(
            f"{path} is a parquet file, which takes a package that the suite does not come with: "
            "`pip install pyarrow`, or write the same as an npz file."
        ) from None
    except (KeyError, ValueError, OSError) as error:
        raise InputError(
            f"{path} cannot be read ({error}); it needs `path` and `vectors`, or in a parquet file "
            "`path` and a column for each dimension."
        ) from None
    vectors = matrix(vectors, f"{path}: vectors")
    paths = column(paths, len(vectors), f"{path}: path").astype(str)
    return columns | {"path": paths}, vectors


def _npz(path):
    with np.load(path, allow_pickle=False) as file:
        found = {name: file[name] for name in ("path", *TIMES, *TEXTS) if name in file}
        return found, file["vectors"]


def _parquet(path):
    table = pd.read_parquet(path)
    found = {name: table.pop(name) for name in ("path", *TIMES, *TEXTS) if name in table}
    vectors = np.stack(table.vectors.tolist()) if "vectors" in table else table.to_numpy()
    return found, vectors


def _seconds(values, rows, name):
    """Times as numbers; NaN where there is none."""
    if values is None:
        return np.full(rows, np.nan)
    times = pd.to_numeric(pd.Series(np.asarray(values)), errors="coerce").to_numpy(float)
    given = ~pd.isna(np.asarray(values, dtype=object))
    if len(times) != rows or (given & ~((times >= 0) & np.isfinite(times))).any():
        raise InputError(f"{name}: give one number of seconds, 0 or more, for each of {rows} rows")
    return times


def _texts(values, rows, name):
    """Names as text; empty where there is none."""
    if values is None:
        return [""] * rows
    if np.shape(values) != (rows,):
        raise InputError(f"{name}: has shape {np.shape(values)}; give one for each of {rows} rows")
    return ["" if pd.isna(one) else str(one) for one in np.asarray(values, dtype=object)]
