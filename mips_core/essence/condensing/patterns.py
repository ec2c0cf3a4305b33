"""Write a neuron's weights over one array as few terms: sums over regions, with overlaps where that is shorter.

Greedy search for the shortest description: each step takes the region that explains most weights for its price, zeros
inside it count against it.  What is left at the end is written cell by cell, so the terms always add up to the weights
exactly.  A difference of a column and a row is found although the two cancel where they cross.  The search is made with
ever more kinds of region, and the cheapest result is kept: parts of a line are no bargain where whole lines do.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Bounds = tuple[int, int | None]
"""Along one axis: (place, None), or (start, stop) of a span."""

_CELL, _WHOLE, _LINE, _SPAN, _BLOCK = 1.0, 1.0, 1.2, 2.0, 2.4
_OVERLAP = 0.5
"""Prices of regions, and of two that share a cell: a person has to add up what one weight is."""
_FEW = 12
_KINDS = ((_WHOLE,), (_WHOLE, _LINE), (_WHOLE, _LINE, _SPAN), (_WHOLE, _LINE, _SPAN, _BLOCK))
_MOST_VALUES = 4
"""Different weights that are tried as the coefficient of a region, most frequent first."""


@dataclass(frozen=True)
class RawTerm:
    """A coefficient times the sum over a region of an array, all in numbers of one size.

    Parameters
    ----------
    axes : for each axis of the array a place or a span, in the array's own indices
    """

    coefficient: int
    array: str
    axes: tuple[Bounds, ...]

    @property
    def kind(self) -> tuple[object, ...]:
        """What is the same for like terms at other places."""
        return (self.array, tuple(stop is not None for _, stop in self.axes), self.coefficient)

    def as_span(self) -> RawTerm:
        """Return the same term with spans of one for places."""
        return replace(self, axes=tuple((a, a + 1 if b is None else b) for a, b in self.axes))


def explain(
    array: str, weights: NDArray[np.int64], counted: NDArray[np.bool_] | None = None, *, in_spans: bool = False
) -> list[RawTerm]:
    """Return terms that add up to ``weights`` on all entries that are ``counted``.

    Parameters
    ----------
    array : what it is called
    weights : int64, of no axis, one or two
    counted : entries that exist; what a region covers elsewhere counts nothing
    in_spans : write neighbouring cells as a span even where there are two, and a single cell as a span of one
    """
    if weights.ndim == 0:
        return [RawTerm(int(weights), array, ())] if weights else []
    exists = np.ones(weights.shape, bool) if counted is None else counted
    cell = _SPAN if in_spans else _CELL
    rest = np.where(exists, weights, 0)
    best: dict[tuple[Bounds, ...], int] | None = None
    for kinds in _KINDS[weights.ndim - 1 :]:
        if best is not None and _price(best, weights.shape, cell) <= _SPAN + _WHOLE and len(np.unique(rest)) > 2:
            break  # weights of several values need two regions, and one of those to come is no cheaper than a span
        cover = _cover(rest, exists, kinds, cell)
        if best is None or _price(cover, weights.shape, cell) < _price(best, weights.shape, cell):
            best = cover
    assert best is not None
    terms = [RawTerm(value, array, axes) for axes, value in best.items()]
    return [term.as_span() for term in terms] if in_spans else terms


def _cover(
    rest: NDArray[np.int64], exists: NDArray[np.bool_], kinds: tuple[float, ...], cell: float
) -> dict[tuple[Bounds, ...], int]:
    """Return regions with their coefficients that add up to ``rest``, found greedily among regions of some prices.

    A weight that a region explains saves the price of a cell.
    """
    found: dict[tuple[Bounds, ...], int] = {}
    while np.count_nonzero(rest):
        candidates = [each for each in _candidates(rest, exists) if each[1] in kinds]
        gain, price, value, axes = max(candidates, key=lambda each: each[0] * cell - each[1])
        if gain * cell <= price:
            break
        rest = rest.copy()
        rest[_slices(axes)] -= value
        rest[~exists] = 0
        found[axes] = found.get(axes, 0) + value
    for place in np.argwhere(rest):
        axes = tuple((int(index), None) for index in place)
        found[axes] = found.get(axes, 0) + int(rest[tuple(place)])
    return {axes: value for axes, value in found.items() if value}


def _price(cover: dict[tuple[Bounds, ...], int], shape: tuple[int, ...], cell: float) -> float:
    """Return what a cover costs when a cell costs ``cell``."""
    total = 0.0
    for axes in cover:
        lengths = [None if stop is None else stop - start for start, stop in axes]
        full = [length == size for length, size in zip(lengths, shape, strict=True)]
        if all(length is None for length in lengths):
            total += cell
        elif all(full):
            total += _WHOLE
        elif len(shape) == 2 and any(full) and None in lengths:
            total += _LINE
        else:
            total += _BLOCK if None not in lengths and len(shape) == 2 else _SPAN
    if len(cover) > _FEW:
        return total  # far from the cheapest as it is
    return total + _OVERLAP * sum(_overlap(a, b) for a, b in itertools.combinations(cover, 2))


def _overlap(one: tuple[Bounds, ...], other: tuple[Bounds, ...]) -> bool:
    return all(
        a < (d if d is not None else c + 1) and c < (b if b is not None else a + 1)
        for (a, b), (c, d) in zip(one, other, strict=True)
    )


def _slices(axes: tuple[Bounds, ...]) -> tuple[slice, ...]:
    return tuple(slice(a, a + 1 if b is None else b) for a, b in axes)


def _candidates(
    rest: NDArray[np.int64], exists: NDArray[np.bool_]
) -> Iterator[tuple[float, float, int, tuple[Bounds, ...]]]:
    """Yield (gain, price, coefficient, region): gain is the number of weights explained, less those spoilt."""
    values, counts = np.unique(rest[rest != 0], return_counts=True)
    order = np.lexsort((np.abs(values), -counts))[:_MOST_VALUES]
    for value in values[order]:
        same, zero = rest == value, (rest == 0) & exists
        score = same.astype(np.int64) - zero
        whole: tuple[Bounds, ...] = tuple((0, size) for size in rest.shape)
        yield float(score.sum()), _WHOLE, int(value), whole
        if rest.ndim == 1:
            for start, stop in _runs(same, ~exists):
                yield float(score[start:stop].sum()), _SPAN, int(value), ((start, stop),)
            continue
        yield from _lines(score, same, ~exists, int(value))


def _lines(
    score: NDArray[np.int64], same: NDArray[np.bool_], free: NDArray[np.bool_], value: int
) -> Iterator[tuple[float, float, int, tuple[Bounds, ...]]]:
    """Yield rows, columns, parts of them, and the block that holds all weights of this value."""
    height, width = score.shape
    by_row, by_column = score.sum(axis=1), score.sum(axis=0)
    row, column = int(by_row.argmax()), int(by_column.argmax())
    yield float(by_row[row]), _LINE, value, ((row, None), (0, width))
    yield float(by_column[column]), _LINE, value, ((0, height), (column, None))
    rows, columns = np.flatnonzero(same.any(axis=1)), np.flatnonzero(same.any(axis=0))
    # Runs are looked for in the line that holds most of the value: others wait for the next round.
    row, column = int(same.sum(axis=1).argmax()), int(same.sum(axis=0).argmax())
    for start, stop in _runs(same[row], free[row]):
        yield float(score[row, start:stop].sum()), _SPAN, value, ((row, None), (start, stop))
    for start, stop in _runs(same[:, column], free[:, column]):
        yield float(score[start:stop, column].sum()), _SPAN, value, ((start, stop), (column, None))
    block = ((int(rows[0]), int(rows[-1]) + 1), (int(columns[0]), int(columns[-1]) + 1))
    if len(rows) > 1 and len(columns) > 1:
        yield float(score[_slices(block)].sum()), _BLOCK, value, block


def _runs(same: NDArray[np.bool_], free: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return the runs of at least two entries of one value, over entries that count nothing."""
    runs = []
    start = None
    for place in range(len(same) + 1):
        if place < len(same) and (same[place] or (free[place] and start is not None)):
            start = place if start is None else start
        elif start is not None:
            stop = place
            while not same[stop - 1]:
                stop -= 1
            if stop - start > 1:
                runs.append((start, stop))
            start = None
    return runs


def explain_mirrored(array: str, weights: NDArray[np.int64]) -> list[RawTerm]:
    """Return terms over an array whose entry (j, i) is the negative of (i, j).

    Parameters
    ----------
    weights : int64 (m, m) with the neurons' weights above the diagonal, zero elsewhere

    A region may lie on both sides of the diagonal: its coefficient counts as a negative weight below.
    """
    rest = weights - weights.T
    size = len(rest)
    found: list[RawTerm] = []
    while np.count_nonzero(rest):
        best: tuple[int, int, int] | None = None
        for row in range(size):
            values, counts = np.unique(np.delete(rest[row], row), return_counts=True)
            value, count = int(values[counts.argmax()]), int(counts.max())
            if value and count > size // 2 and (best is None or count > best[0]):
                best = (count, row, value)
        if best is None:
            break
        _, row, value = best
        rest[row] -= value
        rest[:, row] += value
        np.fill_diagonal(rest, 0)
        found.append(RawTerm(value, array, ((row, None), (0, size))))
    for i, j in np.argwhere(np.triu(rest, 1)):
        found.append(RawTerm(int(rest[i, j]), array, ((int(i), None), (int(j), None))))
    return found
