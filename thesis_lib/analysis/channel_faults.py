"""Broken microphones found and named: dead, stuck, clipped, crackling, humming, muffled, swapped.

Each channel of a recording is compared with its siblings, the other channels of the array, with the
node's own past, and with the same moment on other nodes. Each kind of fault has its signs; a sign
counts in units of what sound recordings hardly ever reach, so that signs can be compared. Silence
is no sign. See 06_error_analysis_sins.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from thesis_lib.analysis import usual
from thesis_lib.analysis.channel_measures import BANDS
from thesis_lib.util.errors import InputError

CAUSES = {
    "stuck": "stuck at one value",
    "dead": "dead: no sound that its siblings have",
    "intermittent": "intermittent: stretches are lost",
    "clipped": "clipped",
    "crackling": "crackling",
    "humming": "humming at 50 Hz and its multiples",
    "offset": "a constant is added",
    "muffled": "muffled: high frequencies are lost",
    "quiet": "too quiet",
    "swapped": "channels swapped",
    "clock": "its clock runs away from its siblings'",
    "gain": "its gain drifts",
}
CERTAIN = ("stuck", "dead", "intermittent", "clipped")  # these explain whatever else is odd
# What looks like another fault too: a gain that falls is faint in the mean, a filter delays.
EXPLAINS = (("gain", "quiet"), ("muffled", "swapped"), ("clock", "swapped"))
NEEDED = ["recording", "channel", "node", "group", "position", "level", *BANDS]
CUTS = {2: (4, 18), 5: (4, 15), 8: (4, 12), 12: (1, 7)}  # highest bands: the bands they are beside


class Sign(NamedTuple):
    """One thing that speaks for a fault.

    Attributes
    ----------
    cause : of CAUSES
    what : str
        The measure, in words with its unit, for a sentence.
    value : Series
        Of each row.
    usual : float
        What one in some thousand sound channels of the development homes reaches.
    """

    cause: str
    what: str
    value: pd.Series
    usual: float


def faults(table: pd.DataFrame) -> pd.DataFrame:
    """How suspect each channel of each recording is, of what, and why (06_error_analysis_sins).

    Parameters
    ----------
    table : DataFrame
        Of `pipeline.channels.of_corpus`; the more recordings of each node, the better it is known
        what is usual.

    Returns
    -------
    DataFrame
        One row per row of the table: a column for each of `CAUSES` (1: seldom reached by a
        sound channel), `score` (the highest of them), `cause` (the likeliest, of `CAUSES`), `why`
        (a sentence with the number and what is usual).

    Raises
    ------
    InputError
        The table lacks a column.
    """
    lacking = [name for name in NEEDED if name not in table]
    if lacking:
        raise InputError(f"table: has no column {lacking[0]!r}; give what `of_corpus` measured.")
    signs = _signs(table)
    signs = [sign._replace(usual=_usual(sign)) for sign in signs]
    ratios = np.stack([np.nan_to_num(sign.value / sign.usual) for sign in signs], axis=1)
    found = {}
    for cause in CAUSES:
        own = [at for at, sign in enumerate(signs) if sign.cause == cause]
        found[cause] = np.maximum(ratios[:, own].max(axis=1), 0)
    scores = pd.DataFrame(found, index=table.index)
    cause = _cause(scores, table)
    about = scores.assign(score=scores.max(axis=1), cause=cause)
    return about.assign(why=_sentences(signs, ratios, cause))


def by_recording(table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """The most suspect channel of each recording (06_error_analysis_sins).

    Parameters
    ----------
    table : DataFrame
        Of `pipeline.channels.of_corpus`.
    found : DataFrame
        Of `faults`.

    Returns
    -------
    DataFrame
        One row per recording (index), the most suspect first: `path` and what else is known of it,
        `channel`, `score`, `cause`, `why`.
    """
    known = ["recording", "path", "label", "group", "position", "node", "channel"]
    both = table[[name for name in known if name in table]].join(found[["score", "cause", "why"]])
    worst = both.loc[both.groupby("recording").score.idxmax()]
    return worst.set_index("recording").sort_values("score", ascending=False, kind="stable")


def level_deviation(table: pd.DataFrame) -> pd.Series:
    """The plainest way: how unusual a channel's level is, beside siblings or its past.

    See 06_error_analysis_sins.

    Parameters
    ----------
    table : DataFrame
        Of `pipeline.channels.of_corpus`.

    Returns
    -------
    Series
        Robust standard deviations, the larger of the two.
    """
    beside = usual.from_past(table, usual.from_siblings(table, table.level), 0.3).abs()
    return np.maximum(beside.fillna(0), usual.from_past(table, table.level, 1.0).abs())


def spectral_deviation(table: pd.DataFrame) -> pd.Series:
    """How far a channel's long-term spectrum is from those of its siblings, beyond its usual.

    See 06_error_analysis_sins.

    The idea of Madhu and Martin ("Low-complexity, robust algorithm for sensor anomaly detection and
    self-calibration of microphone arrays", IET Signal Processing, 2011): microphones of an array
    are so close to each other that their long-term power spectra agree but for their gains. Here
    gains are the channel's median of each third octave, and the siblings count by their median.

    Parameters
    ----------
    table : DataFrame
        Of `pipeline.channels.of_corpus`.

    Returns
    -------
    Series
        Mean over the bands, dB; NaN where there are no siblings.
    """
    return _beside_siblings(table).abs().mean(axis=1)


def _beside_siblings(table):
    """Bands less the siblings' and what is usual of that: dB."""
    own = [table.node, table.channel]
    bands = {name: usual.from_siblings(table, table[name]) for name in BANDS}
    bands = {name: one - one.groupby(own).transform("median") for name, one in bands.items()}
    return pd.DataFrame(bands)


def _signs(table):
    siblings = _beside_siblings(table)
    moment = pd.DataFrame({name: usual.from_moment(table, table[name]) for name in BANDS})
    below = pd.DataFrame({name: usual.below_past(table, table[name]) for name in BANDS})
    return [
        *_certain(table), *_impulses(table), *_hum_and_offset(table),
        *_between_channels(table), *_loss(table, siblings, moment, below),
    ]  # fmt: skip


def _usual(sign):
    """The sign's own limit, or what 1 in 100 channels of this corpus exceeds, up to twice of it."""
    if sign.cause in CERTAIN:
        return sign.usual
    often = np.nanquantile(sign.value, 0.99) if sign.value.notna().any() else 0
    return float(np.clip(often, sign.usual, 2 * sign.usual))


def _certain(table):
    """What sound never does, whatever there is to hear."""
    gone = table.zeros > 0.9
    lost = table.repeated + table.zeros.mask(gone, 0)
    common = 0.01 / (table.coherence + 0.0015)
    return [
        Sign("stuck", "the share of samples in runs of one value", table.stuck, 0.0005),
        Sign("dead", "the share of samples at zero", table.zeros.where(gone, 0), 0.1),
        Sign("dead", "a hundredth over the coherence with its siblings", common, 1.2),
        Sign("intermittent", "the share of samples lost or repeated", lost, 0.0005),
        Sign("clipped", "the share of samples at the rails", table.clipped, 0.0005),
    ]


def _impulses(table):
    more = usual.from_moment(table, np.sqrt(table.clicks))
    same = usual.from_moment(table, np.sqrt(table.common_clicks))
    return [
        Sign("crackling", "impulses a second that its siblings lack", table.own_clicks, 0.8),
        Sign("crackling", "the root of the impulses a second beyond other nodes'", more, 3.0),
        Sign("crackling", "the root of those that all channels have at once", same, 0.5),
    ]


def _hum_and_offset(table):
    beside = usual.from_past(table, usual.from_siblings(table, table.hum), 1.5)
    middle = table.dc.groupby([table.node, table.channel]).transform("median")
    return [
        Sign("humming", "dB of 50 Hz and multiples beyond other nodes'",
             usual.from_moment(table, table.hum), 7.0),
        Sign("humming", "robust deviations of hum beside its siblings", beside, 3.5),
        Sign("offset", "the constant part beyond its usual", (table.dc - middle).abs(), 0.003),
    ]  # fmt: skip


def _between_channels(table):
    coherence = 10 * np.log10(table.coherence.clip(lower=0) + 0.0015)
    less = -usual.from_past(table, usual.from_siblings(table, coherence), 0.3)
    order = table.order_gain - table.order_gain.groupby(table.node).transform("median")
    order = order.where(table.order != table.channel, 0)
    return [
        Sign("swapped", "the gain in agreement by another order", order, 0.04),
        Sign("clock", "the gain in agreement by another clock", table.drift_gain, 0.025),
        Sign("clock", "robust deviations of coherence below its siblings'", less, 6.0),
        Sign("gain", "dB of change beside its siblings", table.gain_drift.abs(), 1.5),
    ]


def _loss(table, siblings, moment, below):
    """High bands or all bands lost: the same signs, told apart by which bands are."""
    tilts = {name: _tilts(part) for name, part in (("s", siblings), ("m", moment))}
    tilt = np.maximum(tilts["s"].max(axis=1), tilts["m"].max(axis=1))
    lows = BANDS[1:9]
    shift = np.maximum(-siblings[lows].mean(axis=1), -moment[lows].mean(axis=1))
    floor = below[BANDS[12:]].max(axis=1)  # below what the microphone's own noise allows
    level = usual.from_siblings(table, table[BANDS].mean(axis=1))
    return [
        *(Sign("muffled", "dB of high bands lost beside its siblings", tilts["s"][cut], most)
          for cut, most in zip(CUTS, (5.5, 3.3, 3.3, 4.5), strict=True)),
        *(Sign("muffled", "dB of high bands lost beside other nodes", tilts["m"][cut], most)
          for cut, most in zip(CUTS, (9.0, 8.0, 7.5, 10.0), strict=True)),
        Sign("muffled", "dB below its own noise in high bands", floor.where(tilt > shift, 0), 0.5),
        Sign("quiet", "robust deviations of level below its siblings'",
             -usual.from_past(table, level, 0.3), 4.5),
        Sign("quiet", "dB below what other nodes let expect", -moment.mean(axis=1), 5.5),
        Sign("quiet", "dB below its own noise", floor.where(tilt <= shift, 0), 0.5),
    ]  # fmt: skip


def _tilts(bands):
    """How much more the highest bands have lost than those below: dB, a column for each cut."""
    return pd.DataFrame({
        cut: bands[BANDS[low:high]].mean(axis=1) - bands[BANDS[-cut:]].mean(axis=1)
        for cut, (low, high) in CUTS.items()
    })  # fmt: skip


def _cause(scores, table):
    """The likeliest cause: one that explains all else, or the one with the strongest sign."""
    rest = scores.copy()
    # A constant that shrinks with all of the sound was not added.
    middle = table.dc.groupby([table.node, table.channel]).transform("median")
    shrunk = (table.dc.abs() < middle.abs()) & (table.dc * middle >= 0)
    rest["offset"] = rest.offset.mask(shrunk & (rest[["quiet", "gain"]].max(axis=1) > 1), 0)
    for one, other in EXPLAINS:
        rest[other] = rest[other].mask(rest[one] > 1, 0)
    cause = rest.idxmax(axis=1)
    for certain in reversed(CERTAIN):
        cause = cause.mask(scores[certain] > 1, certain)
    return cause


def _sentences(signs, ratios, cause):
    """Of each row, the strongest sign of its cause in a sentence."""
    own = np.array([sign.cause for sign in signs])[None] == cause.to_numpy()[:, None]
    best = np.where(own, ratios, -1).argmax(axis=1)
    values = np.stack([sign.value.to_numpy(float) for sign in signs], axis=1)
    return [f"{CAUSES[signs[at].cause]}: {signs[at].what} are {values[row, at]:.3g}, "
            f"up to {signs[at].usual:g} is usual" for row, at in enumerate(best)]  # fmt: skip
