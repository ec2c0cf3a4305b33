"""How long a float network provably gives what its integer equations give.

Both are sums of contributions of single inputs, so the worst sequence of every length is known: at each lag take the
input that adds most to the difference.  While the largest possible difference stays below one half, rounding hides it.
The statement is about real arithmetic on the stored weights; float64 evaluation adds errors of relative size 1e-13.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from mips_core.errors import BadInputError
from mips_core.machines.realisation import Realisation, expected_responses
from mips_core.networks.mlp import MlpNetwork
from mips_core.networks.protocol import FloatArray
from mips_core.states.responses import input_columns, read_responses
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers

SAFETY = 1e-6
"""Differences are kept this far below one half, for the rounding errors of this computation."""


@dataclass(frozen=True, eq=False)
class ProvableAgreement:
    """Result of :func:`provable_agreement`.

    Parameters
    ----------
    length : every sequence up to this length gives equal outputs; None when every length does
    worst : largest difference before rounding that any sequence of a length up to ``length`` can reach
    witness : int64, shape (length + 1, D_in): inputs that bring the difference to one half or more at their last step,
        or None when none was found within the limit
    complete : False when the search ended at the limit, so that longer sequences may agree as well
    """

    length: int | None
    worst: float
    witness: IntArray | None
    complete: bool


def agreement_length(
    network: MlpNetwork, realisation: Realisation, inputs: Sequence[Integers] | Integers, *, limit: int = 1000
) -> int | None:
    """Return up to which length network and equations provably agree on these inputs; None when at every length."""
    return provable_agreement(network, realisation, inputs, limit=limit).length


def provable_agreement(
    network: MlpNetwork, realisation: Realisation, inputs: Sequence[Integers] | Integers, *, limit: int = 1000
) -> ProvableAgreement:
    """Find the longest length up to which no sequence of inputs can make the rounded outputs differ.

    Parameters
    ----------
    inputs : the integers that may occur, one range per input or one for all
    limit : longest length to look at

    Raises
    ------
    BadInputError
        when the number of ranges is not the number of inputs, or a range leaves the network's symbols.
    """
    ranges = (inputs,) * network.input_width if isinstance(inputs, Integers) else tuple(inputs)
    if len(ranges) != network.input_width:
        raise BadInputError(f"{len(ranges)} ranges were given for {network.input_width} inputs; give one per input.")
    responses = read_responses(network, limit + 1)
    lags = len(responses.impulse)
    exact_impulse, exact_free = expected_responses(realisation.recurrence, realisation.virtual, responses, lags)
    difference = (responses.impulse - exact_impulse).astype(np.float64)  # (K, o, W)
    lowest, highest, low_x, high_x = _extremes(difference, responses.blocks, ranges)
    bias = (responses.free - exact_free).astype(np.float64)  # (K, o)
    above = np.cumsum(highest, axis=0) + bias
    below = np.cumsum(lowest, axis=0) + bias
    reach = np.maximum(above, -below)  # (K, o): largest difference at step k + 1
    failing = np.flatnonzero((reach >= 0.5 - SAFETY).any(axis=1))
    if len(failing) == 0:
        worst = float(reach.max(initial=0.0))
        tail = _tail(network, realisation, ranges, lags)
        if tail is not None and worst + tail < 0.5 - SAFETY:
            return ProvableAgreement(None, worst + tail, None, True)
        return ProvableAgreement(lags, worst, None, False)
    length = int(failing[0])
    output = int(np.argmax(reach[length]))
    chosen = high_x if above[length, output] >= -below[length, output] else low_x
    witness = chosen[length::-1, output]  # lag k is the input k steps before the last
    return ProvableAgreement(length, float(reach[:length].max(initial=0.0)), witness.astype(np.int64), True)


def _extremes(
    difference: FloatArray, blocks: tuple[Integers, ...] | None, ranges: tuple[Integers, ...]
) -> tuple[FloatArray, FloatArray, IntArray, IntArray]:
    """Return least and largest contribution to the difference per lag, (K, o), and the inputs for it, (K, o, D_in)."""
    k, o = difference.shape[:2]
    lowest, highest = np.zeros((k, o)), np.zeros((k, o))
    low_x = np.zeros((k, o, len(ranges)), dtype=np.int64)
    high_x = np.zeros((k, o, len(ranges)), dtype=np.int64)
    start = 0
    for i, integers in enumerate(ranges):
        if blocks is None:
            values = np.array([integers.low, integers.high - 1], dtype=np.int64)
            effects = difference[:, :, i, None] * values
        else:
            symbols = blocks[i]
            if integers.low < symbols.low or integers.high > symbols.high:
                raise BadInputError(
                    f"Input {i + 1} of the network knows the integers {symbols}; {integers} goes beyond."
                )
            values = integers.values
            effects = difference[:, :, start + values - symbols.low]
            start += len(symbols)
        lowest += effects.min(axis=2)
        highest += effects.max(axis=2)
        low_x[:, :, i] = values[effects.argmin(axis=2)]
        high_x[:, :, i] = values[effects.argmax(axis=2)]
    return lowest, highest, low_x, high_x


def _tail(network: MlpNetwork, realisation: Realisation, ranges: tuple[Integers, ...], lags: int) -> float | None:
    """Bound what lags from ``lags`` on can still add to the difference, or None when no bound is known.

    Needs exact equations that forget (their transition is nilpotent) and a network whose transition contracts.
    With |A^p| = r < 1 in the spectral norm, the sum over k >= K of |A^k| is at most
    |A^K| (|I| + |A| + ... + |A^(p-1)|) / (1 - r).
    """
    n = realisation.order
    forward = realisation.recurrence.rows[:n, :n].astype(object)
    power = np.eye(n, dtype=object)
    for _ in range(n):
        power = power @ forward
    transition, _, _ = network.affine_transition()
    if power.any() or lags <= n:
        return None
    readout, _ = network.affine_readout()
    column, bias, blocks = input_columns(network)
    norms = [1.0]
    step = np.eye(len(transition))
    for _ in range(200):
        step = step @ transition
        norms.append(float(np.linalg.norm(step, 2)))
        if norms[-1] < 0.9:
            break
    if norms[-1] >= 0.9:
        return None
    sums = float(np.linalg.norm(np.linalg.matrix_power(transition, lags), 2)) * sum(norms[:-1]) / (1 - norms[-1])
    if blocks is None:
        size = sum(float(np.linalg.norm(column[:, i])) * max(abs(r.low), abs(r.high - 1)) for i, r in enumerate(ranges))
    else:
        ends = np.cumsum([0, *(len(b) for b in blocks)])
        norms_of = np.linalg.norm(column, axis=0)
        size = sum(float(norms_of[a:b].max()) for a, b in pairwise(ends))
    # The free response moves by C A^t (A start + b - start) from step t to the next.
    drift = float(np.linalg.norm(transition @ network.start_state + bias - network.start_state))
    return float(np.linalg.norm(readout, 2)) * sums * (size + drift)
