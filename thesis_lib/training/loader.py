"""Tiles to where the network computes: from a store that is there, or streamed.

No tile is decoded, transformed or copied twice: a batch names first frames, and its tiles are cut
out of the store's frames in one piece each.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

import torch
from joblib import Parallel, delayed

from thesis_lib.store import SpectrogramStore, cut_tiles
from thesis_lib.training.objective import Batch

TileLoader = Callable[[Iterable[Batch]], Iterator[Batch]]

SHARE = 0.5  # of a GPU's free memory that the store may take; the rest is the network's
WORKERS = 2  # threads that cut tiles ahead, where they are streamed


def tile_loader(store: SpectrogramStore, length: int, device: torch.device) -> TileLoader:
    """What gives batches their tiles.

    Parameters
    ----------
    store : SpectrogramStore
    length : int
        Frames in a tile.
    device : torch.device

    Returns
    -------
    function of (batches)
        Batches have `starts`, int64 first frames (views, n), and a place for `tiles`; they come
        back with tiles (views, n, 1, length, n_mels), float32, dB, on the device.
    """
    if device.type == "cpu" or fits(store, device):
        return from_device(store.on(device), length)
    return streamed(store.on(torch.device("cpu")), length, device)


def fits(store: SpectrogramStore, device: torch.device) -> bool:
    """Whether a GPU's memory holds the store beside a network."""
    return store.frames.nbytes < SHARE * torch.cuda.mem_get_info(device)[0]


def from_device(frames: torch.Tensor, length: int) -> TileLoader:
    """A tile loader that cuts tiles where the frames are."""

    def load(batches):
        for batch in batches:
            starts = batch.starts.to(frames.device, non_blocking=True)
            yield batch._replace(tiles=_shaped(cut_tiles(frames, starts.flatten(), length), batch))

    return load


def streamed(frames: torch.Tensor, length: int, device: torch.device) -> TileLoader:
    """A tile loader that cuts tiles in other threads, some batches ahead, and copies one ahead.

    Threads, for cutting is one call of torch: processes would hand the tiles over in /dev/shm,
    of which containers have less than a few batches take.
    """

    def cut(batch):
        tiles = cut_tiles(frames, batch.starts.flatten(), length)
        return batch._replace(tiles=tiles.pin_memory() if device.type == "cuda" else tiles)

    def load(batches):
        ahead = Parallel(WORKERS, require="sharedmem", return_as="generator")(
            delayed(cut)(batch) for batch in batches
        )
        ahead = _copied_ahead(ahead, device) if device.type == "cuda" else ahead
        return (batch._replace(tiles=_shaped(batch.tiles, batch)) for batch in ahead)

    return load


def _copied_ahead(batches, device):
    """Batches on the GPU; the copy of the next runs while the one before is computed with."""
    aside, ready = torch.cuda.Stream(device), None
    for batch in chain(batches, [None]):
        if batch is not None:
            with torch.cuda.stream(aside):
                batch = batch._replace(tiles=batch.tiles.to(device, non_blocking=True))
                copied = aside.record_event()
        if ready is not None:
            before, done = ready
            torch.cuda.current_stream(device).wait_event(done)
            before.tiles.record_stream(torch.cuda.current_stream(device))
            yield before
        ready = batch and (batch, copied)


def _shaped(tiles, batch):
    """(views n, 1, length, n_mels) in half precision -> (views, n, 1, length, n_mels), float32."""
    return tiles.float().view(*batch.starts.shape, *tiles.shape[1:])
