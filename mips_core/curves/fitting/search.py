"""Which candidates become knots: sets of knots grow greedily and exchange one knot at a time for a better one.

Ravina et al. 2021, section 4.4, exchange the knots of one set in turn.  Here all exchanges of all sets are weighed at
once (``exchange``), and bounded fits are only solved where the free fit promises more than what is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.curves.fitting.bins import Indices
from mips_core.curves.fitting.bounded import bounded_minimum, steps_form
from mips_core.curves.fitting.exchange import explained_with
from mips_core.curves.fitting.shapes import Shape
from mips_core.curves.fitting.tables import SegmentTables, normal_equations
from mips_core.curves.transforms import Floats

_EXCHANGES = 100
_ROUNDING = 1e-12  # share of all squares within which two sums are the same
_WORTH = 1e-4  # share of what is left unexplained that an exchange must explain
_NUDGES = np.stack(np.meshgrid(np.arange(-4, 5), np.arange(-4, 5)), axis=-1).reshape(-1, 2)  # of two neighbouring knots
_FIRST = 24  # promising bounded fits that are solved before the rest


@dataclass(frozen=True)
class KnotSearch:
    """A search among candidates.

    Parameters
    ----------
    tables: the candidates' normal equations.
    limits: equations whose free fit explains at least as much as any fit within the bounds; the tables themselves, or
        those of the data's isotonic regression.
    shape: bounds on the steps between knots; ``scale`` is units of transformed x for one unit of the tables' t.
    required: whether the first and the last candidate must be knots.
    least_weight: weight that the rows of each segment must have at least.
    total: weighted sum of squares of y about its mean, for telling gains from rounding.
    """

    tables: SegmentTables
    limits: SegmentTables
    shape: Shape
    scale: float
    required: bool
    least_weight: float
    total: float

    def limit(self, sets: Indices) -> Floats:
        """Return how much each of ``sets`` (S, m+1) lowers the squared error at most; -inf if not allowed.

        Without bounds this is what it does explain.
        """
        found = normal_equations(self.limits, sets).explained()
        if self.least_weight > 0:
            light = (self.tables.weight[sets[:, :-1], sets[:, 1:]] < self.least_weight).any(axis=1)
            found[light] = -np.inf
        return found

    def bounded(self, sets: Indices) -> Floats:
        """Return how much each of ``sets`` lowers the squared error within the shape's bounds, (S,)."""
        matrix, right_side = steps_form(*normal_equations(self.tables, sets).dense())
        lengths = np.diff(self.tables.t[sets], axis=1) * self.scale
        patterns = self.shape.patterns(sets.shape[1] - 1)
        bounds = [self.shape.bounds(pattern, lengths) for pattern in patterns]
        low = np.concatenate([each[0] for each in bounds])
        high = np.concatenate([each[1] for each in bounds])
        matrix, right_side = np.tile(matrix, (len(patterns), 1, 1)), np.tile(right_side, (len(patterns), 1))
        free = np.full((len(low), 1), np.inf)
        v = bounded_minimum(matrix, right_side, np.hstack((-free, low)), np.hstack((free, high)))
        v[:, 1:] = np.clip(v[:, 1:], low, high)
        reached = 2 * np.einsum("si,si->s", right_side, v) - np.einsum("si,sij,sj->s", v, matrix, v)
        return np.where(np.isfinite(reached), reached, -np.inf).reshape(len(patterns), -1).max(axis=0)

    def value(self, sets: Indices) -> Floats:
        """Return what each of ``sets`` explains under the shape, (S,); -inf if not allowed."""
        found = self.limit(sets)
        if not self.shape.is_free and (allowed := np.isfinite(found)).any():
            found[allowed] = self.bounded(sets[allowed])
        return found

    def best_of(self, sets: Indices) -> tuple[Indices, Floats] | None:
        """Return the best of ``sets`` (S, m+1) as (1, m+1) and what it explains, (1,); None if none is allowed."""
        limit = self.limit(sets)
        order = np.argsort(-limit, kind="stable")
        place, value = int(order[0]), float(limit[order[0]])
        if not self.shape.is_free:
            place, value = self._best_bounded(sets, limit, order[np.isfinite(limit[order])], -np.inf)
        return (sets[place][None], np.array([value])) if np.isfinite(value) else None

    def _best_bounded(self, sets: Indices, limit: Floats, order: Indices, least: float) -> tuple[int, float]:
        """Return which of ``sets`` explains most and how much, solving the promising ones first; -inf if none."""
        place, found = 0, -np.inf
        begin, size = 0, _FIRST
        while begin < len(order):
            chunk = order[begin : begin + size]
            chunk = chunk[limit[chunk] > max(least, found)]
            if not len(chunk):
                break
            reached = self.bounded(sets[chunk])
            top = int(np.argmax(reached))
            if reached[top] > found:
                place, found = int(chunk[top]), float(reached[top])
            if found > least > -np.inf:
                break  # an exchange that helps is taken; what else helps is found in the next round
            begin, size = begin + size, 4 * size
        return place, found

    def grown(self, start: tuple[int, ...], size: int) -> Indices | None:
        """Return ``start`` with the best candidate added again and again until there are ``size`` knots, (size,)."""
        knots = np.array(start, dtype=np.intp)
        everywhere = np.arange(len(self.tables.t))
        while len(knots) < size:
            limit = explained_with(self.limits, knots[None], everywhere[None], self.least_weight)[0]
            order = np.argsort(-limit, kind="stable")
            place = int(order[0])
            if not np.isfinite(limit[place]):
                return None
            if not self.shape.is_free:
                order = order[np.isfinite(limit[order])]
                trials = _joined(np.broadcast_to(knots, (len(everywhere), len(knots))), everywhere)
                place, _ = self._best_bounded(trials, limit, order, -np.inf)
            knots = np.sort(np.append(knots, place))
        return knots

    def exchanged(self, sets: Indices, reach: int | None = None) -> tuple[Indices, Floats]:
        """Return ``sets`` (B, m+1) after exchanging knots until nothing helps, and what they explain (B,), best first.

        The best of them is also tried with two neighbouring knots moved at once.

        Parameters
        ----------
        reach: how many candidates away a knot may go in one exchange; None for anywhere.
        """
        sets, found = self._settled(np.unique(sets, axis=0), reach)
        for _ in range(_EXCHANGES):
            better, gained = self._best_pairs(sets[:1], found[:1])
            if not gained[0] > found[0] + self._worth(found[:1])[0]:
                break
            sets[:1], found[:1] = self._settled(better, reach)
        return sets, found

    def _settled(self, sets: Indices, reach: int | None) -> tuple[Indices, Floats]:
        """Return ``sets`` after exchanges of one knot until none helps, and what they explain, best first."""
        found = self.value(sets)
        moving = np.arange(len(sets))
        for _ in range(_EXCHANGES):
            better, gained = self._best_exchanges(sets[moving], found[moving], reach)
            helps = gained > found[moving] + self._worth(found[moving])
            moving = moving[helps]
            if not len(moving):
                break
            sets[moving], found[moving] = better[helps], gained[helps]
        # several starts often end at the same knots
        _, kept = np.unique(sets, axis=0, return_index=True)
        order = kept[np.argsort(-found[kept], kind="stable")]
        return sets[order], found[order]

    def _best_exchanges(self, sets: Indices, found: Floats, reach: int | None) -> tuple[Indices, Floats]:
        """Return each of ``sets`` (B, m+1) after its best exchange of one knot, and what it explains then (B,)."""
        count, size = sets.shape
        knots = np.arange(1, size - 1) if self.required else np.arange(size)
        if not len(knots):
            return sets, found
        others = np.arange(size - 1) + (np.arange(size - 1) >= knots[:, None])
        kept, places = sets[:, others], self._places(sets[:, knots], reach)
        flat, flat_places = kept.reshape(-1, size - 1), places.reshape(count * len(knots), -1)
        limit = explained_with(self.limits, flat, flat_places, self.least_weight).reshape(count, -1)
        if self.shape.is_free:
            rows = np.arange(count)
            place = np.argmax(limit, axis=1)
            knot, spot = np.divmod(place, places.shape[2])
            return _joined(kept[rows, knot], places[rows, knot, spot]), limit[rows, place]
        better, gained = sets.copy(), found.copy()
        for row, least in enumerate(found + self._worth(found)):
            promising = np.flatnonzero(limit[row] > least)
            knot, spot = np.divmod(promising, places.shape[2])
            trials = _joined(kept[row, knot], places[row, knot, spot])
            better[row], gained[row] = self._better(trials, limit[row, promising], sets[row], float(least))
        return better, gained

    def _best_pairs(self, sets: Indices, found: Floats) -> tuple[Indices, Floats]:
        """Return each of ``sets`` (B, m+1) after moving its best two neighbouring knots a little, and what it explains.

        A step between two knots is left only by moving both.
        """
        better, gained = sets.copy(), found.copy()
        first = 1 if self.required else 0
        for row, least in enumerate(found + self._worth(found)):
            trials = np.repeat(sets[row][None], len(_NUDGES) * max(0, sets.shape[1] - 1 - 2 * first), axis=0)
            for pair in range(first, sets.shape[1] - 1 - first):
                rows = slice((pair - first) * len(_NUDGES), (pair - first + 1) * len(_NUDGES))
                trials[rows, pair : pair + 2] += _NUDGES
            allowed = (np.diff(trials, axis=1) > 0).all(axis=1)
            allowed &= (trials[:, 0] >= 0) & (trials[:, -1] < len(self.tables.t))
            trials = trials[allowed]
            if len(trials):
                better[row], gained[row] = self._better(trials, self.limit(trials), sets[row], float(least))
        return better, gained

    def _better(self, trials: Indices, limit: Floats, present: Indices, least: float) -> tuple[Indices, float]:
        """Return the best of ``trials`` (S, m+1) and what it explains if that is above ``least``; else ``present``."""
        promising = np.flatnonzero(limit > least)
        if not len(promising):
            return present, least
        order = promising[np.argsort(-limit[promising], kind="stable")]
        if self.shape.is_free:
            return trials[order[0]], float(limit[order[0]])
        place, value = self._best_bounded(trials, limit, order, least)
        return (trials[place], value) if value > least else (present, least)

    def _worth(self, found: Floats) -> Floats:
        """Return by how much more a set must explain to be worth an exchange; rounding errors must not choose."""
        left = self.total - np.maximum(found, 0.0)  # a set that is not allowed explains -inf
        return np.maximum(_WORTH * left, _ROUNDING * self.total)

    def _places(self, knots: Indices, reach: int | None) -> Indices:
        """Return the candidates that may replace each of ``knots`` (B, k), (B, k, L)."""
        last = len(self.tables.t) - 1
        if reach is None:
            return np.broadcast_to(np.arange(last + 1), (*knots.shape, last + 1))
        return np.clip(knots[..., None] + np.arange(-reach, reach + 1), 0, last)


def _joined(sets: Indices, places: Indices) -> Indices:
    """Return each of ``sets`` (S, m) with its place of ``places`` (S,) added, in rising order, (S, m+1)."""
    return np.sort(np.concatenate((sets, places[:, None]), axis=1), axis=1)
