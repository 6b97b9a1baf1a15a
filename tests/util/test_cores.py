"""Trainings one after the other, or together on the cores of a machine."""

import threading

import pytest
import torch
from joblib import cpu_count

from thesis_lib.util.cores import for_each


def called(items, together):
    """What was called with, in which thread, with how many of torch's threads."""
    found, lock = [], threading.Lock()

    def one(item):
        with lock:
            found.append((item, threading.get_ident(), torch.get_num_threads()))

    for_each(items, one, together)
    return zip(*found, strict=True)


def test_one_after_the_other_in_this_thread_with_all_cores():
    items, idents, threads = called([3, 1, 2], together=False)
    assert items == (3, 1, 2) and set(idents) == {threading.get_ident()}
    assert set(threads) == {torch.get_num_threads()}


def test_together_each_has_its_share_of_the_cores():
    before = torch.get_num_threads()
    items, idents, threads = called(list(range(3)), together=True)
    assert sorted(items) == [0, 1, 2] and threading.get_ident() not in idents
    assert set(threads) == {max(1, cpu_count() // 3)}
    torch.set_num_threads(before)


@pytest.mark.parametrize("together", [False, True])
def test_what_fails_is_told(together):
    with pytest.raises(ZeroDivisionError):
        for_each([1, 0], lambda item: 1 / item, together)
