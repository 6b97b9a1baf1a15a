"""How good embeddings are, with baselines, ceilings and 95 % intervals: recipes are judged by it.

Run ``python bench/proof.py``; it writes ``bench/results/proof.json``. Everything is chosen on these
development data: simulated homes of three seeds, and open music. A recipe that is frozen is
reported on, once, by ``--set reporting`` (``proof_reporting.json``): five other homes, ESC-10 in
its official folds with every clip, mini music, other open music.

A row: corpus, method, kind, metric; `mean` with `ci_low` and `ci_high`, a 95 % interval from a
bootstrap over sessions, songs or sources (of each class as many as it has); `diff_to_ours`, on the
same draws, with its interval; `p_corrected` (Holm, over the methods of a corpus and its two main
metrics; each other metric by itself); `better`, who is better after the correction; `recovered`,
the share of the way from log-Mel statistics to the better ceiling (Jansen et al., 2018). The
microphone's share of the neighbours should be low: `chance` is that of neighbours at random.

``--methods`` and ``--corpora`` choose some, by commas; ``--embeddings`` adds the vectors of any
other model. Vectors and answers are kept in ``runs/proof``, so that a second run computes what is
new; where they are gone, ``--add 1`` keeps the rows that are written and adds those of the methods
that are asked for, all chances corrected anew.
"""

import json

import torch
from evaluation import corpora, methods, scoring
from evaluation.handcrafted import Missing
from evaluation.networks import Training
from harness import arguments, machine, on_all_cores, publish, start
from joblib import delayed

from thesis_lib.datasets import vector_file
from thesis_lib.recipe import SEED
from thesis_lib.util.errors import InputError

RESULTS = {"development": "proof", "reporting": "proof_reporting", "quick": "proof"}
OPTIONS = {
    "set": ("development", "quick", "development or reporting"),
    "corpora": ("all", "all", "which of the set"),
    "methods": ("all", "all", "which"),
    "embeddings": ("", "", "an npz or parquet file of another model's vectors"),
    "seconds": (30.0, 1e-3, "of each training"),
    "most": (900.0, 1.0, "seconds of each ceiling's training at most"),
    "seeds": (1, 1, "seeds"),
    "channels": (corpora.CHANNELS, 1, "microphones of a node that are pooled"),
    "reference": (methods.REFERENCE, methods.REFERENCE, "the method others are compared with"),
    "add": (0, 0, "1: keep the rows that are written"),
    "open_music": ("data/open_music", "", "folder of the open music to choose by"),
    "report_music": ("data/open_music_report", "", "folder of the open music to report on"),
}


def chosen(asked, known):
    """Those of the known names that a list with commas names, or all."""
    names = list(known) if asked == "all" else asked.split(",")
    if unknown := set(names) - set(known):
        raise SystemExit(f"{', '.join(sorted(unknown))}: unknown; choose of {', '.join(known)}.")
    return names


def tasks(args):
    """What is to be computed: (Material of one fold, seed, method)."""
    known, asked = corpora.SETS[args.set], names(args)
    materials = [
        material
        for name in chosen(args.corpora, known)
        for material in corpora.material(name, args.set, args)
    ]
    return [
        (material.fold(number), SEED + seed, name)
        for name in asked
        for material in materials
        for number in range(1 if args.quick else material.folds)
        for seed in range(args.seeds)
    ]


def names(args):
    """The methods that are asked for, the reference among them."""
    found = chosen(args.methods, methods.METHODS)
    found = found if args.reference in found else [args.reference, *found]
    return [*found, args.embeddings] if args.embeddings else found


def answered(material, seed, name, args):
    """The answers of one method in one fold, on one core; a sentence where it cannot be had."""
    torch.set_num_threads(1)
    training = Training(seed, args.seconds, args.most, args.quick)
    work = args.out / "runs" if args.quick else corpora.WORK
    about = {"home": material.name, "seed": seed}
    try:
        if name == args.embeddings:
            vectors = from_file(name, material)
        else:
            vectors = methods.vectors(name, material, training, work)
    except Missing as error:
        return material.pool, name, f"{name} is left out: {error}."
    found = methods.answers(vectors, material.table, not args.quick, work)
    return material.pool, name, (about, found)


def from_file(path, material):
    """The vectors that a file has of a corpus; it may be of another one."""
    found = vector_file.read(path)
    try:
        return vector_file.matched(found, material.corpora[0])
    except InputError as error:
        raise Missing(str(error).rstrip(".")) from None


def measure(args):
    """The rows of every corpus."""
    work = [delayed(answered)(*task, args) for task in tasks(args)]
    results = on_all_cores(work, "vectors and probes", args.quick)
    missing = {text for _, _, text in results if isinstance(text, str)}
    print(*sorted(missing), sep="\n", end="\n" * bool(missing))
    pools = {}
    for pool, name, found in results:
        if not isinstance(found, str):
            pools.setdefault(pool, {}).setdefault(name, []).append(found)
    draws = 200 if args.quick else scoring.significance.DRAWS
    for pool, answers in pools.items():
        for row in scoring.rows(answers, args.reference, methods.FLOOR, methods.CEILINGS, draws):
            yield {"corpus": pool, "kind": kind_of(row["method"])} | scoring.plain(row, args.seeds)


def kind_of(name):
    """What a reader has to know of a method."""
    return methods.METHODS[name].kind if name in methods.METHODS else "from a file"


def main(argv=None):
    args = arguments(__doc__, argv, **OPTIONS)
    about = machine(
        set=args.set, reference=args.reference, training_seconds=args.seconds,
        channels=args.channels,
    )  # fmt: skip
    rows, name = list(measure(args)), RESULTS[args.set]
    if args.add:
        *before, first = json.loads((args.out / f"{name}.json").read_text())
        rows, about = (
            list(scoring.joined(before, rows, args.reference)),
            first | {"added_on": about},
        )
    publish(args, name, rows, about)


if __name__ == "__main__":
    start(main)
