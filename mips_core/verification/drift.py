"""Whether a network that was right on short words goes wrong little by little: precision drift.

A network stores whole things, states or integers, in real numbers.  Small errors of its weights, or of 64-bit
arithmetic, are harmless while the memory stays near the right place.  Where each step adds to them, the memory leaves
its place with growing length, until the output rounds to something else.  A network that has not learnt something
takes one wrong turn instead: the step before, its memory was as near its place as ever.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.networks.encoding import Argmax
from mips_core.networks.protocol import FloatArray, Network
from mips_core.stepping import IntArray

RISE = 3.0
"""The error must grow by this factor from the trained length to the last quarter of the steps."""
LEAST = 0.15
"""And reach this share of what makes an output wrong before the first wrong output."""
TREND = 2
"""Trained lengths that a word needs at least: fewer steps show no trend."""


@dataclass(frozen=True)
class Growth:
    """How an error grew, in shares of what makes an output wrong.

    It grew little by little when it made no output wrong within the trained length, and its largest value and its
    median both rose by :data:`RISE` from there to the last quarter of all steps.

    Parameters
    ----------
    early, late : the largest error within the trained length, and in the last quarter of the steps
    gradual : whether it grew little by little
    """

    early: float
    late: float
    gradual: bool


def growth(errors: FloatArray, length: int) -> Growth:
    """Judge the errors of the steps before the first wrong output, float64 (t,), 1 being enough for a wrong one.

    Parameters
    ----------
    length : the trained length; a network that is wrong within it has not learnt, whatever its errors look like
    """
    first, last = errors[:length], errors[len(errors) - len(errors) // 4 :]
    early, late = float(first.max(initial=0.0)), float(last.max(initial=0.0))
    if len(errors) < TREND * length:
        return Growth(early, late, False)
    rising = late >= RISE * early and float(np.median(last)) >= RISE * float(np.median(first))
    return Growth(early, late, bool(rising and early < 1.0 and late >= LEAST))


def output_errors(network: Network, scores: FloatArray, right: IntArray) -> FloatArray:
    """Return how near each step's scores come to another output than the right one, float64 (T,); 1 is on the edge.

    Parameters
    ----------
    scores : the network's outputs before rounding, float64 (T, K)
    right : what they should become, int64 (T, D_out)
    """
    with np.errstate(invalid="ignore", over="ignore"):
        if not isinstance(network_decoding(network), Argmax):
            found: FloatArray = 2.0 * np.abs(scores - right).max(axis=1, initial=0.0)
        else:
            found = _argmax_errors(network_decoding(network), scores, right)
    return np.where(np.isfinite(found), found, np.inf)


def network_decoding(network: Network) -> object:
    """Return how a network's scores become integers, or None where a network of another kind does not say."""
    return getattr(network, "decoding", None)


def _argmax_errors(decoding: object, scores: FloatArray, right: IntArray) -> FloatArray:
    """Return 1 minus the lead of the right score, in shares of its median lead; 1 is where another takes over."""
    assert isinstance(decoding, Argmax)
    worst = np.zeros(len(scores))
    start = 0
    for column, integers in enumerate(decoding.ranges):
        block = scores[:, start : start + len(integers)]
        start += len(integers)
        if len(integers) < 2:
            continue
        place = np.clip(right[:, column] - integers.low, 0, len(integers) - 1)
        own = np.take_along_axis(block, place[:, None], axis=1)[:, 0]
        others = block.copy()
        np.put_along_axis(others, place[:, None], -np.inf, axis=1)
        lead = own - others.max(axis=1)
        usual = float(np.median(lead[np.isfinite(lead)])) if np.isfinite(lead).any() else 0.0
        if usual > 0:
            worst = np.maximum(worst, 1.0 - lead / usual)
    return worst


def single_precision_step(network: Network, x: IntArray, outputs: IntArray) -> int | None:
    """Return the first step (from 0) whose output changes when the memory is rounded to 32 bits at each step, or None.

    Parameters
    ----------
    x : one word, int64 (T, D_in)
    outputs : what the network gives in 64 bits, int64 (T, D_out)
    """
    state = network.start(1)
    for t in range(len(x)):
        state, y = network.step(in_single_precision(state), x[t][None])
        if (y[0] != outputs[t]).any():
            return t
    return None


def in_single_precision(state: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to float32 and back."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        return state.astype(np.float32).astype(np.float64)
