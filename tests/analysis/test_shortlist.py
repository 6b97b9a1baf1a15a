"""Candidates against numpy: the least of rows and of columns, in blocks of any size."""

import numpy as np
import pytest
import torch

from thesis_lib.analysis import shortlist


@pytest.mark.parametrize("dim", [0, 1])
@pytest.mark.parametrize("shape", [(7, 5), (40, 60), (130, 97), (257, 400)])
def test_the_least_are_numpys(shape, dim):
    apart = np.random.default_rng(0).permutation(shape[0] * shape[1]).reshape(shape)
    count = min(6, shape[dim])
    values, places = shortlist.least(torch.from_numpy(apart).float(), count, dim)
    seen = apart if dim else apart.T
    assert np.array_equal(np.sort(values), np.sort(seen)[:, :count])
    assert np.array_equal(np.take_along_axis(seen, places.numpy(), 1), values)


def test_all_that_are_below_a_bound_are_found():
    apart = torch.from_numpy(np.random.default_rng(1).random((50, 300)))
    bound = torch.linspace(-0.01, 0.03, 50)
    values, _ = shortlist.least(apart, 9, bound=bound)
    for own, row, most in zip(values, apart, bound, strict=True):
        assert np.array_equal(np.sort(own[own < most]), np.sort(row[row < most])[:9])


@pytest.mark.parametrize("block", [0.001, 0.01, 1])
def test_blocks_of_all_sizes_give_the_same(block, monkeypatch):
    rng = np.random.default_rng(2)
    points, group = torch.from_numpy(rng.normal(size=(300, 8))).float(), np.arange(300) // 7
    squares = torch.cdist(points.double(), points.double()).square().numpy()
    squares[group[:, None] == group] = np.inf
    monkeypatch.setattr(shortlist, "BLOCK", block)
    names = torch.from_numpy(group)
    found, places = shortlist.of_all(points, names, 12)
    np.testing.assert_allclose(np.sort(found), np.sort(squares)[:, :12], rtol=1e-4, atol=1e-5)
    assert np.array_equal(np.sort(places), np.sort(np.argsort(squares)[:, :12]))
    asked = torch.tensor([299, 4, 4, 150])
    some, there = shortlist.of_some(points, names, 12, asked)
    assert np.array_equal(np.sort(there), np.sort(places[asked]))
    np.testing.assert_allclose(np.sort(some), np.sort(found[asked]), rtol=1e-4, atol=1e-5)


def test_where_few_are_of_other_groups_the_rest_is_infinite():
    points, group = torch.eye(6), torch.tensor([0, 0, 0, 0, 1, 1])
    squares, places = shortlist.of_all(points, group, 4)
    assert squares.isinf().sum(1).tolist() == [2] * 4 + [0] * 2
    assert sorted(places[0][~squares[0].isinf()].tolist()) == [4, 5]
