"""Which recordings are judged on: development data, to choose by, and reporting data, kept apart.

Homes are simulated, one of each seed, each in a flat of its own with microphones of its own; they
are scored together, each by the microphones that its training part does not have.
Everything else is scored by folds of whole songs or sources, each held out once. A recording of a
home is a segment of 10 s on one node; of open music, excerpts of 10 s spread over each track.
"""

import os
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from harness import class_folders

from thesis_lib.datasets import music, open_music, sins
from thesis_lib.pipeline import store_builder
from thesis_lib.recipe import SMALL_HOME
from thesis_lib.store import SpectrogramStore, lengthen
from thesis_lib.util.files import ROOT

WORK = ROOT / "runs" / "proof"
HOMES = {"development": (100, 101, 102), "reporting": (900, 901, 902, 903, 904)}
CHANNELS = 4  # of a home's node, whose vectors are averaged
SHORTEST = 2.0  # s; what is shorter is repeated until it lasts so long
EXCERPT, EXCERPTS = 10.0, 3  # s, and how many of a long track
REPORT = ROOT / "data" / "open_music_report.json"


@dataclass(frozen=True)
class Material:
    """Recordings to embed, with what scoring knows of them.

    Attributes
    ----------
    name : str
        Of this one: "home 100".
    pool : str
        Of all that are scored together: "homes".
    domain : {"home", "music"}
    corpora : tuple of Corpus
        The same recordings in each, by another microphone of the array; the first is trained on.
    folders : tuple of Path
        Their stores.
    folds : int
        Each is held out once; a home has one.
    number : int
        Of the fold that is held out.
    """

    name: str
    pool: str
    domain: str
    corpora: tuple
    folders: tuple
    folds: int = 1
    number: int = 0

    @cached_property
    def stores(self):
        """The `SpectrogramStore` of each corpus, as in the fold."""
        opened = [SpectrogramStore.open(folder).fold(self.number) for folder in self.folders]
        least = opened[0].features.frames(SHORTEST)
        return [lengthen(without_tested(store), least) for store in opened]

    @property
    def table(self):
        """A row a recording."""
        return self.stores[0].index

    def fold(self, number):
        """The same, with another fold held out."""
        return replace(self, number=number)


def material(name, kind, args):
    """The `Material` of one set, development or reporting, as far as it is there.

    Parameters
    ----------
    name : {"homes", "open music", "esc10", "mini music"}
    kind : {"development", "reporting"}
    args : Namespace
        open_music and report_music (folders), channels.

    Returns
    -------
    list of Material
        Empty where the audio is not there; that is said.
    """
    return list(SETS[kind][name](kind, args))


def homes(kind, args):
    """One simulated home of each seed, rendered on first use (a minute of two cores each)."""
    from thesis_lib.datasets.mini_home import flats, home

    for seed in HOMES[kind]:
        folder = WORK / "homes" / str(seed)
        home.make(folder, seed=seed, flat=flats.draw(seed))
        read = [sins.read(folder, channel=channel) for channel in range(args.channels)]
        yield _material(f"home {seed}", "homes", "home", read)


def mini_music(kind, args):
    """The music of the suite, three folds of whole songs."""
    corpus = music.read(ROOT / "data" / "mini_music")
    yield _material("mini music", "mini music", "music", [corpus], 3)


def esc10(kind, args):
    """Every clip of ESC-10, in the five folds that its names begin with."""
    real = os.environ.get("THESIS_REAL_DATA")
    if not real or not Path(real, "esc10").is_dir():
        print("THESIS_REAL_DATA names no folder with esc10: the real recordings are left out.")
        return
    corpus = music.read(Path(real, "esc10"))
    yield _material("ESC-10", "esc10", "music", [official(corpus)], 5)


def official(corpus):
    """ESC's own folds: the number that a clip's name begins with."""
    number = corpus.table.path.map(lambda path: int(Path(path).name.split("-")[0]) - 1)
    return replace(corpus, table=corpus.table.assign(split=number.astype(str)))


def long_music(kind, args):
    """Tracks of free games: a class a game, a group a song, three folds of whole songs."""
    places = {"development": (args.open_music, open_music.MANIFEST)}
    folder, manifest = (places | {"reporting": (args.report_music, REPORT)})[kind]
    folder = ROOT / folder
    if not manifest.is_file() or not open_music.is_in(folder, manifest):
        missing = (
            f"{folder} holds none of its tracks" if manifest.is_file() else "no list of it yet"
        )
        print(f"Open music ({kind}) is left out: {missing}.")
        return
    yield of_tracks(f"open music, {kind}", open_music.read(folder, manifest=manifest))


def of_tracks(name, corpus):
    """The `Material` of whole tracks."""
    return _material(name, name.partition(",")[0], "music", [excerpts(corpus)], 3)


def excerpts(corpus, length=EXCERPT, count=EXCERPTS):
    """So many excerpts of each track, evenly spread; the whole of it where it is shorter."""
    rows = []
    for row in corpus.table.to_dict("records"):
        room, n = row["duration"] - length, min(count, int(row["duration"] // length))
        places = (np.arange(n) + 0.5) / n * room if n else [0.0]
        kept = {"duration": min(length, row["duration"])}
        rows += [row | kept | {"start": round(row["start"] + place, 3)} for place in places]
    return replace(corpus, table=pd.DataFrame(rows))


def made_up(kind, args):
    """A corpus to see that all runs: twelve songs of each of three classes, as if on two nodes."""
    corpus = music.read(class_folders(args.out / "made_up_nodes", songs=12, length=4.5))
    node = np.where(np.arange(len(corpus.table)) % 2, "1", "2")
    corpus = replace(corpus, table=corpus.table.assign(node=node))
    yield _material("made up", "made up", "music", [corpus], 3, args.out / "runs")


SETS = {
    "development": {"homes": homes, "open music": long_music},
    "reporting": {
        "homes": homes, "esc10": esc10, "mini music": mini_music, "open music": long_music,
    },
    "quick": {"made up": made_up},
}  # fmt: skip


def _material(name, pool, domain, corpora, folds=1, work=WORK):
    folders = [work / "stores" / f"{name} {number}" for number in range(len(corpora))]
    for corpus, folder in zip(corpora, folders, strict=True):
        store_builder.build(corpus, SMALL_HOME.features, folder, progress=False)
    return Material(name, pool, domain, tuple(corpora), tuple(folders), folds)


def without_tested(store):
    """The same store, without training recordings of a group that is tested.

    Two pairs of ESC-10's clips are the same recording in two of its official folds.
    """
    index = store.index
    tested = index.group.isin(index.group[index.split == "test"]) & (index.split == "train")
    return replace(store, index=index.assign(split=index.split.mask(tested, "left out")))
