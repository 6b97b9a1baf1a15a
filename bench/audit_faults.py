"""Which faults of recording are found, and named: planted ones of known kind and strength.

Run ``python bench/audit_faults.py``; it writes ``bench/results/audit_faults.json``. Homes are
simulated; what was chosen was chosen on those of ``--set development``, and the result is of five
others, which no earlier version was scored on. Every kind is planted at every strength into the
recordings of each home, in memory, one fault a recording, in several draws; the faults that a home
has of its own count as neither. The kinds are those that the library names: what else may break is
not measured. What is heard is kept below `runs/audit_faults`: a run that was stopped goes on.

A row: corpus, method, `planted` (all; one channel or the whole node; a kind; a kind and a
strength), `metric`, `mean` with `ci_low` and `ci_high`, a 95 % interval from a bootstrap over
sessions, of these homes and not of any home; `number` of faults, `sessions`, `seeds` (homes).
`auroc`, `average_precision` and `recall_at_1_percent` (of false alarms) are of recordings, each as
suspect as its worst channel.
`right_cause` and `right_channel` are shares of what is found at 1 % of false alarms; for random
scores both are left out. "ours and embedding deviation" takes the higher of the two: it did not
help on the development homes, so the library names faults without an embedding.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import soundfile
from evaluation import detection
from evaluation.listened import all_heard, heard
from harness import RATE, arguments, machine, on_all_cores, publish, sound, start
from joblib import delayed

from thesis_lib.analysis import channel_faults, channel_measures, fault_planting
from thesis_lib.analysis.label_audit import node_deviation
from thesis_lib.analysis.planted_faults import planted
from thesis_lib.datasets import registry
from thesis_lib.datasets.mini_home import flats, home
from thesis_lib.util.files import ROOT

SETS = {"development": (100, 101, 102), "reporting": (930, 931, 932, 933, 934), "quick": (0,)}
RESULTS = {"development": "audit_faults_development"}
FAR = 8.0  # robust deviations of an embedding that sound recordings hardly ever reach
MADE_UP = 2.0  # s of a segment in quick mode
WORK = ROOT / "runs" / "audit_faults"
OPTIONS = {
    "set": ("reporting", "quick", "development or reporting"),
    "draws": (4, 1, "draws of what is planted into each home"),
    "resampled": (detection.DRAWS, 50, "draws of sessions for an interval"),
}


def corpus_of(seed, args):
    """A home, made where it is not there; in quick mode a few seconds of tones on two nodes."""
    if args.quick:
        corpus = registry.read("mini_home", made_up(args.out / "made_up_home"))
        return replace(corpus, table=corpus.table.assign(duration=MADE_UP))
    return registry.read(
        "mini_home", home.make(WORK / "homes" / str(seed), seed=seed, flat=flats.draw(seed))
    )


def made_up(folder, sessions=8, segments=3, nodes=2):
    """Segments of four channels, named as those of SINS."""
    (folder / "audio").mkdir(parents=True, exist_ok=True)
    for number in np.ndindex(sessions, segments, nodes):
        session, segment, node = (one + 1 for one in number)
        path = folder / "audio" / f"DevNode{node}_ex{session}_{segment}.wav"
        soundfile.write(path, sound(MADE_UP, (*number, 7), 4), RATE)
    return folder


def of_home(seed, args):
    """The answers of all methods about one home, in all draws: DataFrame, a row a recording."""
    corpus = corpus_of(seed, args)
    known, work = planted(corpus), args.out if args.quick else WORK
    own = np.zeros(len(corpus.table), bool) if known is None else known.fault.to_numpy() != ""

    def hear(asked):
        each = [delayed(heard)(corpus, row, fault) for row, fault in asked]
        return on_all_cores(each, f"home {seed}", args.quick)

    sound_ones = all_heard(corpus, None, (seed,), work, hear)
    answers = []
    for draw in range(args.draws):
        plan = fault_planting.plan(np.flatnonzero(~own), 4, (seed, draw))
        broken = all_heard(corpus, plan, (seed, draw), work, hear)
        found = list(sound_ones)
        for place, one in zip(plan.recording, broken, strict=True):
            found[place] = one
        answers.append(answered(corpus.table, found, plan, (seed, draw))[~own])
    return pd.concat(answers, ignore_index=True).assign(home=seed)


def answered(table, found, plan, seed):
    """What every method says of each recording, beside what was planted."""
    measures = channel_measures.joined(table, [one for one, _, _ in found])
    vectors, statistics = (np.concatenate([one[at] for one in found]) for at in (1, 2))
    said = channel_faults.faults(measures)
    scores = {
        "level alone": channel_faults.level_deviation(measures),
        "spectra against siblings": channel_faults.spectral_deviation(measures),
        "embedding deviation, ours": deviation(measures, vectors),
        "embedding deviation, log-Mel statistics": deviation(measures, statistics),
        "ours": said.score,
    }
    scores["ours and embedding deviation"] = np.maximum(
        said.score, scores["embedding deviation, ours"] / FAR
    )
    per_channel = pd.DataFrame({name: np.asarray(one) for name, one in scores.items()})
    per_channel = per_channel.fillna(0)
    by = per_channel.groupby(measures.recording)
    answers = by.max().assign(session=table.group.to_numpy())
    answers["random"] = np.random.default_rng((*seed, 1)).random(len(table))
    worst = said.loc[by["ours"].idxmax().to_numpy()]
    answers["cause"] = worst.cause.to_numpy()
    for name in per_channel:
        answers[f"{name}: channel"] = measures.channel[by[name].idxmax().to_numpy()].to_numpy()
    plan = plan.set_index("recording")[["kind", "strength", "whole", "channels"]]
    return answers.join(plan)


def deviation(measures, vectors):
    """How far each channel is from the same moment on the other nodes, on its embedding."""
    return node_deviation(vectors, measures.group, measures.position, measures.node)


def measure(args):
    """The rows of every method."""
    seeds = SETS[args.set]
    answers = pd.concat([of_home(seed, args) for seed in seeds], ignore_index=True)
    session = answers.home.astype(str) + "/" + answers.session.astype(str)
    broken = answers.kind.notna().to_numpy()
    names = [name.removesuffix(": channel") for name in answers if name.endswith(": channel")]
    kinds = {"simulated home": 1} if len(seeds) == 1 else {"simulated homes": len(seeds)}
    corpus = "made up" if args.quick else " ".join(f"{n} {what}" for what, n in kinds.items())
    for name in ("random", *names):
        right = rightly(answers, name)
        found = detection.rows(
            answers[name].to_numpy(), broken, session, subsets(answers), right, args.resampled
        )
        for row in found:
            row = {key: round(one, 4) if isinstance(one, float) else one
                   for key, one in row.items() if one == one}  # fmt: skip
            yield {"corpus": corpus, "method": name} | row | {"seeds": len(seeds)}


def rightly(answers, name):
    """What is asked of what a method finds: the channel, and of ours the cause."""
    right = {}
    if f"{name}: channel" in answers:
        said = zip(answers[f"{name}: channel"], answers.channels, strict=True)
        right["right_channel"] = np.array([isinstance(hit, tuple) and channel in hit
                                           for channel, hit in said])  # fmt: skip
    if name.startswith("ours"):
        right["right_cause"] = (answers.cause == answers.kind).to_numpy()
    return right


def subsets(answers):
    """Of what was planted: all, by reach, by kind, by kind and strength."""
    whole, kinds = answers.whole == True, answers.kind  # noqa: E712, it may be missing
    found = {"all": kinds.notna(), "one channel": kinds.notna() & ~whole, "whole node": whole}
    found |= {strength: answers.strength == strength for strength in fault_planting.STRENGTHS}
    for kind in fault_planting.AMOUNTS:
        found[kind] = kinds == kind
        for strength in fault_planting.STRENGTHS:
            found[f"{kind}, {strength}"] = (kinds == kind) & (answers.strength == strength)
    return found


def main(argv=None):
    args = arguments(__doc__, argv, **OPTIONS)
    about = machine(
        set=args.set, draws=args.draws, strengths=fault_planting.AMOUNTS,
        units=fault_planting.UNITS, alarms=detection.ALARMS,
    )  # fmt: skip
    publish(args, RESULTS.get(args.set, "audit_faults"), list(measure(args)), about)


if __name__ == "__main__":
    start(main)
