"""A run: one corpus's way from its table to embeddings, as the pipeline leaves it on disk.

Layout of the folder, each part made by one stage::

    run.json              which recipe, which seeds
    corpus/               the table
    store/                spectrograms, mono
    store_channels/       test recordings once per microphone (homes only)
    train/seed_1234/      checkpoint, history, snapshots
    embeddings/           trained_1234, untrained_1234, statistics, and channels_... for the above
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
import torch

from thesis_lib.corpus import Corpus, in_trial
from thesis_lib.embed import Embeddings
from thesis_lib.recipe import RECIPES, SEED
from thesis_lib.store import SpectrogramStore
from thesis_lib.train import load_model, snapshot
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import atomic


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

    def __post_init__(self):
        object.__setattr__(self, "folder", Path(self.folder))

    @classmethod
    def begin(cls, folder, corpus, recipe, seeds):
        """Write down what a run is of: corpus, recipe and the number of seeds."""
        run = cls(folder)
        corpus.save(run.folder / "corpus")
        seeds = [SEED + i for i in range(seeds)]
        with atomic(run.folder / "run.json") as part:
            part.write_text(json.dumps({"recipe": recipe.name, "seeds": seeds}, indent=1))
        return run

    @property
    def _about(self):
        path = self.folder / "run.json"
        if not path.is_file():
            raise InputError(f"{self.folder} holds no run yet; run `make figures` first.")
        return json.loads(path.read_text())

    @property
    def recipe(self):
        """The `Recipe` of this run."""
        return RECIPES[self._about["recipe"]]

    @property
    def seeds(self):
        """The seeds trained with; the first is the one that pictures show."""
        return self._about["seeds"]

    @cached_property
    def all_trials(self):
        """The `Corpus` as it was read, its `split` not yet that of one trial."""
        return Corpus.open(self.folder / "corpus")

    @cached_property
    def corpus(self):
        """The `Corpus` as in the first trial."""
        return self.all_trials.trial(0)

    @property
    def store(self):
        """The `SpectrogramStore`, mono, as in the first trial."""
        return self.store_of(self.seeds[0])

    def store_of(self, seed):
        """The store, mono, as in the trial of a seed: each seed is a trial of its own."""
        return SpectrogramStore.open(self.folder / "store").trial(self.seeds.index(seed))

    @property
    def channel_store(self):
        """The store of the test recordings' single microphones (homes only)."""
        return SpectrogramStore.open(self.folder / "store_channels")

    @property
    def has_channels(self):
        """Whether recordings have more than one microphone."""
        return bool((self.corpus.table.channels > 1).any())

    @property
    def is_embedded(self):
        """Whether the last stage is through: there are embeddings."""
        return (self.folder / "embeddings" / "done.json").is_file()

    def training(self, seed):
        """The folder a seed's training writes to."""
        return self.folder / "train" / f"seed_{seed}"

    def history(self, seed):
        """The curves of a training, see `train.train`."""
        return pd.read_csv(self._there(self.training(seed) / "history.csv"))

    def epochs(self, seed):
        """The epochs after which there is a snapshot: 0, 1, ..."""
        paths = (self.training(seed) / "snapshots").glob("epoch_*.pt")
        return sorted(int(path.stem[6:]) for path in paths)

    def model(self, seed, epoch=None, device=None):
        """The network of a seed, after `epoch` epochs; None: after the last."""
        epoch = self.epochs(seed)[-1] if epoch is None and self.epochs(seed) else epoch or 0
        return load_model(snapshot(self.training(seed), epoch), device or torch.device("cpu"))

    def embeddings(self, kind="trained", seed=None, channels=False):
        """`Embeddings` of all tiles, their `split` as in the trial of the seed.

        Parameters
        ----------
        kind : {"trained", "untrained", "statistics"}
            By the trained network, by the same network before training, or mean and standard
            deviation of the log-Mel bands (the same for each seed but for the split).
        seed : int
            None: the first.
        channels : bool
            Of the test recordings' single microphones instead of all recordings in mono.
        """
        seed = self.seeds[0] if seed is None else seed
        found = Embeddings.open(self.embedding_folder(kind, seed, channels))
        return Embeddings(found.vectors, in_trial(found.tiles, self.seeds.index(seed)))

    def embedding_folder(self, kind, seed, channels=False):
        """Where `embeddings` finds them."""
        name = kind if kind == "statistics" else f"{kind}_{seed}"
        return self.folder / "embeddings" / (f"channels_{name}" if channels else name)

    def fingerprint(self, learned=True):
        """What a figure made of this run depends on: recipe, seeds, hashes of store and vectors.

        Parameters
        ----------
        learned : bool
            False: nothing that was learned is shown, the vectors do not count.
        """
        about = {
            "corpus": self.corpus.name,
            "note": self.corpus.note,
            "store": self.store.made["hash"],
            "recipe": asdict(self.recipe),
        }
        if not learned:
            return about
        vectors = self._there(self.embedding_folder("trained", self.seeds[0]) / "vectors.npy")
        digest = hashlib.sha256(vectors.read_bytes()).hexdigest()
        return about | {"seeds": self.seeds, "embeddings": digest}

    @staticmethod
    def _there(path):
        if not path.is_file():
            raise InputError(f"{path} is missing; run `make figures` first.")
        return path
