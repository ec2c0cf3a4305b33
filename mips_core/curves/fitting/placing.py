"""The y of the knots once the knots are chosen: one small least-squares problem, solved without forming its square."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from mips_core.curves.fitting.bins import Bins, Indices
from mips_core.curves.fitting.shapes import Shape
from mips_core.curves.transforms import Floats


def knot_values(bins: Bins, knots: Indices, shape: Shape) -> Floats:
    """Return the y that fit best at ``knots`` (m+1,), rising bins, within the shape's bounds.

    The rows between two knots become two points that give every straight line the same squared error, up to a
    constant: at one standard deviation left and right of their centre (Ravina et al. 2021, appendix A, choose another
    pair).  So there are at most 2 (m+2) rows, and the error of the solution is that of their orthogonal factors.
    """
    design, y, root = _condensed(bins, knots)
    if shape.is_free:
        return _tidy(bins, np.linalg.lstsq(design * root[:, None], y * root, rcond=None)[0])
    steps = np.cumsum(design[:, ::-1], axis=1)[:, ::-1]
    lengths = np.diff(bins.t[knots])[None] * bins.scale
    best, least_error = None, np.inf
    for pattern in shape.patterns(len(knots) - 1):
        low, high = (bound[0] for bound in shape.bounds(pattern, lengths))
        solution, error = _bounded(steps * root[:, None], y * root, low, high)
        if best is None or error < least_error:
            best, least_error = np.cumsum(solution), error
    assert best is not None
    return _settled(_tidy(bins, best), bins, knots, shape)


def _tidy(bins: Bins, solution: ArrayLike) -> Floats:
    """Return ``bins.mean + solution`` without the last digits, which are rounding errors: 50, not 49.99999999999998.

    Rounding keeps the order of numbers, so monotone curves stay monotone.
    """
    y = bins.mean + np.asarray(solution, dtype=np.float64)
    spread = float(np.sqrt(bins.variance))
    decimals = 13 - int(np.floor(np.log10(spread))) if spread > 0 else 0
    # where y hardly varies beside its size, its last digits are what it varies in
    if not spread > 1e-4 * float(np.abs(y).max()) or abs(decimals) > 22:
        return y
    return np.round(y, decimals) + 0.0


def _condensed(bins: Bins, knots: Indices) -> tuple[Floats, Floats, Floats]:
    """Return hat-function rows (2 (m+2), m+1), their y, and the roots of their weights."""
    inner = knots[0] == 0
    gaps = bins.moments.gathered(knots if inner else np.concatenate(([0], knots)))
    # the gap left of the first knot, if any, then one gap for each segment, then what lies from the last knot on
    offset = 0 if inner else 1
    spread = np.sqrt(gaps.spread / gaps.weight)
    slope = np.divide(gaps.slope, gaps.spread, out=np.zeros_like(gaps.slope), where=gaps.spread > 0)
    mean = gaps.total / gaps.weight
    design = np.zeros((2, len(gaps.weight), len(knots)))
    y = np.empty((2, len(gaps.weight)))
    t = bins.t[knots]
    for side, sign in enumerate((-1.0, 1.0)):
        y[side] = mean + sign * slope * spread
        if offset:
            design[side, 0, 0], y[side, 0] = 1.0, mean[0]
        design[side, -1, -1], y[side, -1] = 1.0, mean[-1]
        for segment in range(len(knots) - 1):
            gap = segment + offset
            part = (gaps.centre[gap] + sign * spread[gap] - t[segment]) / (t[segment + 1] - t[segment])
            design[side, gap, segment], design[side, gap, segment + 1] = 1 - part, part
    root = np.sqrt(np.concatenate((gaps.weight, gaps.weight)) / 2)
    return design.reshape(-1, len(knots)), y.ravel(), root


def _bounded(design: Floats, y: Floats, low: Floats, high: Floats) -> tuple[Floats, float]:
    """Return (first y, steps) within bounds on the steps, and the squared error; steps with equal bounds are fixed."""
    from scipy.optimize import lsq_linear

    least, most = np.concatenate(([-np.inf], low)), np.concatenate(([np.inf], high))
    fixed = least == most
    solution = np.where(fixed, least, 0.0)
    rest = y - design @ solution
    result = lsq_linear(design[:, ~fixed], rest, (least[~fixed], most[~fixed]), method="bvls", tol=1e-14)
    solution[~fixed] = np.clip(result.x, least[~fixed], most[~fixed])
    off = design @ solution - y
    return solution, float(off @ off)


def _settled(y: Floats, bins: Bins, knots: Indices, shape: Shape) -> Floats:
    """Return ``y`` with steps moved by the last bits, so that the slopes that a reader computes keep the bounds."""
    if np.isinf(shape.min_slope) and np.isinf(shape.max_slope):
        return y
    t = bins.transform(bins.x[knots])
    y = y.copy()
    for knot in range(1, len(y)):
        length = t[knot] - t[knot - 1]
        for _ in range(64):
            slope = (y[knot] - y[knot - 1]) / length
            if slope < shape.min_slope:
                y[knot] = np.nextafter(max(y[knot], y[knot - 1] + shape.min_slope * length), np.inf)
            elif slope > shape.max_slope:
                y[knot] = np.nextafter(min(y[knot], y[knot - 1] + shape.max_slope * length), -np.inf)
            else:
                break
    return y
