"""Small integers for a neuron with real weights, only where they are proved to change nothing.

Two proofs are used.  With few inputs in the box of all values both neurons are compared on each.  Otherwise the
weighted sum of integers moves in whole steps: where the rounding errors times the bounds of the inputs stay below the
real neuron's distance from zero at the steps on either side of its threshold, no input can change sides.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

MULTIPLES = range(1, 13)
"""How many steps the unit of the weights is divided into, at most."""

MOST_COMPARED = 4096
"""Boxes with at most this many inputs are compared one by one."""


@dataclass(frozen=True)
class Snapped:
    """A threshold neuron with integers.

    Parameters
    ----------
    weights : int64 (c,)
    bias : an integer
    error : the greatest rounding error of a weight, in units of the largest weight
    proved : the neuron is the one of greatest margin, or has its sign on every integer input of the box
    """

    weights: Integers
    bias: int
    error: float
    proved: bool


def centred(weights: Integers, above: int, below: int) -> tuple[Integers, int]:
    """Return weights and bias with the threshold halfway between two sums.

    The weights come out as twice numbers without a common divisor, whether or not the bias is even too: networks of
    other sizes then have the same weights.

    Parameters
    ----------
    weights : int64 (c,), not all 0
    above, below : the least sum that must be positive and the greatest that must be negative, sums over integers

    >>> weights, bias = centred(np.array([1, 1, 1]), 3, 2)
    >>> weights.tolist(), bias
    ([2, 2, 2], -5)
    """
    divisor = int(np.gcd.reduce(weights))
    return 2 * weights // divisor, -(above + below) // divisor


def snapped(weights: Floats, bias: float, low: Integers, high: Integers, a: Integers, b: Integers) -> Snapped | None:
    """Return the neuron with the smallest integers that has the sign of the real one everywhere, or None.

    Parameters
    ----------
    weights : (c,), not all 0
    bias : a number
    low, high : int64 (c,): the box of all inputs
    a, b : int64 (A, c), (B, c): points that must come out positive and negative
    """
    magnitudes = np.abs(weights)
    units = (magnitudes.max(), magnitudes[magnitudes > 1e-9 * magnitudes.max()].min())
    for multiple in MULTIPLES:
        for unit in units:
            integers = np.round(weights * (multiple / unit)).astype(np.int64)
            if not integers.any():
                continue
            found = _with_proved_threshold(integers, weights * (multiple / unit), bias * multiple / unit, low, high)
            if found is not None and (a @ found[0] + found[1] > 0).all() and (b @ found[0] + found[1] < 0).all():
                error = float(np.abs(integers - weights * (multiple / unit)).max() / np.abs(integers).max())
                return Snapped(*found, error, True)
    return None


def _with_proved_threshold(
    integers: Integers, weights: Floats, bias: float, low: Integers, high: Integers
) -> tuple[Integers, int] | None:
    """Return integer weights and bias of the same sign as ``weights . x + bias`` on the box, or None."""
    if prod(int(n) for n in high - low + 1) <= MOST_COMPARED:
        return _compared(integers, weights, bias, low, high)
    step = int(np.gcd.reduce(integers))
    base = int(low @ integers)
    bounds = np.maximum(np.abs(low), np.abs(high))
    slack = float(np.abs(weights - integers) @ bounds) + 1e-9 * float(np.abs(weights) @ bounds)
    below = base + int(np.floor((-bias - base) / step)) * step
    if below + bias + slack < 0 < below + step + bias - slack:
        return centred(integers, below + step, below)
    return None


def _compared(
    integers: Integers, weights: Floats, bias: float, low: Integers, high: Integers
) -> tuple[Integers, int] | None:
    """Compare the real and the integer neuron on every input of a small box."""
    axes = [np.arange(start, stop + 1) for start, stop in zip(low, high, strict=True)]
    inputs = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))
    real = inputs @ weights + bias
    room = 1e-9 * max(1.0, float(np.abs(real).max()))
    sums = inputs @ integers
    if (np.abs(real) <= room).any() or (real > 0).all() or (real < 0).all():
        return None
    above, below = int(sums[real > 0].min()), int(sums[real < 0].max())
    return centred(integers, above, below) if above > below else None
