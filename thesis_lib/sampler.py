"""Which tile is near which: anchors, neighbours and opposites, by nothing but time.

Tile2Vec (Jean et al., 2019) takes as neighbour a tile close to its anchor on the map, and as
opposite a tile from far away. Here "close" means close in time (thesis, triplets): a neighbour is
another tile of the same recording that starts within the neighbour range; an opposite is any
tile of any other recording. Only numbers enter: where recordings start and how long they are.

Jansen et al. (2018) take nearness in time for sound, too, among other sources of triplets.

Recordings are cut by somebody. A file of SINS lies within one session, and a session is what an
annotator marked; so no label is read, but neighbours never lie across the border of two labels.
What that is worth, `bench/clock_neighbours.py` measures on simulated homes.

Neighbour and opposite are Tile2Vec's words for the positive and the negative of a triplet. The
*nearest* neighbours of an embedding (kNN) are something else: close in space, see
`analysis.neighbours`.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import ArrayLike

from thesis_lib.util.errors import InputError


@dataclass(frozen=True)
class Tiles:
    """Tiles on a regular grid over recordings, in order; arrays of equal length n (03_triplets).

    Attributes
    ----------
    recording : int64, which recording the tile is cut from
    start : int64, first frame of the tile in the store
    first, last : int64, first and last tile of the tile's recording
    """

    recording: np.ndarray
    start: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def __len__(self) -> int:
        return len(self.start)


def cut(first_frame: ArrayLike, n_frames: ArrayLike, length: int, hop: int) -> Tiles:
    """Cut recordings into tiles (03_triplets).

    Parameters
    ----------
    first_frame, n_frames : int arrays, shape (recordings,)
        Where each recording starts in the store, and how long it is.
    length, hop : int
        Frames in a tile, and from the start of one tile to the next.

    Returns
    -------
    Tiles
        A recording shorter than a tile has none.
    """
    n_frames = np.asarray(n_frames, np.int64)
    count = np.where(n_frames >= length, (n_frames - length) // hop + 1, 0)
    recording = np.repeat(np.arange(len(count)), count)
    first = (np.cumsum(count) - count)[recording]
    start = np.asarray(first_frame, np.int64)[recording] + (np.arange(len(first)) - first) * hop
    return Tiles(recording, start, first, first + count[recording] - 1)


class TripletSampler:
    """Draws one triplet per anchor and epoch (03_triplets).

    Parameters
    ----------
    tiles : Tiles
    neighbour_range : int
        How many tiles away from its anchor a neighbour may start, at most.

    Attributes
    ----------
    anchors : int64 tensor
        Every tile that has a neighbour within the neighbour range.

    Raises
    ------
    InputError
        No tile has a neighbour, or there is only one recording to draw opposites from.
    """

    def __init__(self, tiles: Tiles, neighbour_range: int) -> None:
        numbers = torch.arange(len(tiles))
        self.first, self.last = torch.from_numpy(tiles.first), torch.from_numpy(tiles.last)
        self.lowest = torch.maximum(self.first, numbers - neighbour_range)
        highest = torch.minimum(self.last, numbers + neighbour_range)
        self.choices = highest - self.lowest  # without itself
        self.anchors = numbers[self.choices > 0]
        if not len(self.anchors):
            raise InputError(
                f"no recording holds two tiles within neighbour_range={neighbour_range} tiles of "
                "each other; choose shorter tiles, a longer neighbour range or longer recordings."
            )
        if not self.first.any():
            raise InputError("all tiles are of one recording; add a second one for opposites.")

    def epoch(self, seed: int, epoch: int, rank: int = 0) -> torch.Tensor:
        """The triplets of one epoch, in random order.

        Parameters
        ----------
        seed, epoch, rank : int
            The same numbers give the same triplets; `rank` is that of one of several processes.

        Returns
        -------
        triplets : int64 tensor, shape (anchors, 3)
            Tile numbers of anchor, neighbour and opposite.
        """
        rng = generator(seed, epoch, rank)
        anchor = self.anchors[torch.randperm(len(self.anchors), generator=rng)]
        return torch.stack([anchor, self.neighbour(anchor, rng), self.opposite(anchor, rng)], 1)

    def neighbour(self, anchor: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        """For each anchor one of the tiles in range, never itself, all equally likely."""
        tile = self.lowest[anchor] + below(self.choices[anchor], rng)
        return tile + (tile >= anchor)  # step over the anchor

    def opposite(self, anchor: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
        """For each anchor one of the tiles of all other recordings, all equally likely."""
        own = self.last[anchor] - self.first[anchor] + 1
        tile = below(len(self.first) - own, rng)
        return tile + own * (tile >= self.first[anchor])  # step over the anchor's recording


def generator(seed: int, epoch: int, rank: int = 0) -> torch.Generator:
    """The random generator of one epoch and process: the same numbers give the same draws."""
    state = np.random.SeedSequence([seed, epoch, rank]).generate_state(1, np.uint64)
    return torch.Generator().manual_seed(int(state[0] >> np.uint64(1)))


def below(bound: torch.Tensor, rng: torch.Generator) -> torch.Tensor:
    """Random integers from 0 to bound - 1, one for each bound."""
    return (torch.rand(len(bound), generator=rng, dtype=torch.float64) * bound).long()
