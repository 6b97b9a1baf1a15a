"""Vectors that any other model made, by a file: the way in for what cannot come with the suite.

An npz file holds `path` (n,) and `vectors` (n, d), and `start` (n,) in seconds where a file has
several recordings; a parquet file has the columns `path`, maybe `start`, and one of each dimension.
Paths start where the corpus's do; several rows of one recording are averaged. See 08_f1_results.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from thesis_lib.corpus import Corpus
from thesis_lib.util.arrays import column, matrix
from thesis_lib.util.errors import InputError

SLACK = 0.01  # s by which the start of a recording may differ


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
    path = Path(path)
    readers = {".npz": _npz, ".parquet": _parquet}
    if path.suffix not in readers or not path.is_file():
        raise InputError(f"{path} is no npz or parquet file of vectors; give one of these.")
    try:
        paths, start, vectors = readers[path.suffix](path)
    except (KeyError, ValueError, OSError, ImportError) as error:
        raise InputError(
            f"{path} cannot be read ({error}); it needs `path` and `vectors`, or in a parquet file "
            "`path` and a column for each dimension."
        ) from None
    vectors = matrix(vectors, f"{path}: vectors")
    table = pd.DataFrame(vectors)
    table.insert(0, "path", column(paths, len(vectors), f"{path}: path").astype(str))
    table.insert(1, "start", np.nan if start is None else np.asarray(start, float))
    return table


def matched(found: pd.DataFrame, corpus: Corpus) -> np.ndarray:
    """The vector of each recording of a corpus.

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


def _npz(path):
    with np.load(path, allow_pickle=False) as file:
        return file["path"], file["start"] if "start" in file else None, file["vectors"]


def _parquet(path):
    table = pd.read_parquet(path)
    start = table.pop("start") if "start" in table else None
    return table.pop("path"), start, table.to_numpy()
