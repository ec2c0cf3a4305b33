"""Are the outputs affine in the inputs seen so far?  Asked of the data, before any training.

A network with affine F and G can only give y_t = c_t + sum_k G_k x_(t-k).  Least squares
answers in milliseconds whether the data are of that kind, and the rank of the Hankel
matrix of the G_k says how many hidden units such a network needs (Ho & Kalman 1966).
The answer only decides what is trained; the weights come from training.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.networks.protocol import FloatArray

_ROWS = 6_000
_MOST_FEATURES = 700
_RANK_TOLERANCE = 1e-5


@dataclass(frozen=True)
class AffineFit:
    """How well an affine rule explains outputs that were not used to find it.

    Parameters
    ----------
    residual : root mean square error on unseen rows, in standard deviations of the outputs
    order : estimated hidden units that an affine network needs, at least 1
    """

    residual: float
    order: int

    @property
    def exact(self) -> bool:
        """True when nothing but rounding errors is left."""
        return self.residual < 1e-6


def affine_fit(
    numbers: FloatArray, y: FloatArray, lengths: np.ndarray, *, rng: np.random.Generator
) -> AffineFit | None:
    """Fit outputs as affine functions of the inputs so far; None when there are too few rows to tell.

    Parameters
    ----------
    numbers : encoded inputs, float64, shape (N, T, E); columns must not be affinely dependent
    y : outputs, float64, shape (N, T, O)
    lengths : steps of each sequence, int64, shape (N,)
    """
    steps = min(numbers.shape[1], max(4, _MOST_FEATURES // (numbers.shape[2] + 1)))
    features = steps * (numbers.shape[2] + 1)
    order = rng.permutation(len(numbers))[: max(8, 3 * _ROWS // steps)]
    numbers, y, lengths = numbers[order, :steps], y[order, :steps], lengths[order]
    rows = _history(numbers)
    half = len(order) // 2
    counts = np.arange(steps) < lengths[:, None]
    learn, check = counts[:half], counts[half:]
    if learn.sum() < 1.5 * features or not check.any():
        return None
    scale = y[counts].std(axis=0)
    scale[scale == 0] = 1.0
    target = (y - y[counts].mean(axis=0)) / scale
    weights, *_ = np.linalg.lstsq(rows[:half][learn], target[:half][learn], rcond=1e-10)
    error = rows[half:][check] @ weights - target[half:][check]
    return AffineFit(float(np.sqrt(np.mean(error**2))), _hankel_rank(weights, steps, numbers.shape[2]))


def _history(numbers: FloatArray) -> FloatArray:
    """Return for each step the inputs so far, newest first, and an indicator of the step: (N, T, T * E + T)."""
    n, steps, width = numbers.shape
    rows = np.zeros((n, steps, steps * (width + 1)))
    for back in range(steps):
        rows[:, back:, back * width : (back + 1) * width] = numbers[:, : steps - back]
    rows[:, :, steps * width :] = np.eye(steps)
    return rows


def _hankel_rank(weights: FloatArray, steps: int, width: int) -> int:
    response = weights[: steps * width].reshape(steps, width, -1)  # (back, E, O)
    tall = (steps + 1) // 2
    wide = steps - tall + 1
    hankel = np.block([[response[i + j].T for j in range(wide)] for i in range(tall)])
    values = np.linalg.svd(hankel, compute_uv=False)
    return max(1, int((values > _RANK_TOLERANCE * max(1.0, float(values[0]))).sum()))
