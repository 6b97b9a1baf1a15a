"""What each channel of a recording measures like: levels, rails, gaps, impulses, hum, bands.

A row a channel. Nothing here says what is a fault; `channel_faults` compares a row with its
siblings, the other channels of the array, and with the node's own past. See
06_error_analysis_sins.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import ndimage, signal

from thesis_lib.analysis.array_measures import between_channels
from thesis_lib.analysis.hum import hum
from thesis_lib.analysis.sample_runs import STEP, repeated_share, run_shares
from thesis_lib.util.errors import InputError

SILENT = 1e-8  # what is added to a level before its logarithm: -160 dB
CENTRES = 80 * 2 ** (np.arange(20) / 3)  # Hz, of the third-octave bands
BANDS = [f"band_{centre:.0f}" for centre in CENTRES]
FRAME = 256  # samples over which the usual size of a change is taken
# Times the usual size, the more the fewer channels agree: 12 are eight deviations of normal noise.
CLICK, OWN_CLICK, COMMON_CLICK = 12.0, 9.0, 7.0
KNOWN = ["path", "group", "position", "node", "label"]


def measure(wave: np.ndarray, sample_rate: int) -> pd.DataFrame:
    """Measures of each channel of a recording (06_error_analysis_sins).

    Parameters
    ----------
    wave : float array, shape (channels, samples), full scale is 1
        At least half a second.
    sample_rate : int, Hz

    Returns
    -------
    DataFrame
        One row per channel (column `channel`). `level`, `floor` (its quietest 5 % of 50 ms): dB
        full scale, without the constant part; `peak`, `dc` (median): full scale; `clipped`,
        `stuck`, `zeros`, `repeated`: see `sample_runs`; `clicks`, `own_clicks` (without those that
        most of its siblings have), `common_clicks`: impulses a second; `hum`: dB of the lines of
        the mains above the frequencies beside them; `band_80` to `band_6451`: levels of third
        octaves, dB. Then what `array_measures.between_channels` gives.

    Raises
    ------
    InputError
        The array has another shape, is too short, or holds NaN or infinite samples.
    """
    wave = _checked(wave, sample_rate)
    constant = np.median(wave[:, ::4], axis=1)  # a quarter of the samples tells it as well
    spread = wave - constant[:, None]
    columns = {
        "channel": np.arange(len(wave)),
        "level": decibel(wave.std(axis=1)),
        "floor": _floor(wave, sample_rate),
        "peak": np.abs(wave).max(axis=1),
        "dc": constant,
        **_stacked([run_shares(channel, sample_rate) for channel in wave]),
        "repeated": [repeated_share(channel) for channel in wave],
        **clicks(wave, sample_rate),
        "hum": hum(spread, sample_rate),
        **bands(spread, sample_rate),
    }
    return pd.DataFrame(columns).join(between_channels(spread, sample_rate))


def joined(table: pd.DataFrame, measured: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Measures of each recording as one table, beside what is known of it."""
    known = table[[name for name in KNOWN if name in table]]
    about = zip(known.to_dict("records"), measured, strict=True)
    parts = [part.assign(recording=row, **one) for row, (one, part) in enumerate(about)]
    found = pd.concat(parts, ignore_index=True)
    first = ["recording", *known.columns]
    return found[first + [name for name in found if name not in first]]


def _checked(wave, sample_rate):
    wave = np.asarray(wave, np.float32)
    if wave.ndim != 2 or wave.shape[0] > wave.shape[1] or wave.shape[1] < sample_rate / 2:
        raise InputError(
            f"wave: has shape {wave.shape}; give (channels, samples), half a second or more."
        )
    if not np.isfinite(wave).all():
        raise InputError("wave: holds NaN or infinite samples; export it again or remove it.")
    return wave


def decibel(amplitude: np.ndarray) -> np.ndarray:
    """20 log10; silence is -160 dB."""
    return 20 * np.log10(np.asarray(amplitude, float) + SILENT)


def _floor(wave, sample_rate):
    size = round(0.05 * sample_rate)
    frames = wave[:, : wave.shape[1] // size * size].reshape(len(wave), -1, size)
    return np.percentile(decibel(frames.std(axis=2)), 5, axis=1)


def _stacked(rows):
    return {name: [row[name] for row in rows] for name in rows[0]}


def clicks(wave: np.ndarray, sample_rate: int) -> dict[str, np.ndarray | float]:
    """Impulses a second: of each channel, and those that its siblings do not have.

    See 06_error_analysis_sins.

    An impulse is a change (second difference) many times the usual one, the median over 16 ms here,
    before and after. A clap dies away in the room and so raises the usual change; a click does not.

    Parameters
    ----------
    wave : float array, shape (channels, samples)
    sample_rate : int, Hz

    Returns
    -------
    dict of float arrays, shape (channels,)
        `clicks`, `own_clicks`; the latter is equal to the first where there is one channel only.
        `common_clicks`: those of all channels in the very same sample, as no sound from the side
        is; one number.
    """
    change = np.abs(np.diff(wave, 2, axis=1))
    change = change[:, : change.shape[1] // FRAME * FRAME]
    usual = np.median(change.reshape(len(wave), -1, FRAME)[..., ::4], axis=2)
    usual = np.maximum(ndimage.maximum_filter1d(usual, 3, axis=1), STEP)
    size = change / np.repeat(usual, FRAME, axis=1)
    around = ndimage.maximum_filter1d(size, 33, axis=1)
    seconds = change.shape[1] / sample_rate
    top = size == around  # of several in a millisecond, the largest
    found = ((size > CLICK) & top).sum(axis=1) / seconds
    own = [(top[row] & (size[row] > OWN_CLICK) & _alone(around, row)).sum() / seconds
           for row in range(len(wave))]  # fmt: skip
    at_once = ((size > COMMON_CLICK) & top).all(axis=0).sum() / seconds if len(wave) > 1 else 0.0
    return {"clicks": found, "own_clicks": np.array(own), "common_clicks": at_once}


def _alone(around, row):
    """Where most siblings are less than half as far out as a channel."""
    others = np.delete(around, row, axis=0)
    return np.median(others, axis=0) < around[row] / 2 if len(others) else True


def bands(wave: np.ndarray, sample_rate: int) -> dict[str, np.ndarray]:
    """Levels of third octaves, from Welch's long-term spectrum (06_error_analysis_sins).

    Parameters
    ----------
    wave : float array, shape (channels, samples)
    sample_rate : int, Hz

    Returns
    -------
    dict of float arrays, shape (channels,)
        dB, of each band; those above half the sample rate are NaN.
    """
    size = min(sample_rate, wave.shape[1])
    hertz, power = signal.welch(wave, sample_rate, nperseg=size)
    power = power * (hertz[1] - hertz[0])  # of each bin, not of each hertz
    found = {}
    for name, centre in zip(BANDS, CENTRES, strict=True):
        inside = (hertz >= centre * 2 ** (-1 / 6)) & (hertz < centre * 2 ** (1 / 6))
        there = power[:, inside].sum(axis=1) if inside.any() else np.full(len(wave), np.nan)
        found[name] = decibel(np.sqrt(there))
    return found
