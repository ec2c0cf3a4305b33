"""An affine normal form for any cloud of hidden states: equal spread everywhere, then the most independent axes.

Networks with an affine transition have the normal forms of :mod:`mips_core.states.normal_forms`.  For all others, GRU
and LSTM among them, only the hidden states that are reached can be normalised.  Centring and whitening makes any two
clouds that differ by an affine map equal up to a rotation; the rotation is then fixed by independent component analysis
(Comon 1994): axes whose values are as far from a normal distribution as they can be.  Where a network stores separate
bits or digits, these axes show one each.  What is left open are the order and the sign of the axes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.errors import BadInputError
from mips_core.networks.protocol import FloatArray

LEAST_SPREAD = 0.1
"""Directions with less spread than this share of the widest one are left out: whitening would blow up their noise."""

MOST_AXES = 8
"""Widest directions that are turned; more would take seconds and nobody looks at them."""

SWEEPS = 30
_ANGLES = np.linspace(-np.pi / 4, np.pi / 4, 91)


@dataclass(frozen=True, eq=False)
class IndependentAxes:
    """Places of hidden states in the normal form are ``(h - centre) @ directions.T``.

    Parameters
    ----------
    centre : float64 (d,), the mean
    directions : float64 (k, d), most independent axes, those with the most separate values first
    kurtosis : float64 (k,), of each axis: -2 for two values that are equally frequent, 0 for a normal distribution
    share : part of the whole variance that lies in the k directions, in [0, 1]
    """

    centre: FloatArray
    directions: FloatArray
    kurtosis: FloatArray
    share: float


def independent_axes(states: FloatArray, least: float = LEAST_SPREAD) -> IndependentAxes:
    """Whiten hidden states (P, d) and turn them to their most independent axes.

    Affine copies of a cloud get the same coordinates, up to order and sign of the axes, as long as the same directions
    are kept and the axes are independent enough to be told apart.

    Parameters
    ----------
    least : directions with less spread than this share of the widest are left out

    Raises
    ------
    BadInputError
        when there are no states or they are not finite.
    """
    if states.ndim != 2 or len(states) == 0 or not np.isfinite(states).all():
        raise BadInputError(f"Finite hidden states are needed, one per row; found an array of shape {states.shape}.")
    centre = states.mean(axis=0)
    _, spread, directions = np.linalg.svd(states - centre, full_matrices=False)
    kept = spread > max(least * float(spread[0]), 1e-12 * max(1.0, float(np.abs(states).max())))
    kept[MOST_AXES:] = False
    if not kept.any():
        return IndependentAxes(centre, np.zeros((0, states.shape[1])), np.zeros(0), 1.0)
    scale = directions[kept] * (np.sqrt(len(states)) / spread[kept])[:, None]
    white = (states - centre) @ scale.T
    turn = _most_independent(white)
    found, axes = white @ turn.T, turn @ scale
    signs = np.where((found**3).mean(axis=0) < -1e-9, -1.0, 1.0)
    kurtosis = (found**4).mean(axis=0) - 3
    order = np.argsort(kurtosis, kind="stable")
    share = float((spread[kept] ** 2).sum() / (spread**2).sum())
    return IndependentAxes(centre, (axes * signs[:, None])[order], kurtosis[order], share)


def _most_independent(white: FloatArray) -> FloatArray:
    """Return the rotation (k, k) that makes the sum of squared kurtoses largest, one pair of axes at a time."""
    k = white.shape[1]
    # Weighted second moments begin from axes that do not hang on how the cloud lay before (Cardoso 1989).
    weights = (white**2).sum(axis=1, keepdims=True)
    turn = np.linalg.eigh((white * weights).T @ white / len(white))[1].T
    found = white @ turn.T
    for _ in range(SWEEPS):
        largest = 0.0
        for i in range(k):
            for j in range(i + 1, k):
                angle = _best_angle(found[:, i], found[:, j])
                if abs(angle) < 1e-6:
                    continue
                c, s = np.cos(angle), np.sin(angle)
                plane = np.array([[c, s], [-s, c]])
                found[:, [i, j]] = found[:, [i, j]] @ plane.T
                turn[[i, j]] = plane @ turn[[i, j]]
                largest = max(largest, abs(angle))
        if largest < 1e-4:
            break
    return np.asarray(turn, dtype=np.float64)


def _best_angle(a: FloatArray, b: FloatArray) -> float:
    """Return the angle within 45 degrees by which a plane must turn; all angles follow from five fourth moments."""
    moments = np.array([(a ** (4 - i) * b**i).mean() for i in range(5)]) * np.array([1, 4, 6, 4, 1])

    def contrast(angles: FloatArray) -> FloatArray:
        c, s = np.cos(angles)[:, None], np.sin(angles)[:, None]
        powers = np.arange(5)
        first = (c ** (4 - powers) * s**powers) @ moments - 3
        second = ((-s) ** (4 - powers) * c**powers) @ moments - 3
        total: FloatArray = first**2 + second**2
        return total

    angles, width = _ANGLES, float(_ANGLES[1] - _ANGLES[0])
    values = contrast(angles)
    if values.max() - contrast(np.zeros(1))[0] < 1e-9:  # as good as it is; a tie must not turn for ever
        return 0.0
    best = float(angles[int(values.argmax())])
    for _ in range(4):
        near = best + np.linspace(-width, width, 21)
        best, width = float(near[int(contrast(near).argmax())]), width / 10
    return best
