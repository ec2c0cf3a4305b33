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
    to candidate j, let u run from 0 to 1.  The tables hold for i < j the weighted sums of (1-u)^2, u (1-u), u^2,
    (1-u) y and u y over the rows in the half-open segment.

    Parameters
    ----------
    bins: which bin each candidate begins, (K,), rising; the first and the last bin are among them.
    t: (K,) the candidates on the axis of the fit.
    left, cross, right, left_y, right_y: (K, K) float64, the sums above.
    weight: (K, K) float64, the total weight.
    before, before_y: (K,) weight and sum of w y of all rows left of a candidate.
    after, after_y: (K,) the same from the candidate on.
    """

    bins: Indices
    t: Floats
    left: Floats
    cross: Floats
    right: Floats
    left_y: Floats
    right_y: Floats
    weight: Floats
    before: Floats
    before_y: Floats
    after: Floats
    after_y: Floats


def segment_tables(bins: Bins, candidates: Indices) -> SegmentTables:
    """Return the tables for ``candidates`` (K,), rising indices of bins with the first and the last among them."""
    gaps = bins.moments.gathered(candidates)
    t = bins.t[candidates]
    count = len(t)
    distance = gaps.centre - t[:, None]
    inside = np.triu(np.ones((count, count), dtype=bool))

    def summed(values: Floats) -> Floats:
        """Sum over the gaps from candidate i to before j; column j of the result, 0 for j <= i."""
        sums = np.zeros((count, count))
        np.cumsum(np.where(inside, values, 0.0)[:, :-1], axis=1, out=sums[:, 1:])
        return sums

    length = t - t[:, None]
    length = np.where(length > 0, length, 1.0)
    weight = summed(np.broadcast_to(gaps.weight, (count, count)))
    first = summed(gaps.weight * distance) / length
    right = summed(gaps.spread + gaps.weight * distance * distance) / length / length
    total = summed(np.broadcast_to(gaps.total, (count, count)))
    right_y = summed(gaps.slope + gaps.total * distance) / length
    before = np.concatenate(([0.0], np.cumsum(gaps.weight)))
    before_y = np.concatenate(([0.0], np.cumsum(gaps.total)))
    return SegmentTables(
        candidates,
        t,
        weight - 2 * first + right,
        first - right,
        right,
        total - right_y,
        right_y,
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
        return sums

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
    i, j = sets[:, :-1], sets[:, 1:]
    diagonal = np.zeros(sets.shape)
    right_side = np.zeros(sets.shape)
    diagonal[:, :-1] = tables.left[i, j]
    diagonal[:, 1:] += tables.right[i, j]
    right_side[:, :-1] = tables.left_y[i, j]
    right_side[:, 1:] += tables.right_y[i, j]
    first, last = sets[:, 0], sets[:, -1]
    diagonal[:, 0] += tables.before[first]
    diagonal[:, -1] += tables.after[last]
    right_side[:, 0] += tables.before_y[first]
    right_side[:, -1] += tables.after_y[last]
    return NormalEquations(diagonal, tables.cross[i, j], right_side)
