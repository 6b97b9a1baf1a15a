"""What `make figures` was asked for: which corpora, by which recipe, and where everything goes.

The command line makes a `Job`, the Snakefile gets it as its configuration, so both know the same.
"""

import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from thesis_lib.datasets import registry
from thesis_lib.pipeline.places import run_folder
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError

OWN = {"home": "mini_home", "music": "mini_music"}  # the suite's corpora, by domain
SMOKE_SEEDS, SEEDS = 2, 3


@dataclass(frozen=True)
class Job:
    """Names and places of one call of the pipeline; paths start from the suite's folder.

    Attributes
    ----------
    given : dict, "home" or "music" -> (name, folder)
        The corpora that are not the suite's own: one of `registry.names()`, and the absolute path.
    recipe : str
        "small" (the thesis's in small), "thesis" (to the letter) or "ours".
    profile : str
        "full", or "smoke": seconds, to see that everything runs.
    seeds : int
        Trainings of each corpus; 0: as many as the profile has.
    processes : int
        That train one network together, each on a GPU of its own.
    shard : str
        "2/8": spectrograms of the second of eight shards only.
    runs : str
        Folder of all that is computed.
    train : bool
        Train the network that comes with the suite further on the given corpora.
    corrections : str
        Decisions of reviewers on the one given corpus, a CSV or a folder of them; "": none.
    """

    given: dict = field(default_factory=dict)
    recipe: str = "small"
    profile: str = "full"
    seeds: int = 0
    processes: int = 1
    shard: str = "1/1"
    runs: str = "runs"
    train: bool = False
    corrections: str = ""

    def as_config(self) -> dict[str, Any]:
        """As the plain values that a configuration file holds; `Job(**config)` is the way back."""
        return asdict(self)

    @property
    def is_smoke(self) -> bool:
        """Whether this is only to see that everything runs."""
        return self.profile == "smoke"

    @property
    def n_seeds(self) -> int:
        """How many trainings."""
        return self.seeds or (SMOKE_SEEDS if self.is_smoke else SEEDS)

    @property
    def _kind(self):
        return "smoke" if self.is_smoke else self.recipe

    @property
    def work(self) -> str:
        """Folder of the runs."""
        return self.runs if self._kind == "small" else f"{self.runs}/{self._kind}"

    @property
    def names(self) -> dict[str, str]:
        """The corpora by domain."""
        return OWN | {domain: name for domain, (name, _) in self.given.items()}

    @property
    def made_home(self) -> str:
        """Where the simulated home is made on first use."""
        return f"{self.runs}/smoke/mini_home" if self.is_smoke else f"{self.runs}/mini_home"

    @property
    def sources(self) -> dict[str, str]:
        """Folders of the corpora by domain."""
        own = {"home": self.made_home, "music": "data/mini_music"}
        return own | {domain: folder for domain, (_, folder) in self.given.items()}

    @property
    def run(self) -> dict[str, str]:
        """The runs' folders by domain."""
        return {
            domain: str(run_folder(self.names[domain], self.sources[domain], self.work))
            for domain in OWN
        }

    @property
    def recipes(self) -> dict[str, str]:
        """The recipes' names by domain."""
        if self.recipe == "thesis" and not self.is_smoke:
            return {"home": "thesis, SINS", "music": "thesis, music"}  # named after its corpus
        return {domain: f"{self._kind}, {domain}" for domain in OWN}

    @property
    def output(self) -> str:
        """What is called as the corpora are: a folder below `runs`; of the suite's own, "full"."""
        own = "_".join(Path(self.run[domain]).parent.name for domain in self.given)
        own = own or ("adapted" if self.train else "" if self._kind != "small" else "full")
        return own if self._kind == "small" else f"{self._kind}/{own}".rstrip("/")

    @property
    def out(self) -> str:
        """Folder of `figures/` and `results/`: the suite's own only for the suite's own corpora."""
        return "." if self.output == "full" else f"{self.runs}/{self.output}"

    def corrections_of(self, domain: str) -> str:
        """The decisions that hold for the corpus of a domain; "": none."""
        return self.corrections if domain in self.given else ""

    @property
    def embedding(self) -> str:
        """The one that the notebooks draw."""
        return "adapted" if self.train else "ours"

    @property
    def adapted(self) -> list[str]:
        """The domains whose corpora the suite's network is trained further on."""
        return list(self.given or OWN) if self.train else []

    @property
    def benchmarks(self) -> bool:
        """Whether notebooks that show nothing but the suite's benchmarks belong to it."""
        return not self.given

    @property
    def notebooks(self) -> str:
        """Folder of the executed notebooks."""
        return f"{self.runs}/{self.output}/notebooks"


def given(domain: str, folder: str) -> tuple[str, str]:
    """A corpus as `Job.given` has it: name and absolute folder.

    Parameters
    ----------
    domain : "home" or "music"
    folder : str
        As it was typed: `~` is the home folder, a relative path starts where the command was given.

    Returns
    -------
    name : str, one of `registry.names()`
    folder : str

    Raises
    ------
    InputError
        Nothing is there or may be looked at, it is SINS where music is asked for, or its path
        holds bytes that no notebook can name.
    """
    option = {"home": "SINS", "music": "MUSIC"}[domain]
    path = Path(os.path.abspath(os.path.expanduser(folder)))
    try:
        str(path).encode()
    except UnicodeEncodeError:
        raise InputError(
            f"{option}={folder!a} holds bytes that are no UTF-8; rename that folder."
        ) from None
    if not disk.kind(path):
        where = f" ({path})" if str(path) != os.fspath(folder) else ""
        raise InputError(
            f"{option}={folder} does not exist{where}; give the folder that holds the recordings."
        )
    if domain == "home":
        return "sins", str(path)
    name = registry.recognise(path)
    if name == "sins":
        raise InputError(f"MUSIC={folder} looks like SINS; give it as SINS={folder}.")
    return name, str(path)
