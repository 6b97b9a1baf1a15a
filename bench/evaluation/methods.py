"""All methods by name; their vectors, and what these answer, computed once.

What is kept under `runs/proof` is found by what it was made of: the spectrograms, the split and the
seed where something is learned from them, and the text of all files that compute it.
"""

import hashlib
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from joblib import Memory

from evaluation import (
    ceilings,
    dictionary,
    elsewhere,
    handcrafted,
    networks,
    rivals,
)
from evaluation.corpora import WORK
from thesis_lib.analysis import held_out
from thesis_lib.util.files import ROOT

REFERENCE, FLOOR, CEILINGS = "shipped", "logmel", ("supervised", "dcase_baseline")


class Method(NamedTuple):
    """A way from recordings to vectors.

    Attributes
    ----------
    compute : function of (Material of one fold, networks.Training) -> (n, d) array
    kind : str
        What a reader has to know of it: "statistics", "learned", "trained", "pretrained" (here),
        "pretrained elsewhere" or "supervised".
    learns : bool
        From the training part, so anew in each fold and for each seed.
    """

    compute: object
    kind: str
    learns: bool = True


METHODS = {
    "logmel": Method(handcrafted.log_mel, "statistics", False),
    "mfcc": Method(handcrafted.mfcc, "statistics", False),
    "rich": Method(handcrafted.rich, "statistics", False),
    "egemaps": Method(handcrafted.egemaps, "statistics", False),
    "compare": Method(handcrafted.compare, "statistics", False),
    "scattering": Method(handcrafted.scattering, "statistics", False),
    "pca": Method(dictionary.components, "learned"),
    "spherical_kmeans": Method(dictionary.dictionary, "learned"),
    "untrained": Method(networks.untrained, "untrained"),
    "untrained_levels_set": Method(networks.levels_set, "untrained"),
    "thesis": Method(networks.thesis, "trained"),
    "thesis_10x": Method(networks.thesis_longer, "trained"),
    "cola": Method(rivals.cola, "trained"),
    "byol_a": Method(rivals.byol_a, "trained"),
    "ours": Method(networks.ours, "trained"),
    "shipped": Method(networks.shipped, "pretrained", False),
    "musicnn": Method(elsewhere.musicnn, "pretrained elsewhere", False),
    "aisfx": Method(elsewhere.aisfx, "pretrained elsewhere", False),
    "dcase_baseline": Method(ceilings.baseline_cnn, "supervised"),
    "supervised": Method(ceilings.resnet18, "supervised"),
}
SOURCES = (
    "bench/embedding.py", "thesis_lib/analysis/handmade.py", "thesis_lib/audio/io.py",
    "thesis_lib/*.py", "thesis_lib/contrastive/[!p]*.py", "thesis_lib/contrastive/pair_sampler.py",
    "thesis_lib/training/*.py",
)  # fmt: skip
SHIPPED = ("thesis_lib/contrastive/pretrained.py", "data/pretrained.safetensors")
ANALYSES = tuple(
    f"thesis_lib/analysis/{name}.py" for name in ("held_out", "linear_probe", "retrieval")
)
SHARED = ("corpora", "recordings")  # modules of this folder that every method rests on


def vectors(name, material, training, work=WORK):
    """The vectors of a corpus in one fold by one method, from where they are kept or anew.

    Parameters
    ----------
    name : str
        Of `METHODS`.
    material : Material
        Of one fold.
    training : networks.Training
    work : Path
        Where they are kept.

    Returns
    -------
    float32 array, shape (n, d)

    Raises
    ------
    Missing
        A package or file of this method is not there.
    """
    method = METHODS[name]
    key = {"method": name, "stores": [store.meta["hash"] for store in material.stores]}
    key |= {"code": _code(method.compute.__module__)}
    if method.kind == "pretrained":
        key |= {"shipped": text_of(SHIPPED)}
    if method.learns:
        split = "\n".join(material.table.split).encode()
        key |= {"split": hashlib.sha256(split).hexdigest(), "seed": training.seed}
        limits = {"trained": training.seconds, "supervised": training.most}
        key |= {"limit": limits.get(method.kind), "quick": training.quick}
    return _kept(work)(key, lambda: method.compute(material, training))


def answers(found, table, choose, work=WORK):
    """`held_out.answers`, from where they are kept or anew."""
    return held_out.Answers(*_kept_answers(work)(found, table, choose, text_of(ANALYSES)))


@cache
def _kept(work):
    return Memory(Path(work) / "vectors", verbose=0).cache(_computed, ignore=["compute"])


@cache
def _kept_answers(work):
    return Memory(Path(work) / "answers", verbose=0).cache(_answers)


def _answers(found, table, choose, _code):
    return tuple(held_out.answers(found, table, choose))


def _computed(key, compute):
    """What is kept under a key; how it is computed is no part of it."""
    found = np.asarray(compute(), np.float32)
    if not np.isfinite(found).all():
        raise ValueError(f"{key['method']} gives vectors that hold NaN or infinity")
    return found


@cache
def _code(module):
    """sha256 of the files that a method's vectors follow from."""
    own = {module.split(".")[-1], *SHARED}
    return text_of(tuple(f"bench/evaluation/{name}.py" for name in sorted(own)) + SOURCES)


@cache
def text_of(patterns):
    """sha256 of all files of the suite that the patterns name."""
    paths = [path for pattern in patterns for path in sorted(ROOT.glob(pattern))]
    return hashlib.sha256(b"".join(path.read_bytes() for path in paths)).hexdigest()
