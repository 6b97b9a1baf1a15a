"""The room itself: traits that hold all that is drawn, and an ear for the page's questions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from traitlets import Bool, Dict, Int, List, Unicode, validate

from thesis_lib.audio import io as audio_io
from thesis_lib.room import excerpt
from thesis_lib.room.answers import answer
from thesis_lib.room.columns import colours, columns, floats, normalised
from thesis_lib.room.nearest import Nearest
from thesis_lib.room.places import MAPS, place, preservation
from thesis_lib.room.sounds import Sounds
from thesis_lib.util.errors import InputError

STATIC = Path(__file__).parent / "static"
LISTENED = 24  # sounds that tell between which levels pictures are drawn
EAR = Callable[[np.ndarray], np.ndarray]


class Room(anywidget.AnyWidget):
    """A map of sounds that plays, their exact neighbours, and a list to keep (09_listening_room).

    The page is `js/`, bundled by `make widget`. It gets the table as binary columns, and asks for
    sounds, pictures and neighbours one by one: no file is served and no path is told.

    Parameters
    ----------
    sounds : Sounds
    k : int
        Neighbours shown at first.
    embed : function, optional
        A wave (float32, mono, at the rate of `sounds.features`) to its vector, shape (d,): with it
        a visitor's own clip can be looked for.
    maps : dict, name -> (n, 2) array, optional
        Maps made before; those of `MAPS` are made when they are asked for, the first at once.
    theme : {"", "light", "dark"}
        "": as the page around it.

    Attributes
    ----------
    chosen : int
        The sound whose neighbours are shown; -1: none.
    kept : list of int
        The list, in order; can be set.
    """

    _esm = STATIC / "room.js"
    title = Unicode().tag(sync=True)
    about = Dict().tag(sync=True)
    columns = Dict().tag(sync=True)
    colours = List(Unicode()).tag(sync=True)
    maps = Dict().tag(sync=True)
    offered = List(Unicode()).tag(sync=True)
    picture = Dict().tag(sync=True)
    near = Dict().tag(sync=True)
    audio = Unicode().tag(sync=True)
    can_upload = Bool(False).tag(sync=True)
    theme = Unicode().tag(sync=True)
    k = Int(10).tag(sync=True)
    chosen = Int(-1).tag(sync=True)
    kept = List(Int()).tag(sync=True)

    def __init__(
        self,
        sounds: Sounds,
        k: int = 10,
        embed: EAR | None = None,
        maps: dict[str, ArrayLike] | None = None,
        theme: str = "",
    ) -> None:
        self.sounds, self.embed = sounds, embed
        self.clip: np.ndarray | None = None
        self.pieces: list[bytes] = []
        self._maps = {name: np.asarray(one, np.float32) for name, one in (maps or {}).items()}
        first = next(iter(self._maps or MAPS))
        super().__init__(
            title=sounds.name,
            about={"unit": sounds.unit, "group": sounds.group_name, "note": sounds.note},
            columns=columns(sounds),
            colours=colours(sounds),
            maps={first: floats(normalised(self._place(first)))},
            offered=list(dict.fromkeys([*self._maps, *MAPS])),
            picture={"hertz": excerpt.band_hertz(sounds.features), "levels": list(self.levels)},
            can_upload=embed is not None,
            theme=theme,
            k=k,
        )
        self.on_msg(self._asked)

    def _asked(self, _: Any, content: dict[str, Any], buffers: list[memoryview]) -> None:
        about, blobs = answer(self, content, buffers)
        self.send({"id": content.get("id"), **about}, blobs)

    @validate("kept")
    def _sounds_alone(self, proposal: Any) -> list[int]:
        wrong = [item for item in proposal["value"] if not 0 <= item < len(self.sounds)]
        if wrong:
            last = len(self.sounds) - 1
            raise InputError(f"kept: holds {wrong[0]}; give numbers of sounds, from 0 to {last}")
        return proposal["value"]

    @cached_property
    def nearest(self) -> Nearest:
        """The sounds' vectors, ready for questions."""
        return Nearest(self.sounds.vectors, self.sounds.table)

    @cached_property
    def labels(self) -> list[str]:
        """The classes in the order of their codes."""
        return sorted(set(self.sounds.table.label) - {""}) + [""]

    def number(self, name: str) -> np.ndarray:
        """A column of numbers, by the name that the page knows it by."""
        for column, shown in zip(self.sounds.numbers, self.columns["numbers"], strict=True):
            if shown == name:
                return self.sounds.table[column].to_numpy(float)
        raise InputError(f"within: there is no column of numbers called {name!r}")

    def point(self, item: int) -> np.ndarray:
        """The vector of a sound; -1: of the clip that was uploaded last."""
        if item >= 0:
            return self.sounds.vectors[item]
        if self.clip is None:
            raise InputError("No clip has been uploaded yet; choose one first.")
        return self.clip

    def excerpt(
        self, item: int, context: float = 0.0, channel: int | None = None
    ) -> excerpt.Excerpt:
        """A sound decoded, with seconds around it, of all channels or of one."""
        row = self.sounds.table.iloc[item]
        path = excerpt.inside(self.sounds.root, row.path)
        which = int(row.channel) if channel is None else int(channel)
        return excerpt.read(path, float(row.start), float(row.duration), which, context)

    def without_folder(self, sentence: str) -> str:
        """A sentence that names a file, without the folders that lead to the corpus."""
        return sentence.replace(f"{self.sounds.root}/", "")

    def channels(self, item: int) -> int:
        """How many channels the file of a sound has."""
        path = excerpt.inside(self.sounds.root, self.sounds.table.path.iloc[item])
        return audio_io.probe(path).channels

    @cached_property
    def levels(self) -> tuple[float, float]:
        """Between which levels all pictures are drawn, dB."""
        return self.sounds.levels or excerpt.levels_of(self._some(), self.sounds.features)

    def _some(self):
        count = len(self.sounds)
        for item in np.linspace(0, count - 1, min(LISTENED, count)).astype(int):
            try:
                yield self.excerpt(int(item))
            except InputError:  # its own row says so
                continue

    def _place(self, name):
        if name not in self._maps:
            self._maps[name] = place(self.sounds.vectors, name)
        return self._maps[name]

    def map_of(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        """A map's places, (n, 2), and of each sound the share of neighbours that survive, (n,)."""
        if name not in self.offered:
            raise InputError(f"name: is {name!r}; ask for {', '.join(self.offered)}")
        if name not in self._preserved:
            self._preserved[name] = preservation(self.sounds.vectors, self._place(name))
        return self._maps[name], self._preserved[name]

    @cached_property
    def _preserved(self):
        return {}


def listen(table: pd.DataFrame, vectors: ArrayLike, root: Path | str = ".", **options: Any) -> Room:
    """The room of any table and the vectors of any model (09_listening_room).

    Parameters
    ----------
    table : DataFrame
        `path` from `root` on, and what `Sounds` can have beside it.
    vectors : (n, d) array
        One for each row.
    root : path
    options
        `name`, `unit`, `group_name` and `note` of `Sounds`, and `k`, `embed`, `maps` and `theme` of
        `Room`.

    Returns
    -------
    Room
    """
    own = {name: options.pop(name) for name in ("k", "embed", "maps", "theme") if name in options}
    return Room(Sounds(table, np.asarray(vectors), Path(root), **options), **own)
