"""How far each variant of a recipe is from the recipe, over all corpora (10_experiments)."""

import numpy as np
import pandas as pd
from scipy import stats

from thesis_lib.analysis.significance import LEVEL, holm


def differences(rows: pd.DataFrame, metric: str, best: str) -> pd.DataFrame:
    """Variants minus the recipe: the mean over the corpora, and its interval (10_experiments).

    The corpora were drawn apart, so the squares of their errors add up; an interval of each is
    taken as wide as that of a normal distribution.

    Parameters
    ----------
    rows : DataFrame
        One row per score: `corpus`, `method`, `metric`, `experiment`, and `diff_to_ours` with
        `diff_low` and `diff_high`, from a bootstrap.
    metric : str
    best : str
        The recipe, a method of the ladder; its other rungs are left out.

    Returns
    -------
    DataFrame, index method
        difference, low, high (95 %), p_corrected (Holm's, over the variants), differs (by that).
    """
    own = rows[(rows.metric == metric) & (rows.experiment != "ladder") & (rows.method != best)]
    own = own.assign(error=(own.diff_high - own.diff_low) / 2 / stats.norm.ppf((1 + LEVEL) / 2))
    variants = own.groupby("method", sort=False)
    mean = variants.diff_to_ours.mean()
    error = variants.error.agg(lambda one: np.sqrt((one**2).sum()) / len(one))
    reach = error * stats.norm.ppf((1 + LEVEL) / 2)
    found = {"difference": mean, "low": mean - reach, "high": mean + reach}
    chance = 2 * stats.norm.sf(mean.abs() / error.clip(lower=1e-12))
    corrected = holm(chance)
    return pd.DataFrame(found).assign(p_corrected=corrected, differs=corrected < 1 - LEVEL)
