"""Who may be among the nearest: a few candidates for each tile, by products of 32 bits.

Of all pairs of n vectors the products are most of the work, and each says how far two tiles are
apart, seen from either: so it is computed once. See 06_error_analysis_sins.
"""

import torch

BLOCK = 256  # MB of distances held at a time


def of_all(points: torch.Tensor, group: torch.Tensor, count: int) -> tuple:
    """The least distances of each tile to tiles of other groups, and to which.

    Parameters
    ----------
    points : (n, d) float32 tensor
        Centred, so that a common part costs no digits.
    group : (n,) int tensor
        Ascending: each group is in one piece.
    count : int
        How many for each tile.

    Returns
    -------
    squares : (n, count) float32 tensor
        Squared distances, in no order; infinite where there are no more.
    indices : (n, count) int64 tensor
    """
    n, side = len(points), max(1, int((BLOCK * 1e6 / 4) ** 0.5))
    parts = [slice(first, min(first + side, n)) for first in range(0, n, side)]
    apart_of = _squares(points, points, group, group)
    squares = points.new_full((n, count), torch.inf)
    indices = torch.zeros(n, count, dtype=torch.int64)
    for number, rows in enumerate(parts):
        for columns in parts[number:]:
            apart = apart_of(rows, columns)
            _merge(squares[rows], indices[rows], apart, columns.start)
            if columns != rows:
                _merge(squares[columns], indices[columns], apart, rows.start, dim=0)
    return squares, indices


def of_some(points: torch.Tensor, group: torch.Tensor, count: int, asked: torch.Tensor) -> tuple:
    """As `of_all`, of those rows only that `asked` names: (q, count) each."""
    rows = max(1, int(BLOCK * 1e6 / (4 * len(points))))
    squares = points.new_full((len(asked), count), torch.inf)
    indices = torch.zeros(len(asked), count, dtype=torch.int64)
    apart_of = _squares(points[asked], points, group[asked], group)
    for first in range(0, len(asked), rows):
        some = slice(first, min(first + rows, len(asked)))
        apart = apart_of(some, slice(0, len(points)))
        _merge(squares[some], indices[some], apart, 0)
    return squares, indices


def _squares(one, other, group, other_group):
    """A function of some rows of one and some of another: squared distances, own groups infinite.

    |a - b|^2 = a.(-2 b) + |a|^2 * 1 + 1 * |b|^2 is one product.
    """
    left = torch.cat([one, one.square().sum(1, keepdim=True), one.new_ones(len(one), 1)], 1)
    right = torch.cat(
        [-2 * other, other.new_ones(len(other), 1), other.square().sum(1, keepdim=True)], 1
    )

    def apart(rows, columns):
        found = left[rows] @ right[columns].T
        own, there = group[rows], other_group[columns]
        if own.min() <= there.max() and there.min() <= own.max():
            found.masked_fill_(own[:, None] == there, torch.inf)
        return found

    return apart


def _merge(squares, indices, apart, first, dim=1):
    """Put the least of a block of distances, whose columns begin at `first`, among those so far.

    With `dim` 0 the block is of rows that begin at `first`, and its columns are what is asked.
    """
    values, places = least(apart, squares.shape[1], dim, squares.amax(1))
    values, places = torch.cat([squares, values], 1), torch.cat([indices, places + first], 1)
    found = values.topk(squares.shape[1], largest=False, sorted=False)
    squares.copy_(found.values)
    indices.copy_(places.gather(1, found.indices))


def least(
    apart: torch.Tensor, count: int, dim: int = 1, bound: torch.Tensor | None = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """The least values of each row and their columns, in no order: (rows, count) each.

    Columns are looked at in bundles: those of the least values are among the `count` bundles whose
    least value is least, and these are few. See 06_error_analysis_sins.

    Parameters
    ----------
    apart : (rows, columns) tensor
        As it is in memory: to turn it around takes longer than all the rest.
    count : int
        At most the columns.
    dim : {1, 0}
        0: the least of each column and their rows, (columns, count) each.
    bound : (rows,) tensor, optional
        Only values below it are wanted: others, and fewer than `count`, may be given.
    """
    n = apart.shape[dim]
    size = int((n / count) ** 0.5)  # of a bundle
    if size < 2:
        found = apart.topk(min(count, n), dim, largest=False, sorted=False)
        return (found.values, found.indices) if dim else (found.values.T, found.indices.T)
    bundles = n // size
    lowest = apart.narrow(dim, 0, size * bundles).unflatten(dim, (size, bundles)).amin(dim)
    lowest = lowest if dim else lowest.T.contiguous()  # (asked, bundles)
    wanted = count if bound is None else int((lowest < bound[:, None]).sum(1).max())
    chosen = lowest.topk(min(count, wanted), largest=False, sorted=False).indices
    places = (chosen[:, None] + bundles * torch.arange(size)[:, None]).flatten(1)
    rest = torch.arange(size * bundles, n).expand(len(places), -1)
    places = torch.cat([places, rest], 1)
    values = apart.gather(1, places) if dim else apart.gather(0, places.T).T
    found = values.topk(min(count, values.shape[1]), largest=False, sorted=False)
    return found.values, places.gather(1, found.indices)
