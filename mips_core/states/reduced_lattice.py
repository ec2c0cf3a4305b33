"""A lattice basis from noisy points: find the integer relations between short differences, then round and refit.

Points on a lattice of n dimensions have differences of which any n + k obey k integer relations, up to noise.  A
reduced basis (Lenstra, Lenstra and Lovasz 1982) of the differences, weighted by the noise, beside a unit matrix holds
these relations as its short rows, and a basis of the lattice as its long ones.
"""

from __future__ import annotations

import numpy as np

from mips_core.errors import NoLatticeError
from mips_core.networks.protocol import FloatArray
from mips_core.progress import Monitor
from mips_core.stepping import IntArray

POINTS = 150
"""Hidden states between which differences are taken."""

EXTRA = 8
"""Differences beyond the number of dimensions that the reduction works on."""

ROUNDS = 20


def size_reduced(basis: FloatArray) -> FloatArray:
    """Subtract rounded projections of rows from each other, up to ten sweeps, as the paper does."""
    rows = basis.copy()
    for _ in range(10):
        changed = False
        for i, row in enumerate(rows):
            square = float(row @ row)
            if square == 0.0:
                continue
            factors = np.rint(rows @ row / square)
            factors[i] = 0
            changed |= bool(factors.any())
            rows -= np.outer(factors, row)
        if not changed:
            break
    return rows


def reduced(rows: FloatArray) -> FloatArray:
    """Return an LLL-reduced basis of the lattice of independent rows, in floating point (factor 3/4).

    >>> reduced(np.array([[1.0, 0.0], [7.0, 1.0]]))
    array([[1., 0.],
           [0., 1.]])
    """
    basis = rows.copy()
    n = len(basis)
    k = 1
    while k < n:
        triangle = np.linalg.qr(basis[: k + 1].T)[1]
        for j in range(k - 1, -1, -1):
            factor = np.rint(triangle[j, k] / triangle[j, j])
            basis[k] -= factor * basis[j]
            triangle[:, k] -= factor * triangle[:, j]
        if triangle[k, k] ** 2 + triangle[k - 1, k] ** 2 >= 0.75 * triangle[k - 1, k - 1] ** 2:
            k += 1
        else:
            basis[[k - 1, k]] = basis[[k, k - 1]]
            k = max(k - 1, 1)
    return basis


def reduced_basis(
    vectors: FloatArray, *, noise: float, rng: np.random.Generator, most: int | None = None
) -> FloatArray:
    """Return a basis of the lattice that noisy lattice vectors generate.

    Parameters
    ----------
    vectors : float64, shape (M, d)
    noise : distance from the lattice that counts as zero
    most : dimensions that the lattice may have; by default as many as the vectors

    Raises
    ------
    NoLatticeError
        when nothing but noise is left of the vectors, or they have too many dimensions.
    """
    most = vectors.shape[1] if most is None else most
    short, dimensions = _generators(_differences(vectors, rng), noise, most)
    if dimensions > most:
        raise NoLatticeError(f"The hidden states have more than {most} dimensions.")
    if dimensions == 0:
        raise NoLatticeError("All hidden states are equal within the noise; a lattice needs at least two of them.")
    weighted = np.hstack([short / noise, np.eye(len(short))])
    rows = reduced(weighted)[:, : short.shape[1]] * noise
    # Relations come first; what is left of the others is a basis.
    longest = np.argsort(np.linalg.norm(rows, axis=1), kind="stable")[-dimensions:]
    return reduced(rows[np.sort(longest)])


def _differences(vectors: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Return the vectors and their pairwise differences, shortest first."""
    kept = vectors
    if len(vectors) > POINTS:
        near = np.argsort(np.linalg.norm(vectors, axis=1), kind="stable")[: POINTS // 2]
        other = rng.choice(len(vectors), size=POINTS - len(near), replace=False)
        kept = vectors[np.unique(np.concatenate([near, other]))]
    first, second = np.triu_indices(len(kept), 1)
    found = np.vstack([kept, kept[first] - kept[second]])
    return found[np.argsort(np.linalg.norm(found, axis=1), kind="stable")]


def _generators(candidates: FloatArray, noise: float, most: int) -> tuple[FloatArray, int]:
    """Return short vectors that span, and a few more, with the number of dimensions that they span, up to most + 1."""
    usable = candidates[np.linalg.norm(candidates, axis=1) > 3 * noise]
    chosen: list[FloatArray] = []
    directions = np.zeros((0, candidates.shape[1]))
    left = usable
    while len(left) and len(chosen) <= most:
        outside = left - (left @ directions.T) @ directions
        far = np.linalg.norm(outside, axis=1) > 3 * noise
        if not far.any():
            break
        at = int(np.argmax(far))
        chosen.append(left[at])
        directions = np.vstack([directions, outside[at] / np.linalg.norm(outside[at])])
        left = left[at + 1 :]
    dimensions = len(chosen)
    for vector in usable[: 50 * EXTRA]:
        if len(chosen) == dimensions + EXTRA:
            break
        stack = np.array(chosen)
        apart = np.minimum(np.linalg.norm(stack - vector, axis=1), np.linalg.norm(stack + vector, axis=1))
        if apart.min() > 3 * noise:
            chosen.append(vector)
    return np.array(chosen).reshape(-1, candidates.shape[1]), dimensions


def refit(vectors: FloatArray, basis: FloatArray, monitor: Monitor | None = None) -> tuple[FloatArray, IntArray]:
    """Round coordinates and refit the basis by least squares in turn; return it with the codes (M, n).

    Short vectors are fitted first: a small error of the basis grows with the distance from the origin, which stays
    where it is.  Ends early, with a basis that was fitted to fewer vectors, when the monitor's time is up.
    """
    order = np.argsort(np.linalg.norm(vectors, axis=1), kind="stable")
    count = min(len(vectors), 4 * len(basis) + 1)
    while True:
        inner = vectors[order[:count]]
        basis = _alternated(inner, basis)
        if count == len(vectors) or (monitor is not None and monitor.expired):
            break
        count = min(len(vectors), count + max(1, count // 3))
    return basis, np.rint(vectors @ np.linalg.pinv(basis)).astype(np.int64)


def _alternated(vectors: FloatArray, basis: FloatArray) -> FloatArray:
    codes = np.rint(vectors @ np.linalg.pinv(basis))
    for _ in range(ROUNDS):
        if np.linalg.matrix_rank(codes) < len(basis):
            break
        basis = np.asarray(np.linalg.lstsq(codes, vectors, rcond=None)[0], dtype=np.float64)
        again = np.rint(vectors @ np.linalg.pinv(basis))
        if (again == codes).all():
            break
        codes = again
    return basis
