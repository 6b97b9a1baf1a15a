"""What the page asks, and the answers: one function each, found by the name of the question."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from thesis_lib.audio import opus
from thesis_lib.room import excerpt, upload
from thesis_lib.room.columns import floats, normalised
from thesis_lib.util.errors import InputError

if TYPE_CHECKING:
    from thesis_lib.room.widget import Room

Answer = tuple[dict[str, Any], list[bytes]]
MOST = 100  # neighbours at a time
CONTEXT = 20.0  # s around a sound, at most


def answer(room: Room, asked: dict[str, Any], buffers: Sequence[memoryview]) -> Answer:
    """The answer to one question of the page; what is wrong with it becomes {"error": sentence}.

    Parameters
    ----------
    room : Room
    asked : dict
        `ask`, one of `QUESTIONS`, and what this question needs.
    buffers : list of bytes-like

    Returns
    -------
    dict, JSON
    list of bytes
    """
    try:
        if asked.get("ask") not in QUESTIONS:
            raise InputError(f"ask: is {asked.get('ask')!r}; ask for {', '.join(QUESTIONS)}")
        return QUESTIONS[asked["ask"]](room, asked, buffers)
    except InputError as error:
        return {"error": room.without_folder(str(error))}, []
    except (LookupError, TypeError, ValueError, ArithmeticError, OSError, RuntimeError) as error:
        return {"error": f"This cannot be answered ({type(error).__name__}: {error})."}, []


def sound(room: Room, asked: dict[str, Any], buffers: Sequence[memoryview] = ()) -> Answer:
    """A sound as Opus and its picture: asks for `item`.

    It may ask for `context_s`, `channel`, `large`, and `recorded`: as loud as it was.

    The answer has the picture's `columns` and `bands`, `start` and `duration` (s, in the file),
    `type` and how many `channels` there are; its buffers are the sound and the picture.
    """
    item = _item(room, asked["item"])
    context = float(np.clip(asked.get("context_s", 0), 0, CONTEXT))
    heard = room.excerpt(item, context, asked.get("channel"))
    about, blobs = _of_excerpt(room, heard, bool(asked.get("large")), bool(asked.get("recorded")))
    return about | {"channels": room.channels(item)}, blobs


def _of_excerpt(room, heard, large, recorded=False):
    size = excerpt.LARGE if large else excerpt.SMALL
    shade = excerpt.picture(heard, room.levels, size, room.sounds.features)
    about = {"type": "audio/ogg", "start": heard.start, "duration": heard.duration}
    about |= {"columns": shade.shape[1], "bands": shade.shape[0]}
    return about, [opus.encode(excerpt.levelled(heard, recorded), heard.rate), shade.tobytes()]


def near(room: Room, asked: dict[str, Any], buffers: Sequence[memoryview] = ()) -> Answer:
    """The sounds nearest to one, or to an uploaded clip: `items` and `distances`.

    Asks for `item` (-1: the clip) and `k`, may ask for `apart`, `label` (a code), `spread`,
    `within` (a column of numbers, its lowest and its highest), and `all`: the distance of every
    sound, as float32 in a buffer.
    """
    item = -1 if asked["item"] == -1 else _item(room, asked["item"])
    point, out = room.point(item), _out(room, item, asked)
    k = int(np.clip(asked.get("k", 10), 1, MOST))
    rough = room.nearest.distances(point)
    items, distances = room.nearest.to(point, k, out, bool(asked.get("spread")), rough)
    about = {"items": items.tolist(), "distances": [float(one) for one in distances]}
    whole = [floats(rough)] if asked.get("all") else []
    return about, whole


def _out(room, item, asked):
    code = asked.get("label")
    label = None if code is None else room.labels[code]
    apart = asked.get("apart", ["group"]) if item >= 0 else []
    out = room.nearest.left_out(item, apart, label)
    if within := asked.get("within"):
        name, low, high = within
        values = room.number(name)
        out |= ~((values >= low) & (values <= high))
    return out


def places(room: Room, asked: dict[str, Any], buffers: Sequence[memoryview] = ()) -> Answer:
    """The places of a map, which asks for its `name`: float32 pairs, and their preservation."""
    found, preserved = room.map_of(asked["name"])
    about = {"name": asked["name"], "mean": float(np.mean(preserved))}
    return about, [floats(normalised(found)), floats(preserved)]


def clip(room: Room, asked: dict[str, Any], buffers: Sequence[memoryview]) -> Answer:
    """A piece of an upload: `name`, `part` of `parts`. The last is answered as `sound` is."""
    heard = upload.take(room, asked, bytes(buffers[0]))
    return _of_excerpt(room, heard, True) if heard else ({"more": True}, [])


def _item(room, number):
    if not isinstance(number, int) or not 0 <= number < len(room.sounds):
        raise InputError(f"item: is {number!r}; give a number from 0 to {len(room.sounds) - 1}")
    return number


QUESTIONS: dict[str, Callable[..., Answer]] = {
    "sound": sound, "near": near, "places": places, "clip": clip,
}  # fmt: skip
