"""Whether the gain of a whole node changed from one session on, against the other nodes.

All channels of the node change alike, so its siblings say nothing; the other nodes do. How much
louder than another node it hears an activity is much the same in each session, as places are. See
06_error_analysis_sins.
"""

import numpy as np
import pandas as pd

from thesis_lib.analysis.channel_measures import BANDS
from thesis_lib.analysis.label_audit import MAD_TO_SIGMA

LEAST = 4  # sessions before a step, and after it
SPREAD = 0.5  # dB: the smallest deviation between sessions that is believed
MEDIAN = 1.25  # standard error of a median, of normal values, in that of a mean


def gain_steps(table: pd.DataFrame) -> pd.DataFrame:
    """The largest step in each node's gain, from one session to the next (06_error_analysis_sins).

    Parameters
    ----------
    table : DataFrame
        Of `pipeline.channels.of_corpus`, sessions (`group`) in the order in which they were
        recorded; with `label`, sessions are compared with those of the same one.

    Returns
    -------
    DataFrame
        One row per node (index): `group` (the first session with another gain), `step` (dB,
        below 0: quieter from then on), `deviations` (of the step, in its standard errors), `before`
        and `after` (numbers of sessions). Nodes that were recorded beside others in fewer than 8
        sessions are left out.
    """
    level = table[BANDS].mean(axis=1)
    grid = level.groupby([table.group, table.position, table.node], sort=False).median().unstack()
    label = table.assign(label=table.get("label", "")).groupby("group", sort=False).label.first()
    found = {}
    for node in grid:
        louder = grid.drop(columns=node).rsub(grid[node], axis=0)
        louder = louder.groupby(level=0, sort=False).median().dropna(how="all")
        if len(louder) >= 2 * LEAST:
            found[node] = _step(louder, label[louder.index])
    names = ["group", "step", "deviations", "before", "after"]
    return pd.DataFrame.from_dict(found, orient="index", columns=names).rename_axis("node")


def _step(louder, label):
    """The split of the sessions that leaves the smallest deviations on both sides."""
    best, least = (louder.index[0], 0.0, 0.0, 0, len(louder)), np.inf
    for at in range(LEAST, len(louder) - LEAST + 1):
        before, after = slice(0, at), slice(at, None)
        longer = before if at >= len(louder) / 2 else after
        # Beside each other node, under each label: what the longer side usually has.
        usual = louder[longer].groupby(label[longer]).median().reindex(label)
        off = (louder - usual.to_numpy()).median(axis=1).to_numpy()
        sides = [side[~np.isnan(side)] for side in (off[before], off[after])]
        if min(map(len, sides)) < LEAST:
            continue
        rest = np.abs(np.concatenate([side - np.median(side) for side in sides]))
        if rest.mean() < least:
            step, least = np.median(sides[1]) - np.median(sides[0]), rest.mean()
            spread = max(MAD_TO_SIGMA * np.median(rest), SPREAD)
            error = MEDIAN * spread * np.sqrt(sum(1 / len(side) for side in sides))
            best = (louder.index[at], step, step / error, *map(len, sides))
    return best
