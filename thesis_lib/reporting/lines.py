"""Sentences of the notebooks 00 to 03, with the numbers that they name written down on the way.

A function that is given a `Record` records its numbers and gives what is shown below the cell.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from IPython.display import Markdown

from thesis_lib.reporting import thesis_data
from thesis_lib.util.text import as_markdown

if TYPE_CHECKING:
    import torch

    from thesis_lib.corpus import Corpus
    from thesis_lib.reporting.notebook_record import Record
    from thesis_lib.store import SpectrogramStore


def no_song(folder: Path | str) -> str:
    """Why 00_start_here ends early."""
    return f"{folder} holds no song that can be read"


def first_triplet(songs: int, is_marked: bool) -> str:
    """Caption of the figure first_triplet (00_start_here).

    Parameters
    ----------
    songs : int, 1 to 3
    is_marked : bool
        Whether a triplet is drawn.

    Returns
    -------
    str
    """
    shown = "One song as a log-Mel spectrogram"
    if songs > 1:
        shown = f"{['Two', 'Three'][songs - 2]} songs as log-Mel spectrograms"
    return (
        f"{shown} (time to the right, pitch upwards, brightness is loudness), and "
        f"{'one' if is_marked else 'no'} triplet drawn from them."
    )


def neighbours_nearer(record: Record, nearer: torch.Tensor) -> Markdown:
    """In how many triplets the neighbour is nearer than the opposite (00_start_here).

    Parameters
    ----------
    record : Record
    nearer : bool tensor, shape (triplets,)

    Returns
    -------
    Markdown
    """
    share = round(nearer.float().mean().item(), 3) if len(nearer) else None
    record.number("neighbour_nearer_share", share)
    if share is None:
        return Markdown("With a second song, the share would stand here.")
    return Markdown(
        f"In **{100 * share:.0f} %** of {len(nearer)} triplets the neighbour is the nearer one, "
        "before any learning."
    )


# Captions of 01_the_data.
CLASS_BALANCE = (
    "Class balance of the recordings for training: SINS, development set, beside the home used "
    "here."
)
SESSION_LENGTHS = (
    "Length of the sessions here, and of those in the home of the SINS recordings (one week in "
    "the living room, public annotation; there calling and visits are apart, two bars for social "
    "activity)."
)
FLOOR_PLAN = "The simulated flat from above: living room and kitchen, nodes, places of sounds."
SONGS_PER_GENRE = "Songs in each class; a song may be here as several excerpts."


def corpora(record: Record, sizes: pd.DataFrame, rooms: Corpus, songs: Corpus) -> Markdown:
    """The two corpora beside the thesis's data sets (01_the_data).

    Parameters
    ----------
    record : Record
    sizes : DataFrame
        A column a corpus, of `analysis.overview.sizes`.
    rooms, songs : Corpus

    Returns
    -------
    Markdown
    """
    here = {name: {k: str(v) for k, v in sizes[name].items()} for name in sizes}
    record.number("corpora", here)
    segments = int((rooms.table.split == "train").sum())
    theirs, note = int(thesis_data.SINS.segments.sum()), f"{rooms.note or 'other'} home"
    record.compare("SINS: segments for training", theirs, segments, note)
    theirs, ours = int(thesis_data.SONGS.songs.sum()), int(songs.table.group.nunique())
    record.compare("music: songs", theirs, ours, "other music, excerpts of it")
    times = 1 / 3600 * songs.table.duration.sum() / thesis_data.MUSIC_HOURS
    return Markdown(
        f"{as_markdown(songs.name)} is {100 * times:.1f} % of the thesis's music in length: "
        "everything learned here is learned from little."
    )


def balance(record: Record, counted: pd.DataFrame) -> Markdown:
    """How alike two class balances are (01_the_data).

    Parameters
    ----------
    record : Record
    counted : DataFrame
        A row a class that both have, a column a corpus: recordings.

    Returns
    -------
    Markdown
    """
    if len(counted) <= 2:
        return Markdown("Too few labelled classes here to compare the two balances.")
    rank = round(float(counted.rank().corr().iloc[0, 1]), 3)
    ratio = (counted.max() / counted.min()).round(1).to_dict()
    record.number("balance_rank_correlation", rank)
    record.number("largest_to_smallest_class", ratio)
    return Markdown(
        f"Rank correlation of the two balances: **{rank:.2f}**. Largest class / smallest: {ratio}."
    )


# Captions of 02_preprocessing.
MEL_BANK = (
    "A Mel bank of 20 filters. Wider filters are lower: each lets the same power of white noise "
    "through."
)
STORES = "The two stores; the hash covers how a store was made, its index and every frame."


def frames_in_a_tile(record: Record, frames: dict[int, int], at_44100: int) -> Markdown:
    """How many frames the thesis's tiles have (02_preprocessing).

    Parameters
    ----------
    record : Record
    frames : dict, seconds -> frames at 16000 Hz
        Of 5 s and 10 s.
    at_44100 : int
        Frames of 10 s at 44100 Hz.

    Returns
    -------
    Markdown
    """
    here = f"{frames[5]}, {frames[10]}"
    record.compare("frames in a tile of 5 s and of 10 s", "498, 998", here, "nothing")
    return Markdown(
        f"5 s: **{frames[5]}** frames, 10 s: **{frames[10]}** frames at 16000 Hz; "
        f"10 s at 44100 Hz would give **{at_44100}**."
    )


def as_other_libraries(record: Record, worst: pd.Series, count: int) -> Markdown:
    """How far our features are from those of librosa and torchaudio (02_preprocessing).

    Parameters
    ----------
    record : Record
    worst : Series
        Largest differences, as `reference_features.differences` names them.
    count : int
        Recordings compared.

    Returns
    -------
    Markdown
    """
    for name in ("librosa_log_mel_db", "librosa_mfcc", "torchaudio_log_mel_db"):
        record.number(name, float(f"{worst[name]:.1e}"))
    return Markdown(
        f"Largest difference in {count} recordings: log-Mel **{worst.librosa_log_mel_db:.1e} dB** "
        f"(allowed: 1e-3 dB), MFCC **{worst.librosa_mfcc:.1e}**; "
        f"torchaudio's log-Mel: **{worst.torchaudio_log_mel_db:.1e} dB**."
    )


def mfcc(coefficients: np.ndarray) -> str:
    """Caption of the figure mfcc (02_preprocessing), of an array (frames, coefficients)."""
    frames, count = coefficients.shape
    return f"MFCC, {frames} x {count}; coefficient 0 is the loudness."


def store(store: SpectrogramStore, table: pd.DataFrame, tiles: int, length: int) -> dict[str, Any]:
    """A store in numbers, a line each (02_preprocessing).

    Parameters
    ----------
    store : SpectrogramStore
    table : DataFrame
        Of its corpus.
    tiles, length : int
        How many there are, and frames in each.

    Returns
    -------
    dict, name -> number or str
    """
    samples = (table.duration * table.sample_rate * table.channels).sum()
    return {
        "frames x bands": f"{store.frames.shape[0]} x {store.frames.shape[1]}",
        "store (MB)": round(store.frames.nbytes / 1e6, 1),
        "audio it stands for (MB, 16 bit, all channels)": round(samples * 2 / 1e6, 1),
        "tiles": tiles,
        "frames in a tile": length,
        "hash": store.meta["hash"][:12],
    }


def input_pipeline(bench: pd.DataFrame, speeds: pd.DataFrame) -> str:
    """Caption of the figure input_pipeline (02_preprocessing).

    Parameters
    ----------
    bench : DataFrame
        All rows of the benchmark; one of them names the machine.
    speeds : DataFrame
        Those of its rows that are drawn.

    Returns
    -------
    str
    """
    machine = bench.dropna(subset="machine").iloc[0]
    return (
        "Triplets a second that reach the network, mean and standard deviation of "
        f"{speeds.seeds.iloc[0]:.0f} rounds. {machine.machine}, one core, other load "
        f"{machine.load_before:g}."
    )


def pipeline_gain(record: Record, before: pd.Series, after: pd.Series, once: pd.Series) -> Markdown:
    """How much faster triplets come from the store (02_preprocessing).

    Parameters
    ----------
    record : Record
    before, after : Series, index corpus
        Triplets a second in the thesis's way, and from the store.
    once : Series, index corpus
        Seconds in which the store is built.

    Returns
    -------
    Markdown
    """
    gain = (after / before).round().astype(int).to_dict()
    record.number("pipeline_gain", gain)
    return Markdown(
        "\n".join(
            f"- {corpus}: **{times} times** as fast; the store takes {once[corpus]:.0f} s once, in "
            f"which the thesis's way cuts {once[corpus] * before[corpus]:.0f} triplets."
            for corpus, times in gain.items()
        )
    )
