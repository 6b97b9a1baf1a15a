"""Small rooms of made-up sounds, of which everything is known."""

import numpy as np
import pandas as pd
from corpora import tone, write

from thesis_lib.room.widget import listen

# Six sounds on a line: two nodes of a kitchen, another moment there, and three songs of one group
# each. Distances are differences of the places.
PLACES = [0.0, 1.0, 3.0, 4.0, 6.0, 10.0]
LABELS = ["a", "a", "a", "b", "b", ""]
GROUPS = ["s1", "s1", "s1", "s2", "s3", "s3"]
NODES = ["1", "2", "1", "1", "2", ""]
MOMENTS = ["m1", "m1", "m2", "m3", "m4", ""]


def table_of(folder, seconds=1.0, rate=16000):
    """A file of each sound, a tone of its own pitch: the table."""
    for number in range(len(PLACES)):
        write(folder / f"{number}.wav", tone(seconds, 300 * (number + 1), rate, 0.3), rate)
    columns = {"label": LABELS, "group": GROUPS, "node": NODES, "moment": MOMENTS}
    paths = [f"{number}.wav" for number in range(len(PLACES))]
    own = {
        "path": paths,
        "start": 0.0,
        "duration": seconds,
        "bpm": [90, 100, 110, 120, 130, np.nan],
    }
    return pd.DataFrame(own | columns)


def room_of(folder, **options):
    """The room of `table_of`."""
    vectors = np.c_[PLACES, np.zeros(len(PLACES))]
    return listen(table_of(folder), vectors, folder, name="made up", **options)
