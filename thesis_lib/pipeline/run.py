"""A run: one corpus's way from its table to embeddings, as the pipeline leaves it on disk.

Layout of the folder, each part made by one stage::

    run.json              which recipe, which seeds
    corpus/               the table
    store/                spectrograms, mono
    store_channels/       test recordings once per microphone (homes only)
    train/seed_1234/      checkpoint, history, snapshots
    adapted/seed_1234/    the same of a training that began with the suite's network
    embeddings/           ours, ours_untrained, trained_1234, untrained_1234, statistics, and
                          channels_... of each
"""

import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import pandas as pd
import torch
from torch import nn

from thesis_lib.corpus import Corpus, apply_fold
from thesis_lib.embed import Embeddings
from thesis_lib.pipeline.places import run_folder
from thesis_lib.recipe import RECIPES, SEED, Recipe
from thesis_lib.store import SpectrogramStore
from thesis_lib.training.checkpoint import load_model, snapshot
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic, sha256
from thesis_lib.util.names import EMBEDDINGS

OF_A_SEED = ("adapted", "trained", "untrained")  # the others are the same for each seed


@dataclass(frozen=True)
class Run:
    """The parts of a run, opened when they are asked for; its table is read once.

    Attributes
    ----------
    folder : Path

    Raises
    ------
    InputError
        A part has not been made yet; the sentence says what makes it.
    """

    folder: Path

    def __post_init__(self) -> None:
        object.__setattr__(self, "folder", Path(self.folder))

    @classmethod
    def begin(
        cls, folder: Path | str, corpus: Corpus, recipe: Recipe, seeds: int, unit: str = "song"
    ) -> Self:
        """Write down what a run is of: corpus, recipe, number of seeds; what a group is called."""
        run = cls(Path(folder))
        corpus.save(run.folder / "corpus")
        about = {"recipe": recipe.name, "seeds": [SEED + i for i in range(seeds)]}
        about["unit"] = unit
        with atomic(run.folder / "run.json") as part:
            part.write_text(json.dumps(about, indent=1))
        return run

    @property
    def _about(self):
        path = self.folder / "run.json"
        if not path.is_file():
            raise InputError(f"{self.folder} holds no run yet; run `make figures` first.")
        return json.loads(path.read_text())

    @property
    def recipe(self) -> Recipe:
        """The `Recipe` of this run."""
        return RECIPES[self._about["recipe"]]

    @property
    def seeds(self) -> list[int]:
        """The seeds trained with; the first is the one that pictures show."""
        return self._about["seeds"]

    @property
    def unit(self) -> str:
        """What a group is: a "session", a "song", or of somebody's own folder a "recording"."""
        return self._about["unit"]

    @cached_property
    def corpus_of_all_folds(self) -> Corpus:
        """The `Corpus` as it was read, its `split` not yet that of one fold."""
        return Corpus.open(self.folder / "corpus")

    @cached_property
    def corpus(self) -> Corpus:
        """The `Corpus` as in the first fold."""
        return self.corpus_of_all_folds.fold(0)

    @property
    def store(self) -> SpectrogramStore:
        """The `SpectrogramStore`, mono, as in the first fold."""
        return self.store_of(self.seeds[0])

    def store_of(self, seed: int) -> SpectrogramStore:
        """The store, mono, as in the fold of a seed: each seed is a fold of its own."""
        return SpectrogramStore.open(self.folder / "store").fold(self.seeds.index(seed))

    @property
    def channel_store(self) -> SpectrogramStore:
        """The store of the test recordings' single microphones (homes only)."""
        return SpectrogramStore.open(self.folder / "store_channels")

    @property
    def stores(self) -> dict[bool, SpectrogramStore]:
        """The stores that are embedded, by whether of single channels; not yet of one fold."""
        parts = {False: self.folder / "store", True: self.folder / "store_channels"}
        return {channels: SpectrogramStore.open(part) for channels, part in parts.items()
                if part.is_dir() or not channels}  # fmt: skip

    @property
    def has_channels(self) -> bool:
        """Whether recordings have more than one microphone."""
        return bool((self.corpus.table.channels > 1).any())

    @property
    def embedded(self) -> list[str]:
        """Those of `EMBEDDINGS` that are there, of every seed, in this order."""
        folders = {name: [self.embedding_folder(name, seed) for seed in self.seeds]
                   for name in EMBEDDINGS}  # fmt: skip
        return [name for name, own in folders.items() if all(map(Path.is_dir, own))]

    @property
    def is_embedded(self) -> bool:
        """Whether there are embeddings by a network."""
        return (self.folder / "run.json").is_file() and self.embedded not in ([], ["statistics"])

    def embedding_shown(self, wanted: str) -> str:
        """The embedding of this name where it is there, else the first of `embedded`.

        Raises
        ------
        InputError
            There is none of this name.
        """
        if wanted not in EMBEDDINGS:
            known = ", ".join(EMBEDDINGS)
            raise InputError(f"embedding={wanted!r} is unknown; choose one of {known}.")
        found = self.embedded
        return wanted if wanted in found or not found else found[0]

    def training_folder(self, seed: int) -> Path:
        """The folder a seed's training writes to."""
        return self.folder / "train" / f"seed_{seed}"

    def history(self, seed: int) -> pd.DataFrame:
        """The curves of a training, see `train.train`."""
        return pd.read_csv(self._there(self.training_folder(seed) / "history.csv"))

    def epochs(self, seed: int) -> list[int]:
        """The epochs after which there is a snapshot: 0, 1, ..."""
        paths = (self.training_folder(seed) / "snapshots").glob("epoch_*.pt")
        return sorted(int(path.stem[6:]) for path in paths)

    def model(
        self, seed: int, epoch: int | None = None, device: torch.device | None = None
    ) -> nn.Module:
        """The network of a seed, after `epoch` epochs; None: after the last."""
        epoch = self.epochs(seed)[-1] if epoch is None and self.epochs(seed) else epoch or 0
        path = snapshot(self.training_folder(seed), epoch)
        return load_model(path, device or torch.device("cpu"))

    def embeddings(
        self, embedding: str = "trained", seed: int | None = None, channels: bool = False
    ) -> Embeddings:
        """`Embeddings` of all tiles, their `split` as in the fold of the seed.

        Parameters
        ----------
        embedding : one of `EMBEDDINGS`
            "ours": by the network that comes with the suite; "adapted": by the same, trained
            further on this corpus; "ours_untrained": by a network of its kind with the weights
            that a training begins with; "trained", "untrained": by the one that was trained on this
            corpus alone, and as it was before; "statistics": mean and standard deviation of the
            log-Mel bands. Those without a seed differ by the split alone.
        seed : int
            None: the first.
        channels : bool
            Of the test recordings' single microphones instead of all recordings in mono.
        """
        seed = self.seeds[0] if seed is None else seed
        found = Embeddings.open(self.embedding_folder(embedding, seed, channels))
        return Embeddings(found.vectors, apply_fold(found.tiles, self.seeds.index(seed)))

    def embedding_folder(self, embedding: str, seed: int | None, channels: bool = False) -> Path:
        """Where `embeddings` finds them."""
        name = f"{embedding}_{seed}" if embedding in OF_A_SEED else embedding
        return self.folder / "embeddings" / (f"channels_{name}" if channels else name)

    def fingerprint(self, learned: bool = True) -> dict[str, Any]:
        """What a figure made of this run depends on: recipe, seeds, hashes of store, vectors, ...

        ... and of the network that comes with the suite, where it embedded.

        Parameters
        ----------
        learned : bool
            False: nothing that was learned is shown, the vectors do not count.
        """
        about = {
            "corpus": self.corpus.name,
            "note": self.corpus.note,
            "store": self.store.meta["hash"],
            "recipe": asdict(self.recipe),
        }
        if not learned:
            return about
        self._there(self.embedding_folder("statistics", None) / "vectors.npy")
        vectors = {
            name: sha256(self.embedding_folder(name, self.seeds[0]) / "vectors.npy")
            for name in self.embedded
        }
        ours = self.folder / "embeddings" / "ours.json"
        network = json.loads(ours.read_text()) if ours.is_file() else {}
        return about | {"seeds": self.seeds, "embeddings": vectors} | network

    @staticmethod
    def _there(path: Path) -> Path:
        if not path.is_file():
            raise InputError(f"{path} is missing; run `make figures` first.")
        return path


def run_of(name: str, folder: Path | str, work: Path | str) -> Run:
    """The `Run` on a corpus; what `make figures` has not made yet is missing in it."""
    return Run(run_folder(name, folder, work))
