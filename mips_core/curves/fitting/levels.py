"""A start that sees the whole curve: the best knots when their y may only take a few values, by dynamic programming.

Greedy growth and exchange can be caught where no single knot helps.  With y on a grid the cost of a curve is a sum
over its segments, each known from the tables, so the best curve of every number of segments is a shortest path
(Bellman and Roth 1969, "Curve fitting by segmented straight lines").  The exchange then polishes it without the grid.
"""

from __future__ import annotations

import numpy as np

from mips_core.curves.fitting.bins import Indices
from mips_core.curves.fitting.shapes import Shape
from mips_core.curves.fitting.tables import SegmentTables
from mips_core.curves.transforms import Floats

_PLACES = 28  # candidates that the path may visit
_PATHS = 3  # of the cheapest paths to different last knots
_LEVELS = 12  # values of y that a knot may have


def path_starts(tables: SegmentTables, knots: int, shape: Shape, scale: float, ends: bool) -> Indices:
    """Return the positions of candidates on the cheapest paths to different ends, (B, knots) rising, cheapest first.

    There are none where no path is allowed, and for shapes that may turn, which a path does not remember.

    Parameters
    ----------
    ends: whether the first and the last candidate must be knots.
    scale: units of transformed x for one unit of the tables' t.
    shape: a shape of one form.
    """
    places = np.unique(np.rint(np.linspace(0, len(tables.t) - 1, _PLACES)).astype(np.intp))
    if len(places) < knots or len(shape.patterns(1)) > 1:
        return np.empty((0, knots), dtype=np.intp)
    y = _levels(tables, places)
    cost = _segment_costs(tables, places, y, shape, scale)
    size = len(places) * len(y)
    start = tables.before[places, None] * y**2 - 2 * tables.before_y[places, None] * y
    finish = tables.after[places, None] * y**2 - 2 * tables.after_y[places, None] * y
    if ends:
        start[1:], finish[:-1] = np.inf, np.inf
    reached = start.reshape(size)
    came_from = []
    for _ in range(knots - 1):
        through = cost + reached
        origin = np.argmin(through, axis=1)
        reached = through[np.arange(size), origin]
        came_from.append(origin)
    total = reached.reshape(len(places), -1) + finish
    last = np.argsort(total.min(axis=1), kind="stable")[:_PATHS]
    last = last[np.isfinite(total[last].min(axis=1))]
    nodes = last * len(y) + np.argmin(total[last], axis=1)
    paths = [nodes]
    for origin in reversed(came_from):
        paths.append(origin[paths[-1]])
    return np.asarray(places[np.stack(paths[::-1], axis=1) // len(y)])


def _levels(tables: SegmentTables, places: Indices) -> Floats:
    """Return values of y that the rows between neighbouring places have on average: even ones and quantiles."""
    here, there = places[:-1], places[1:]
    sums = tables.pairs(here, there)
    inner = (sums[3] + sums[4]) / tables.weight[here, there]
    means = np.append(inner, tables.after_y[places[-1]] / tables.after[places[-1]])
    means = np.sort(means)
    even = np.linspace(means[0], means[-1], _LEVELS // 2 + 1)
    low = np.linspace(0, (len(means) - 1) / 2, _LEVELS // 4 + 1)[1:].astype(np.intp)
    # the same levels for -y as for y, with the other sign
    return np.unique(np.concatenate((even, means[low], means[len(means) - 1 - low])))


def _segment_costs(tables: SegmentTables, places: Indices, y: Floats, shape: Shape, scale: float) -> Floats:
    """Return the squared error (less sum of y^2) of the segment to each (place, level) from each other, square."""
    left, cross, right, left_y, right_y = tables.sums[:, places[:, None], places]
    # axes: right place, right level, left place, left level
    from_left = left.T[:, :, None] * y**2 - 2 * left_y.T[:, :, None] * y
    from_right = right.T[:, None, :] * (y**2)[:, None] - 2 * right_y.T[:, None, :] * y[:, None]
    cost = (2 * np.multiply.outer(y, y))[None, :, None, :] * cross.T[:, None, :, None]
    cost += from_left[:, None]
    cost += from_right[:, :, :, None]
    later, earlier = np.triu_indices(len(places))
    cost[later, :, earlier] = np.inf
    if not shape.is_free:
        lengths = np.maximum(tables.t[places, None] - tables.t[places], 0.0) * scale
        low, high = shape.bounds(shape.patterns(1)[0], lengths.reshape(-1, 1))
        step = (y[:, None] - y)[None, :, None, :]
        wide = 1e-9 * np.abs(step)
        low, high = (bound.reshape(len(places), 1, len(places), 1) for bound in (low, high))
        cost[np.broadcast_to((step < low - wide) | (step > high + wide), cost.shape)] = np.inf
    size = len(places) * len(y)
    return cost.reshape(size, size)
