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

_PLACES = 40  # candidates that the path may visit
_LEVELS = 16  # values of y that a knot may have


def path_start(tables: SegmentTables, knots: int, shape: Shape, scale: float, ends: bool) -> Indices | None:
    """Return the positions of ``knots`` candidates on the cheapest path, (knots,) rising.

    None when there is no path, and for shapes that may turn, which a path does not remember.

    Parameters
    ----------
    ends: whether the first and the last candidate must be knots.
    scale: units of transformed x for one unit of the tables' t.
    shape: a shape of one form.
    """
    places = np.unique(np.rint(np.linspace(0, len(tables.t) - 1, _PLACES)).astype(np.intp))
    if len(places) < knots or len(shape.patterns(1)) > 1:
        return None
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
        through = reached[:, None] + cost
        origin = np.argmin(through, axis=0)
        reached = through[origin, np.arange(size)]
        came_from.append(origin)
    node = int(np.argmin(reached + finish.reshape(size)))
    if not np.isfinite(reached[node] + finish.reshape(size)[node]):
        return None
    path = [node]
    for origin in reversed(came_from):
        path.append(int(origin[path[-1]]))
    return places[np.array(path[::-1]) // len(y)]


def _levels(tables: SegmentTables, places: Indices) -> Floats:
    """Return values of y that the rows between neighbouring places have on average: even ones and quantiles."""
    weight = np.diff(tables.after[places], append=0.0)
    means = np.diff(tables.after_y[places], append=0.0) / weight
    even = np.linspace(means.min(), means.max(), _LEVELS // 2 + 1)
    return np.unique(np.concatenate((even, np.quantile(means, np.linspace(0, 1, _LEVELS // 2 + 1)[1:-1]))))


def _segment_costs(tables: SegmentTables, places: Indices, y: Floats, shape: Shape, scale: float) -> Floats:
    """Return the squared error (less sum of y^2) of the segment from each (place, level) to each other, square."""
    pair = np.ix_(places, places)
    left, cross, right = tables.left[pair], tables.cross[pair], tables.right[pair]
    left_y, right_y = tables.left_y[pair], tables.right_y[pair]
    from_left = left[:, None, :] * y[:, None] ** 2 - 2 * left_y[:, None, :] * y[:, None]  # (i, a, j)
    from_right = right[:, :, None] * y**2 - 2 * right_y[:, :, None] * y  # (i, j, b)
    both = (2 * np.multiply.outer(y, y))[None, :, None, :] * cross[:, None, :, None]
    cost = both + from_left[:, :, :, None] + from_right[:, None]
    cost[np.tril_indices(len(places))[0], :, np.tril_indices(len(places))[1]] = np.inf
    if not shape.is_free:
        lengths = (tables.t[places] - tables.t[places, None]) * scale
        pattern = shape.patterns(1)[0]
        low, high = shape.bounds(pattern, np.maximum(lengths, 0.0).reshape(-1, 1))
        step = y - y[:, None]
        wide = 1e-9 * (1 + np.abs(step))
        allowed = (step >= low.reshape(*lengths.shape, 1, 1) - wide) & (
            step <= high.reshape(*lengths.shape, 1, 1) + wide
        )
        cost[~allowed.transpose(0, 2, 1, 3)] = np.inf
    size = len(places) * len(y)
    return cost.reshape(size, size)
