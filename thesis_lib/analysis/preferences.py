"""What answers to "which is more like this one?" say: how often the neighbour wins, and how surely.

A win is the neighbour by the embedding under test, and "cannot tell" is half a win. Only what is
asked for the first time counts as evidence; what is asked again shows how far a listener agrees
with themselves. See 09_listening_room.
"""

from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import cohen_kappa_score

from thesis_lib.analysis.bootstrap import ends
from thesis_lib.analysis.significance import holm
from thesis_lib.util.errors import InputError

LEVEL = 0.95
DRAWS = 5000
MOST = 5000  # trials of one comparison; nobody listens to more
ONE, SEVERAL = "Wilson", "bootstrap over listeners and queries"


def wilson(wins: float, trials: int, level: float = LEVEL) -> tuple[float, float]:
    """The interval of a share (Wilson, 1927), of wins that may be halves (09_listening_room).

    scipy's takes whole numbers only. A half varies less than a win or a loss: the interval of
    trials with halves in them is rather too wide.

    Parameters
    ----------
    wins : float, 0 to `trials`
    trials : int
    level : float

    Returns
    -------
    low, high : float
        0 and 1 where there are no trials.
    """
    if not trials:
        return 0.0, 1.0
    z, share = stats.norm.ppf((1 + level) / 2), wins / trials
    middle = share + z**2 / (2 * trials)
    half = z * np.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2)
    low, high = (middle + np.array([-half, half])) / (1 + z**2 / trials)
    return max(float(low), 0.0), min(float(high), 1.0)


def shares(answers: pd.DataFrame, draws: int = DRAWS, seed: int = 0) -> pd.DataFrame:
    """How often the neighbour wins each comparison, with intervals (09_listening_room).

    Of one listener the interval is Wilson's, over all trials, and the chance that of the sign test
    (exact; "cannot tell" is left out there). Of several, listeners and queries are both drawn
    again and again, with replacement, each answer as often as its listener times its query (Owen,
    2007, "The pigeonhole bootstrap"): it then holds for other listeners and other sounds. Where
    listeners answer at random it is too wide, by 1.7 at most; in simulations it held the truth in
    93 to 100 of 100, of two listeners in 85 to 99.
    It is never narrower than Wilson's.

    Parameters
    ----------
    answers : DataFrame
        From `listening.trial_answers.scored`: who, trial, repeats, comparison, win.
    draws, seed : int

    Returns
    -------
    DataFrame, one row a comparison
        comparison, listeners, trials (answers), share, ci_low, ci_high (95 %), interval (which),
        p (of a share of one half), p_holm (corrected for the number of comparisons).
    """
    first = answers[answers.repeats < 0]
    rows = [_share(own, draws, seed) | {"comparison": name}
            for name, own in first.groupby("comparison", sort=False)]  # fmt: skip
    columns = ["comparison", "listeners", "trials", "share", "ci_low", "ci_high", "interval", "p"]
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(p_holm=holm(table.p))


def _share(own, draws, seed):
    """One comparison's share of wins, its interval and its chance."""
    low, high = wilson(own.win.sum(), len(own))
    p, listeners = _sign_test(own.win), own.who.nunique()
    if listeners > 1:
        drawn = _draws(own.pivot(index="who", columns="trial", values="win"), draws, seed)
        ends_ = ends(drawn, LEVEL)
        low, high = min(low, ends_[0]), max(high, ends_[1])
        p = max(p, _chance(drawn))
    return {
        "listeners": listeners, "trials": len(own), "share": own.win.mean(), "ci_low": low,
        "ci_high": high, "interval": SEVERAL if listeners > 1 else ONE, "p": p,
    }  # fmt: skip


def _sign_test(win):
    wins, losses = int((win == 1).sum()), int((win == 0).sum())
    return stats.binomtest(wins, wins + losses).pvalue if wins + losses else 1.0


def _draws(table, draws, seed):
    """The share of wins of each draw of listeners (rows) and queries (columns): (draws,)."""
    rng, (rows, columns) = np.random.default_rng(seed), table.shape
    listeners = rng.multinomial(rows, np.full(rows, 1 / rows), draws)
    queries = rng.multinomial(columns, np.full(columns, 1 / columns), draws)
    there = table.notna().to_numpy(float)
    answers = ((listeners @ there) * queries).sum(axis=1)
    wins = ((listeners @ table.fillna(0).to_numpy()) * queries).sum(axis=1)
    return (
        wins[answers > 0] / answers[answers > 0]
    )  # of two who share no trial some draws are empty


def _chance(drawn):
    """How likely such a share is where the true one is a half: as the widest interval has it."""
    crossing = min((drawn <= 0.5).sum(), (drawn >= 0.5).sum())
    return min(1.0, 2 * (crossing + 1) / (len(drawn) + 1))


def agreement_within(answers: pd.DataFrame) -> pd.DataFrame:
    """How far each listener says the same of what is asked twice, sides swapped.

    See 09_listening_room.

    Parameters
    ----------
    answers : DataFrame
        From `listening.trial_answers.scored`: who, trial, repeats, chosen.

    Returns
    -------
    DataFrame, one row a listener who was asked something twice
        who, trials (that were asked twice), same (share), kappa (Cohen, 1960; NaN where all
        answers are the same).
    """
    first = answers[answers.repeats < 0]
    again = answers[answers.repeats >= 0].drop(columns="trial")
    both = again.merge(
        first, left_on=["who", "repeats"], right_on=["who", "trial"], suffixes=("_again", "")
    )
    rows = [(who, *_agreement(own.chosen, own.chosen_again)) for who, own in both.groupby("who")]
    return pd.DataFrame(rows, columns=["who", "trials", "same", "kappa"])


def agreement_between(answers: pd.DataFrame) -> pd.DataFrame:
    """How far listeners say the same of the same trials: a row for each two of them.

    See 09_listening_room.

    Returns
    -------
    DataFrame
        one, other, trials (that both answered), same, kappa: as in `agreement_within`. Those who
        share no trial are left out.
    """
    first = answers[answers.repeats < 0]
    chosen = first.pivot(index="trial", columns="who", values="chosen")
    pairs = [(one, other, chosen[[one, other]].dropna())
             for one, other in combinations(chosen.columns, 2)]  # fmt: skip
    rows = [(one, other, *_agreement(both[one], both[other])) for one, other, both in pairs
            if len(both)]  # fmt: skip
    return pd.DataFrame(rows, columns=["one", "other", "trials", "same", "kappa"])


def _agreement(one, other):
    """Of two columns of answers: how many, the share of the same, Cohen's kappa."""
    varied = len(set(one) | set(other)) > 1
    kappa = float(cohen_kappa_score(one, other)) if varied else np.nan
    return len(one), float((one.to_numpy() == other.to_numpy()).mean()), kappa


def power(share: float, trials: int, level: float = 0.05) -> float:
    """How likely a listener shows a true share of wins to be none of one half.

    By the exact two-sided sign test, if nothing is answered with "cannot tell". See
    09_listening_room.

    Parameters
    ----------
    share : float, 0 to 1
        How often the neighbour truly wins.
    trials : int
        Of one comparison.
    level : float
        Below which a chance counts; of m comparisons 0.05 / m is on the safe side.
    """
    return float(_powers(share, np.array([trials]), level)[0])


def trials_needed(share: float, aim: float = 0.8, level: float = 0.05) -> int:
    """How many trials of one comparison are enough: from this number on, `power` is `aim` or more.

    See 09_listening_room.

    Parameters
    ----------
    share, level
        As in `power`.
    aim : float

    Raises
    ------
    InputError
        More than 5000 are needed: the share is too close to one half.
    """
    lacking = np.flatnonzero(_powers(share, np.arange(1, MOST + 1), level) < aim)
    needed = int(lacking[-1]) + 2 if len(lacking) else 1
    if needed > MOST:
        raise InputError(
            f"share: {share} is too close to one half; {MOST} trials do not show it, give another."
        )
    return needed


def enough(trials: int, comparisons: int = 1, aim: float = 0.8) -> pd.DataFrame:
    """How many trials of one listener are enough, for small and large preferences.

    See 09_listening_room.

    Parameters
    ----------
    trials : int
        That each comparison has.
    comparisons : int
        Of which each counts below 0.05 / comparisons, as Holm's correction has it at its strictest.
    aim : float
        How likely a true preference shall be found.

    Returns
    -------
    DataFrame, one row a true share
        share; power (of so many trials), needed (`trials_needed`); the same as power_holm,
        needed_holm for so many comparisons.
    """
    strict = 0.05 / comparisons
    rows = [(share, power(share, trials), trials_needed(share, aim),
             power(share, trials, strict), trials_needed(share, aim, strict))
            for share in (0.6, 0.7, 0.8)]  # fmt: skip
    return pd.DataFrame(rows, columns=["share", "power", "needed", "power_holm", "needed_holm"])


def _powers(share, trials, level):
    """The power of each number of trials."""
    most = stats.binom.ppf(level / 2, trials, 0.5)  # wins or losses up to which it is rejected
    most = np.where(stats.binom.cdf(most, trials, 0.5) > level / 2, most - 1, most)
    low, high = (stats.binom.cdf(most, trials, one) for one in (share, 1 - share))
    return low + high
