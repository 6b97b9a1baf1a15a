"""What is usual for a channel: its siblings, its node's own past, the same moment on other nodes.

Tables have one row per recording and channel, with columns `recording`, `channel`, `node`,
`group`, `position`. Medians and median deviations, so that a few broken recordings do not count.
See 06_error_analysis_sins.
"""

import warnings

import numpy as np
import pandas as pd

from thesis_lib.analysis.label_audit import MAD_TO_SIGMA


def from_siblings(table: pd.DataFrame, values: pd.Series) -> pd.Series:
    """Each value less the median of the other channels of its recording (06_error_analysis_sins).

    Parameters
    ----------
    table : DataFrame
    values : Series
        One of each row.

    Returns
    -------
    Series
        NaN where there is no other channel.
    """
    grid = values.groupby([table.recording, table.channel]).first().unstack()
    numbers = grid.to_numpy(float)
    others = [_median(np.delete(numbers, own, axis=1)) for own in range(numbers.shape[1])]
    usual = pd.DataFrame(np.stack(others, axis=1), grid.index, grid.columns).stack()
    rows = pd.MultiIndex.from_arrays([table.recording, table.channel])
    return values - usual.reindex(rows).to_numpy()


def from_past(
    table: pd.DataFrame, values: pd.Series, least: float, by_channel: bool = True
) -> pd.Series:
    """How far each value is from what the node, or its channel, usually has.

    See 06_error_analysis_sins.

    Parameters
    ----------
    table : DataFrame
    values : Series
    least : float
        The smallest spread that is believed, in the unit of the values.
    by_channel : bool

    Returns
    -------
    Series
        (value - median) / (1.4826 MAD): 0 is usual.
    """
    owner = [table.node, table.channel] if by_channel else [table.node]
    off = values - values.groupby(owner).transform("median")
    spread = MAD_TO_SIGMA * off.abs().groupby(owner).transform("median")
    return off / spread.clip(lower=least)


def from_moment(table: pd.DataFrame, values: pd.Series) -> pd.Series:
    """How far each value leaves its node's past beyond what other nodes do at that moment.

    See 06_error_analysis_sins.

    Parameters
    ----------
    table : DataFrame
    values : Series

    Returns
    -------
    Series
        In the unit of the values. Where no other node recorded the moment, its node's past counts
        alone.
    """
    off = values - values.groupby([table.node, table.channel]).transform("median")
    grid = off.groupby([table.group, table.position, table.node]).median().unstack()
    numbers = grid.to_numpy(float)
    others = [_median(np.delete(numbers, own, axis=1)) for own in range(numbers.shape[1])]
    common = pd.DataFrame(np.stack(others, axis=1), grid.index, grid.columns).stack()
    rows = pd.MultiIndex.from_arrays([table.group, table.position, table.node])
    return off - common.reindex(rows).fillna(0).to_numpy()


def below_past(table: pd.DataFrame, values: pd.Series, share: float = 0.02) -> pd.Series:
    """How far a value is below the lowest its node's channel usually has: nothing is quieter.

    See 06_error_analysis_sins.

    Parameters
    ----------
    table : DataFrame
    values : Series
    share : float
        Of its recordings, those below the lowest that counts: more than are broken.

    Returns
    -------
    Series
        In the unit of the values; below 0 where it is above.
    """
    owner = values.groupby([table.node, table.channel])
    return owner.transform(lambda own: own.quantile(share)) - values


def _median(values):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of rows without any number
        return np.nanmedian(values, axis=1) if values.shape[1] else np.full(len(values), np.nan)
