"""A corpus as reviewers say it is; its files stay as they are (`listening.corrections`)."""

from dataclasses import replace
from pathlib import Path

from thesis_lib.corpus import Corpus
from thesis_lib.listening import corrections, decisions


def with_labels(corpus: Corpus, place: Path | str = "") -> Corpus:
    """A corpus with the labels that reviewers gave.

    Parameters
    ----------
    corpus : Corpus
    place : Path
        The CSV of a review, or the folder of several reviewers'; "": the corpus as it is.

    Raises
    ------
    InputError
        The decisions are on another corpus, or oppose each other.
    """
    if not place:
        return corpus
    table = corrections.corrected(corpus.table, decisions.read(place), place)
    return replace(corpus, table=table)


def reviewed(corpus: Corpus, place: Path | str = "") -> Corpus:
    """As `with_labels`, and without what reviewers called broken or silent.

    Training never sees a label, but learns from every recording that is left; scores are by the
    labels that are left. Both are said in the corpus's `left_out`.
    """
    if not place:
        return corpus
    out = corrections.unusable(corpus.table, decisions.read(place), place)
    found = with_labels(corpus, place)
    changed = int((found.table.label != corpus.table.label).sum())
    said = [f"{place}: {changed} recording(s) have the label that reviewers gave."]
    said += [
        f"{corpus.path(row)} is left out: broken, or nothing to hear, as reviewers say ({place})."
        for row in corpus.table[out].itertuples()
    ]
    return found.without(out, said)
