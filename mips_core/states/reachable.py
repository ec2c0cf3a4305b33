"""The lattice that the steps of an affine transition generate, as the readout sees it.

Vectors of hidden states are added one at a time: a new direction makes the basis longer, a simple fraction makes it
finer, an integer combination changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import lcm

import numpy as np

from mips_core.errors import NoLatticeError
from mips_core.integer_algebra import lattice_basis
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import FloatArray
from mips_core.stepping import IntArray

NEGLIGIBLE = 0.05
"""Part of a vector outside the lattice, relative to its longest basis vector, that is taken for noise."""

TOLERANCE = 0.25
"""Largest distance of a coordinate from an integer (or from p/q, times 1/q) at which it is read as that number."""

DENOMINATORS = range(1, 9)

MAX_ORDER = 12


def observability(network: MlpNetwork) -> FloatArray:
    """Return R, float64 (d, d): |R e| measures how much a change e of the hidden state changes outputs, now or later.

    The first readout layer weighs directions, later layers bound how strongly each of its units counts (ReLU, tanh and
    the others never stretch); the same after up to d - 1 further steps without input, stacked and reduced by QR.
    """
    layers = network.readout_layers
    strength = np.ones((1, layers[-1].weight.shape[0]))
    for layer in layers[:0:-1]:
        strength = strength @ np.abs(layer.weight)
    seen = strength.T * layers[0].weight
    transition, _, _ = network.affine_transition()
    stacked = [seen]
    for _ in range(len(transition) - 1):
        seen = seen @ transition
        size = np.linalg.norm(seen)
        if not np.isfinite(size) or size == 0.0:
            break
        stacked.append(seen)
    triangle = np.linalg.qr(np.vstack([*stacked, np.zeros_like(transition)]))[1]
    return np.asarray(triangle, dtype=np.float64)


class VectorLattice:
    """A growing lattice basis of hidden-state vectors, compared as the readout sees them.

    Parameters
    ----------
    weights : float64 (d, d), how the readout sees a vector; from :func:`observability`
    negligible : part of a vector outside the lattice, relative to its longest basis vector, that is taken for noise
    """

    def __init__(self, weights: FloatArray, negligible: float = NEGLIGIBLE) -> None:
        self._weights, self.negligible = weights, negligible
        self.rows: FloatArray = np.zeros((0, len(weights)))
        self.denominator = 1

    def coordinates(self, vector: FloatArray) -> tuple[FloatArray, float]:
        """Return coordinates of ``vector`` in the basis, and the relative length of what they leave over."""
        target = self._weights @ vector
        if len(self.rows) == 0:
            return np.zeros(0), float("inf") if np.linalg.norm(target) > 0 else 0.0
        seen = self._weights @ self.rows.T
        found = np.asarray(np.linalg.lstsq(seen, target, rcond=None)[0], dtype=np.float64)
        longest = float(np.linalg.norm(seen, axis=0).max())
        return found, float(np.linalg.norm(target - seen @ found)) / longest

    def integers(self, vector: FloatArray) -> IntArray:
        """Return the nearest integer coordinates."""
        return np.rint(self.coordinates(vector)[0]).astype(np.int64)

    def add(self, vector: FloatArray) -> bool:
        """Make the lattice hold ``vector``; return whether the basis changed."""
        found, rest = self.coordinates(vector)
        if rest > self.negligible:
            if len(self.rows) == MAX_ORDER:
                raise NoLatticeError(
                    f"The hidden states need more than {MAX_ORDER} integer coordinates; that many are not searched. "
                    "Extract a finite machine instead."
                )
            self.rows = np.vstack([self.rows, vector])
            return True
        fractions = _fractions(found)
        common = lcm(*(f.denominator for f in fractions)) if fractions else 1
        if common == 1:
            return False
        self.denominator *= common
        if self.denominator > 64:
            raise NoLatticeError(
                f"The steps of the hidden state have no common measure: coordinates {np.round(found, 3).tolist()} "
                "are not integers however fine the lattice. Extract a finite machine instead."
            )
        n = len(self.rows)
        generators = [[common * int(i == j) for j in range(n)] for i in range(n)]
        finer = lattice_basis([*generators, [int(f * common) for f in fractions]])
        self.rows = np.array(finer, dtype=np.float64) @ self.rows / common
        return True

    def close(self, transition: FloatArray, steps: Sequence[FloatArray]) -> None:
        """Add the vectors of one step, then what the transition makes of the basis, until nothing changes."""
        largest = max((float(np.linalg.norm(self._weights @ step)) for step in steps), default=0.0)
        for step in steps:
            if float(np.linalg.norm(self._weights @ step)) > self.negligible * largest:
                self.add(step)
        changed = True
        while changed:
            changed = False
            for row in list(self.rows):
                changed |= self.add(transition @ row)
            for step in steps:
                changed |= len(self.rows) > 0 and self.add(step)


def _fractions(values: FloatArray) -> list[Fraction]:
    """Read coordinates as fractions with a small common denominator.

    Raises
    ------
    NoLatticeError
        when no denominator fits.
    """
    for denominator in DENOMINATORS:
        scaled = values * denominator
        limit = TOLERANCE if denominator == 1 else TOLERANCE / denominator
        if (np.abs(scaled - np.rint(scaled)) <= limit).all():
            return [Fraction(int(v), denominator) for v in np.rint(scaled)]
    raise NoLatticeError(
        f"A step of the hidden state has the coordinates {np.round(values, 3).tolist()} on the lattice of the others; "
        "integers or simple fractions were expected. Extract a finite machine instead."
    )
