"""Which candidates become knots: greedy growth, then exchange of one knot at a time, from several starts at once.

Ravina et al. 2021, section 4.4, grow one set greedily and exchange its knots.  All trials of a step are solved in one
batch here, so there is time for more starts, for pairs, and for bounded fits by their free fit as a lower bound.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.curves.fitting.bins import Indices
from mips_core.curves.fitting.bounded import bounded_minimum, steps_form
from mips_core.curves.fitting.shapes import Shape
from mips_core.curves.fitting.tables import SegmentTables, normal_equations
from mips_core.curves.transforms import Floats

_SWEEPS = 10
_GAIN = 1e-12  # an exchange must explain this share more, or rounding errors would choose


@dataclass(frozen=True)
class KnotSearch:
    """A search among candidates.

    Parameters
    ----------
    tables: the candidates' normal equations.
    limits: equations whose free fit explains at least as much as any fit within the bounds; the tables themselves, or
        those of the data's isotonic regression.
    shape: bounds on the steps between knots; ``scale`` is units of transformed x for one unit of the tables' t.
    required: candidates that must be knots.
    least_weight: weight that the rows of each segment must have at least.
    total: weighted sum of squares of y about its mean, for telling gains from rounding.
    """

    tables: SegmentTables
    limits: SegmentTables
    shape: Shape
    scale: float
    required: tuple[int, ...]
    least_weight: float
    total: float

    def limit(self, sets: Indices) -> Floats:
        """Return how much each of ``sets`` (S, m+1) lowers the squared error at most; -inf if not allowed.

        Without bounds this is what it does explain.
        """
        allowed = (sets[:, 1:] > sets[:, :-1]).all(axis=1)
        if self.least_weight > 0:
            allowed &= (self.tables.weight[sets[:, :-1], sets[:, 1:]] >= self.least_weight).all(axis=1)
        found = np.full(len(sets), -np.inf)
        if allowed.any():
            found[allowed] = normal_equations(self.limits, sets[allowed]).explained()
        return found

    def bounded(self, sets: Indices) -> Floats:
        """Return how much each of ``sets`` lowers the squared error within the shape's bounds, (S,)."""
        matrix, right_side = steps_form(*normal_equations(self.tables, sets).dense())
        lengths = np.diff(self.tables.t[sets], axis=1) * self.scale
        best = np.full(len(sets), -np.inf)
        for pattern in self.shape.patterns(sets.shape[1] - 1):
            low, high = self.shape.bounds(pattern, lengths)
            free = np.full((len(sets), 1), np.inf)
            v = bounded_minimum(matrix, right_side, np.hstack((-free, low)), np.hstack((free, high)))
            v[:, 1:] = np.clip(v[:, 1:], low, high)
            reached = 2 * np.einsum("si,si->s", right_side, v) - np.einsum("si,sij,sj->s", v, matrix, v)
            best = np.maximum(best, reached)
        return best

    def best(self, trials: Indices, known: Floats | None = None) -> tuple[Indices, Floats]:
        """Return for each group of ``trials`` (B, K, m+1) the best one's place (B,) and what it explains (B,).

        With bounds, trials are solved from the most promising one down until none is left that could win against
        ``known`` (B,) or the best so far.
        """
        groups, count = trials.shape[:2]
        limit = self.limit(trials.reshape(groups * count, -1)).reshape(groups, count)
        if self.shape.is_free:
            place = np.argmax(limit, axis=1)
            return place, limit[np.arange(groups), place]
        place, found = np.zeros(groups, dtype=np.intp), np.full(groups, -np.inf)
        for group in range(groups):
            order = np.argsort(-limit[group], kind="stable")
            least = -np.inf if known is None else known[group]
            begin, size = 0, 8
            while begin < count:
                chunk = order[begin : begin + size]
                chunk = chunk[limit[group, chunk] > max(least, found[group])]
                if not len(chunk):
                    break
                reached = self.bounded(trials[group, chunk])
                top = int(np.argmax(reached))
                if reached[top] > found[group]:
                    place[group], found[group] = chunk[top], reached[top]
                begin, size = begin + size, count
        return place, found

    def value(self, sets: Indices) -> Floats:
        """Return what each of ``sets`` explains under the shape, (S,); -inf if not allowed."""
        found = self.limit(sets)
        if not self.shape.is_free and (allowed := np.isfinite(found)).any():
            found[allowed] = self.bounded(sets[allowed])
        return found

    def grown(self, start: tuple[int, ...], size: int) -> Indices | None:
        """Return ``start`` with the best candidate added again and again until there are ``size`` knots, (size,)."""
        knots = np.array(start, dtype=np.intp)
        everywhere = np.arange(len(self.tables.t))
        while len(knots) < size:
            place, found = self.best(_with_each(knots[None], everywhere[None]))
            if not np.isfinite(found[0]):
                return None
            knots = np.sort(np.append(knots, place[0]))
        return knots

    def exchanged(self, sets: Indices, reach: int | None = None) -> tuple[Indices, Floats]:
        """Return ``sets`` (B, m+1) with knots exchanged one at a time until nothing helps, and what they explain (B,).

        Parameters
        ----------
        reach: how many candidates away a knot may go in one exchange; None for anywhere.
        """
        sets = np.unique(sets, axis=0)
        found = self.value(sets)
        moving = np.arange(len(sets))
        for _ in range(_SWEEPS):
            before = found.copy()
            for knot in range(sets.shape[1]):
                chosen = moving[~np.isin(sets[moving, knot], self.required)]
                if not len(chosen):
                    continue
                trials = _with_each(np.delete(sets[chosen], knot, axis=1), self._places(sets[chosen, knot], reach))
                place, reached = self.best(trials, found[chosen])
                better = reached > found[chosen] + _GAIN * self.total
                sets[chosen[better]] = trials[better, place[better]]
                found[chosen[better]] = reached[better]
            moving = np.flatnonzero(found > before + _GAIN * self.total)
            if not len(moving):
                break
        order = np.argsort(-found, kind="stable")
        return sets[order], found[order]

    def _places(self, knots: Indices, reach: int | None) -> Indices:
        """Return the candidates that may replace each of ``knots`` (B,), (B, K)."""
        last = len(self.tables.t) - 1
        if reach is None:
            return np.broadcast_to(np.arange(last + 1), (len(knots), last + 1))
        return np.clip(knots[:, None] + np.arange(-reach, reach + 1), 0, last)


def _with_each(sets: Indices, places: Indices) -> Indices:
    """Return each of ``sets`` (B, m) with each of its ``places`` (B, K) added, in rising order, (B, K, m+1)."""
    repeated = np.repeat(sets[:, None], places.shape[1], axis=1)
    return np.sort(np.concatenate((repeated, places[:, :, None]), axis=2), axis=2)
