"""The hyperplane of greatest margin between two sets of integer points, with integer weights.

Of all separating hyperplanes this one keeps every symmetry of the data, which is what later makes neurons alike and
code short.  The weights that a support vector machine finds are floats; the exact ones are rational, because they solve
linear equations with integer coefficients.  They are found as fractions and *checked*: the support points must lie
exactly on the margin.
"""

from __future__ import annotations

from functools import lru_cache
from math import gcd
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import NoRegularStructureError
from mips_core.essence.training.nearest import nearest_difference
from mips_core.essence.training.snapping import Snapped, centred, snapped

Integers = NDArray[np.int64]

_LARGEST_DENOMINATOR = 5000
_LARGEST_WEIGHT = 10**6


def between_points(p: Integers, q: Integers, sizes: Integers) -> tuple[Integers, Integers]:
    """Return the hyperplanes halfway between pairs of points, exactly: positive at p, negative at q.

    Parameters
    ----------
    p, q : int64 (K, c)
    sizes : int64 (c,): how many inputs each coordinate adds up

    Returns
    -------
    weights int64 (K, c), bias int64 (K,): weights are twice numbers without a common divisor, as in
    :func:`mips_core.essence.training.snapping.centred`
    """
    common = int(np.lcm.reduce(sizes)) if len(sizes) else 1
    weights = (p - q) * (common // sizes)
    bias = -(weights * (p + q)).sum(axis=1)
    divisors = np.gcd.reduce(weights, axis=1)
    return 2 * weights // divisors[:, None], bias // divisors


def differentia(a: Integers, b: Integers, sizes: Integers, low: Integers, high: Integers) -> Snapped:
    """Return the neuron that is positive on a, negative on b, with the greatest margin in the space of the inputs.

    Parameters
    ----------
    a, b : int64 (A, c), (B, c); linearly separable, rows distinct
    sizes : int64 (c,): how many inputs each coordinate adds up
    low, high : int64 (c,): the least and greatest value of each coordinate
    """
    if len(a) == 1 and len(b) == 1:
        weights, bias = between_points(a, b, sizes)
        return Snapped(weights[0], int(bias[0]), 0.0, True)
    both = np.vstack([a, b])
    varies = np.flatnonzero((both != both[0]).any(axis=0))
    parts = (_sorted(a[:, varies]), _sorted(b[:, varies]), sizes[varies], low[varies], high[varies])
    narrow = _remembered(tuple(part.tobytes() for part in parts), len(a), len(b))
    weights = np.zeros(a.shape[1], dtype=np.int64)
    weights[varies] = narrow.weights
    constant = int(both[0] @ weights) - int(both[0, varies] @ narrow.weights)
    return Snapped(weights, narrow.bias - constant, narrow.error, narrow.proved)


def _sorted(rows: Integers) -> Integers:
    return np.unique(rows, axis=0)


@lru_cache(maxsize=16_384)
def _remembered(parts: tuple[bytes, ...], rows_a: int, rows_b: int) -> Snapped:
    a, b, sizes, low, high = (np.frombuffer(part, dtype=np.int64) for part in parts)
    return _greatest_margin(a.reshape(-1, len(sizes)), b.reshape(-1, len(sizes)), sizes, low, high)


def _greatest_margin(a: Integers, b: Integers, sizes: Integers, low: Integers, high: Integers) -> Snapped:
    root = np.sqrt(sizes.astype(np.float64))
    floating = nearest_difference(a / root, b / root)
    floating, bias = _with_margin_one(a / root, b / root, floating)
    polished = _on_the_margin(a / root, b / root, floating, bias)
    for candidate in (polished, floating):
        if candidate is None:
            continue
        weights = _as_integers(candidate / root)
        if weights is not None and (exact := _checked(weights, a, b, floating, bias, root)) is not None:
            real = exact.weights / max(1, int(np.abs(exact.weights).max()))
            shorter = snapped(real, exact.bias / max(1, int(np.abs(exact.weights).max())), low, high, a, b)
            if shorter is not None and np.abs(shorter.weights).max() * 3 < np.abs(exact.weights).max():
                return shorter
            return exact
    best = polished if polished is not None else floating
    short = snapped(best / root, bias, low, high, a, b)
    return short if short is not None else _finest(best / root, a, b)


def _with_margin_one(
    a: NDArray[np.float64], b: NDArray[np.float64], weights: NDArray[np.float64]
) -> tuple[NDArray[np.float64], float]:
    """Return weights and bias such that the nearest points of a come out 1 and those of b -1."""
    top, bottom = (a @ weights).min(), (b @ weights).max()
    if top <= bottom:
        raise _no_hyperplane(a, b)
    return weights * 2 / (top - bottom), float(-(top + bottom) / (top - bottom))


def _support(
    a: NDArray[np.float64], b: NDArray[np.float64], weights: NDArray[np.float64], bias: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which points of a and b lie on the margin."""
    return np.abs(a @ weights + bias - 1) < 1e-3, np.abs(b @ weights + bias + 1) < 1e-3


def _on_the_margin(
    a: NDArray[np.float64], b: NDArray[np.float64], weights: NDArray[np.float64], bias: float
) -> NDArray[np.float64] | None:
    """Return the shortest weights with the support points exactly on the margin; None where they are other weights."""
    at_a, at_b = _support(a, b, weights, bias)
    if not at_a.any() or not at_b.any():
        return None
    rows = np.vstack([a[at_a], b[at_b]])
    goals = np.concatenate([np.ones(at_a.sum()), -np.ones(at_b.sum())])
    solution = np.linalg.lstsq(rows - rows[0], goals - goals[0], rcond=1e-10)[0]
    near = np.abs(solution - weights).max() <= 5e-3 * np.abs(weights).max()
    return np.asarray(solution) if near else None


def _as_integers(weights: NDArray[np.float64]) -> Integers | None:
    """Return integers in the ratios of the weights, or None where no small ones have them."""
    unit = weights / np.abs(weights).max()
    values = np.unique(np.round(np.abs(unit), 10))
    denominators = np.arange(1, _LARGEST_DENOMINATOR + 1)[:, None]
    errors = np.abs(values * denominators - np.round(values * denominators)).max(axis=1)
    hits = np.flatnonzero(errors < 1e-6)
    if not hits.size:
        return None
    integers = np.round(unit * (int(hits[0]) + 1)).astype(np.int64)
    return integers // max(1, int(np.gcd.reduce(integers)))


def _checked(
    weights: Integers,
    a: Integers,
    b: Integers,
    floating: NDArray[np.float64],
    bias: float,
    root: NDArray[np.float64],
) -> Snapped | None:
    """Return the neuron where the support points lie exactly on its margin and all others beyond."""
    at_a, at_b = _support(a / root, b / root, floating, bias)
    on_a, on_b = a @ weights, b @ weights
    if on_a.min() <= on_b.max() or (on_a[at_a] != on_a.min()).any() or (on_b[at_b] != on_b.max()).any():
        return None
    integers, threshold = centred(weights, int(on_a.min()), int(on_b.max()))
    return Snapped(integers, threshold, 0.0, True)


def _finest(weights: NDArray[np.float64], a: Integers, b: Integers) -> Snapped:
    """Return the weights rounded to a millionth of the largest: irregular, but it separates the points exactly."""
    unit = weights / np.abs(weights).max()
    integers = np.round(unit * _LARGEST_WEIGHT).astype(np.int64)
    integers //= gcd(*(int(v) for v in integers))
    largest = int(np.abs(integers).max())
    error = float(np.abs(integers / largest - unit).max())
    above, below = int((a @ integers).min()), int((b @ integers).max())
    if above <= below:
        raise _no_hyperplane(a, b)
    return Snapped(*centred(integers, above, below), error, False)


def _no_hyperplane(a: NDArray[Any], b: NDArray[Any]) -> NoRegularStructureError:
    return NoRegularStructureError(
        f"Two parts of {len(a)} and {len(b)} points lie so close that no short numbers separate them.",
        ("greatest margin by nearest points", f"weights rounded to one part in {_LARGEST_WEIGHT}"),
    )
