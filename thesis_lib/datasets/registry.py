"""Corpora by name: each is a module of `corpora`, found by what it is called."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from thesis_lib.datasets import corpora
from thesis_lib.util import disk
from thesis_lib.util.errors import InputError

OTHERS = "music"  # what a folder is taken for that no corpus recognises


def names():
    """The names of all corpora: tuple of str."""
    return tuple(sorted(module.name for module in iter_modules(corpora.__path__)))


def fetched():
    """The names of those that `download` can fetch: tuple of str."""
    return tuple(name for name in names() if module_of(name).ARCHIVES)


def module_of(name):
    """The module of a corpus.

    Raises
    ------
    InputError
        There is none of this name.
    """
    if name not in names():
        raise InputError(f"corpus {name!r} is unknown; choose one of {', '.join(names())}.")
    return import_module(f"{corpora.__name__}.{name}")


def domain_of(name):
    """ "home" or "music": which half of the suite a corpus belongs to."""
    return module_of(name).DOMAIN


def recognise(folder):
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


def read(name, folder, folds=3):
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


def files(name, folder):
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
