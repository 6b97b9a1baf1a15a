"""Corpora by name: each is a module of `corpora`, found by what it is called."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Protocol, cast

from thesis_lib.datasets import corpora
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError

if TYPE_CHECKING:
    from thesis_lib.corpus import Corpus

OTHERS = "music"  # what a folder is taken for that no corpus recognises


class CorpusModule(Protocol):
    """What each module of `corpora` has."""

    DOMAIN: str
    TITLE: str
    SOURCE: str
    LICENCE: str
    CITATION: str
    ARCHIVES: str | None

    def read(self, folder: Path | str, folds: int = 3) -> Corpus:
        """Its `Corpus`; music is split into so many folds."""

    def files(self, folder: Path) -> tuple[dict[Path, list], list[str]]:
        """Every file with its rows of the table, and faults."""


def names() -> tuple[str, ...]:
    """The names of all corpora: tuple of str."""
    return tuple(sorted(module.name for module in iter_modules(corpora.__path__)))


def fetched() -> tuple[str, ...]:
    """The names of those that `download` can fetch: tuple of str."""
    return tuple(name for name in names() if module_of(name).ARCHIVES)


def module_of(name: str) -> CorpusModule:
    """The module of a corpus.

    Raises
    ------
    InputError
        There is none of this name.
    """
    if name not in names():
        raise InputError(f"corpus {name!r} is unknown; choose one of {', '.join(names())}.")
    return cast(CorpusModule, import_module(f"{corpora.__name__}.{name}"))


def domain_of(name: str) -> str:
    """ "home" or "music": which half of the suite a corpus belongs to."""
    return module_of(name).DOMAIN


def recognise(folder: Path | str) -> str:
    """The name of the corpus that is in a folder, by what only that corpus has.

    Parameters
    ----------
    folder : Path
        Or a playlist.

    Returns
    -------
    str, one of `names()`
    """
    if not disk.kind(folder):
        raise InputError(f"{folder} does not exist; give the folder that holds the recordings.")
    for name in names():
        recognises = getattr(module_of(name), "recognises", None)
        if recognises and recognises(folder):
            return name
    return OTHERS


def read(name: str, folder: Path | str, folds: int = 3) -> Corpus:
    """Read a corpus.

    Parameters
    ----------
    name : str
        One of `names()`.
    folder : Path
    folds : int
        How many trainings there will be; music is split into as many folds, or into three.

    Returns
    -------
    Corpus
    """
    return module_of(name).read(folder, folds)


def in_all_folds(name: str, folder: Path | str) -> Corpus:
    """Read a corpus with every official fold (08_f1_results).

    Parameters
    ----------
    name : str
        One of `names()`.
    folder : Path

    Returns
    -------
    Corpus
        As of `read`; the development set of SINS alone has, in `split`, the number of the fold that
        holds a recording out.
    """
    module = module_of(name)
    return getattr(module, "in_all_folds", module.read)(folder)


def files(name: str, folder: Path | str) -> tuple[dict[Path, list], list[str]]:
    """Every file that belongs to a corpus, for `validate.examine`.

    Parameters
    ----------
    name : str
        One of `names()`.
    folder : Path

    Returns
    -------
    files : dict, Path -> list of rows of the corpus's table
        A home's; of music nothing is known before it is decoded: no rows.
    faults : list of str
        A sentence for what is listed and cannot be there.
    """
    files, faults = module_of(name).files(Path(folder))
    if not files and not faults:
        faults = [f"{folder} holds nothing that could be checked; give another folder."]
    return files, faults
