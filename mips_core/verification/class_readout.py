"""The simplest readout that chooses right between few outputs: one affine score each, with the smallest integers.

A network that counts in integers, and whose outputs depend on which count is the largest, needs no more than scores
that are affine in its hidden state.  The smallest integers for which the wanted output has the largest score in all
given states are the solution of an integer programme (solved by HiGHS, branch and bound), so no weight is rounded.
"""

from __future__ import annotations

import numpy as np

from mips_core.networks.protocol import AffineMap, FloatArray
from mips_core.stepping import IntArray

MOST_CLASSES = 8
"""Outputs that are told apart by one score each."""

_MOST_ROWS = 20_000
_LARGEST = 64


def class_readout(hidden: FloatArray, outputs: IntArray, *, seconds: float = 10.0) -> AffineMap | None:
    """Return affine scores with small integer weights, or None where none were found that choose right everywhere.

    The scores of an output column stand side by side, for all integers from its smallest to its largest; the wanted one
    is larger than all others by 1 or more.

    Parameters
    ----------
    hidden : float64 (M, d), integers
    outputs : int64 (M, D_out), what is wanted there
    seconds : time for each output column
    """
    parts = [_scores(hidden, column, seconds) for column in outputs.T]
    found = [part for part in parts if part is not None]
    if len(found) < len(parts):
        return None
    whole = np.vstack(found)
    return AffineMap(whole[:, :-1].copy(), whole[:, -1].copy())


def _scores(hidden: FloatArray, wanted: IntArray, seconds: float) -> FloatArray | None:
    """Return weights and bias of each score, float64 (classes, d + 1); those of the last class are zero."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    classes = wanted - wanted.min()
    count, rows = int(classes.max()) + 1, np.column_stack([hidden, np.ones(len(hidden))])
    size = rows.shape[1]
    if not 1 < count <= MOST_CLASSES or len(rows) * (count - 1) > _MOST_ROWS:
        return None
    parts = []
    for better in range(count):
        here = rows[classes == better]
        for worse in set(range(count)) - {better}:
            block = np.zeros((len(here), count, size))
            block[:, better] += here
            block[:, worse] -= here
            parts.append(block[:, :-1].reshape(len(here), -1))
    ahead = np.unique(np.vstack(parts), axis=0)
    free = ahead.shape[1]
    # Each weight is the difference of two numbers that are not negative, whose sum is to be small.
    solved = milp(
        np.ones(2 * free),
        constraints=LinearConstraint(np.hstack([ahead, -ahead]), lb=1.0),
        integrality=np.ones(2 * free),
        bounds=Bounds(0, _LARGEST),
        options={"time_limit": seconds},
    )
    if solved.x is None:
        return None
    values = np.rint(solved.x[:free] - solved.x[free:])
    return np.vstack([values.reshape(count - 1, size), np.zeros((1, size))])
