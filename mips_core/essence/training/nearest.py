"""The nearest points of two convex hulls, by Wolfe's algorithm (Mathematical Programming 11, 1976).

The difference between the hulls is itself the hull of all differences of two points, and the vector that joins their
nearest points is its point of least norm.  Wolfe's method keeps a few affinely independent differences of which that
point is a combination; each step adds the difference that lies farthest back and drops those that became useless.  It
ends after finitely many steps, where a general solver of quadratic programs only comes near.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TOLERANCE = 1e-10
_MOST_STEPS = 2000


def nearest_difference(a: Floats, b: Floats) -> Floats:
    """Return the shortest vector from the hull of b to the hull of a: the direction of greatest margin.

    Parameters
    ----------
    a, b : (A, c), (B, c); linearly separable
    """
    middle = (a.mean(axis=0) + b.mean(axis=0)) / 2
    a, b = a - middle, b - middle
    size = max(float((a**2).sum(axis=1).max()), float((b**2).sum(axis=1).max()), 1.0)
    start = a.mean(axis=0) - b.mean(axis=0)
    chosen = [_farthest_back(a, b, start)]
    corral = (a[chosen[0][0]] - b[chosen[0][1]])[None]
    shares = np.ones(1)
    point = corral[0]
    for _ in range(_MOST_STEPS):
        i, j = _farthest_back(a, b, point)
        difference = a[i] - b[j]
        if point @ point - point @ difference <= _TOLERANCE * size or (i, j) in chosen:
            break
        chosen.append((i, j))
        corral, shares = np.vstack([corral, difference]), np.append(shares, 0.0)
        chosen, corral, shares = _balanced(chosen, corral, shares)
        point = shares @ corral
    return np.asarray(point)


def _farthest_back(a: Floats, b: Floats, direction: Floats) -> tuple[int, int]:
    """Return the points whose difference has the least product with the direction."""
    return int((a @ direction).argmin()), int((b @ direction).argmax())


def _balanced(
    chosen: list[tuple[int, int]], corral: Floats, shares: Floats
) -> tuple[list[tuple[int, int]], Floats, Floats]:
    """Move to the point of least norm of the corral's hull; drop members on the way as their shares reach zero."""
    while True:
        target = _affine_shares(corral)
        if (target > _TOLERANCE).all():
            return chosen, corral, target
        falling = target <= _TOLERANCE
        steps = shares[falling] / np.maximum(shares[falling] - target[falling], _TOLERANCE)
        shares = shares + min(1.0, float(steps.min())) * (target - shares)
        keep = shares > _TOLERANCE
        if keep.all():
            keep[np.flatnonzero(falling)[steps.argmin()]] = False
        chosen = [pair for pair, kept in zip(chosen, keep, strict=True) if kept]
        corral, shares = corral[keep], shares[keep] / shares[keep].sum()


def _affine_shares(corral: Floats) -> Floats:
    """Return the shares, adding up to one, of the point of least norm in the affine hull of the corral."""
    edges = (corral[1:] - corral[0]).T
    rest = np.linalg.lstsq(edges, -corral[0], rcond=1e-12)[0] if edges.size else np.zeros(0)
    return np.append(1 - rest.sum(), rest)
