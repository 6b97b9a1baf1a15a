"""Which order of a review finds more wrong labels: worst first, or one that learns from answers.

Run ``python bench/review.py``; it writes ``bench/results/review.json``. Labels are flipped in the
table, see `evaluation.label_planting`. A reviewer who is always right answers one item after the
other, in the order of `listening.queue`, every tenth drawn blindly; silent moments of a home are
left out, as in `bench/audit.py`. Homes are those for development, by which the default was chosen;
ESC-10 and mini music only report.

A row: corpus, method (an order), planted, metric. `found_1` and `found_2` are the share of what is
planted that is found after as many decisions as labels are wrong, and after twice as many;
`wrong_blind` is the share of wrong labels of the items drawn blindly, `wrong_all` of all. `mean`
over `seeds` draws of each corpus, `spread` their standard deviation, `ci_low` and `ci_high` a 95 %
interval by draws drawn again, of homes by homes, too; `diff_to_worst_first` with its interval on
the same draws.
"""

from itertools import product

import audit
import numpy as np
from evaluation import corpora
from evaluation.label_planting import PLANTED, confusable
from harness import arguments, machine, on_all_cores, publish, start
from joblib import delayed
from threadpoolctl import threadpool_limits

from thesis_lib.analysis import label_errors
from thesis_lib.listening.queue import LEARNING, WORST, Queue
from thesis_lib.recipe import SEED

ORDERS = (WORST, LEARNING)
NAMES = ("uniform, 5 %", "uniform, 20 %", "confusable pairs, 5 %", "whole sessions, 5 %",
         "near-duplicates, 5 %")  # fmt: skip
AFTER = (1, 2)  # decisions, in units of how many labels are wrong
METRICS = ("found_1", "found_2", "wrong_blind", "wrong_all")
RESAMPLED = 2000
OPTIONS = {"draws": (3, 2, "times that labels are flipped")}


def found(args):
    """The items of each corpus, {corpus: {part: Items}}: of homes a part each."""
    args.embeddings = "ours"
    if args.quick:
        args.set, args.embeddings = "quick", "log-Mel statistics"
        return audit.found(args)
    args.set = "development"
    parts = audit.found(args)
    for name, read in {"esc10": corpora.esc10, "mini music": corpora.mini_music}.items():
        parts[name] = {one.name: audit.items(one, args) for one in read("reporting", args)}
    return {name: own for name, own in parts.items() if own}


def reviewed(corpus, part, own, name, number):
    """What each order finds in one draw: corpus, part, planted, (orders, metrics)."""
    plant, share = PLANTED[name]
    rng = np.random.default_rng([SEED, number])
    with threadpool_limits(1):
        more = {"taken_for": audit.taken_for(own)} if plant is confusable else {}
        changed = plant(own, share, rng, more)
        kept = ~audit.is_silent(changed.table)
        label, group = (changed.table[column][kept].to_numpy(str) for column in ("label", "group"))
        wrong, (vectors,) = changed.wrong[kept], changed.vectors.values()
        names, chance = label_errors.out_of_fold(vectors[kept], label, group)
        rows, given = np.arange(len(label)), np.searchsorted(names, label)
        score = np.where(label_errors.can_be_judged(label, group), 1 - chance[rows, given], np.nan)
        chance[rows, given] = -1
        queue = Queue(score, label, names[chance.argmax(axis=1)], group, number)
        values = [scores(queue, wrong, order) for order in ORDERS]
    return corpus, part, name, np.array(values)


def scores(queue, wrong, order):
    """`METRICS` of one review, in which a reviewer answers what is true."""
    count = int(wrong.sum())
    if not count:  # all that is planted is silent
        return [np.nan] * len(METRICS)
    done, said, shown = np.zeros(len(wrong), bool), np.full(len(wrong), np.nan), []
    while len(shown) < min(max(AFTER) * count, len(wrong)):
        item, _ = queue.next(done, said, order)
        shown.append(item)
        done[item], said[item] = True, wrong[item]
    found = [wrong[shown[: times * count]].sum() / count for times in AFTER]
    return [*found, wrong[queue.blind].mean(), wrong.mean()]


def rows_of(corpus, name, answers, draws):
    """The rows of one corpus and one way to plant."""
    parts = dict.fromkeys(part for _, part, _, _ in answers)
    each = np.array([[one[3] for one in answers if one[1] == part] for part in parts])
    rng, count = np.random.default_rng(SEED), len(parts)
    which = rng.integers(count, size=(RESAMPLED, count))[:, :, None]
    again = rng.integers(draws, size=(RESAMPLED, count, draws))
    drawn = np.nanmean(each[which, again], axis=(1, 2))  # (RESAMPLED, orders, metrics)
    point, spread = (of(each, axis=(0, 1)) for of in (np.nanmean, np.nanstd))
    for (o, order), (m, metric) in product(enumerate(ORDERS), enumerate(METRICS)):
        low, high = np.nanpercentile(drawn[:, o, m], (2.5, 97.5))
        ends = np.nanpercentile(drawn[:, o, m] - drawn[:, 0, m], (2.5, 97.5))
        numbers = {"mean": point[o, m], "spread": spread[o, m], "ci_low": low, "ci_high": high}
        numbers |= {"diff_to_worst_first": point[o, m] - point[0, m]}
        numbers |= {"diff_low": ends[0], "diff_high": ends[1]}
        about = {"corpus": corpus, "method": order, "planted": name, "metric": metric}
        rounded = {key: round(float(one), 4) for key, one in numbers.items()}
        yield about | rounded | {"seeds": draws}


def measure(args):
    """The rows of all corpora and plantings."""
    parts = found(args)
    work = [
        delayed(reviewed)(corpus, part, one, name, number)
        for corpus, own in parts.items()
        for part, one in own.items()
        for name in NAMES
        for number in range(args.draws)
    ]
    answers = on_all_cores(work, "reviews", args.quick)
    for corpus, name in product(parts, NAMES):
        own = [one for one in answers if (one[0], one[2]) == (corpus, name)]
        yield from rows_of(corpus, name, own, args.draws)


def main(argv=None):
    args = arguments(__doc__, argv, **OPTIONS)
    publish(args, "review", list(measure(args)), machine(draws=args.draws))


if __name__ == "__main__":
    start(main)
