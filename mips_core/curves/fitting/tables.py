"""What each possible segment costs: the sums of every pair of candidate knots, so that a set of knots is a look-up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.curves.fitting.bins import Bins, Indices
from mips_core.curves.transforms import Floats


@dataclass(frozen=True)
class SegmentTables:
    """The normal equations of a curve, piece by piece, for knots among the candidates.

    A curve with knots k_0 < ... < k_m is a sum of hat functions times the knots' y.  Over the segment from candidate i
    to candidate j, let u run from 0 to 1.

    Parameters
    ----------
    bins: which bin each candidate begins, (K,), rising; the first and the last bin are among them.
    t: (K,) the candidates on the axis of the fit.
    sums: (5, K, K) float64, for i < j the weighted sums of (1-u)^2, u (1-u), u^2, (1-u) y and u y over the rows in the
        half-open segment from i to j; 0 else.
    weight: (K, K) float64, the total weight there.
    before, before_y: (K,) weight and sum of w y of all rows left of a candidate.
    after, after_y: (K,) the same from the candidate on.
    """

    bins: Indices
    t: Floats
    sums: Floats
    weight: Floats
    before: Floats
    before_y: Floats
    after: Floats
    after_y: Floats

    def pairs(self, i: Indices, j: Indices) -> Floats:
        """Return the five sums of the segments from ``i`` to ``j``, (5, ...)."""
        return np.asarray(np.take(self.sums.reshape(5, -1), i * len(self.t) + j, axis=1))


def segment_tables(bins: Bins, candidates: Indices) -> SegmentTables:
    """Return the tables for ``candidates`` (K,), rising indices of bins with the first and the last among them."""
    gaps = bins.moments.gathered(candidates)
    t = bins.t[candidates]
    count = len(t)
    inside = np.triu(np.ones((count, count)))
    distance = (gaps.centre - t[:, None]) * inside
    length = t - t[:, None]
    length = np.where(length > 0, length, 1.0)

    # sums over the gaps from candidate i to before j stand in column j
    sums = np.zeros((5, count, count))
    weighted = gaps.weight * distance
    of_x = (gaps.weight * inside, weighted, gaps.spread * inside + weighted * distance)
    of_y = (gaps.total * inside, gaps.slope * inside + gaps.total * distance)
    for number, values in enumerate(of_x + of_y):
        np.cumsum(values[:, :-1], axis=1, out=sums[number, :, 1:])
    weight, first, second, total, first_y = sums
    first, second, right_y = first / length, second / length / length, first_y / length
    pieces = np.stack((weight - 2 * first + second, first - second, second, total - right_y, right_y))
    before = np.concatenate(([0.0], np.cumsum(gaps.weight)))
    before_y = np.concatenate(([0.0], np.cumsum(gaps.total)))
    return SegmentTables(
        candidates,
        t,
        pieces,
        weight,
        before[:-1],
        before_y[:-1],
        np.cumsum(gaps.weight[::-1])[::-1],
        np.cumsum(gaps.total[::-1])[::-1],
    )


@dataclass(frozen=True)
class NormalEquations:
    """For S sets of knots the tridiagonal equations G y = b: ``diagonal``, ``right_side`` (S, m+1), ``off`` (S, m)."""

    diagonal: Floats
    off: Floats
    right_side: Floats

    def explained(self) -> Floats:
        """Return b' G^-1 b for each set, (S,): by how much the best y at these knots lower the squared error."""
        least = np.finfo(np.float64).tiny
        pivot = np.maximum(self.diagonal[:, 0], least)
        rest = self.right_side[:, 0]
        sums = rest * rest / pivot
        for knot in range(1, self.diagonal.shape[1]):
            ratio = self.off[:, knot - 1] / pivot
            exact = self.diagonal[:, knot]
            reduced = exact - ratio * self.off[:, knot - 1]
            rest = self.right_side[:, knot] - ratio * rest
            # a knot that the rows do not pin down beyond rounding error explains nothing
            sound = reduced > 1e-13 * exact
            pivot = np.where(sound, reduced, np.inf)
            sums = sums + rest * rest / pivot
        return np.where(np.isfinite(sums), sums, -np.inf)

    def dense(self) -> tuple[Floats, Floats]:
        """Return G (S, m+1, m+1) and b (S, m+1)."""
        size = self.diagonal.shape[1]
        matrix = np.zeros((len(self.diagonal), size, size))
        steps = np.arange(size)
        matrix[:, steps, steps] = self.diagonal
        matrix[:, steps[:-1], steps[1:]] = self.off
        matrix[:, steps[1:], steps[:-1]] = self.off
        return matrix, self.right_side


def normal_equations(tables: SegmentTables, sets: Indices) -> NormalEquations:
    """Return the equations of each row of ``sets`` (S, m+1), rising positions among the candidates."""
    left, off, right, left_y, right_y = tables.pairs(sets[:, :-1], sets[:, 1:])
    diagonal, right_side = np.zeros(sets.shape), np.zeros(sets.shape)
    diagonal[:, :-1], right_side[:, :-1] = left, left_y
    diagonal[:, 1:] += right
    right_side[:, 1:] += right_y
    first, last = sets[:, 0], sets[:, -1]
    diagonal[:, 0] += tables.before[first]
    diagonal[:, -1] += tables.after[last]
    right_side[:, 0] += tables.before_y[first]
    right_side[:, -1] += tables.after_y[last]
    return NormalEquations(diagonal, off, right_side)
