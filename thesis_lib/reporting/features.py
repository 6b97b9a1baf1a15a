"""What 02_preprocessing records of features and stores, and the sentences below its cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from IPython.display import Markdown

if TYPE_CHECKING:
    from thesis_lib.reporting.notebook_record import Record
    from thesis_lib.store import SpectrogramStore


def frames_in_a_tile(record: Record, frames: dict[int, int], at_44100: int) -> Markdown:
    """Record how many frames 5 s and 10 s have at 16000 Hz; `at_44100`: 10 s at 44100 Hz."""
    here = f"{frames[5]}, {frames[10]}"
    record.compare("frames in a tile of 5 s and of 10 s", "498, 998", here, "nothing")
    return Markdown(
        f"5 s: **{frames[5]}** frames, 10 s: **{frames[10]}** frames at 16000 Hz; "
        f"10 s at 44100 Hz would give **{at_44100}**."
    )


def as_other_libraries(record: Record, worst: pd.Series, count: int) -> Markdown:
    """Record the largest differences (`reference_features.differences`) in `count` recordings."""
    for name, value in worst.items():
        record.number(name, float(f"{value:.1e}"))
    second = "torchaudio does not load beside this build of torch"
    if "torchaudio_log_mel_db" in worst:
        second = f"torchaudio's log-Mel: **{worst.torchaudio_log_mel_db:.1e} dB**"
    return Markdown(
        f"Largest difference in {count} recordings: log-Mel **{worst.librosa_log_mel_db:.1e} dB** "
        f"(allowed: 1e-3 dB), MFCC **{worst.librosa_mfcc:.1e}**; {second}."
    )


def store(store: SpectrogramStore, table: pd.DataFrame, tiles: int, length: int) -> dict[str, Any]:
    """A store of a corpus (`table`) in numbers; so many tiles, so many frames in each: dict."""
    samples = (table.duration * table.sample_rate * table.channels).sum()
    return {
        "frames x bands": f"{store.frames.shape[0]} x {store.frames.shape[1]}",
        "store (MB)": round(store.frames.nbytes / 1e6, 1),
        "audio it stands for (MB, 16 bit, all channels)": round(samples * 2 / 1e6, 1),
        "tiles": tiles,
        "frames in a tile": length,
        "hash": store.meta["hash"][:12],
    }


def pipeline_gain(record: Record, before: pd.Series, after: pd.Series, once: pd.Series) -> Markdown:
    """Record how much faster triplets come from the store; as a list.

    All are Series with the index corpus: triplets a second in the thesis's way and from the store,
    and seconds in which the store is built once.
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
