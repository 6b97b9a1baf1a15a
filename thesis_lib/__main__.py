"""The command `thesis`: the pipeline's stages, one at a time."""

import logging
import os
import sys
from contextlib import nullcontext
from io import TextIOWrapper

from thesis_lib.pipeline.arguments import parser
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError
from thesis_lib.util.imports import without_address_grammar
from thesis_lib.util.notices import shown

ABOVE = 3  # status where an audit finds more than it may
STOPPED, CLOSED = 130, 141  # status after Ctrl-C, and where nobody reads on, as shells have them

# What is imported in the functions is heavy; `thesis --help` answers at once without it.


def _job(args):
    from thesis_lib.pipeline.job import Job, given

    typed = {"home": args.sins, "music": args.music}
    found = {domain: given(domain, text) for domain, text in typed.items() if text}
    rest = ("recipe", "profile", "seeds", "processes", "runs", "train")
    corrections = args.corrections and os.path.abspath(os.path.expanduser(args.corrections))
    return Job(found, corrections=corrections, **{name: getattr(args, name) for name in rest})


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
    without_address_grammar()
    from thesis_lib.pipeline import lab

    lab.lab(job)


def _listen(args):
    job = _job(args)
    without_address_grammar()
    from thesis_lib.pipeline import listen

    listen.listen(job, args.port, not args.no_browser)


def _site(args):
    job = _job(args)
    without_address_grammar()
    from thesis_lib.pipeline import site

    print(f"{args.out}/index.html: {site.site(job, args.out)}.")


def _home(args):
    from thesis_lib.datasets.mini_home import flats, home

    more = {} if args.seed is None else {"seed": args.seed, "flat": flats.draw(args.seed)}
    home.make(args.folder, sessions=args.size, labels=args.labels, faults=args.faults, **more)


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
    more = {"jobs": args.jobs, "keep": args.keep, "given": args.given}
    download.fetch(args.name, args.to, sets, args.parts, **more)
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
        wanted = (args.recipe, args.seeds, args.limit, args.corrections)
        stages.corpus(args.name, args.source, args.run, *wanted)


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


def _adaptation(args):
    from thesis_lib.pipeline import adaptation, front_door

    with front_door.alone(args.run):
        adaptation.adaptation(args.run)


def _notebook(args):
    without_address_grammar()
    from thesis_lib.pipeline.execute import SMOKE, execute

    names = {"home": args.home, "music": args.music, "embedding": args.embedding}
    execute(
        args.notebook,
        args.executed,
        names | (SMOKE if args.smoke else {}),
        solved=args.smoke,
        home_folder=args.home_folder,
        music_folder=args.music_folder,
        work=args.work,
        out=args.out,
    )


def _probe(args):
    from thesis_lib.analysis import held_out
    from thesis_lib.datasets import registry, vector_file

    corpus = registry.in_all_folds(registry.recognise(args.folder), args.folder)
    if args.corrections:
        from thesis_lib.pipeline.corrections import reviewed

        corpus = reviewed(corpus, args.corrections)
    vectors = vector_file.matched(vector_file.read(args.embeddings), corpus)
    folds = sorted({*corpus.table.split} - {"train", "test"}) or ["0"]
    found = [held_out.answers(vectors, corpus.fold(int(number)).table) for number in folds]
    print(held_out.scores(found).to_string(index=False, float_format="{:.3f}".format))


def _audit(args):
    if args.out:
        disk.check_writable(args.out)  # seconds of imports come next
    from thesis_lib.pipeline import audit

    found, page = audit.audit(args.folder, args.out, args.embeddings, args.runs, args.corrections)
    count = len(found.labels)
    wrong = int(found.labels.called_wrong.sum()) if count else 0
    said = f"{wrong} of {count} labels are called wrong" if count else "No label can be judged"
    print(f"{said}; see {page}.")
    if args.fail_above < 1 and not count:
        raise InputError(
            "--fail-above needs labels that can be judged; the page says why none can."
        )
    if found.share_called_wrong > args.fail_above:
        print(f"That is more than --fail-above {args.fail_above:g}.", file=sys.stderr)
        sys.exit(ABOVE)


def _export(args):
    from thesis_lib.pipeline import export

    asked = (args.place, args.to, args.out, args.unit, args.embedding, args.embeddings)
    print(*export.export(*asked, args.runs, args.decisions, args.audit), sep="\n")


def _playlist(args):
    from thesis_lib.pipeline import playlist_command

    playlist_command.run(args)


def _summary(args):
    from pathlib import Path

    from thesis_lib.reporting import proof, summary

    summary.collect(args.out)
    page = Path(args.out) / "README.md"
    if page.is_file():
        proof.write_into(page)


def _show(args):
    from thesis_lib.reporting import summary

    summary.show(args.out)


DO = {
    "figures": _figures,
    "shards": _shards,
    "lab": _lab,
    "listen": _listen,
    "site": _site,
    "home": _home,
    "check": _check,
    "fetch": _fetch,
    "validate": _validate,
    "corpus": _corpus,
    "features": _features,
    "training": _stage,
    "ours": _stage,
    "adaptation": _adaptation,
    "embeddings": _stage,
    "notebook": _notebook,
    "audit": _audit,
    "export": _export,
    "playlist": _playlist,
    "probe": _probe,
    "summary": _summary,
    "show": _show,
}


def _do(args):
    try:
        DO[args.command](args)
        sys.stdout.flush()
    except InputError as error:
        sys.stdout.flush()
        sys.exit(f"thesis {args.command}: {shown(error)}")
    except OSError as error:
        if error.errno not in disk.ADVICE or not error.filename:
            raise
        said = f"{error.filename} cannot be used ({disk.reason(error)}); choose another place."
        sys.exit(f"thesis {args.command}: {shown(said)}")


def main() -> None:
    """Run one command; a bad input is one sentence and exit status 1, not a traceback."""
    for stream in (sys.stdout, sys.stderr):  # names of files may hold any bytes
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    logging.basicConfig(format="%(message)s")
    args = parser(__doc__).parse_args()
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
