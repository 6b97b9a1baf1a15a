"""Wrong labels whose truth is known: flipped in the table, so that nothing is rendered again.

Of what is planted so many items are wrong as `share` says. Foreign sounds and near-duplicates are
added under a label that is not theirs; of all others the label is changed.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

NOISE = 0.05  # of a near-duplicate, in standard deviations of each dimension


class Items(NamedTuple):
    """What an audit judges: moments, songs or clips.

    Attributes
    ----------
    table : DataFrame, n rows
        label, heard (the true one), group, level (dB).
    vectors : dict, embedding -> (n, d) float32 array
    """

    table: pd.DataFrame
    vectors: dict

    @property
    def wrong(self):
        """Whose label is wrong: (n,) bool array."""
        return (self.table.label != self.table.heard).to_numpy()


def uniform(items, share, rng, _more):
    """Any item, any other label."""
    return flipped(items, chosen(items, share, rng), lambda label: rng.choice(others(items, label)))


def confusable(items, share, rng, more):
    """Any item, the label that its class is taken for most often: `more` says which that is."""
    return flipped(items, chosen(items, share, rng), more["taken_for"].get)


def whole_groups(items, share, rng, _more):
    """All items of a session, song or source, the same other label, until they are enough."""
    sizes = items.table.group.value_counts(sort=False)
    names = rng.permutation(sizes.index.to_numpy(str))
    many = np.searchsorted(sizes[names].cumsum(), share * len(items.table)) + 1
    found = {}
    for name in names[:many]:
        own = np.flatnonzero(items.table.group == name)
        label = items.table.heard.iloc[own[0]]
        found |= dict.fromkeys(own, rng.choice(others(items, label)))
    return relabelled(items, found)


def foreign(items, share, rng, more):
    """Sounds of another corpus, `more["foreign"]`, each under some label."""
    other = more["foreign"]
    which = rng.choice(len(other.table), count(items, share), replace=False)
    labels = rng.choice(sorted(set(items.table.heard)), len(which))
    return added(items, other, which, labels, "foreign")


def near_duplicates(items, share, rng, _more):
    """Copies under another label, their vectors a little noisy, that nobody knows to be copies."""
    which = chosen(items, share, rng)
    labels = [rng.choice(others(items, label)) for label in items.table.heard.iloc[which]]
    noisy = {
        name: one + NOISE * one.std(axis=0) * rng.standard_normal(one.shape).astype(np.float32)
        for name, one in items.vectors.items()
    }
    return added(items, items._replace(vectors=noisy), which, labels, "copy")


def count(items, share):
    """How many items a share is: one at least."""
    return max(1, round(share * len(items.table)))


def chosen(items, share, rng):
    """So many items whose label was right before."""
    return rng.choice(np.flatnonzero(~items.wrong), count(items, share), replace=False)


def others(items, label):
    """All classes but one."""
    return [name for name in sorted(set(items.table.heard)) if name != label]


def flipped(items, which, change):
    """The items, some with the label that `change` makes of the true one."""
    return relabelled(items, {row: change(items.table.heard.iloc[row]) for row in which})


def relabelled(items, labels):
    """The items, with other labels: {row: label}."""
    table = items.table.reset_index(drop=True)
    table.loc[list(labels), "label"] = list(labels.values())
    return items._replace(table=table)


def added(items, other, which, labels, name):
    """The items, and some of another corpus, each a group of its own."""
    more = other.table.iloc[which].assign(label=labels, heard=name)
    more["group"] = [f"{name} {number}" for number in range(len(more))]
    table = pd.concat([items.table, more], ignore_index=True)
    vectors = {key: np.concatenate([own, other.vectors[key][which]])
               for key, own in items.vectors.items()}  # fmt: skip
    return Items(table, vectors)


PLANTED = {
    "uniform, 2 %": (uniform, 0.02),
    "uniform, 5 %": (uniform, 0.05),
    "uniform, 10 %": (uniform, 0.10),
    "uniform, 20 %": (uniform, 0.20),
    "confusable pairs, 5 %": (confusable, 0.05),
    "whole sessions, 5 %": (whole_groups, 0.05),
    "foreign sounds, 5 %": (foreign, 0.05),
    "near-duplicates, 5 %": (near_duplicates, 0.05),
}
