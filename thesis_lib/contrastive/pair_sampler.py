"""Which stretch of sound means the same as which: pairs by time and place, never by label.

An anchor is any stretch of a training recording, cut at any frame. Its neighbour is, by a coin,
another stretch of the same recording within the neighbour range, or a stretch of another recording
of the same group: for a home the same or the next moment on any node, the nearer in time the
likelier; for music another excerpt of the song. Two stretches of one recording are the pairs of
COLA (Saeed et al., 2021); nearness in time is Tile2Vec's place (Jean et al., 2019) and one of the
sources of Jansen et al. (2018).

A group is no label, but of a home it tells something of them: an annotator's session has one label,
and its borders are where labels change. With groups that a clock makes, ours was level on simulated
homes (`bench/clock_neighbours.py`). Sessions stay the groups, for DCASE publishes no clock of SINS.
"""

import pandas as pd
import torch

from thesis_lib.sampler import below

CANDIDATES = 32  # recordings of a group considered on each side of an anchor's


class PairSampler:
    """Draws batches of pairs; time and memory are linear in the recordings (10_experiments).

    Parameters
    ----------
    rows : DataFrame
        Training recordings of a store's index: group, position, first_frame, n_frames.
    length : int
        Frames in a tile; shorter recordings take no part.
    neighbour_range : int
        Frames between the starts of an anchor and its neighbour, at most.
    cross_recording_prob : float
        Chance that a neighbour is sought in another recording, 0 to 1.
    position_decay : float
        By so many positions in the session the chance of a recording falls to 1/e.

    Attributes
    ----------
    group : int64 tensor, shape (recordings,)
        0, 1, ... for the sorted names of the groups; recordings are in order of group and position.
    """

    def __init__(
        self,
        rows: pd.DataFrame,
        length: int,
        neighbour_range: int,
        cross_recording_prob: float,
        position_decay: float,
    ) -> None:
        rows = rows[rows.n_frames >= length].sort_values(["group", "position"], kind="stable")
        self.group = torch.from_numpy(rows.group.factorize()[0])
        self.position = torch.tensor(rows.position.to_numpy(float))
        self.first = torch.tensor(rows.first_frame.to_numpy())
        self.room = torch.tensor(rows.n_frames.to_numpy()) - length + 1  # possible starts
        self.until = self.room.cumsum(0)
        self.neighbour_range, self.position_decay = neighbour_range, position_decay
        self.cross_recording_prob = cross_recording_prob

    def batch(
        self, n: int, rng: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """First frames of anchors and neighbours, and their groups: three int64 tensors (n,)."""
        place = below(self.until[-1].expand(n), rng)  # of all possible starts
        anchor = torch.searchsorted(self.until, place, right=True)
        start = place - self.until[anchor] + self.room[anchor]
        away = torch.rand(n, generator=rng) < self.cross_recording_prob
        other = torch.where(away, self._other(anchor, rng), anchor)
        near = self._near(start, self.room[other], rng)
        return self.first[anchor] + start, self.first[other] + near, self.group[anchor]

    def _other(self, anchor, rng):
        """Another recording of the group, the nearer the likelier; its own where it is alone."""
        step = torch.arange(-CANDIDATES, CANDIDATES + 1)
        place = anchor[:, None] + step  # (n, 2 CANDIDATES + 1)
        other = place.clamp(0, len(self.group) - 1)
        mine = (self.group[other] == self.group[anchor, None]) & (other == place) & (step != 0)
        apart = (self.position[other] - self.position[anchor, None]).abs()
        apart = apart.masked_fill(~mine, torch.inf)
        nearest = apart.amin(1, keepdim=True)
        alone = nearest[:, 0].isinf()
        chance = torch.exp((nearest - apart) / self.position_decay).masked_fill(alone[:, None], 1.0)
        drawn = other.gather(1, torch.multinomial(chance, 1, generator=rng))[:, 0]
        return torch.where(alone, anchor, drawn)

    def _near(self, start, room, rng):
        """A start at most `neighbour_range` away; all possible ones are equally likely."""
        low = (start - self.neighbour_range).clamp(min=0).minimum(room - 1)
        high = (start + self.neighbour_range).minimum(room - 1)
        return low + below(high - low + 1, rng)
