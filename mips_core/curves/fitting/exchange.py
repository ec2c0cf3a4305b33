"""One knot more, anywhere: what every candidate would explain when it joins a set of knots.

Eliminating the knots from the left and from the right leaves, at each gap between neighbouring knots, two quadratics.
A candidate in the gap meets only these two, so all candidates of all sets cost a few vector operations.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.curves.fitting.bins import Indices
from mips_core.curves.fitting.tables import SegmentTables
from mips_core.curves.transforms import Floats

_TINY = np.finfo(np.float64).tiny
_SOUND = 1e-13  # a knot whose pivot is a smaller share of its own weight is not pinned down by the rows


@dataclass(frozen=True)
class _Quadratic:
    """The squared error of everything on one side of a knot, as ``square y^2 - 2 linear y - explained`` in its y."""

    square: Floats
    linear: Floats
    explained: Floats

    def chosen(self, rows: Indices, places: Indices) -> _Quadratic:
        return _Quadratic(self.square[rows, places], self.linear[rows, places], self.explained[rows, places])

    def across(self, near: Floats, cross: Floats, far: Floats, near_y: Floats, far_y: Floats) -> _Quadratic:
        """Return the quadratic at the other end of a segment, with this end's y chosen best."""
        pivot = np.maximum(self.square + near, _TINY)
        linear = self.linear + near_y
        ratio = cross / pivot
        return _Quadratic(far - cross * ratio, far_y - linear * ratio, self.explained + linear * linear / pivot)


def _where(condition: np.ndarray, one: _Quadratic, other: _Quadratic) -> _Quadratic:
    return _Quadratic(
        np.where(condition, one.square, other.square),
        np.where(condition, one.linear, other.linear),
        np.where(condition, one.explained, other.explained),
    )


def explained_with(tables: SegmentTables, sets: Indices, places: Indices, least_weight: float) -> Floats:
    """Return what each of ``sets`` (R, m), rising, explains with each of its ``places`` (R, L) added, (R, L).

    Parameters
    ----------
    least_weight: what the two segments that meet at the new knot must hold; else -inf.

    Returns
    -------
    array
        -inf where the place is in the set already.
    """
    rows = np.arange(len(sets))[:, None]
    left, right = _from_left(tables, sets), _from_right(tables, sets)
    gap = (sets[:, :, None] < places[:, None, :]).sum(axis=1)
    size = sets.shape[1]
    is_first, is_last = gap == 0, gap == size
    before, after = np.maximum(gap - 1, 0), np.minimum(gap, size - 1)
    near, far = sets[rows, before], sets[rows, after]
    taken = far == places
    zero = np.zeros(places.shape)

    pair = tables.pairs(near, places)
    low = left.chosen(rows, before).across(pair[0], pair[1], pair[2], pair[3], pair[4])
    low = _where(is_first, _Quadratic(tables.before[places], tables.before_y[places], zero), low)
    other = tables.pairs(places, far)
    high = right.chosen(rows, after).across(other[2], other[1], other[0], other[4], other[3])
    high = _where(is_last, _Quadratic(tables.after[places], tables.after_y[places], zero), high)

    pivot, linear = low.square + high.square, low.linear + high.linear
    whole = np.where(is_first, tables.before[places], pair[2]) + np.where(is_last, tables.after[places], other[0])
    sound = pivot > _SOUND * whole
    gained = np.where(sound, linear * linear / np.where(sound, pivot, 1.0), 0.0)
    found = low.explained + high.explained + gained
    refused = taken
    if least_weight > 0:
        refused = refused | (~is_first & (tables.weight[near, places] < least_weight))
        refused |= ~is_last & (tables.weight[places, far] < least_weight)
    # numbers so far apart that a sum overflows explain nothing
    return np.where(refused | ~np.isfinite(found), -np.inf, found)


def _from_left(tables: SegmentTables, sets: Indices) -> _Quadratic:
    """Return for each knot the quadratic of everything left of it, (R, m) in each field."""
    first = sets[:, 0]
    steps = [_Quadratic(tables.before[first], tables.before_y[first], np.zeros(len(sets)))]
    for knot in range(1, sets.shape[1]):
        steps.append(steps[-1].across(*tables.pairs(sets[:, knot - 1], sets[:, knot])))
    return _stacked(steps)


def _from_right(tables: SegmentTables, sets: Indices) -> _Quadratic:
    """Return for each knot the quadratic of everything from it on to the right, (R, m) in each field."""
    last = sets[:, -1]
    steps = [_Quadratic(tables.after[last], tables.after_y[last], np.zeros(len(sets)))]
    for knot in range(sets.shape[1] - 2, -1, -1):
        left, cross, right, left_y, right_y = tables.pairs(sets[:, knot], sets[:, knot + 1])
        steps.append(steps[-1].across(right, cross, left, right_y, left_y))
    return _stacked(steps[::-1])


def _stacked(steps: list[_Quadratic]) -> _Quadratic:
    return _Quadratic(
        np.stack([each.square for each in steps], axis=1),
        np.stack([each.linear for each in steps], axis=1),
        np.stack([each.explained for each in steps], axis=1),
    )
