"""Which item is shown next: the most suspect, by an audit or by the answers so far; some blindly.

Every tenth item is drawn at random before the first answer, and is shown as a suspect never: so
its share of wrong labels is that of the whole corpus, however the others are chosen.
See 09_listening_room.
"""

import numpy as np
from numpy.typing import ArrayLike

from thesis_lib.analysis import active_order
from thesis_lib.listening.decisions import BLIND, SUSPECT

BLIND_EVERY = 10  # of the items shown one is drawn at random
LEARNING, WORST = "learning", "worst first"
DEFAULT = WORST


class Queue:
    """The order of n items.

    Parameters
    ----------
    score, label, other, group : (n,) arrays
        See `active_order.features`; of the score more is more suspect, NaN last.
    seed : int
        Of what is drawn blindly.

    Attributes
    ----------
    blind : list of int
        The items that are drawn blindly, in the order in which they are shown.
    """

    def __init__(
        self, score: ArrayLike, label: ArrayLike, other: ArrayLike, group: ArrayLike, seed: int = 0
    ) -> None:
        self.score = np.nan_to_num(np.asarray(score, float), nan=-np.inf)
        count = len(self.score) // BLIND_EVERY
        order = np.random.default_rng(seed).permutation(len(self.score))
        self.blind = order[:count].tolist()
        self._is_suspect = np.ones(len(self.score), bool)
        self._is_suspect[self.blind] = False
        self._parts = np.asarray(score, float), label, other, group
        self._features: object = None

    def next(
        self, done: np.ndarray, wrong: np.ndarray, order: str = WORST
    ) -> tuple[int, str] | None:
        """The item to be shown, and why: "suspect" or "blind"; None: all are done.

        Parameters
        ----------
        done : (n,) bool array
            What needs not be shown again.
        wrong : (n,) float array
            Of each item the share of its reviewers who call its label wrong; NaN: none was asked.
        order : {"worst first", "learning"}
        """
        shown = int(done.sum())
        if shown == len(done):
            return None
        left = np.flatnonzero(self._is_suspect & ~done)
        drawn = next((item for item in self.blind if not done[item]), None)
        if drawn is not None and (shown % BLIND_EVERY == BLIND_EVERY - 1 or not len(left)):
            return drawn, BLIND
        suspicion = self._suspicion(wrong) if order == LEARNING else self.score
        return int(left[suspicion[left].argmax()]), SUSPECT

    def _suspicion(self, wrong):
        asked = np.flatnonzero(~np.isnan(wrong))
        if not len(asked):
            return self.score
        if self._features is None:
            self._features = active_order.features(*self._parts)
        found = active_order.suspicion(self._features, asked, wrong[asked] >= 0.5)
        return self.score if found is None else found
