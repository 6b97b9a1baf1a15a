"""The order of a review: blind items, the most suspect first, and what answers change."""

import numpy as np
import pytest

from thesis_lib.listening.decisions import BLIND
from thesis_lib.listening.queue import LEARNING, WORST, Queue


def queue(score, seed=0, **names):
    parts = [
        np.asarray(names.get(name, [name] * len(score))) for name in ("label", "other", "group")
    ]
    return Queue(score, *parts, seed)


def walk(found, is_wrong, order):
    """The items in the order in which they are shown, and why, to who knows what is wrong."""
    done, said, shown = np.zeros(len(is_wrong), bool), np.full(len(is_wrong), np.nan), []
    while (item := found.next(done, said, order)) is not None:
        shown.append(item)
        done[item[0]], said[item[0]] = True, is_wrong[item[0]]
    return shown


@pytest.mark.parametrize("order", [WORST, LEARNING])
@pytest.mark.parametrize("count", [0, 1, 9, 10, 57])
def test_each_item_is_shown_once_and_every_tenth_is_blind(count, order):
    rng = np.random.default_rng(0)
    score, is_wrong = rng.random(count), rng.random(count) < 0.5
    shown = walk(queue(score), is_wrong, order)
    assert sorted(item for item, _ in shown) == list(range(count))
    assert [why for _, why in shown].count(BLIND) == count // 10
    assert all(why == BLIND for _, why in shown[9::10])
    if order == WORST:
        own = [item for item, why in shown if why != BLIND]
        assert (np.diff(score[own]) <= 0).all()


def test_blind_items_are_drawn_evenly():
    counts = np.zeros(30)
    for seed in range(2000):
        counts[queue(np.arange(30.0), seed).blind] += 1
    assert counts.min() > 140 and counts.max() < 260  # 200 each; six standard deviations are 80


def test_blind_items_are_the_same_whatever_is_answered():
    """Ten worlds of other wrong labels, two orders: so their share is that of the corpus."""
    rng, score = np.random.default_rng(0), np.random.default_rng(1).random(60)
    group = np.arange(60) // 6
    seen = set()
    for _ in range(10):
        found = queue(score, 3, group=group)
        for order in (WORST, LEARNING):
            shown = walk(found, rng.random(60) < 0.3, order)
            seen.add(tuple(item for item, why in shown if why == BLIND))
    assert len(seen) == 1


def test_what_cannot_be_judged_comes_last():
    score = np.array([np.nan, 0.1, 0.9, np.nan, 0.5])
    shown = [item for item, _ in walk(queue(score), np.zeros(5), WORST)]
    assert shown[:3] == [2, 4, 1] and set(shown[3:]) == {0, 3}


def test_answers_raise_what_is_of_the_same_session():
    """All of session 7 is wrong, though the audit doubts it no more than others."""
    rng, group = np.random.default_rng(0), np.repeat(np.arange(20), 10)
    score, is_wrong = rng.uniform(0.2, 0.8, 200), group == 7
    found = {order: walk(queue(score, group=group), is_wrong, order) for order in (WORST, LEARNING)}
    rank = {order: np.mean([place for place, (item, why) in enumerate(shown)
                            if is_wrong[item] and why != BLIND])
            for order, shown in found.items()}  # fmt: skip
    assert rank[LEARNING] < rank[WORST] - 20
