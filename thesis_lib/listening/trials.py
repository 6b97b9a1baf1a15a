"""Blind trials: which of two sounds is more like this one?

One of the two is the nearest neighbour of the first by the embedding under test, the other one is
drawn at random, or is the neighbour by another embedding. Which side it is on, the order of the
trials and what is repeated are drawn by a seed: the same for all listeners, so that these can be
compared. What is told to nobody before the end is what is compared. See 09_listening_room.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thesis_lib.analysis.neighbours import nearest
from thesis_lib.util.arrays import column, count, matrix
from thesis_lib.util.errors import InputError

RANDOM, SAME_CLASS = "a random sound", "a random sound of its class"
FIRST = -1  # of `repeats`: asked for the first time
GAP = 10  # trials at least between one and its repetition, where there are so many
SPARE = 8  # times as many sounds are looked at as are asked about
COLUMNS = ["comparison", "label", "query", "left", "right", "tested", "repeats"]


class Design(NamedTuple):
    """The trials of a listening test, in the order in which they are asked.

    Attributes
    ----------
    trials : DataFrame, one row a trial
        `comparison` (what the neighbour is compared with), `label` (of the query), `query`, `left`,
        `right` (rows of the vectors), `tested` ("left" or "right": where the neighbour is),
        `repeats` (the trial that is asked again, sides swapped; -1: none).
    not_asked : DataFrame, one row a comparison
        `comparison`; `asked`; `looked_at` (sounds), of which for `same` both candidates are the
        same sound, and `without` have no candidate: these are not asked about.
    keys : (n,) array of str
        Names of the sounds, for the file of answers.
    name : str
        12 digits that are others for other sounds, candidates, sides or orders.
    """

    trials: pd.DataFrame
    not_asked: pd.DataFrame
    keys: np.ndarray
    name: str


def design(
    vectors: ArrayLike,
    label: ArrayLike,
    group: ArrayLike,
    others: Mapping[str, ArrayLike] | None = None,
    keys: ArrayLike | None = None,
    moment: ArrayLike | None = None,
    each: int = 20,
    repeated: float = 0.15,
    seed: int = 0,
) -> Design:
    """Draw the trials of a listening test (09_listening_room).

    The same sound is asked about once in a comparison, and as long as there are enough in one
    comparison only; classes have equally many trials, and the sounds of a class come from as many
    sessions or songs as there are.

    Parameters
    ----------
    vectors : (n, d) float array
        The embedding under test.
    label, group : (n,) arrays
        Class (may be empty), session or song. Candidates are of another group than the query.
    others : dict, name -> (n, any) float array
        Other embeddings of the same sounds.
    keys : (n,) array of str, optional
        Names of the sounds; by default their rows.
    moment : (n,) array, optional
        What is the same sound, for instance of one moment on several nodes (`clips.moments`).
    each : int
        Trials of each comparison; fewer where there are not enough sounds.
    repeated : float
        Share of the trials asked twice, 0 to 0.5.
    seed : int

    Returns
    -------
    Design

    Raises
    ------
    InputError
        There are fewer than three sounds or only one group, lengths differ, or no trial is left.
    """
    sounds = _checked(vectors, label, group, keys, moment)
    each = count(each, 1, 10_000, "each")
    if not 0 <= repeated <= 0.5:
        raise InputError(f"repeated: is {repeated}; give a share from 0 to 0.5.")
    rng = np.random.default_rng(seed)
    others = {name: _of_same(one, name, len(sounds)) for name, one in (others or {}).items()}
    order = _in_turn(sounds, rng)[: each * (2 + len(others)) * SPARE]
    tested = _nearest(vectors, sounds, order)
    candidates = {RANDOM: _drawn(sounds, order, tested, rng, of_class=False),
                  SAME_CLASS: _drawn(sounds, order, tested, rng, of_class=True)}  # fmt: skip
    candidates |= {name: _nearest(one, sounds, order) for name, one in others.items()}
    pairs, not_asked = _asked(sounds, order, tested, candidates, each)
    firsts = _spread(_on_sides(pairs, rng), rng)
    trials = _with_repetitions(firsts, repeated, rng)
    names = sounds.key.to_numpy()
    return Design(trials, not_asked, names, _name(trials, names))


def _checked(vectors, label, group, keys, moment):
    """The sounds as a table: label, group, key, moment."""
    n = len(matrix(vectors))
    if n < 3:
        raise InputError(f"vectors: are of {n} sounds; a trial needs three, give more.")
    rows = np.arange(n)
    given = {"label": label, "group": group, "key": rows.astype(str) if keys is None else keys,
             "moment": rows if moment is None else moment}  # fmt: skip
    table = pd.DataFrame({name: column(one, n, name) for name, one in given.items()})
    if table.group.nunique() < 2:
        raise InputError(
            f"group: all {n} sounds are of {table.group[0]!r}; a neighbour comes from another "
            "session or song, give sounds of two or more."
        )
    return table


def _of_same(vectors, name, n):
    found = matrix(vectors, name)
    if len(found) != n:
        raise InputError(
            f"{name}: has {len(found)} rows for {n} sounds; give a vector of each of the same."
        )
    return found


def _nearest(vectors, sounds, order):
    """The neighbour of each query, of another group: (queries,) rows."""
    return nearest(vectors, 1, sounds.group, order)[0][:, 0]


def _in_turn(sounds, rng):
    """All rows at random, but classes in turn, and within a class its groups in turn."""
    table = sounds.iloc[rng.permutation(len(sounds))]
    table = table.assign(turn=table.groupby(["label", "group"]).cumcount())
    table = table.sort_values("turn", kind="stable")
    table["turn"] = table.groupby("label").cumcount()
    return table.sort_values("turn", kind="stable").index.to_numpy(copy=True)


def _drawn(sounds, order, tested, rng, of_class):
    """A sound of another group for each query, not the neighbour's; -1: there is none."""
    label, group, moment = (sounds[name].to_numpy() for name in ("label", "group", "moment"))
    found = np.full(len(order), -1)
    for place, (query, neighbour) in enumerate(zip(order, tested, strict=True)):
        fits = (group != group[query]) & (moment != moment[neighbour])
        if of_class:
            fits &= (label == label[query]) & (label[query] != "")
        if fits.any():
            found[place] = rng.choice(np.flatnonzero(fits))
    return found


def _asked(sounds, order, tested, candidates, each):
    """Which queries are asked about in each comparison, and how many are not: two tables."""
    moment, label = sounds.moment.to_numpy(), sounds.label.to_numpy()
    used, pairs, counts = np.zeros(len(order), bool), [], []
    for name, other in candidates.items():
        without = other < 0
        same = ~without & (moment[other] == moment[tested])
        places = _balanced(~without & ~same, used, label[order], each)
        used[places] = True
        rows = {"comparison": name, "label": label[order[places]], "query": order[places]}
        pairs.append(pd.DataFrame(rows | {"neighbour": tested[places], "other": other[places]}))
        counts.append((name, len(places), len(order), int(same.sum()), int(without.sum())))
    names = ["comparison", "asked", "looked_at", "same", "without"]
    table = pd.concat(pairs, ignore_index=True)
    if table.empty:
        raise InputError(
            "vectors: both candidates are the same sound for each query; give more sounds."
        )
    return table, pd.DataFrame(counts, columns=names)


def _balanced(fits, used, label, each):
    """At most so many places that fit, classes in turn, in each those first that are not used."""
    table = pd.DataFrame({"label": label, "used": used})[fits]
    table = table.sort_values("used", kind="stable")
    turn = table.groupby("label").cumcount()
    return turn.sort_values(kind="stable").index.to_numpy()[:each]


def _on_sides(pairs, rng):
    """The neighbour on each side equally often, in each comparison and in each of its classes."""
    table = pairs.sort_values(["comparison", "label"], kind="stable", ignore_index=True)
    number = table.groupby("comparison").cumcount()
    begin = {name: rng.integers(2) for name in pairs.comparison.unique()}
    left = (number + table.comparison.map(begin)) % 2 == 0
    return table.assign(
        left=table.neighbour.where(left, table.other),
        right=table.other.where(left, table.neighbour),
        tested=np.where(left, "left", "right"),
        repeats=FIRST,
    )[COLUMNS]


def _spread(table, rng):
    """In random order, each comparison spread evenly: whoever stops early has heard of all."""
    table = table.iloc[rng.permutation(len(table))]
    rank = table.groupby("comparison").cumcount() + rng.random(len(table))
    share = rank / table.groupby("comparison").label.transform("size")
    return table.iloc[np.argsort(share.to_numpy(), kind="stable")].reset_index(drop=True)


def _with_repetitions(firsts, share, rng):
    """The trials with some of each comparison asked again later, sides swapped."""
    gap = min(GAP, len(firsts) // 2)
    drawn = [rng.permutation(own.index[own.index < len(firsts) - gap])[: round(share * len(own))]
             for _, own in firsts.groupby("comparison", sort=False)]  # fmt: skip
    again = firsts.loc[np.concatenate(drawn)]
    place = np.concatenate([firsts.index, again.index + gap + gap * rng.random(len(again))])
    swapped = again.rename(columns={"left": "right", "right": "left"}).assign(
        tested=again.tested.map({"left": "right", "right": "left"}), repeats=again.index
    )
    order = np.argsort(place, kind="stable")
    trials = pd.concat([firsts, swapped[COLUMNS]], ignore_index=True).iloc[order]
    number = pd.Series(np.arange(len(order)), index=order)  # of each trial, by its row before
    repeats = [FIRST if one == FIRST else number[one] for one in trials.repeats]
    return trials.assign(repeats=repeats).reset_index(drop=True)


def _name(trials, keys):
    """What tells this design from any other."""
    rows = ["query", "left", "right"]
    named = trials.assign(**{name: keys[trials[name]] for name in rows})
    text = named.to_csv(index=False, lineterminator="\n")
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]
