"""Tiles to where the network computes: from a store that lies there, or streamed.

No tile is decoded, transformed or copied twice: a batch names first frames, and its tiles are cut
out of the store's frames in one piece each.
"""

from itertools import chain

import torch
from torch.utils.data import DataLoader, Dataset

from thesis_lib.store import cut_tiles

SHARE = 0.5  # of a GPU's free memory that the store may take; the rest is the network's
WORKERS = 2  # processes that cut tiles ahead, where they are streamed


def feeder(store, length, device):
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
        back with tiles (views, n, 1, length, mels), float32, dB, on the device.
    """
    if device.type == "cpu" or fits(store, device):
        return from_device(store.on(device), length)
    return streamed(store.on(torch.device("cpu")), length, device)


def fits(store, device):
    """Whether a GPU's memory holds the store beside a network."""
    return store.frames.nbytes < SHARE * torch.cuda.mem_get_info(device)[0]


def from_device(frames, length):
    """A feeder that cuts tiles where the frames lie."""

    def feed(batches):
        for batch in batches:
            starts = batch.starts.to(frames.device, non_blocking=True)
            yield batch._replace(tiles=_shaped(cut_tiles(frames, starts.flatten(), length), batch))

    return feed


def streamed(frames, length, device):
    """A feeder that cuts tiles in other processes, some batches ahead, and copies one ahead."""

    def feed(batches):
        loader = DataLoader(
            _Cut(frames, length, list(batches)),
            batch_size=None,
            num_workers=WORKERS,
            pin_memory=device.type == "cuda",
        )
        ahead = _copied_ahead(loader, device) if device.type == "cuda" else loader
        return (batch._replace(tiles=_shaped(batch.tiles, batch)) for batch in ahead)

    return feed


class _Cut(Dataset):
    """Batches with their tiles, half precision, in host memory."""

    def __init__(self, frames, length, batches):
        self.frames, self.length, self.batches = frames, length, batches

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, number):
        batch = self.batches[number]
        return batch._replace(tiles=cut_tiles(self.frames, batch.starts.flatten(), self.length))


def _copied_ahead(loader, device):
    """Batches on the GPU; the copy of the next runs while the one before is computed with."""
    aside, ready = torch.cuda.Stream(device), None
    for batch in chain(loader, [None]):
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
    """(views n, 1, length, mels) in half precision -> (views, n, 1, length, mels), float32."""
    return tiles.float().view(*batch.starts.shape, *tiles.shape[1:])
