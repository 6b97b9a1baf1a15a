"""A vector a recording, whatever computes it: from spectrograms, from waveforms, from tiles."""

import numpy as np
from embedding import embed_whole, of_tiles, whole

from evaluation.corpora import SHORTEST
from thesis_lib.audio import io as audio_io

RATE = 16000  # Hz


def over_channels(material, function):
    """The mean over a node's microphones of what a function makes of each store: (n, d)."""
    return np.mean([function(store) for store in material.stores], axis=0)


def of_spectrograms(material, function):
    """By a function of the spectrograms of equally long recordings, (n, frames, mels) arrays."""

    def each(tiles):
        import torch

        return torch.from_numpy(function(tiles[:, 0].numpy()))

    return over_channels(material, lambda store: whole(store, each))


def of_network(material, model, recipe):
    """By a network that takes whole recordings."""
    return over_channels(material, lambda store: embed_whole(model, store, recipe))


def of_tile_network(material, model, recipe):
    """By a network of tiles, whose mean counts."""
    return over_channels(material, lambda store: of_tiles(model, store, recipe))


def of_waves(material, function, rate=RATE):
    """By a function of one waveform, float32 (samples,) -> (d,)."""
    heard = [[function(wave) for wave in waves(corpus, rate)] for corpus in material.corpora]
    return np.mean(heard, axis=0)


def waves(corpus, rate=RATE):
    """The waveform of each recording, short ones repeated as in the stores."""
    least = round(SHORTEST * rate)
    for row in corpus.table.itertuples():
        wave = audio_io.read(corpus.path(row), rate, row.channel, row.start, row.duration)
        yield np.resize(wave, max(len(wave), least))
