"""A table as the page gets it: names once, and for each sound numbers in compact binary."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from thesis_lib.plots.style import class_colours, nice
from thesis_lib.room.sounds import Sounds
from thesis_lib.util.names import presentable


def columns(sounds: Sounds) -> dict[str, Any]:
    """All that is drawn, filtered and named by the page; of files only what they are called.

    Returns
    -------
    dict
        `count`; `label`, `group`, `node`, `moment`, `recording`: each {names, codes, blank}, codes
        little-endian uint32, one for each sound, blank that of an empty name or -1; `start`,
        `duration`: float32; `numbers`: {name: float32}.
    """
    table = sounds.table
    labels = sorted(set(table.label) - {""}) + [""] * bool((table.label == "").any())
    coded = {name: _coded(table[name], nice) for name in ("group", "node", "moment")}
    coded["moment"]["names"] = []  # never shown
    return {
        "count": len(table),
        "label": _codes(table.label, labels, nice),
        "recording": _recordings(table),
        **coded,
        "start": floats(table.start),
        "duration": floats(table.duration),
        "numbers": {nice(name): floats(table[name]) for name in sounds.numbers},
    }


def colours(sounds: Sounds) -> list[str]:
    """The colour of each class, in the order of their codes."""
    given = class_colours(sounds.table.label)
    return [given[name] for name in sorted(set(given) - {""})] + ["#949494"]


def _coded(values, shown):
    return _codes(values, sorted(pd.unique(values)), shown)


def _codes(values, names, shown):
    codes = pd.Categorical(values, categories=names).codes.astype("<u4")
    blank = names.index("") if "" in names else -1
    shown_names = [shown(name) for name in names]
    return {"names": shown_names, "codes": codes.tobytes(), "blank": blank}


def _recordings(table):
    codes, paths = pd.factorize(table.path)
    first = np.unique(codes, return_index=True)[1]
    names = [presentable(name) for name in table.name.to_numpy()[first]]
    return {"names": names, "codes": codes.astype("<u4").tobytes(), "blank": -1}


def floats(values: Iterable[float]) -> bytes:
    """Numbers as little-endian float32."""
    return np.asarray(values, "<f4").tobytes()


def normalised(places: np.ndarray) -> np.ndarray:
    """A map's places within -1 and 1, its shape kept: float32 array, shape (n, 2)."""
    places = np.asarray(places, np.float32)
    places = places - (places.max(0) + places.min(0)) / 2
    return places / max(float(np.abs(places).max()), np.finfo(np.float32).tiny) * np.float32(0.95)
