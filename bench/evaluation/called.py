"""How many labels an audit calls wrong where none is, and where one in twenty is: is it right?

A ranking says where to listen first; the yes or no of confident learning says how many are wrong.
The first is scored by `rankings`; here is the second, of items that can be heard.
"""

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from evaluation.label_planting import relabelled, uniform
from thesis_lib.analysis import label_errors
from thesis_lib.recipe import SEED

SHARES = {"none": 0.0, "uniform, 5 %": 0.05}
DRAWS = 10


def counts(corpus, part, own, planted, number, is_silent):
    """One draw: how many items there are, are wrong, are called wrong, and both."""
    rng = np.random.default_rng([SEED, number])
    name = "ours" if "ours" in own.vectors else next(iter(own.vectors))
    right = relabelled(own, dict(enumerate(own.table.heard)))
    changed = uniform(right, SHARES[planted], rng, {}) if SHARES[planted] else right
    heard = ~is_silent(changed.table)
    label, group = (changed.table[column][heard].to_numpy(str) for column in ("label", "group"))
    with threadpool_limits(1):
        names, chance = label_errors.out_of_fold(changed.vectors[name][heard], label, group)
    said = label_errors.confident_issues(label, names, chance)
    said &= label_errors.can_be_judged(label, group)
    wrong = changed.wrong[heard]
    about = {"corpus": corpus, "part": part, "planted": planted, "draw": number}
    found = {"items": len(wrong), "wrong": wrong.sum(), "called": said.sum()}
    return about | found | {"both": (wrong & said).sum()}


def rows(found):
    """The share called wrong, and of what is planted precision and recall, of each corpus.

    `least` and `most` are those of single homes or draws.
    """
    table = pd.DataFrame(found)
    for (corpus, planted), own in table.groupby(["corpus", "planted"], sort=False):
        shares = {"share_called_wrong": own.called / own["items"]}
        if own.wrong.any():
            shares |= {"precision": own.both / own.called, "recall": own.both / own.wrong}
        for metric, each in shares.items():
            about = {"corpus": corpus, "method": "ours: confident learning", "planted": planted}
            numbers = {"mean": each.mean(), "least": each.min(), "most": each.max()}
            numbers = {key: round(float(value), 4) for key, value in numbers.items()}
            yield about | {"metric": metric} | numbers | {"draws": own.draw.nunique()}
