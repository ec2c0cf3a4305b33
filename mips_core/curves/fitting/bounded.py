"""Bounded least squares for many small problems at once, by block principal pivoting.

Portugal, Judice and Vicente (1994), "A comparison of block pivoting and interior-point algorithms for linear least
squares problems with nonnegative variables": guess which variables sit at a bound, solve for the others, exchange all
that are wrong, and fall back to exchanging one at a time when that stops helping, which cannot cycle.
"""

from __future__ import annotations

import numpy as np

from mips_core.curves.transforms import Floats

_PATIENCE = 3  # block exchanges without progress before single ones
_RIDGE = 1e-14


def steps_form(matrix: Floats, right_side: Floats) -> tuple[Floats, Floats]:
    """Return the equations in (first y, step, step, ...) instead of (y, y, y, ...): sums from the far end."""
    in_rows = np.cumsum(matrix[:, ::-1], axis=1)[:, ::-1]
    return np.cumsum(in_rows[:, :, ::-1], axis=2)[:, :, ::-1], np.cumsum(right_side[:, ::-1], axis=1)[:, ::-1]


def bounded_minimum(matrix: Floats, right_side: Floats, least: Floats, most: Floats) -> Floats:
    """Return for each problem the v that minimises v' H v - 2 g' v within its bounds, (S, n).

    Parameters
    ----------
    matrix: (S, n, n) positive definite H.
    right_side: (S, n) g.
    least, most: (S, n) bounds, infinite where there is none; ``least <= most``.
    """
    sets, size = right_side.shape
    steps = np.arange(size)
    scale = np.sqrt(np.maximum(matrix[:, steps, steps], np.finfo(float).tiny))
    # variables of unit size make one tolerance and one ridge fit all problems
    matrix = matrix / scale[:, :, None] / scale[:, None, :]
    matrix[:, steps, steps] += _RIDGE
    right_side, least, most = right_side / scale, least * scale, most * scale
    tolerance = 1e-12 * np.maximum(np.abs(right_side).max(axis=1, keepdims=True), np.finfo(float).tiny)
    held = np.zeros((sets, size), dtype=np.int8)  # -1 at the least, 1 at the most, 0 free
    held[least == most] = -1
    fixed = least == most
    fewest = np.full(sets, size + 1)
    patience = np.full(sets, _PATIENCE)
    result = np.zeros((sets, size))
    open_sets = np.arange(sets)
    for _ in range(10 * size + 30):
        v, wrong = _pivot(matrix, right_side, least, most, held, tolerance)
        wrong &= ~fixed
        count = wrong.sum(axis=1)
        result[open_sets] = v
        keep = count > 0
        if not keep.any():
            break
        better = count < fewest
        patience = np.where(better, _PATIENCE, patience - 1)
        fewest = np.where(better, count, fewest)
        single = patience < 0
        last = size - 1 - np.argmax(wrong[:, ::-1], axis=1)
        wrong[single] &= steps == last[single, None]
        target = np.where(v < least, -1, np.where(v > most, 1, held)).astype(np.int8)
        held = np.where(wrong, np.where(held == 0, target, 0), held).astype(np.int8)
        open_sets = open_sets[keep]
        matrix, right_side, least, most = matrix[keep], right_side[keep], least[keep], most[keep]
        held, fixed, tolerance = held[keep], fixed[keep], tolerance[keep]
        fewest, patience = fewest[keep], patience[keep]
    return np.asarray(result / scale)


def _pivot(
    matrix: Floats, right_side: Floats, least: Floats, most: Floats, held: np.ndarray, tolerance: Floats
) -> tuple[Floats, np.ndarray]:
    """Return the solution with some variables held at their bounds, and which variables are wrong there."""
    free = held == 0
    value = np.where(held < 0, least, np.where(held > 0, most, 0.0))
    system = np.where(free[:, :, None] & free[:, None, :], matrix, 0.0)
    steps = np.arange(held.shape[1])
    system[:, steps, steps] += ~free
    wanted = np.where(free, right_side - np.einsum("sij,sj->si", matrix, value), value)
    v = np.linalg.solve(system, wanted[:, :, None])[:, :, 0]
    v = np.where(free, v, value)
    gradient = np.einsum("sij,sj->si", matrix, v) - right_side
    outside = free & ((v < least - tolerance) | (v > most + tolerance))
    pulled = ((held < 0) & (gradient < -tolerance)) | ((held > 0) & (gradient > tolerance))
    return v, outside | pulled
