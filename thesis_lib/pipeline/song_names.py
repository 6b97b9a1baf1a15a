"""Which song, class or playlist is meant by what somebody typed."""

import difflib
import os
from pathlib import Path

import numpy as np

from thesis_lib.corpus import Corpus
from thesis_lib.datasets import playlists
from thesis_lib.util.errors import InputError
from thesis_lib.util.notices import shown, some

CLOSE = 3  # names that are offered in place of one that is not known
ALIKE = 0.3  # of 1, from which on a name is: a part of a long name is typed more often than all


class Names:
    """The names of a corpus's songs and classes.

    Parameters
    ----------
    corpus : Corpus
    """

    def __init__(self, corpus: Corpus) -> None:
        self.corpus, self.table = corpus, corpus.table.reset_index(drop=True)
        paths = self.table.path
        ways = [paths, self.table.name, paths.map(lambda path: Path(path).name)]
        ways.append(paths.map(lambda path: Path(path).stem))
        self.ways = [way.astype(str) for way in ways]
        self.places = {os.path.realpath(corpus.path(row)): at
                       for at, row in reversed([*enumerate(self.table.itertuples())])}  # fmt: skip

    def song(self, text: str) -> int:
        """The row of the song that is meant.

        Parameters
        ----------
        text : str
            Its path, from the folder or from here; its name or its file's; or a part of these that
            no other song has.

        Raises
        ------
        InputError
            None is meant, or several; the closest are named.
        """
        exact = self._exact(text)
        if exact is not None:
            return exact
        rows = self._rows(text)
        if len(rows) > 1:
            raise InputError(
                f"{shown(text)!r} can be {len(rows)} songs ({some(self._paths(rows))}); give the "
                "path of one."
            )
        if not len(rows):
            raise InputError(
                f"{shown(text)!r} is no song of {self.corpus.name}; {self._close(text)}"
            )
        return int(rows[0])

    def rows(self, text: str) -> np.ndarray:
        """The rows of what is meant: a song, else a class, else the songs of a playlist."""
        if self.is_class(text):
            return np.flatnonzero(self.table.label == text)
        if self._exact(text) is not None:
            return np.array([self._exact(text)])
        if Path(text).suffix.lower() in playlists.ENDINGS:
            return self.playlist(text)
        return np.array([self.song(text)])

    def is_class(self, text: str) -> bool:
        """Whether a class is meant: one is called so, and no file is there."""
        return bool(text) and self._exact(text) is None and bool((self.table.label == text).any())

    def playlist(self, path: Path | str) -> np.ndarray:
        """The rows of a playlist's songs, in its order.

        Raises
        ------
        InputError
            It cannot be read, or names something that is not among the songs.
        """
        entries = playlists.read(path)
        rows = [one.path and self.places.get(os.path.realpath(one.path)) for one in entries]
        lost = [one.line for one, row in zip(entries, rows, strict=True) if row is None]
        if lost:
            raise InputError(
                f"{path} names {len(lost)} of {len(rows)} tracks that are not among the songs of "
                f"{self.corpus.name} ({shown(some(lost, 1))}); take them out, or give the folder "
                "that holds them."
            )
        return np.array(rows)

    def _exact(self, text):
        """The row whose path is just this, from the corpus's folder or from here."""
        rows = np.flatnonzero(self.ways[0] == text)
        if len(rows):
            return int(rows[0])
        return self.places.get(os.path.realpath(text)) if text else None

    def _rows(self, text):
        """Rows called so; else, capitals or not; else, with this in their path or name."""
        for same in (lambda one: one == text, lambda one: one.casefold() == text.casefold()):
            for way in self.ways:
                rows = np.flatnonzero(way.map(same))
                if len(rows):
                    return rows
        part = text.casefold()
        inside = [way.map(lambda one: part in one.casefold()) for way in self.ways[:2]]
        return np.flatnonzero(inside[0] | inside[1]) if part else np.zeros(0, int)

    def _paths(self, rows):
        return [shown(path) for path in self.table.path.iloc[rows]]

    def _close(self, text):
        labels = sorted(set(self.table.label) - {""})
        known = dict.fromkeys([*self.ways[1], *self.ways[3], *labels])
        folded = {one.casefold(): one for one in reversed(known)}
        found = difflib.get_close_matches(text.casefold(), folded, CLOSE, ALIKE)
        if not found:
            return f"its songs are called such as {some(map(shown, self.ways[1]))}."
        return f"close to it are {', '.join(shown(folded[one]) for one in found)}."
