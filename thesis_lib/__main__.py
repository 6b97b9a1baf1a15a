"""The command `thesis`: the pipeline's stages, one at a time."""

import argparse
import logging
import os
import re
import sys
from contextlib import nullcontext

from thesis_lib.datasets.registry import DOMAINS
from thesis_lib.util import paths
from thesis_lib.util.errors import InputError
from thesis_lib.util.notices import shown

STOPPED, CLOSED = 130, 141  # status after Ctrl-C, and where nobody reads on, as shells have them

# What is imported in the functions is heavy; `thesis --help` answers at once without it.


def _job(args):
    from thesis_lib.pipeline.job import Job, given

    typed = {"home": args.sins, "music": args.music}
    found = {domain: given(domain, text) for domain, text in typed.items() if text}
    rest = ("recipe", "profile", "seeds", "processes", "runs")
    return Job(found, **{name: getattr(args, name) for name in rest})


def _figures(args):
    job = _job(args)
    # With torch, so later than what is said of a folder that is not there.
    from thesis_lib.pipeline import front_door

    front_door.figures(job)


def _shards(args):
    from dataclasses import replace

    job = replace(_job(args), shard="{}/{}".format(*args.shard))
    from thesis_lib.pipeline import front_door

    front_door.pipeline(job, "shards")


def _lab(args):
    job = _job(args)
    from thesis_lib.pipeline import lab

    getattr(lab, args.command)(job)


def _home(args):
    from thesis_lib.datasets.mini_home import home

    home.make(args.folder, sessions=args.size)


def _check(args):
    from thesis_lib.datasets import manifest

    faults = manifest.check(args.manifest)
    if faults:
        raise InputError("\n".join(faults))
    print(f"{args.manifest}: every file is there and as declared.")


def _fetch(args):
    from thesis_lib.datasets import archives, download

    sets = args.set and args.set.split(",")
    if args.dry_run:
        table = archives.plan(args.name, args.to, sets, args.parts)
        print(archives.describe(table, args.to))
        return
    download.fetch(args.name, args.to, sets, args.parts, jobs=args.jobs, keep=args.keep)
    print(f"{args.to}: all is fetched and unpacked; `thesis validate {args.to}` checks every file.")


def _validate(args):
    from thesis_lib.datasets import registry, validate
    from thesis_lib.util import notices

    name = args.name or registry.recognise(args.folder)
    try:
        files, faults = registry.files(name, args.folder)
    except InputError as error:
        if args.name or name == "music":
            raise
        raise InputError(f"{error} (It is taken for {name}; if it is not, give --name.)") from None
    examined = validate.examine(files)
    print(validate.report(examined, unseen=validate.unseen(args.folder, files)))
    print(*notices.grouped(faults), sep="\n", end="\n" * bool(faults))
    if faults or examined.faults:
        raise InputError(
            f"{args.folder} has {len(faults) + len(examined.faults)} fault(s); mend or remove "
            "what is named above."
        )


def _corpus(args):
    from thesis_lib.pipeline import front_door, stages

    with front_door.alone(args.run):
        stages.corpus(args.name, args.source, args.run, args.recipe, args.seeds, args.part)


def _features(args):
    from thesis_lib.pipeline import front_door, stages

    if args.shard:  # other machines are at work in the same folder
        return stages.features(args.run, args.shard)
    with front_door.alone(args.run):
        stages.features(args.run)


def _stage(args):
    from thesis_lib.pipeline import front_door, stages

    leads = os.environ.get("RANK", "0") == "0"  # of the processes that torchrun started
    with front_door.alone(args.run) if leads else nullcontext():
        getattr(stages, args.command)(args.run)


def _notebook(args):
    from thesis_lib.pipeline.execute import SMOKE, execute

    execute(
        args.notebook,
        args.executed,
        {"home": args.home, "music": args.music} | (SMOKE if args.smoke else {}),
        home_folder=args.home_folder,
        music_folder=args.music_folder,
        work=args.work,
        out=args.out,
    )


def _summary(args):
    from pathlib import Path

    import pandas as pd

    from thesis_lib.reporting import notebook_record, summary

    pairs = pd.DataFrame(notebook_record.collect(args.out))
    page = Path(args.out) / "README.md"
    if page.is_file():
        summary.write_into(page, pairs)


def _show(args):
    from thesis_lib.reporting import summary

    summary.show(args.out)


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command in one sentence, without the list of all options."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {shown(message)}; `{self.prog} --help` tells more.\n")


def _number(text):
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        said = f"{text!r} is no whole number; write one, such as 3"
        raise argparse.ArgumentTypeError(said) from None


def _shard(text):
    """2/8 as two numbers."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no shard; write 2/8 for the second of eight")
    return int(found[1]), int(found[2])


def _add_job(command):
    """The options that say what a pipeline is asked for."""
    command.add_argument("--music", help="your own: class folders, a CSV, a playlist; or FMA")
    command.add_argument("--sins", help="SINS, as its archives unpack")
    command.add_argument("--recipe", default="small", help="small, thesis or ours")
    command.add_argument("--profile", default="full", choices=["full", "smoke"])
    command.add_argument("--seeds", type=_number, default=0, help="trainings of each corpus")
    command.add_argument("--processes", type=_number, default=1, help="GPUs that train one network")
    command.add_argument("--runs", default="runs", help="folder of all that is computed")


def _parser():
    parser = _Parser(prog="thesis", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, do, text in (
        ("figures", _figures, "make every figure and number, of the suite's corpora or your own"),
        ("shards", _shards, "make the spectrograms of one shard, on one of several machines"),
        ("lab", _lab, "open the notebooks in JupyterLab"),
        ("listen", _lab, "open the listening room in JupyterLab"),
    ):
        command = commands.add_parser(name, help=text)
        _add_job(command)
        command.set_defaults(do=do)
        if name == "shards":
            text = "2/8: the second of eight"
            command.add_argument("--shard", type=_shard, required=True, help=text)
    home = commands.add_parser("home", help="make the mini home, a simulated corpus")
    home.add_argument("folder")
    home.add_argument("--size", default="full", choices=["full", "smoke"])
    home.set_defaults(do=_home)
    check = commands.add_parser("check", help="check the data that comes with the suite")
    check.add_argument("manifest", nargs="?", default="data/manifest.json")
    check.set_defaults(do=_check)
    fetch = commands.add_parser("fetch", help="fetch SINS or FMA: resumed, checked, unpacked")
    fetch.add_argument("name", choices=["sins", "fma"])
    fetch.add_argument("--to", required=True, help="folder for all of it")
    fetch.add_argument("--set", help="of sins: dev, eval (both by default); of fma: medium, large")
    fetch.add_argument("--parts", help="1-3 or 2,5: only these of the numbered audio archives")
    fetch.add_argument("--dry-run", action="store_true", help="only say what would be fetched")
    fetch.add_argument("--jobs", type=_number, default=3, help="archives at a time")
    fetch.add_argument("--keep", action="store_true", help="leave the archives after unpacking")
    fetch.set_defaults(do=_fetch)
    validate = commands.add_parser("validate", help="decode every file of a folder to its end")
    validate.add_argument("folder")
    validate.add_argument("--name", choices=DOMAINS, help="of the corpus; by default it is guessed")
    validate.set_defaults(do=_validate)
    corpus = commands.add_parser("corpus", help="read and check a corpus, begin a run")
    corpus.add_argument("name", choices=DOMAINS)
    corpus.add_argument("source", help="folder with the audio")
    corpus.add_argument("run", help="folder for what is made of it")
    corpus.add_argument("--recipe", required=True)
    corpus.add_argument("--seeds", type=_number, default=3, help="how many trainings")
    corpus.add_argument("--part", type=_number, help="only so many sessions or songs a class")
    corpus.set_defaults(do=_corpus)
    features = commands.add_parser("features", help="make the spectrogram stores of a run")
    features.add_argument("run")
    features.add_argument(
        "--shard", type=_shard, help="2/8: only the second of eight parts, on one of eight machines"
    )
    features.set_defaults(do=_features)
    for name, text in (
        ("training", "train the networks of a run, or go on training"),
        ("embeddings", "embed the tiles of a run"),
    ):
        stage = commands.add_parser(name, help=text)
        stage.add_argument("run")
        stage.set_defaults(do=_stage)
    notebook = commands.add_parser("notebook", help="run a notebook without a browser")
    notebook.add_argument("notebook")
    notebook.add_argument("executed", help="where the copy with its outputs goes")
    notebook.add_argument("--home", default="mini_home", choices=DOMAINS, help="a home by name")
    notebook.add_argument("--home-folder", default="runs/mini_home", help="where it lies")
    notebook.add_argument("--music", default="mini_music", choices=DOMAINS, help="music by name")
    notebook.add_argument("--music-folder", default="data/mini_music", help="where it lies")
    notebook.add_argument("--work", default="runs", help="what is computed of them lies here")
    notebook.add_argument("--out", default=".", help="figures/ and results/ go there")
    notebook.add_argument("--smoke", action="store_true", help="as little as shows that it runs")
    notebook.set_defaults(do=_notebook)
    for name, do, text in (
        ("summary", _summary, "gather what the notebooks recorded into one index"),
        ("show", _show, "print the table thesis | here"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("out", nargs="?", default=".", help="holds figures/ and results/")
        command.set_defaults(do=do)
    return parser


def _do(args):
    try:
        args.do(args)
        sys.stdout.flush()
    except InputError as error:
        sys.stdout.flush()
        sys.exit(f"thesis {args.command}: {shown(error)}")
    except OSError as error:
        if error.errno not in paths.ADVICE or not error.filename:
            raise
        said = f"{error.filename} cannot be used ({paths.reason(error)}); choose another place."
        sys.exit(f"thesis {args.command}: {shown(said)}")


def main():
    """Run one command; a bad input is one sentence and exit status 1, not a traceback."""
    for stream in (sys.stdout, sys.stderr):  # names of files may hold any bytes
        stream.reconfigure(errors="backslashreplace")
    logging.basicConfig(format="%(message)s")
    args = _parser().parse_args()
    try:
        _do(args)
    except BrokenPipeError:  # whoever reads has seen enough, as `head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(CLOSED)
    except KeyboardInterrupt:
        said = f"\nthesis {args.command}: stopped; run the same command again to go on."
        print(said, file=sys.stderr, flush=True)
        os._exit(STOPPED)  # threads that still compute would make an orderly end abort


if __name__ == "__main__":
    main()
