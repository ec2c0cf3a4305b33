"""Hidden states of a network over many sequences, at all positions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mips_core.errors import BadInputError
from mips_core.networks.protocol import FloatArray, Network
from mips_core.stepping import IntArray, trace


@dataclass(frozen=True, eq=False)
class HiddenStates:
    """What a network remembered at every position of every sequence.

    Parameters
    ----------
    inputs : int64, shape (N, T, D_in)
    outputs : int64, shape (N, T, D_out); the network's own outputs
    states : float64, shape (N, T + 1, d); ``states[:, 0]`` is the start, ``states[:, t]`` the state after t inputs
    lengths : int64, shape (N,); states after position ``lengths[i]`` of row i do not count
    """

    inputs: IntArray
    outputs: IntArray
    states: FloatArray
    lengths: IntArray

    @property
    def mask(self) -> NDArray[np.bool_]:
        """True at the positions that count, shape (N, T + 1)."""
        mask: NDArray[np.bool_] = np.arange(self.states.shape[1]) <= self.lengths[:, None]
        return mask

    @property
    def flat(self) -> FloatArray:
        """All hidden states that count, one per row, shape (M, d), in the order of :attr:`positions`."""
        return self.states[self.mask]

    @property
    def positions(self) -> IntArray:
        """(row, step) of every row of :attr:`flat`, int64, shape (M, 2)."""
        return np.argwhere(self.mask)

    def distinct(self, decimals: int = 6) -> IntArray:
        """Return the rows of :attr:`flat` to draw: one for each hidden state that differs after rounding, ascending.

        Rounding is relative to the largest coordinate, so that rescaled networks give the same picture.
        """
        flat = self.flat
        scale = float(np.abs(flat).max(initial=0.0)) or 1.0
        first = np.unique(np.round(flat / scale, decimals) + 0.0, axis=0, return_index=True)[1]
        return np.sort(first)

    def prefix(self, row: int, step: int) -> IntArray:
        """Return the inputs that led to ``states[row, step]``, int64, shape (step, D_in)."""
        return self.inputs[row, :step]


def collect_states(network: Network, x: IntArray, lengths: IntArray | None = None) -> HiddenStates:
    """Run ``network`` over inputs ``x`` (N, T, D_in) and keep the hidden states of all positions.

    ``lengths`` (N,) gives the true length of padded rows; without it all rows have length T.
    Memory: 8 N (T + 1) d bytes.

    Raises
    ------
    BadInputError
        when the shapes do not fit the network or each other.
    """
    if x.ndim != 3 or x.shape[2] != network.input_width:
        raise BadInputError(f"The inputs have shape {x.shape}; (N, T, {network.input_width}) is needed.")
    n, length = x.shape[:2]
    if lengths is None:
        lengths = np.full(n, length, dtype=np.int64)
    if lengths.shape != (n,) or (n and not 0 <= lengths.min() <= lengths.max() <= length):
        raise BadInputError(f"lengths must be {n} numbers between 0 and {length}, one per row.")
    run = trace(network, x)
    return HiddenStates(run.inputs, run.outputs, run.states, lengths)
