"""From what was asked to the rows of a list: one function a way to make one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from thesis_lib.analysis import arithmetic, grown, keys, mixing, ordering, walk
from thesis_lib.pipeline import songs as songs_of
from thesis_lib.pipeline.song_names import Names
from thesis_lib.pipeline.songs import Songs
from thesis_lib.util.errors import InputError
from thesis_lib.util.notices import shown

ROLES = ("from", "to", "through", "after", "set", "grow", "keep", "exclude", "plus", "minus")
SEVERAL = ("through", "set", "grow", "keep", "exclude")  # for which a playlist is all of its songs
IN_A_ROW = ("walk", "order", "grow")  # ways whose songs are played in the order of the list
FLAGS = {"set": "weakest"}  # what a role is called on the command line, where that is another word


def resolve(songs: Songs, asked: dict) -> dict:
    """What was asked, with each song by its path, so that it is the same again from anywhere.

    Parameters
    ----------
    songs : Songs
    asked : dict
        `how` (of `MAKERS`), numbers and switches, and of `ROLES` lists of what was typed.

    Raises
    ------
    InputError
        Something typed is no song, class or playlist.
    """
    names, paths = Names(songs.corpus), songs.corpus.table.path.to_numpy()
    asked = dict(asked)
    for role in ROLES:
        known = (_known(names, paths, typed, role) for typed in asked.get(role) or [])
        asked[role] = [one for some in known for one in some]
    return asked


def _known(names, paths, typed, role):
    """The path of a song or the paths of a playlist; a class stays as it is."""
    is_class, rows = names.is_class(typed), names.rows(typed)
    if (
        is_class
        and role in ("after", "set")
        or len(rows) > 1
        and not is_class
        and role not in SEVERAL
    ):
        what = "class" if is_class else "playlist"
        raise InputError(f"--{FLAGS.get(role, role)}: {shown(typed)} is a {what}; name a song.")
    return [typed] if is_class else [paths[row] for row in rows]


def make(songs: Songs, asked: dict) -> pd.DataFrame:
    """The list that is asked for.

    Parameters
    ----------
    songs : Songs
    asked : dict
        As `resolve` gives it.

    Returns
    -------
    DataFrame
        `item` (row of the corpus's table), then what this way to make a list says of each; of
        those that are played in a row, `to_next`: the distance to the next song, NaN of the last.
    """
    names = Names(songs.corpus)
    rows = {role: [names.rows(one) for one in asked[role]] for role in ROLES}
    table = MAKERS[asked["how"]](songs, asked, rows)
    if asked["how"] in IN_A_ROW:
        item = table["item"].to_numpy()
        steps = ordering.transitions(songs.vectors, item).distance
        table["to_next"] = np.append(steps, np.nan)
    return table.reset_index(drop=True)


def _walk(songs, asked, rows):
    stops = [_stop(songs, one) for role in ("from", "through", "to") for one in rows[role]]
    chosen = [stop for stop in stops if isinstance(stop, int)]
    if twice := {one for one in chosen if chosen.count(one) > 1}:
        path = shown(songs.corpus.table.path.iloc[twice.pop()])
        raise InputError(f"a walk names {path} twice; no song comes twice.")
    group = songs.corpus.table.group.to_numpy()
    table = walk.walk_through(songs.vectors, stops, asked["steps"], group)
    return table[["item", "along", "distance"]]


def _stop(songs, rows):
    """A song as its row, a class as the place in its middle."""
    return int(rows[0]) if len(rows) == 1 else songs.vectors[rows].mean(axis=0)


def _order(songs, asked, rows):
    ends = [_one(rows[role], role) for role in ("from", "to")]
    kept = np.arange(len(songs.vectors))
    if not asked["keep_copies"]:
        kept = kept[
            (songs.copy_of == kept) | np.isin(kept, [one for one in ends if one is not None])
        ]
    ends = [None if one is None else int(np.searchsorted(kept, one)) for one in ends]
    return pd.DataFrame({"item": kept[ordering.order(songs.vectors[kept], *ends)]})


def _one(rows, role):
    """The song that is named, or None."""
    if rows and len(rows[0]) > 1:
        raise InputError(f"--{role}: is a class; an order begins and ends with a song, so name one")
    return int(rows[0][0]) if rows else None


def _after(songs, asked, rows):
    song, every, more = int(rows["after"][0][0]), np.arange(len(songs.vectors)), {}
    rules = [rule for rule in keys.RULES if asked[rule]]
    if asked["bpm"] or rules:
        heard = songs_of.music(songs, every)
        more |= {"bpm": [heard[row].bpm for row in every]} if asked["bpm"] else {}
        more |= {"key": [heard[row].key for row in every], "rules": rules} if rules else {}
        _check(songs, song, heard[song], asked["bpm"], rules)
    group = songs.corpus.table.group.to_numpy()
    table = mixing.after(songs.vectors, song, **more, k=asked["count"], group=group)
    first = {"rank": 0, "item": song, "distance": 0.0}
    first |= {"bpm": more["bpm"][song], "change": 0.0} if asked["bpm"] else {}
    first |= {"key": more["key"][song]} if rules else {}
    table = pd.concat([pd.DataFrame([first]), table], ignore_index=True)
    if rules:
        table["camelot"] = table.key.map(keys.camelot)
        table["key"] = table.key.map(keys.name)
    return table


def _check(songs, song, heard, bpm, rules):
    name = shown(songs.corpus.table.name.iloc[song])
    if bpm and np.isnan(heard.bpm):
        raise InputError(f"{name} has no regular beat that could be found; leave --bpm out.")
    if rules and heard.key == keys.UNKNOWN:
        raise InputError(f"{name} has no key that could be found; leave --key and --boost out.")


def _weakest(songs, asked, rows):
    order = np.array([one[0] for one in rows["set"]])
    table = ordering.weakest(songs.vectors, order, asked["count"])
    paths = songs.corpus.table.path.to_numpy()
    table["bridge"] = [paths[row] if row >= 0 else "" for row in table.bridge]
    table["weakest"] = np.arange(1, len(table) + 1)
    table["position_in_set"] = table.position + 1
    both = table.loc[table.index.repeat(2)].reset_index(drop=True)
    both["item"] = np.where(np.arange(len(both)) % 2, both.next_item, both["item"])
    return both[["item", "weakest", "position_in_set", "distance", "bridge", "by_bridge"]]


def _grow(songs, asked, rows):
    seeds, keep, exclude = (list(map(int, np.concatenate([*rows[role], []])))
                            for role in ("grow", "keep", "exclude"))  # fmt: skip
    chosen = [*seeds, *keep]
    every = np.arange(len(songs.vectors))
    if not asked["keep_copies"]:  # of what is chosen or excluded, and those that would join twice
        same = np.isin(songs.copy_of, songs.copy_of[[*chosen, *exclude]])
        exclude += every[
            (same | (songs.copy_of != every)) & ~np.isin(every, [*chosen, *exclude])
        ].tolist()
    table = grown.grow(songs.vectors, seeds, asked["threshold"], keep, exclude)
    if table.chosen.all():
        left = np.setdiff1d(every, [*chosen, *exclude])
        gaps = songs.vectors[left, None] - songs.vectors[chosen]
        nearest = f"the nearest is at {np.linalg.norm(gaps, axis=2).min():.3f}" if len(left) else ""
        raise InputError(
            f"--threshold {asked['threshold']:g}: no song is that near to the seeds"
            f"{'; ' * bool(nearest)}{nearest or ', for none is left'}."
        )
    table["nearest"] = songs.corpus.table.path.to_numpy()[table.nearest]
    return table


def _arithmetic(songs, asked, rows):
    plus, minus = ([int(one[0]) if len(one) == 1 else one for one in rows[role]]
                   for role in ("plus", "minus"))  # fmt: skip
    group = songs.corpus.table.group.to_numpy()
    found = arithmetic.arithmetic(songs.vectors, plus, minus, asked["count"], group)
    return found[["item", "rank", "cosine"]]


def _duplicates(songs, asked, rows):
    """All recordings that are there more than once, copies side by side."""
    number = pd.Series(songs.copy_of)
    several = np.flatnonzero(number.groupby(number).transform("size") > 1)
    if not len(several):
        raise InputError(f"{songs.folder} holds no recording twice; there is nothing to list.")
    item = several[np.argsort(songs.copy_of[several], kind="stable")]
    return pd.DataFrame({"item": item, "recording": pd.factorize(songs.copy_of[item])[0] + 1})


MAKERS: dict[str, Callable[[Songs, dict, dict], pd.DataFrame]] = {
    "walk": _walk,
    "order": _order,
    "after": _after,
    "weakest": _weakest,
    "grow": _grow,
    "arithmetic": _arithmetic,
    "duplicates": _duplicates,
}
