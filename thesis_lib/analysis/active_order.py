"""Which label to ask about next, by what was answered so far: active search.

The next is always the one that is most likely wrong (Garnett et al., 2012, "Bayesian optimal active
search and surveying": the greedy policy). How likely, a logistic classifier learns from the
answers: by the score of an audit, and by an effect each of the given label, of the label that it is
taken for, of the two together, and of the session, song or source under this label. The L2 penalty
is a normal prior of these effects, so a single answer moves little. `bench/review.py` plants wrong
labels: this order found no more of them than worst first, which is the default, and on homes fewer
copies under another label. See 09_listening_room.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_matrix, hstack
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import OneHotEncoder

from thesis_lib.util.arrays import column

STRENGTH = 0.1  # inverse L2 penalty: the variance of the effects' prior
WEIGHT = 2.0  # of the score's log-odds: its own effect is penalised less
LEAST = 1e-3  # of a score's distance to 0 and 1: log-odds stay finite
STEPS = 200  # of L-BFGS at most


def features(score: ArrayLike, label: ArrayLike, other: ArrayLike, group: ArrayLike) -> csr_matrix:
    """What the chance that a label is wrong is judged by (09_listening_room).

    Parameters
    ----------
    score : (n,) float array, 0 to 1
        Of an audit; NaN counts as 0.
    label, other, group : (n,) arrays
        The given label, the one that the item is taken for, its session, song or source.

    Returns
    -------
    (n, effects) sparse float array
    """
    odds = logit(np.clip(np.nan_to_num(np.asarray(score, float)), LEAST, 1 - LEAST))
    label, other, group = (column(one, len(odds)).astype(str) for one in (label, other, group))
    pair, session = (np.char.add(np.char.add(label, "\n"), one) for one in (other, group))
    names = np.stack([label, other, pair, session], axis=1)
    effects = OneHotEncoder().fit_transform(names)
    return csr_matrix(hstack([WEIGHT * odds[:, None], effects]))


def suspicion(features: csr_matrix, asked: ArrayLike, wrong: ArrayLike) -> np.ndarray | None:
    """How suspect each label is by the answers so far (09_listening_room).

    Parameters
    ----------
    features : (n, effects) array
        From `features`.
    asked : (m,) int array
        Rows that have an answer.
    wrong : (m,) bool array
        What was answered.

    Returns
    -------
    (n,) float array
        Log-odds, more is more suspect; None where all answers are the same and nothing is learned.
    """
    asked, wrong = np.asarray(asked, int), np.asarray(wrong, bool)
    if not 0 < wrong.sum() < len(wrong):
        return None
    model = LogisticRegression(C=STRENGTH, max_iter=STEPS, tol=1e-4)
    return model.fit(features[asked], wrong).decision_function(features)
