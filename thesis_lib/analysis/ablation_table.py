"""How far each variant of a recipe is from the recipe, over all corpora (10_experiments)."""

import numpy as np
import pandas as pd


def differences(rows: pd.DataFrame, metric: str, best: str) -> pd.DataFrame:
    """Variants minus the recipe: mean over the corpora, and its standard error (10_experiments).

    Parameters
    ----------
    rows : DataFrame
        One row per score: `corpus`, `method`, `metric`, `mean`, `spread`, `seeds`, `experiment`.
    metric : str
    best : str
        The recipe, a method of the ladder; its other rungs are left out.

    Returns
    -------
    DataFrame, index method
        difference, error (as if the seeds of the two were drawn apart).
    """
    own = rows[(rows.metric == metric) & ((rows.experiment != "ladder") | (rows.method == best))]
    mean, spread = (
        own.pivot(index="method", columns="corpus", values=name) for name in ("mean", "spread")
    )
    error = np.sqrt((spread**2 + spread.loc[best] ** 2) / rows.seeds.max())
    found = {
        "difference": (mean - mean.loc[best]).mean(axis=1),
        "error": (error**2).sum(axis=1) ** 0.5 / mean.shape[1],
    }
    return pd.DataFrame(found).drop(index=best)
