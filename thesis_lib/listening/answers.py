"""The answers of all reviewers in memory: each file is read once, and then what is added to it.

A review asks at every click what has been answered, by whom, and how far reviewers agree; other
reviewers write into files of their own meanwhile. See 09_listening_room.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import numpy as np

from thesis_lib.listening import decisions
from thesis_lib.listening.decisions import BLIND, SKIP, WRONG, Reviewer


class Answers:
    """What all reviewers say so far, see `update`.

    Parameters
    ----------
    folder : Path
        Of their files; need not be there yet.

    Attributes
    ----------
    of : dict, who -> Reviewer
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.of: dict[str, Reviewer] = defaultdict(Reviewer)
        self._read: dict[Path, int] = {}  # bytes of each file that are in `of`
        self._blind: set[tuple] = set()  # items that were drawn blindly

    def update(self) -> set[tuple]:
        """Read what was added since the last time: the items, (path, start), that it is about.

        A decision of which only a part has been written waits until it is whole. Where a file is
        shorter than before, or gone, all are read again.
        """
        sizes = {path: path.stat().st_size for path in self.folder.glob("decisions_*.csv")}
        changed = set()
        if any(sizes.get(path, 0) < read for path, read in self._read.items()):
            changed = {key for one in self.of.values() for key in one.last}
            self.of.clear()
            self._blind.clear()
            self._read.clear()
        for path in sorted(sizes):
            if sizes[path] > self._read.get(path, 0):
                changed |= self._take(path)
        return changed

    def _take(self, path):
        before = self._read.get(path, 0)
        with open(path, "rb") as file:
            file.seek(before)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        if not whole:
            return set()
        rows = decisions.parsed(whole, path, first=before == 0)
        self._read[path] = before + len(whole)
        self._blind |= {(row["path"], row["start"]) for row in rows if row["shown"] == BLIND}
        return {self.of[row["who"]].add(row) for row in rows} - {None}

    def share_wrong(self, item: tuple) -> float | None:
        """How many of those who answered it call the label of an item wrong; None: nobody has."""
        said = [one.last[item]["answer"] for one in self.of.values() if item in one.last]
        said = [answer for answer in said if answer != SKIP]
        return sum(answer == WRONG for answer in said) / len(said) if said else None

    def error_rate(self) -> tuple[float, float, float]:
        """As `decisions.error_rate`."""
        shares = map(self.share_wrong, self._blind)
        return decisions.share([one for one in shares if one is not None])

    def left(self, wrong: np.ndarray) -> tuple[float, float]:
        """How many wrong labels nobody has found yet: the ends of a 95 % interval.

        The share of `error_rate` holds for all items, so what is found is taken off.

        Parameters
        ----------
        wrong : (n,) float array
            `share_wrong` of all items of the corpus whose labels are judged; NaN: not heard.
        """
        found, unheard = (wrong >= 0.5).sum(), np.isnan(wrong).sum()
        _, low, high = self.error_rate()
        ends = (max(share * len(wrong) - found, 0.0) for share in (low, high))
        least, most = (float(min(end, unheard)) for end in ends)
        return least, most

    def agreement(self) -> Iterator[tuple[str, str, int, float]]:
        """Of each two reviewers with answers to the same items: both, how many, share of the same.

        As of `decisions.agreement`.
        """
        for one, other in combinations(sorted(self.of), 2):
            few, many = sorted((self.of[one].last, self.of[other].last), key=len)
            both = [(_said(row), _said(many[key])) for key, row in few.items() if key in many]
            both = [pair for pair in both if SKIP not in (pair[0][0], pair[1][0])]
            if both:
                yield one, other, len(both), sum(a == b for a, b in both) / len(both)


def _said(row):
    return row["answer"], row["detail"]
