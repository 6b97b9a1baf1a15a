"""What an audit is good for: the probe's macro-F1 after so many decisions of a listener.

One label in ten of the training part is flipped. A listener, who is always right, hears so many
items, in the order of the audit, at random, or the wrong ones first, and gives them their true
label or drops them. The probe is scored on a test part of which nothing was flipped.
"""

from itertools import product

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from evaluation import label_planting, scoring
from evaluation.label_planting import Items
from thesis_lib.analysis import label_errors
from thesis_lib.analysis.bootstrap import strata_of
from thesis_lib.analysis.held_out import sides
from thesis_lib.analysis.intervals import f1_parts, mean_f1
from thesis_lib.analysis.linear_probe import fit
from thesis_lib.analysis.significance import DRAWS as BOOTSTRAPS
from thesis_lib.analysis.significance import compare_methods
from thesis_lib.recipe import SEED

SHARE = 0.1  # of the labels of the training part that are flipped
DRAWS = 20  # times
AFTER = (0.5, 1.0, 2.0, 3.0)  # decisions, in units of how many labels are wrong
WHO, WHAT = ("audit", "random", "truth"), ("relabelled", "dropped")


def answers(corpus, part, own, number):
    """What a probe says of the test part, a row an item: by who, what and after."""
    rng, table = np.random.default_rng([SEED, number]), own.table.assign(known=True)
    _, train, test = sides(table)
    name = "ours" if "ours" in own.vectors else next(iter(own.vectors))
    vectors = own.vectors[name]
    learned = Items(table[train].reset_index(drop=True), {name: vectors[train]})
    changed = label_planting.uniform(learned, SHARE, rng, {})
    about = {"corpus": corpus, "draw": number, "label": table.heard[test].to_numpy(str)}
    about["group"] = f"{part}/" + table.group[test].astype(str).to_numpy()
    found = []
    with threadpool_limits(1):
        for who, what, after, kept, labels in decided(changed, name, rng):
            probe = fit(vectors[train][kept], labels[kept])
            said = {"predicted": probe.predict(vectors[test])}
            found.append(pd.DataFrame(about | said | {"who": who, "what": what, "after": after}))
    return pd.concat(found, ignore_index=True)


def decided(changed, name, rng):
    """The training part after so many decisions: who, what, after, (n,) bool and (n,) labels."""
    label, group = (changed.table[column].to_numpy(str) for column in ("label", "group"))
    truth, wrong = changed.table.heard.to_numpy(str), changed.wrong
    suspicion = label_errors.both(changed.vectors[name], label, group)
    orders = {"audit": np.nan_to_num(suspicion, nan=-1), "random": rng.random(len(label))}
    orders["truth"] = wrong + 0.5 * rng.random(len(label))
    everything = np.full(len(label), True)
    yield "nobody", "", 0.0, everything, label
    for who, what, after in product(WHO, WHAT, AFTER):
        heard = np.argsort(-orders[who], kind="stable")[: round(after * wrong.sum())]
        kept, labels = everything.copy(), label.copy()
        kept[heard] = what == "relabelled"
        labels[heard] = truth[heard]
        yield who, what, after, kept, labels


def rows(found, quick=False):
    """Macro-F1 of each order, with its interval over test groups, less that of a random order."""
    for (corpus, what, after), own in found.groupby(["corpus", "what", "after"], sort=False):
        who = list(own.who.unique())
        each = [own[own.who == one].reset_index(drop=True) for one in who]
        first = each[0]
        parts = f1_parts(first.label, [one.predicted for one in each], first.group, first.draw)
        stratum = strata_of(first.group, first.label)
        draws = 200 if quick else BOOTSTRAPS
        reference = "random" if "random" in who else who[0]
        table = compare_methods(parts, mean_f1, who, reference, stratum, draws)
        for row in table.to_dict("records"):
            row["method"] = f"{row['method']}, {what}" if what else row["method"]
            about = {"corpus": corpus, "planted": "uniform, 10 %", "metric": "macro_f1"}
            row = scoring.plain(about | row, first.draw.nunique())
            renamed = {name.replace("_to_ours", "_to_random"): row[name] for name in row}
            yield renamed | {"decisions": float(after)}
