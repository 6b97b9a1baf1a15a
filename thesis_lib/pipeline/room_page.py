"""What the listening room's page shows: the room of each corpus that was asked for."""

import ipywidgets as widgets

from thesis_lib.listening.collection import collections
from thesis_lib.listening.widgets import ListeningRoom, WalkRoom
from thesis_lib.pipeline.job import Job
from thesis_lib.pipeline.run import Run
from thesis_lib.util.files import ROOT


def room(job: Job) -> widgets.Widget:
    """The room of a job's own corpora, or of the suite's, which are embedded already.

    Parameters
    ----------
    job : Job

    Returns
    -------
    ipywidgets.Widget
    """
    runs = {domain: Run(ROOT / job.run[domain]) for domain in job.given or job.names}
    found = list(collections(runs, job.embedding).values())
    return widgets.VBox([ListeningRoom(found), WalkRoom(found)])
