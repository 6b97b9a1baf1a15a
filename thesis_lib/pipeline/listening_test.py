"""The listening test of a run: its tiles, its embeddings, and vectors of any other model."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from thesis_lib.datasets import vector_file
from thesis_lib.listening.clips import moments
from thesis_lib.listening.trials import Design, design
from thesis_lib.pipeline.run import Run
from thesis_lib.util.names import EMBEDDINGS


def of_run(run: Run, embedding: str = "ours", file: Path | str = "", **drawn: Any) -> Design:
    """Trials of the tiles of a run: the neighbour by one embedding against all others there are.

    See 09_listening_room.

    Parameters
    ----------
    run : Run
        With embeddings; those of its first seed are taken.
    embedding : str
        The one under test, see `Run.embedding_shown`.
    file : Path, optional
        Vectors of another model, see `datasets.vector_file`: of each tile by its start, or of whole
        files.
    drawn : each, repeated, seed
        See `trials.design`.

    Returns
    -------
    Design

    Raises
    ------
    InputError
        See `trials.design` and `vector_file`.
    """
    embedding = run.embedding_shown(embedding)
    tested, tiles = run.embeddings(embedding).vectors, run.embeddings(embedding).tiles
    others: dict[str, np.ndarray] = {
        f"the neighbour by {EMBEDDINGS[name]}": run.embeddings(name).vectors
        for name in run.embedded
        if name != embedding
    }
    if file:
        as_corpus = replace(run.corpus, table=tiles)  # its rows are what has a path and a start
        found = vector_file.matched(vector_file.read(file), as_corpus)
        others[f"the neighbour by {Path(file).stem}"] = found
    keys = tiles.path + "@" + tiles.start.round(3).astype(str)
    same = moments(tiles)
    return design(tested, tiles.label, tiles.group, others, keys, same, **drawn)
