"""How many wrong labels an audit finds: labels are flipped, and every way to look for them scored.

Run ``python bench/audit.py``; it writes ``bench/results/audit.json``. Labels are flipped in the
table, many times, see `evaluation.label_planting`; each way ranks the items, moments of simulated
homes, clips or songs, and a ranking is scored, see `evaluation.rankings`. Ways were chosen on
homes for development (``--set development``); five other homes, ESC-10 and mini music report.

A row: corpus, method (``embedding: way``), planted, metric; `mean` over `seeds` draws, `spread`
their standard deviation, `ci_low` and `ci_high` a 95 % interval by sessions, sources or songs drawn
again, of homes by homes, too; `diff_to_ours` on the same draws. Where nothing can be heard under
the label of an activity, an audit reports silence and not a wrong label: such moments of a home are
left out, and `silent` is the share of what is planted that this hides. What an audit is good for,
the rows with `decisions` say, see `evaluation.pays`. ROC and precision-recall curves, where one
label in twenty is flipped, are in ``audit_curves.json``: `at` the places of a grid, `mean` there,
over draws and homes; ``--measure curves`` measures these alone.
"""

import warnings
from itertools import product

import numpy as np
import pandas as pd
import torch
from evaluation import called, corpora, methods, networks, pays, rankings
from evaluation.handcrafted import Missing
from evaluation.label_planting import PLANTED, Items
from harness import arguments, machine, on_all_cores, publish, start
from joblib import delayed
from threadpoolctl import threadpool_limits

from thesis_lib.analysis import label_errors
from thesis_lib.analysis.findings import WITHIN
from thesis_lib.analysis.label_audit import above_floor
from thesis_lib.analysis.planted_faults import planted
from thesis_lib.pipeline.audit import QUIET
from thesis_lib.recipe import SEED
from thesis_lib.util.files import ROOT

WORK = ROOT / "runs" / "audit"
HOMES = {"development": (100, 101, 102), "reporting": (920, 921, 922, 923, 924)}
RESULTS = {"development": "audit_development"}
EMBEDDINGS = {"log-Mel statistics": "logmel", "ours": "shipped", "aiSFX": "aisfx"}
SLOW = ("aiSFX",)  # not asked about homes
WAYS = {
    "thesis's rule": label_errors.hard_vote,
    "soft vote": label_errors.soft_vote,
    "distance ratio": label_errors.distance_ratio,
    "self-confidence": label_errors.self_confidence,
}
OURS = "ours: self-confidence and soft vote"  # `label_errors.both`
RESAMPLED = 1000
DRAWN = "uniform, 5 %"  # what curves are of
COUNTS = ("clips_until_80_percent",)  # the others are shares
OPTIONS = {
    "set": ("reporting", "quick", "development or reporting"),
    "draws": (50, 2, "times that labels are flipped"),
    "measure": ("all", "all", "all, curves or called"),
    "corpora": ("homes,esc10,mini music", "", "which"),
    "embeddings": (",".join(EMBEDDINGS), "log-Mel statistics", "which"),
}


def found(args):
    """The items of each corpus, {corpus: {part: Items}}: of homes a part each."""
    if args.set == "quick":
        (one,) = corpora.made_up("quick", args)
        return {"made up": {"made up": items(one, args)}}
    corpora.WORK, corpora.HOMES, args.channels = WORK, HOMES, 1
    names = {"homes": corpora.homes}
    if args.set == "reporting":
        names |= {"esc10": corpora.esc10, "mini music": corpora.mini_music}
    return {
        name: {one.name: items(one, args) for one in read(args.set, args)}
        for name, read in names.items()
        if name in args.corpora.split(",")
    }


def items(material, args):
    """The `Items` of one corpus: the moments of a home, its nodes averaged, or the recordings."""
    table, known = material.table.reset_index(drop=True), planted(material.corpora[0])
    table = table.assign(heard=table.label, level=levels(material.stores[0]), rose=np.inf)
    if known is not None:
        rose = above_floor(table.level, table.node)
        table = table.assign(heard=known.heard.to_numpy(str), rose=rose)
    keys = [table.group, table.position if known is not None else table.index]
    moment = table.groupby(keys, sort=False).ngroup().to_numpy()
    first = dict.fromkeys(["label", "heard", "group", "split"], "first")
    gathered = table.groupby(moment).agg(first | {"level": "median", "rose": "median"})
    training = networks.Training(SEED, 1.0, 1.0, args.quick)
    vectors = {}
    for name in args.embeddings.split(","):
        if name in SLOW and known is not None:
            continue
        try:
            made = methods.vectors(EMBEDDINGS[name], material.fold(0), training, WORK)
        except Missing as error:
            print(f"{name} is left out: {error}.")
            continue
        vectors[name] = pd.DataFrame(made).groupby(moment).mean().to_numpy(np.float32)
    return Items(gathered.reset_index(drop=True), vectors)


def levels(store):
    """The level of each recording's loud moments, dB."""
    return [np.percentile(store.spectrogram(row).mean(axis=1, dtype=np.float32), 95)
            for row in range(len(store.index))]  # fmt: skip


def orders(judged, rng):
    """How suspect each item is by every way: {method: (n,) array}."""
    table = judged.table
    label, group = table.label.to_numpy(str), table.group.to_numpy(str)
    ranked = {"random": rng.random(len(table)), "level alone": -table.level.to_numpy(float)}
    for (name, vectors), (way, score) in product(judged.vectors.items(), WAYS.items()):
        ranked[f"{name}: {way}"] = score(vectors, label, group)
    if "ours" in judged.vectors:
        ranked[OURS] = (ranked["ours: self-confidence"] + ranked["ours: soft vote"]) / 2
    return ranked


def planted_in(own, foreign, name, number):
    """One draw: the items, which of them are silent, all others, orders of these by every way."""
    torch.set_num_threads(1)
    plant, share = PLANTED[name]
    rng = np.random.default_rng([SEED, number])
    with threadpool_limits(1):
        changed = plant(own, share, rng, {"foreign": foreign, "taken_for": taken_for(own)})
        silent = is_silent(changed.table)
        heard = changed._replace(
            table=changed.table[~silent].reset_index(drop=True),
            vectors={key: one[~silent] for key, one in changed.vectors.items()},
        )
        return changed, silent, heard, orders(heard, rng), rng


def judged(corpus, part, own, foreign, name, number):
    """The scores of all ways in one draw: (methods, resamplings, metrics)."""
    changed, silent, heard, ranked, rng = planted_in(own, foreign, name, number)
    with threadpool_limits(1):
        hidden = float((changed.wrong & silent).sum() / changed.wrong.sum())
        weight = weights(heard.table)
        scores = [rankings.scores(heard.wrong, order, weight, rng) for order in ranked.values()]
        if silent.any() and OURS in ranked:
            label, group = (changed.table[name].to_numpy(str) for name in ("label", "group"))
            order = label_errors.both(changed.vectors["ours"], label, group)
            ranked[f"{OURS}, with what is silent"] = order
            scores.append(rankings.scores(changed.wrong, order, weights(changed.table), rng))
    return corpus, part, name, list(ranked), np.array(scores), hidden


def curves_of(corpus, own, number):
    """The curves of all ways in one draw: a row each; none where all that is wrong is silent."""
    _, _, heard, ranked, rng = planted_in(own, own, DRAWN, number)
    about = {"corpus": corpus, "planted": DRAWN}
    return [about | {"method": method, "metric": metric, "values": values}
            for method, order in ranked.items() if heard.wrong.any()
            for metric, values in rankings.curves(heard.wrong, order, rng).items()]  # fmt: skip


def curves(parts, args):
    """The rows of all curves: means over draws, and homes."""
    work = [
        delayed(curves_of)(corpus, one, number)
        for corpus, own in parts.items()
        for one in own.values()
        for number in range(args.draws)
    ]
    found = pd.DataFrame([row for rows in on_all_cores(work, "curves", args.quick) for row in rows])
    keys = ["corpus", "method", "planted", "metric"]
    for key, own in found.groupby(keys, sort=False):
        about = dict(zip(keys, key, strict=True))
        about |= {"at": [round(float(one), 4) for one in rankings.GRIDS[about["metric"]]]}
        mean = [round(float(one), 4) for one in np.mean(own["values"].tolist(), axis=0)]
        yield about | {"mean": mean, "seeds": args.draws}


def weights(table):
    """Of items, how often each is drawn: the same groups for each way and draw."""
    return rankings.weights(table.group.to_numpy(str), RESAMPLED, np.random.default_rng(SEED))


def is_silent(table):
    """Where nothing rises above the floor under the label of an activity."""
    return ((table.get("rose", np.inf) <= WITHIN) & (table.label != QUIET["home"])).to_numpy(bool)


def taken_for(own):
    """The class that each is taken for most often, by statistics: {class: class}."""
    vectors = next(iter(own.vectors.values()))
    label = own.table.heard.to_numpy(str)
    names, chance = label_errors.out_of_fold(vectors, label, own.table.group.to_numpy(str))
    chance[np.arange(len(label)), np.searchsorted(names, label)] = 0
    mean = pd.DataFrame(chance, columns=names).groupby(label).mean()
    return mean.idxmax(axis=1).to_dict()


def rows_of(corpus, name, answers, args):
    """The rows of one corpus and one way to plant."""
    parts = {
        part: [one for one in answers if one[1] == part] for part in {a[1]: 0 for a in answers}
    }
    methods_ = answers[0][3]
    each = [
        np.array([one[4] for one in own]) for own in parts.values()
    ]  # (draws, methods, b, metrics)
    spread = np.nanstd([own[:, :, 0] for own in each], axis=1).mean(axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of groups drawn none of which is wrong
        values = np.array([np.nanmean(own, axis=0) for own in each])  # (parts, methods, b, metrics)
    rng, count = np.random.default_rng(SEED), len(values)
    which = rng.integers(count, size=(RESAMPLED, count))
    drawn = values[which, :, 1 + np.arange(RESAMPLED)[:, None]].mean(
        axis=1
    )  # (b, methods, metrics)
    point, reference = values[:, :, 0].mean(axis=0), OURS if OURS in methods_ else methods_[-1]
    # What is drawn twice comes twice in a row, which raises the precision of any ranking: so draws
    # are moved, and tell only how much a score varies.
    drawn += point - np.nanmean(drawn, axis=0)
    apart = drawn - drawn[:, [methods_.index(reference)]]
    silent = float(np.mean([one[5] for one in answers]))
    for (m, method), (s, metric) in product(enumerate(methods_), enumerate(rankings.METRICS)):
        low, high = np.nanpercentile(drawn[:, m, s], (2.5, 97.5))
        low, high = np.clip((low, high), 0, np.inf if metric in COUNTS else 1)
        low, high = min(low, point[m, s]), max(high, point[m, s])  # at an end of the scale
        diff = point[m, s] - point[methods_.index(reference), s]
        ends = np.nanpercentile(apart[:, m, s], (2.5, 97.5))
        numbers = {"mean": point[m, s], "spread": spread[m, s], "ci_low": low, "ci_high": high}
        numbers |= {"diff_to_ours": diff, "diff_low": ends[0], "diff_high": ends[1]}
        numbers |= {"silent": silent}
        about = {"corpus": corpus, "method": method, "planted": name, "metric": metric}
        yield (
            about
            | {key: round(float(one), 4) for key, one in numbers.items()}
            | {"seeds": args.draws}
        )


def measure(parts, args):
    """The rows of all corpora and plantings."""
    foreign = {"homes": "esc10", "esc10": "mini music", "mini music": "esc10"}
    work = []
    for corpus, own in parts.items():
        other = parts.get(foreign.get(corpus), own)
        other = next(iter(other.values()))
        work += [
            delayed(judged)(corpus, part, one, other, name, number)
            for part, one in own.items()
            for name in PLANTED
            for number in range(args.draws)
        ]
    answers = on_all_cores(work, "audits", args.quick)
    for corpus, name in product(parts, PLANTED):
        own = [one for one in answers if (one[0], one[2]) == (corpus, name)]
        yield from rows_of(corpus, name, own, args)
    draws = range(min(args.draws, pays.DRAWS))
    work = [
        delayed(pays.answers)(corpus, part, one, number)
        for corpus, own in parts.items()
        for part, one in own.items()
        for number in draws
    ]
    yield from pays.rows(pd.concat(on_all_cores(work, "what it pays", args.quick)), args.quick)


def called_wrong(parts, args):
    """How many labels are called wrong, with and without any that is: see `evaluation.called`."""
    work = [
        delayed(called.counts)(corpus, part, one, planted, number, is_silent)
        for corpus, own in parts.items()
        for part, one in own.items()
        for planted, share in called.SHARES.items()
        for number in range(min(args.draws, called.DRAWS) if share else 1)
    ]
    return called.rows(on_all_cores(work, "called wrong", args.quick))


def main(argv=None):
    args = arguments(__doc__, argv, **OPTIONS)
    parts, about = found(args), machine(set=args.set, draws=args.draws)
    name = RESULTS.get(args.set, "audit")
    if args.measure in ("all", "curves"):
        publish(args, f"{name}_curves", list(curves(parts, args)), about)
    if args.measure in ("all", "called"):
        publish(args, f"{name}_called", list(called_wrong(parts, args)), about)
    if args.measure == "all":
        publish(args, name, list(measure(parts, args)), about)


if __name__ == "__main__":
    start(main)
