"""What stands behind `thesis audit`: a corpus is read, embedded, judged, and the page written."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch

from thesis_lib.analysis import channel_faults, findings, label_errors
from thesis_lib.analysis.findings import Items
from thesis_lib.analysis.node_gain import gain_steps
from thesis_lib.contrastive import pretrained
from thesis_lib.corpus import Corpus
from thesis_lib.datasets import registry, vector_file
from thesis_lib.embed import embed_recordings
from thesis_lib.listening import audit_page
from thesis_lib.pipeline import channels, store_builder
from thesis_lib.pipeline.corrections import with_labels
from thesis_lib.pipeline.run import Run
from thesis_lib.spectrogram import log_mel
from thesis_lib.store import SpectrogramStore
from thesis_lib.util.device import choose
from thesis_lib.util.errors import InputError
from thesis_lib.util.files import ROOT
from thesis_lib.util.names import EMBEDDINGS
from thesis_lib.util.text import slug

LEAST = 4  # items of a class: of fewer nothing is said
FAULTY = 2.0  # score above which a fault is reported: of sound recordings under 1 in 100
STEPPED, SMALL = 6.0, 2.0  # standard errors, and dB, from which a step in a node's gain is reported
NODES = 4  # of fewer nobody can tell whose gain changed
QUIET = {"home": "absence"}  # the class of silence, by domain


class Audit(NamedTuple):
    """All that was found of a corpus.

    Attributes
    ----------
    corpus : Corpus
    store : SpectrogramStore
    items : Items
    labels, sessions, copies, silences, microphones, named : DataFrame
        See `findings`; empty where nothing was found, or could not be looked for.
    model : str
        What made the vectors.
    not_checked : list of str
        Sentences on what could not be looked for.
    faults : DataFrame
        From `channel_faults.by_recording`, those above `FAULTY`.
    gains : DataFrame
        From `node_gain.gain_steps`, those above `STEPPED`.
    """

    corpus: Corpus
    store: SpectrogramStore
    items: Items
    labels: pd.DataFrame
    sessions: pd.DataFrame
    copies: pd.DataFrame
    silences: pd.DataFrame
    microphones: pd.DataFrame
    named: pd.DataFrame
    model: str
    not_checked: list[str]
    faults: pd.DataFrame = pd.DataFrame()
    gains: pd.DataFrame = pd.DataFrame()

    def spectrogram(self, wave: np.ndarray) -> np.ndarray:
        """A wave of 16 kHz as those of the store are: (frames, n_mels) float32 array, dB."""
        return log_mel(wave, self.store.features, torch.float32).numpy()

    @property
    def share_called_wrong(self) -> float:
        """The share of all labels that confident learning calls wrong."""
        return float(self.labels.called_wrong.mean()) if len(self.labels) else 0.0


def audit(
    folder: Path | str,
    out: Path | str = "",
    embeddings: Path | str = "",
    work: Path | str = "runs",
    corrections: Path | str = "",
) -> tuple[Audit, Path]:
    """Audit a corpus, and write a page and a CSV.

    Parameters
    ----------
    folder : Path
        What the readers know: SINS as unpacked, a folder of class folders, a CSV, a playlist.
    out : Path
        The page, a file that ends in .html; the CSV is beside it. By default `audit_<folder>.html`.
    embeddings : Path, optional
        Vectors of any other model, see `vector_file`; by default the suite's network embeds.
    work : Path
        Where spectrograms are kept, for the next time; seen from the suite.
    corrections : Path, optional
        Decisions on an earlier audit, see `pipeline.corrections`.

    Returns
    -------
    Audit, and where the page is

    Raises
    ------
    InputError
        The corpus or the vectors cannot be read, or the page is called otherwise.
    """
    out = Path(out or f"audit_{slug(Path(folder).resolve().stem)}.html").absolute()
    if out.suffix.lower() != ".html":
        raise InputError(f"{out} does not end in .html; give the page such a name.")
    given = vector_file.read(embeddings) if embeddings else None  # before hours of decoding
    name = registry.recognise(folder)
    corpus = with_labels(registry.in_all_folds(name, folder), corrections)
    store = store_of(corpus, folder, work)
    model = str(embeddings) or "the network that comes with the suite"
    vectors = vectors_of(store) if given is None else vector_file.matched(given, corpus)
    found = judge(corpus, store, vectors, QUIET.get(registry.domain_of(name), ""), model)
    faults, gains = _faults(corpus, found.not_checked)
    found = found._replace(faults=faults, gains=gains)
    audit_page.write(found, out)
    return found, out


def _faults(corpus, not_checked):
    """Faults of recording, where there are arrays whose channels can be compared."""
    if corpus.table.channels.min() < 2 or corpus.table.node.eq("").any():
        not_checked.append(
            "Faults of recording: only of an array is it known what a channel should hear; "
            "`thesis validate` finds files that are damaged."
        )
        return pd.DataFrame(), pd.DataFrame()
    table = channels.of_corpus(corpus)
    found = channel_faults.by_recording(table, channel_faults.faults(table))
    gains = gain_steps(table.sort_values("group", key=_numbers, kind="stable"))
    stepped = (gains.deviations.abs() > STEPPED) & (gains.step.abs() > SMALL)
    return found[found.score > FAULTY], gains[stepped & (len(gains) >= NODES)]


def _numbers(names):
    """The number in each name: sessions are taken to be recorded in its order."""
    return names.str.extract(r"(\d+)", expand=False).astype(float)


def of_run(
    run: Run,
    embedding: str = "ours",
    quiet: str = "",
    names: Mapping[str, str] = findings.THESIS,
) -> Audit:
    """The audit of what the pipeline has embedded (06_error_analysis_sins, 09_listening_room).

    Parameters
    ----------
    run : Run
        With embeddings; the vector of a recording is the mean of its tiles'.
    embedding : str
        See `Run.embedding_shown`.
    quiet : str
        The class of silence, "" where there is none.
    names : dict
        Recordings that are looked up, see `findings.named_by_the_thesis`.
    """
    embedding = run.embedding_shown(embedding)
    space = run.embeddings(embedding)
    vectors = pd.DataFrame(space.vectors).groupby(space.tiles.recording.to_numpy()).mean()
    model = EMBEDDINGS[embedding]
    return judge(run.corpus, run.store, vectors.to_numpy(), quiet, model, names)


def store_of(corpus: Corpus, folder: Path | str, work: Path | str) -> SpectrogramStore:
    """The spectrograms of a corpus, as the suite's network takes them.

    Parameters
    ----------
    corpus : Corpus
    folder : Path
        That it was read from.
    work : Path
        They are kept below, for the next audit or list of the same folder; seen from the suite.
    """
    features = pretrained.recipe().features
    key = hashlib.sha256(os.fsencode(Path(folder).resolve())).hexdigest()[:12]
    at_least, place = features.frames(audit_page.SECONDS), ROOT / work / f"audit_{key}"
    store = store_builder.build(corpus, features, place, at_least=at_least)
    assert store  # None of a shard alone
    return store


def vectors_of(store: SpectrogramStore) -> np.ndarray:
    """A vector of each recording, by the network that comes with the suite: float32 (n, d)."""
    device = choose()
    model = pretrained.embedder(device=device)
    return embed_recordings(model, store, pretrained.recipe(), device).vectors


def judge(
    corpus: Corpus,
    store: SpectrogramStore,
    vectors: np.ndarray,
    quiet: str,
    model: str,
    names: Mapping[str, str] = findings.THESIS,
) -> Audit:
    """Look for all that can be looked for.

    Parameters
    ----------
    corpus : Corpus
    store : SpectrogramStore
        Of the same recordings.
    vectors : (recordings, d) float array
    quiet : str
        The class of silence, "" where there is none.
    model : str
        What made the vectors.
    names : dict
        Recordings that are looked up, see `findings.named_by_the_thesis`.
    """
    recordings = corpus.table
    not_checked: list[str] = []
    every = findings.items(recordings, vectors)
    labelled = Items(*_labelled(every))
    rose = _rises(recordings, store, every, quiet, not_checked)
    silent = findings.silences(every, rose, quiet)
    heard = labelled.table.index.difference(every.table.index[silent.item])
    rows = labelled.table.index.get_indexer(heard)
    judged = Items(labelled.table.loc[heard], labelled.vectors[rows])
    labels, sessions, copies = _labels(judged, not_checked)
    off = findings.deviations(recordings, vectors)
    if recordings.node.nunique() < 2:
        not_checked.append("Microphones: a single node recorded each moment, so none can be odd.")
    named = findings.named_by_the_thesis(recordings, every, labels, rose, off, names)
    parts = (labels, sessions, copies, silent, findings.odd_microphones(off), named)
    return Audit(corpus, store, every, *parts, model, not_checked)


def _labelled(every):
    there = (every.table.label != "").to_numpy()
    return every.table[there], every.vectors[there]


def _rises(recordings, store, every, quiet, not_checked):
    """How far each item rises above the noise floor, dB; infinite where nobody is asked."""
    if not quiet:
        not_checked.append(
            "Silence: only of a home is it known which class is silent; files that are silent from "
            "end to end are left out when the corpus is read."
        )
        return np.full(len(every.table), np.inf)
    if (recordings.label == quiet).mean() < findings.RARE:
        not_checked.append(
            f"Silence: fewer than {100 * findings.RARE:.0f} % of the recordings are labelled "
            f"{quiet}, and without these nobody knows how quiet a room is where nothing is heard."
        )
        return np.full(len(every.table), np.inf)
    level = [
        store.spectrogram(row).mean(axis=1, dtype=np.float32) for row in range(len(recordings))
    ]
    loud = np.array([np.percentile(one, 95) for one in level])
    return findings.rises(recordings, loud, every)


def _enough(table):
    """Whose class has enough items, in several groups, to say something of one: (n,) bool array."""
    sizes = table.groupby("label").label.transform("size").to_numpy()
    return label_errors.can_be_judged(table.label, table.group) & (sizes >= LEAST)


def _labels(judged, not_checked):
    """Wrong labels, sessions and copies, `item` as in all items; empty where none can be judged."""
    empty: tuple[Any, Any, Any] = (pd.DataFrame(), pd.DataFrame(), pd.DataFrame())
    classes, groups = judged.table.label.nunique(), judged.table.group.nunique()
    enough = _enough(judged.table)
    if classes < 2 or not enough.any():
        not_checked.append(
            f"Labels: {classes} class(es) in {groups} session(s), song(s) or source(s) are too "
            f"few; two classes, one of them with {LEAST} items in two of these, are the least."
        )
        return empty
    labels, sessions = findings.wrong_labels(judged)
    copies = findings.copies(judged)
    alone = labels.score.isna() | ~enough[labels["item"].to_numpy(int)]
    if alone.any():
        names = ", ".join(sorted(set(labels.label[alone])))
        not_checked.append(
            f"Labels of {alone.sum()} item(s): {names} is carried by fewer than {LEAST} items, or "
            "by one session, song or source alone, so nothing bears it out or contradicts it."
        )
    number = judged.table.index.to_numpy()
    labels["neighbours"] = [number[near] for near in labels.neighbours]
    labels["item"] = number[labels.item]
    for name in ("item", "other_item"):
        copies[name] = number[copies[name].astype(int)]
    return labels[~alone].reset_index(drop=True), sessions, copies
