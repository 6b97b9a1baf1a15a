"""Which stretch of sound means the same as which: pairs by time and place, never by label.

An anchor is any stretch of a training recording, cut at any frame. Its neighbour is, by a coin,
another stretch of the same recording at most `reach` away, or a stretch of another recording of
the same group: for a home the same or the next moment on any node, the nearer in time the likelier;
for music another excerpt of the song.
"""

import numpy as np
import torch

from thesis_lib.sampler import below


class PairSampler:
    """Draws batches of pairs.

    Parameters
    ----------
    rows : DataFrame
        Training recordings of a store's index: group, position, first_frame, n_frames.
    length : int
        Frames in a tile; shorter recordings take no part.
    reach : int
        Frames between the starts of an anchor and its neighbour, at most.
    elsewhere : float
        Chance that a neighbour is sought in another recording, 0 to 1.
    decay : float
        By so many positions in the session the chance of a recording falls to 1/e.
    """

    def __init__(self, rows, length, reach, elsewhere=0.5, decay=2.0):
        rows = rows[rows.n_frames >= length].reset_index(drop=True)
        self.group = torch.from_numpy(rows.group.factorize()[0])  # (recordings,)
        self.first = torch.tensor(rows.first_frame.to_numpy())
        self.room = torch.tensor(rows.n_frames.to_numpy()) - length + 1  # possible starts
        self.reach, self.elsewhere = reach, elsewhere
        self.others, self.chances = _others(rows, decay)  # (recordings, largest group)

    def batch(self, n, rng):
        """First frames of anchors and neighbours, and their groups: three int64 tensors (n,)."""
        anchor = torch.multinomial(self.room.double(), n, replacement=True, generator=rng)
        start = below(self.room[anchor], rng)
        other = torch.multinomial(self.chances[anchor], 1, generator=rng)
        other = self.others[anchor].gather(1, other)[:, 0]
        other = torch.where(torch.rand(n, generator=rng) < self.elsewhere, other, anchor)
        near = self._near(start, self.room[other], rng)
        return self.first[anchor] + start, self.first[other] + near, self.group[anchor]

    def _near(self, start, room, rng):
        """A start at most `reach` away; all possible ones are equally likely."""
        low = (start - self.reach).clamp(min=0).minimum(room - 1)
        high = (start + self.reach).minimum(room - 1)
        return low + below(high - low + 1, rng)


def _others(rows, decay):
    """For each recording those of its group, and how likely each is; itself where it is alone."""
    members = list(rows.groupby("group").indices.values())
    shape = len(rows), max(map(len, members))
    others, chances = torch.zeros(shape, dtype=torch.long), torch.zeros(shape)
    position = rows.position.to_numpy(float)
    for group in members:
        away = np.abs(position[group, None] - position[group])  # (members, members)
        chance = np.exp(-away / decay)
        np.fill_diagonal(chance, 1.0 if len(group) == 1 else 0.0)
        others[group, : len(group)] = torch.from_numpy(group)
        chances[group, : len(group)] = torch.from_numpy(chance).float()
    return others, chances
