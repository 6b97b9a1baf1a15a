"""The listening test of a run: its tiles, its embeddings, and vectors of any other model."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets as widgets
import numpy as np

from thesis_lib.datasets import vector_file
from thesis_lib.listening import trial_results
from thesis_lib.listening.clips import moments
from thesis_lib.listening.collection import Collection
from thesis_lib.listening.trial_room import TrialRoom
from thesis_lib.listening.trials import Design, design
from thesis_lib.pipeline.run import Run
from thesis_lib.util.errors import InputError
from thesis_lib.util.names import EMBEDDINGS
from thesis_lib.util.text import as_html


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
        for name in _compared(run.embedded, embedding)
    }
    if file:
        as_corpus = replace(run.corpus, table=tiles)  # its rows are what has a path and a start
        found = vector_file.matched(vector_file.read(file), as_corpus)
        others[f"the neighbour by {Path(file).stem}"] = found
    keys = tiles.path + "@" + tiles.start.round(3).astype(str)
    same = moments(tiles)
    return design(tested, tiles.label, tiles.group, others, keys, same, **drawn)


def _compared(embedded, tested):
    """The other embeddings, of untrained networks one: that of the kind under test if it is there.

    Two such networks name much the same neighbours, and each comparison costs a listener minutes.
    """
    own = "ours_untrained" if tested in ("ours", "adapted") else "untrained"
    untrained = [name for name in ("ours_untrained", "untrained") if name in embedded]
    kept = own if own in untrained else "".join(untrained[:1])
    return [name for name in embedded if name != tested and (name not in untrained or name == kept)]


def room_of(
    run: Run, collection: Collection, embedding: str = "ours", file: Path | str = "", **drawn: Any
) -> TrialRoom | widgets.HTML:
    """The listening test of a run, to be shown; a sentence where nothing can be asked.

    The answers are in the run's folder, below `trials`, in a folder of this design's name: where
    the embedding changes, another test begins, and the answers to the one before stay.

    See 09_listening_room.

    Parameters
    ----------
    run : Run
    collection : Collection
        Of this run, for its sounds.
    embedding, file, drawn
        As in `of_run`.
    """
    try:
        asked = of_run(run, embedding, file, **drawn)
    except InputError as error:
        return widgets.HTML(as_html(str(error)))
    return TrialRoom(asked, collection.sound, run.folder / "trials" / asked.name)


def so_far(room: TrialRoom | widgets.HTML) -> str:
    """What people have answered, and how many trials are enough: HTML (09_listening_room).

    For a page without a kernel, where the test itself is not shown.
    """
    if not isinstance(room, TrialRoom):
        return str(room.value)
    try:
        page = trial_results.page(room.answers(), room.design)
    except InputError as error:
        page = as_html(str(error))
    return page + trial_results.enough(room.design)
