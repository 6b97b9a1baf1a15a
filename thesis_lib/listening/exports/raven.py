"""Raven's selection tables: one text file a recording, a line a sound (09_listening_room).

Columns are those that Raven Pro and Raven Lite write. Read back by crowsetta 5.1.2, whose schema of
them passes, and by pandas; Raven itself was not run.
"""

from pathlib import Path

import pandas as pd

from thesis_lib.listening.exports.opinions import NONE, Opinions
from thesis_lib.listening.exports.sounds import Sounds, changed, plain, tab_separated
from thesis_lib.util.text import slugs

ENDING = ".Table.1.selections.txt"  # as Raven calls them


def write(sounds: Sounds, folder: Path, opinions: Opinions = NONE) -> list[str]:
    """Write a selection table for each audio file.

    Parameters
    ----------
    sounds : Sounds
    folder : Path
        That is there and empty.
    opinions : Opinions
        Suspects fill `Suggested` and `Score`; decisions `Decision`, `Detail` and `Reviewer`, a
        line each.

    Returns
    -------
    list of str
        Sentences on what is to know of it.
    """
    names = slugs(sounds.table.path.unique())
    table = pd.DataFrame(
        line for row in range(len(sounds.table)) for line in _lines(sounds, row, opinions)
    )
    for path, own in table.groupby("path", sort=False):
        own = own.drop(columns="path")
        own.insert(0, "Selection", range(1, len(own) + 1))
        file = folder / f"{names[path]}{ENDING}"
        file.write_text(tab_separated(own), encoding="utf-8")
    return [*changed(sounds.table[["path", "label"]].stack()), *opinions.said]


def _lines(sounds, row, opinions):
    """The lines of one sound: one, or one for each reviewer who decided on it."""
    own, shown = sounds.table.iloc[row], sounds.shown.iloc[row]
    suggested, score = opinions.suspects.get(row, ("", ""))
    for decision in opinions.decided.get(row, [{}]):
        yield {
            "path": own.path,
            "View": "Spectrogram 1",
            "Channel": max(int(own.channel), 0) + 1,  # the first stands for the mean of all
            "Begin Time (s)": float(own.start),
            "End Time (s)": float(own.start + own.duration),
            "Low Freq (Hz)": 0.0,
            "High Freq (Hz)": own.sample_rate / 2,
            "Begin File": Path(shown.path).name,
            "Annotation": shown.label,
            "Suggested": plain(suggested),
            "Score": score,
            "Decision": decision.get("answer", ""),
            "Detail": plain(decision.get("detail", "")),
            "Reviewer": plain(decision.get("who", "")),
        }
