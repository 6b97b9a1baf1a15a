"""One recording, broken or not, as the ways of finding faults see it; kept once it was heard.

What is kept is found by the home, what is planted, and the text of all files that compute it: what
is made of it later, `channel_faults`, can change and nothing is heard anew.
"""

from functools import cache
from pathlib import Path

import torch
from joblib import Memory

from evaluation import methods
from thesis_lib.analysis import channel_measures, fault_planting
from thesis_lib.contrastive import pretrained
from thesis_lib.pipeline.channels import channels_of
from thesis_lib.spectrogram import log_mel

MEASURES = ("array_measures", "channel_measures", "channel_order", "clock_drift", "hum")
SOURCES = (
    "bench/evaluation/listened.py", "thesis_lib/analysis/fault_planting.py",
    *(f"thesis_lib/analysis/{name}.py" for name in (*MEASURES, "sample_runs")),
    "thesis_lib/audio/*.py", "thesis_lib/datasets/mini_home/*.py", "thesis_lib/spectrogram.py",
    *methods.SHIPPED,
)  # fmt: skip


def all_heard(corpus, plan, seed, work, run):
    """What is heard of each planned recording, or of all that are sound: from where it is kept.

    Parameters
    ----------
    corpus : Corpus
    plan : DataFrame or None
        Of `fault_planting.plan`; None: all recordings as they are.
    seed : tuple of int
        Of the home, and of the draw where there is a plan.
    work : Path
        Where it is kept.
    run : function of a list of (row, fault or None) that returns what `heard` gives of each
    """
    rows = list(corpus.table.itertuples())
    asked = [(row, None) for row in rows]
    if plan is not None:
        asked = [(rows[one.recording], one) for one in plan.itertuples()]
    return _kept(work)(seed, len(rows), methods.text_of(SOURCES), lambda: run(asked))


@cache
def _kept(work):
    return Memory(Path(work) / "heard", verbose=0).cache(_computed, ignore=["compute"])


def _computed(seed, recordings, code, compute):
    return compute()


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
