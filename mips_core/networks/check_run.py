"""A few random sequences through a network, to see whether it was read as it was meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.networks.encoding import OVERFLOW
from mips_core.networks.protocol import Network
from mips_core.networks.symbols import check_ranges
from mips_core.stepping import IntArray
from mips_core.tasks.integers import Integers

SEQUENCES, STEPS = 10, 8


@dataclass(frozen=True, eq=False)
class CheckedSequence:
    """What a network does on one sequence.

    Parameters
    ----------
    x : int64, shape (T, D_in)
    y : int64, shape (T, D_out)
    low, high : smallest and largest number in the hidden states after each step; NaN or infinite when one is
    """

    x: IntArray
    y: IntArray
    low: float
    high: float

    @property
    def broken(self) -> bool:
        """Whether a hidden state is no number, or an output outgrew every integer."""
        return not (np.isfinite(self.low) and np.isfinite(self.high)) or bool((self.y == OVERFLOW).any())


def check_run(
    network: Network, inputs: Sequence[Integers], *, count: int = SEQUENCES, length: int = STEPS, seed: int = 0
) -> tuple[CheckedSequence, ...]:
    """Run ``count`` random sequences of ``length`` steps, each input drawn uniformly from its range.

    Raises
    ------
    BadInputError
        when a range is too wide, or holds integers that the network does not know.
    """
    check_ranges(tuple(inputs))
    rng = np.random.default_rng(seed)
    x = np.stack([rng.integers(r.low, r.high, size=(count, length), dtype=np.int64) for r in inputs], axis=2)
    state = network.start(count)
    outputs, lows, highs = [], [], []
    for step in range(length):
        state, y = network.step(state, x[:, step])
        outputs.append(y)
        lows.append(state.min(axis=1))
        highs.append(state.max(axis=1))
    y = np.stack(outputs, axis=1)
    low, high = np.min(lows, axis=0), np.max(highs, axis=0)
    return tuple(CheckedSequence(x[i], y[i], float(low[i]), float(high[i])) for i in range(count))
