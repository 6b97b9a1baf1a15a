"""What a listening test has shown so far, as a table and in sentences (09_listening_room)."""

import numpy as np
import pandas as pd

from thesis_lib.analysis import preferences
from thesis_lib.analysis.preferences import SEVERAL
from thesis_lib.listening import trial_answers
from thesis_lib.listening.players import table
from thesis_lib.listening.trials import Design
from thesis_lib.util.text import as_html

NOBODY = "No person has taken this test yet."
HEADS = ["compared with", "the neighbour wins", "95 % interval", "answers", "p of one half (Holm)"]


def page(answers: pd.DataFrame, design: Design) -> str:
    """All that the answers say: wins, agreement, and how many trials are enough.

    Parameters
    ----------
    answers : DataFrame
        From `trial_answers.read`.
    design : Design

    Returns
    -------
    str, HTML
        Where there are no answers it says so, and shows no number in their place.
    """
    given = trial_answers.scored(answers)
    said = [NOBODY] if given.empty else [*_agreements(given)]
    wins = "" if given.empty else _wins(preferences.shares(given))
    return wins + "".join(f"<p>{as_html(one)}</p>" for one in [*said, *not_asked(design)])


def _wins(shares):
    """The table of wins; those against others that nobody was asked about have no row."""
    rows = [
        [
            as_html(row.comparison),
            f"{100 * row.share:.0f} %",
            f"{100 * row.ci_low:.0f} to {100 * row.ci_high:.0f} %",
            str(row.trials),
            f"{row.p_holm:.2g}",
        ]
        for row in shares.itertuples()
    ]
    several = (shares.interval == SEVERAL).any()
    how = f"{shares.listeners.max()} listeners; the interval is a {SEVERAL}" if several else (
        "one listener; the interval is Wilson's and holds for this listener")  # fmt: skip
    return table(HEADS, rows, f'<b>Wins of the neighbour</b>: {how}. "Cannot tell" is half a win.')


def _agreements(given):
    """A sentence on each listener, and on each two of them."""
    people = given.who.nunique()
    yield f"{people} {'person has' if people == 1 else 'people have'} answered."
    for row in preferences.agreement_within(given).itertuples():
        yield f"Asked twice, {row.who} answered alike in {_agreed(row)}."
    for row in preferences.agreement_between(given).itertuples():
        yield f"{row.one} and {row.other} answered alike in {_agreed(row)}."


def _agreed(row):
    kappa = "" if np.isnan(row.kappa) else f" (kappa {row.kappa:.2f})"
    return f"{round(row.same * row.trials)} of {row.trials} trials{kappa}"


def not_asked(design: Design) -> list[str]:
    """A sentence on each comparison in which both candidates were the same sound.

    See 09_listening_room.
    """
    return [
        f"Compared with {row.comparison}: of {row.same} of {row.looked_at} sounds both candidates "
        "are the same sound; nobody is asked about these."
        for row in design.not_asked.itertuples()
        if row.same
    ]


def enough(design: Design) -> str:
    """How many trials of one listener are enough: a table, HTML (09_listening_room).

    Of the comparison with the fewest trials, and for as many comparisons as there are.
    """
    asked = design.not_asked.asked[design.not_asked.asked > 0]
    found = preferences.enough(int(asked.min()), len(asked))
    rows = [
        [
            f"{100 * row.share:.0f} %",
            *(f"{100 * one:.0f} in 100" for one in (row.power, row.power_holm)),
            *(str(one) for one in (row.needed, row.needed_holm)),
        ]
        for row in found.itertuples()
    ]
    several = f"among {len(asked)} comparisons"
    heads = ["truly wins", f"found by {asked.min()} trials", several,
             "trials to find it in 80 of 100", several]  # fmt: skip
    return table(heads, rows, "<b>How many trials of one comparison are enough?</b>")
