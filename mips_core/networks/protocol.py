"""What every recurrent network offers: the stepping protocol plus a look inside.

The network's function is its stored weights evaluated in float64, with outputs
rounded half to even (or the argmax over output scores, where its decoding says
so).  A state is one flat float64 row per sequence, whatever the cell: an LSTM
with two layers concatenates (h, c) of both.  So resuming, clustering and changes
of basis work the same for all cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from mips_core.networks.card import Card
from mips_core.stepping import IntArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class AffineMap:
    """z -> z W^T + b, for rows z.

    Parameters
    ----------
    weight : float64, shape (out, in)
    bias : float64, shape (out,)
    """

    weight: FloatArray
    bias: FloatArray

    def __call__(self, rows: FloatArray) -> FloatArray:
        """Apply to rows of shape (..., in)."""
        return rows @ self.weight.T + self.bias


@runtime_checkable
class Network(Protocol):
    """A recurrent network as the rest of the package sees it; all arrays are NumPy, batched over sequences."""

    @property
    def card(self) -> Card:
        """What is known about it."""
        ...

    @property
    def input_width(self) -> int:
        """Integers per step on the input side (D_in)."""
        ...

    @property
    def output_width(self) -> int:
        """Integers per step on the output side (D_out)."""
        ...

    @property
    def state_size(self) -> int:
        """Numbers in the flat hidden state."""
        ...

    @property
    def parameters(self) -> int:
        """Number of weights and biases."""
        ...

    def start(self, batch: int) -> FloatArray:
        """Return the hidden state before the first input, shape (batch, state_size)."""
        ...

    def advance(self, state: FloatArray, x: IntArray) -> FloatArray:
        """Return the hidden state after inputs ``x`` (batch, D_in), shape (batch, state_size)."""
        ...

    def readout(self, state: FloatArray) -> FloatArray:
        """Return the real-valued outputs that belong to a hidden state reached by :meth:`advance`, (batch, scores)."""
        ...

    def decode(self, scores: FloatArray) -> IntArray:
        """Turn real-valued outputs into integers (batch, D_out): rounding half to even, or argmax."""
        ...

    def step(self, state: FloatArray, x: IntArray) -> tuple[FloatArray, IntArray]:
        """``advance``, then ``decode(readout(...))``."""
        ...
