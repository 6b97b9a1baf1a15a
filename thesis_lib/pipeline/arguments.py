"""What can be typed behind `thesis`; light to import, so that `thesis --help` answers at once."""

import argparse
import re

from thesis_lib.datasets.registry import fetched, names
from thesis_lib.util.notices import shown

CORRECTIONS = "the CSV of a review, or the folder of several reviewers': labels as they say"


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with a command in one sentence, without the list of all options."""

    def parse_known_args(self, args=None, namespace=None):
        known, rest = super().parse_known_args(args, namespace)
        if rest:  # of a subcommand, whose own help tells more
            self.error(f"{' '.join(rest)} is not known here")
        return known, rest

    def error(self, message):
        self.exit(2, f"{self.prog}: {shown(message)}; `{self.prog} --help` tells more.\n")


def _number(text):
    """A whole number."""
    try:
        return int(text)
    except ValueError:
        fault = f"{text!r} is no whole number; write one, such as 3"
        raise argparse.ArgumentTypeError(fault) from None


def _share(text):
    """A number from 0 to 1."""
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no share; write a number from 0 to 1")
    return share


def _at_least_0(text):
    """A number that is not below 0."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of 0 or more; write one, as 0.4")
    return number


def _shard(text):
    """2/8 as two numbers."""
    found = re.fullmatch(r"(\d+)/(\d+)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is no shard; write 2/8 for the second of eight")
    return int(found[1]), int(found[2])


def _corpus_name(text):
    """A corpus may be typed as in English: open-music."""
    return text.replace("-", "_")


def _add_job(command):
    """The options that say what a pipeline is asked for."""
    command.add_argument("--music", help="your own: class folders, a CSV, a playlist; or FMA")
    command.add_argument("--sins", help="the folder of SINS, as unpacked")
    command.add_argument("--recipe", default="small", help="small, thesis, ours or smoke")
    text = "smoke: as little as shows that all runs"
    command.add_argument("--profile", default="full", choices=["full", "smoke"], help=text)
    command.add_argument("--seeds", type=_number, default=0, help="trainings of each corpus")
    text = "GPUs or cores that train one network"
    command.add_argument("--processes", type=_number, default=1, help=text)
    command.add_argument("--runs", default="runs", help="folder of all that is computed")
    text = "train the network that comes with the suite further on your own, and see if it helps"
    command.add_argument("--train", action="store_true", help=text)
    command.add_argument("--corrections", default="", help=CORRECTIONS)


def _add_export(commands):
    """What `thesis export` takes."""
    export = commands.add_parser("export", help="sounds, vectors, labels for other tools")
    export.add_argument("place", help="a run, or a folder of music or SINS")
    tools = ["tensorboard", "parquet", "raven", "labelstudio"]
    export.add_argument("--to", required=True, choices=tools, help="the tool or kind of file")
    export.add_argument("--out", required=True, help="a new folder")
    text = "what of a run: whole recordings (by default), or its tiles"
    export.add_argument("--unit", default="recording", choices=["recording", "tile"], help=text)
    text = "of a run: ours, adapted, trained, untrained or statistics"
    export.add_argument("--embedding", default="ours", help=text)
    text = "vectors of any other model: npz or parquet with `path`, maybe `start` (s), `label`, ..."
    export.add_argument("--embeddings", default="", help=text)
    text = "the CSV of a review, or the folder of several reviewers': for raven and labelstudio"
    export.add_argument("--decisions", default="", help=text)
    text = "the CSV of `thesis audit`: for raven and labelstudio"
    export.add_argument("--audit", default="", help=text)
    export.add_argument("--runs", default="runs", help="folder of all that is computed")


def _add_playlist(command):
    """The options of `thesis playlist`: one way to make a list, and what goes with it."""
    text = "of music: class folders, a CSV, a playlist, or any folder"
    command.add_argument("folder", nargs="?", default="", help=text)
    command.add_argument(
        "--out", default="", help="the list, .m3u8; a CSV and a JSON are beside it"
    )
    for name, text in (
        ("--from", "a walk from this song or class ..."),
        ("--to", "... to this one"),
        ("--after", "what fits after this song"),
    ):
        command.add_argument(name, dest=f"{name[2:]}_", metavar="SONG", default="", help=text)
    for name, text in (
        ("--weakest", "the weakest transitions of this playlist"),
        ("--again", "make this list again from the parameters beside it"),
    ):
        command.add_argument(name, dest=f"{name[2:]}_", metavar="LIST", default="", help=text)
    for name, text in (
        ("--through", "... through this one; may be given again"),
        ("--grow", "a list that grows from this song, class or playlist; may be given again"),
        ("--keep", "of a list that grows: a song to keep"),
        ("--exclude", "of a list that grows: a song that does not join"),
        ("--plus", "sounds like the sum: this song or class; may be given again"),
        ("--minus", "... minus this one"),
    ):
        own = {"dest": f"{name[2:]}_", "metavar": "SONG", "default": []}
        command.add_argument(name, action="append", help=text, **own)
    text = "all songs in an order that flows; from the song --from to --to, if given"
    command.add_argument("--order", action="store_true", help=text)
    command.add_argument("--steps", type=_number, default=10, help="songs of a walk")
    text = "how many songs, or transitions"
    command.add_argument("--count", type=_number, default=10, help=text)
    text = "distance up to which a song joins a list that grows, 0 to 2"
    command.add_argument("--threshold", type=_at_least_0, help=text)
    for name, text in (
        ("--bpm", "after a song: only tempos within 6 %%, of half or double too"),
        ("--key", "after a song: the same Camelot number, or one up or down of the same letter"),
        ("--boost", "after a song: a key a half or a whole tone up"),
        ("--keep-copies", "orders and lists that grow: with all copies of a recording"),
        ("--duplicates", "recordings that are there more than once, by their fingerprints"),
    ):
        command.add_argument(name, action="store_true", help=text)
    command.add_argument("--audio", default="", help="a mix of the list, .wav or .flac")
    command.add_argument("--fade", type=_at_least_0, default=4.0, help="s of a crossfade in it")
    text = "s of each song in it, from the middle; 0: whole songs"
    command.add_argument("--seconds", type=_at_least_0, default=0.0, help=text)
    text = "vectors of any other model: npz or parquet with `path`"
    command.add_argument("--embeddings", default="", help=text)
    command.add_argument("--runs", default="runs", help="where what takes long is kept")


def parser(description: str | None) -> argparse.ArgumentParser:
    """The parser of the command line; `command` is the name of what is to be done."""
    parser = _Parser(prog="thesis", description=description)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("figures", "make every figure and number, of the suite's corpora or your own"),
        ("shards", "make the spectrograms of one shard, on one of several machines"),
        ("lab", "open the notebooks in JupyterLab"),
        ("listen", "open the listening room in the browser"),
        ("site", "make pages of the executed notebooks, for readers without Python"),
    ):
        command = commands.add_parser(name, help=text)
        _add_job(command)
        if name == "shards":
            text = "2/8: the second of eight"
            command.add_argument("--shard", type=_shard, required=True, help=text)
        if name == "listen":
            command.add_argument("--port", type=_number, default=8866, help="of the page")
            text = "only print the address of the page"
            command.add_argument("--no-browser", action="store_true", help=text)
        if name == "site":
            command.add_argument("--out", default="site", help="folder of the pages")
    text = "make the mini home, a simulated corpus; truth.csv in it lists what is made wrong"
    home = commands.add_parser("home", help=text)
    home.add_argument("folder", help="where it is made: a new folder, or one made by this command")
    text = "full: 83 sessions, 0.9 GB, the default; smoke: a few, to see that it works"
    home.add_argument("--size", default="full", choices=["full", "smoke"], help=text)
    text = "a number: another family in another flat; the same number makes the same home"
    home.add_argument("--seed", type=_number, help=text)
    text = "share of labels made wrong on purpose, 0 to 1, e.g. 0.05; by default three moments"
    home.add_argument("--labels", type=_share, help=text)
    text = "files with a broken microphone, on purpose, e.g. 20; by default eight"
    home.add_argument("--faults", type=_number, help=text)
    check = commands.add_parser("check", help="check the data that comes with the suite")
    check.add_argument("manifest", nargs="?", default="data/manifest.json")
    fetch = commands.add_parser("fetch", help="fetch SINS, FMA, open music, open sounds")
    fetch.add_argument("name", type=_corpus_name, choices=fetched())
    fetch.add_argument("--to", required=True, help="folder for all of it")
    fetch.add_argument("--set", help="of sins: dev, eval (both by default); of fma: medium, large")
    fetch.add_argument("--parts", help="1-3 or 2,5: only these of the numbered audio archives")
    fetch.add_argument("--dry-run", action="store_true", help="only say what would be fetched")
    fetch.add_argument("--jobs", type=_number, default=3, help="archives at a time")
    fetch.add_argument("--keep", action="store_true", help="leave the archives after unpacking")
    fetch.add_argument("--from", dest="given", help="a folder with archives that you have already")
    validate = commands.add_parser("validate", help="decode every file of a folder to its end")
    validate.add_argument("folder", help="of a corpus, or of any music")
    text = "of the corpus; by default it is guessed"
    validate.add_argument("--name", type=_corpus_name, choices=names(), help=text)
    corpus = commands.add_parser("corpus", help="read and check a corpus, begin a run")
    corpus.add_argument("name", choices=names())
    corpus.add_argument("source", help="folder with the audio")
    corpus.add_argument("run", help="folder for what is made of it")
    corpus.add_argument("--recipe", required=True, help="by its whole name: 'small, music'")
    corpus.add_argument("--seeds", type=_number, default=3, help="how many trainings")
    corpus.add_argument("--limit", type=_number, help="only so many sessions or songs a class")
    corpus.add_argument("--corrections", default="", help=CORRECTIONS)
    features = commands.add_parser("features", help="make the spectrogram stores of a run")
    features.add_argument("run")
    features.add_argument(
        "--shard", type=_shard, help="2/8: only the second of eight parts, on one of eight machines"
    )
    for name, text in (
        ("training", "train the networks of a run, or go on training"),
        ("ours", "embed the tiles of a run by the network that comes with the suite"),
        ("adaptation", "train that network further on a run, and say whether it helped"),
        ("embeddings", "embed the tiles of a run by the networks trained on it"),
    ):
        stage = commands.add_parser(name, help=text)
        stage.add_argument("run", help="its folder")
    notebook = commands.add_parser("notebook", help="run a notebook without a browser")
    notebook.add_argument("notebook")
    notebook.add_argument("executed", help="where the copy with its outputs goes")
    notebook.add_argument("--home", default="mini_home", choices=names(), help="a home by name")
    notebook.add_argument("--home-folder", default="runs/mini_home", help="its folder")
    notebook.add_argument("--music", default="mini_music", choices=names(), help="music by name")
    notebook.add_argument("--music-folder", default="data/mini_music", help="its folder")
    notebook.add_argument("--work", default="runs", help="folder of what is computed of them")
    notebook.add_argument("--out", default=".", help="figures/ and results/ go there")
    text = "what is drawn: ours, adapted, trained, untrained or statistics"
    notebook.add_argument("--embedding", default="ours", help=text)
    text = "as little as shows that it runs, and the solutions of its exercises"
    notebook.add_argument("--smoke", action="store_true", help=text)
    probe = commands.add_parser("probe", help="score the vectors of any other model on a corpus")
    text = "npz or parquet: `path`, maybe `start` (s), and the vectors"
    probe.add_argument("--embeddings", required=True, help=text)
    text = "the corpus: a folder of music, or of SINS"
    probe.add_argument("--music", "--sins", dest="folder", required=True, help=text)
    probe.add_argument("--corrections", default="", help=CORRECTIONS)
    audit = commands.add_parser("audit", help="what in a corpus does not fit: a page and a CSV")
    audit.add_argument("folder", help="SINS as unpacked, class folders, a CSV, a playlist")
    audit.add_argument(
        "--out", default="", help="the page (audit_FOLDER.html); the CSV is beside it"
    )
    text = "vectors of any other model: npz or parquet with `path`, maybe `start` (s)"
    audit.add_argument("--embeddings", default="", help=text)
    audit.add_argument("--corrections", default="", help=CORRECTIONS)
    audit.add_argument("--runs", default="runs", help="where spectrograms are kept")
    text = "fail, with status 3, if a larger share of the labels is called wrong: 0.2"
    audit.add_argument("--fail-above", type=_share, default=1.0, help=text)
    _add_export(commands)
    _add_playlist(
        commands.add_parser("playlist", help="a list of songs that is made, not collected")
    )
    for name, text in (
        ("summary", "gather what the notebooks recorded into one index"),
        ("show", "print the table thesis | here"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("out", nargs="?", default=".", help="holds figures/ and results/")
    return parser
