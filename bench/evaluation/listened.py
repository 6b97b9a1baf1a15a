"""One recording, broken or not, as the ways of finding faults see it."""

from functools import cache

import torch

from thesis_lib.analysis import channel_measures, fault_planting
from thesis_lib.contrastive import pretrained
from thesis_lib.pipeline.channels import channels_of
from thesis_lib.spectrogram import log_mel


@cache
def shipped():
    """The features and the network that come with the suite."""
    return pretrained.recipe().features, pretrained.embedder()


def heard(corpus, row, fault=None):
    """One recording, broken or not: (measures, vectors by the network, log-Mel statistics)."""
    torch.set_num_threads(1)
    wave = channels_of(corpus.path(row), row.start, row.duration)
    if fault is not None:
        wave = fault_planting.plant(
            wave, row.sample_rate, fault.kind, fault.strength, fault.channels, fault.seed
        )
    features, network = shipped()
    tiles = torch.stack([log_mel(channel, features, torch.float32) for channel in wave])
    with torch.inference_mode():
        vectors = network(tiles[:, None]).numpy()
    statistics = torch.cat([tiles.mean(1), tiles.std(1)], dim=1).numpy()
    return channel_measures.measure(wave, row.sample_rate), vectors, statistics
