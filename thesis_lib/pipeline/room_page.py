"""What the listening room's page shows: a room, and the choice of its corpus and its dots."""

from functools import cache

import ipywidgets as widgets

from thesis_lib.pipeline.clips import clip_embedder
from thesis_lib.pipeline.job import Job
from thesis_lib.pipeline.run import Run
from thesis_lib.room.sounds import Sounds
from thesis_lib.room.widget import Room
from thesis_lib.util.files import ROOT

WIDE = {"style": {"button_width": "auto", "description_width": "auto"}}
SIDE_BY_SIDE = {"flex_flow": "row wrap", "margin": "0 0 8px"}


def page(job: Job) -> widgets.Widget:
    """The rooms of a job's own corpora, or of the suite's, which are embedded already.

    Parameters
    ----------
    job : Job

    Returns
    -------
    ipywidgets.Widget
    """
    runs = [Run(ROOT / job.run[domain]) for domain in reversed(job.given or job.names)]
    corpus = widgets.ToggleButtons(options=_named(runs), description="Listen to", **WIDE)
    unit = widgets.ToggleButtons(options=_units(runs[0]), description="Each dot is a", **WIDE)
    place = widgets.VBox()

    @cache  # who comes back finds the list that was kept
    def room(run, of):
        embed = clip_embedder(run, job.embedding)
        return Room(Sounds.of_run(run, job.embedding, of), embed=embed)

    def show(change):
        if change and change.owner is corpus:
            unit.options = _units(corpus.value)
        place.children = [room(corpus.value, unit.value)]

    corpus.observe(show, "value")
    unit.observe(show, "value")
    show(None)
    choices = widgets.HBox([corpus, unit] if len(runs) > 1 else [unit], layout=SIDE_BY_SIDE)
    return widgets.VBox([choices, place])


def _named(runs):
    """The corpora by name, with what has to be said of them."""
    notes = [f" ({run.corpus.note})" if run.corpus.note else "" for run in runs]
    return [(run.corpus.name + note, run) for run, note in zip(runs, notes, strict=True)]


def _units(run):
    """What a dot can be; where nobody has said what is a song, there is none."""
    song = [(run.unit, "song")] if run.unit != "recording" else []
    return [("tile", "tile"), ("segment", "segment"), *song]
