"""Euclid's algorithm on volumes: the gcd variant of the integer autoencoder (Michaud et al. 2024, appendix).

All simplices of lattice points have volumes that are multiples of the volume of one cell; the greatest common divisor
of the volumes, found by subtracting vectors from each other, leaves a basis behind.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from mips_core.networks.protocol import FloatArray

SAMPLE = 32
"""Hidden states drawn per run, with replacement."""


def gcd_basis(states: FloatArray, *, fraction: float, threshold: float, rng: np.random.Generator) -> FloatArray | None:
    """Return a basis (d, d) of the lattice that the states may lie on, or None.

    Parameters
    ----------
    states : float64, shape (M, d)
    fraction : share of the distribution of each coordinate, around its middle, that states are drawn from
    threshold : volumes below it count as zero, and volumes within it of a multiple of the cell as multiples
    """
    d = states.shape[1]
    low, high = np.quantile(states, [0.5 - fraction / 2, 0.5 + fraction / 2], axis=0)
    central = states[((states >= low) & (states <= high)).all(axis=1)]
    pool = central if len(central) else states
    drawn = pool[rng.integers(len(pool), size=SAMPLE)]
    vectors = drawn - drawn[np.argmin(drawn.sum(axis=1))]
    volumes = _simplices(vectors)
    while len(vectors) >= max(d + 1, 5):
        reduced = _euclid(vectors, threshold, rng)
        if reduced is None:
            vectors = vectors[1:]
            continue
        basis, cell = reduced
        multiples = volumes / cell
        if (np.abs(multiples - np.rint(multiples)) < threshold).all():
            return basis
        vectors = np.vstack([vectors[1:-1], basis[0]])
    return None


def _simplices(points: FloatArray) -> FloatArray:
    """Return |det| of all simplices of d + 1 points."""
    d = points.shape[1]
    chosen = np.array(list(combinations(range(len(points)), d + 1)))
    edges = points[chosen[:, 1:]] - points[chosen[:, :1]]
    return np.abs(np.linalg.det(edges))


def _euclid(vectors: FloatArray, threshold: float, rng: np.random.Generator) -> tuple[FloatArray, float] | None:
    """Reduce two vectors against d - 1 fixed ones until one volume is zero; return the other's basis and volume."""
    d = vectors.shape[1]
    a, b, *rest = vectors[rng.permutation(len(vectors))[: d + 1]]
    fixed = np.array(rest).reshape(d - 1, d)

    def volume(vector: FloatArray) -> float:
        return float(np.linalg.det(np.vstack([vector, fixed])))

    first, second = volume(a), volume(b)
    if abs(first) < threshold and abs(second) < threshold:
        return None
    for _ in range(100):
        if abs(first) < abs(second):
            a, b, first, second = b, a, second, first
        if abs(second) < threshold:
            return np.vstack([a, fixed]), abs(first)
        factor = round(first / second)
        a, first = a - factor * b, first - factor * second
    return None
