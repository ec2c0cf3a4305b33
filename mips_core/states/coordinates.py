"""Integer coordinates of hidden states that move by an exact recurrence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mips_core.expressions import Expression, Lookup, Variable
from mips_core.networks.protocol import FloatArray
from mips_core.states.phrasing import linear
from mips_core.states.recurrence import AffineRecurrence
from mips_core.states.virtual_inputs import VirtualInput, table_of
from mips_core.stepping import IntArray


@dataclass(frozen=True, eq=False)
class IntegerCoordinates:
    """A lattice on which the hidden states move by an integer recurrence: h = codes @ basis + offset.

    This holds from the first step on.  The start state is never read out and need not lie on the lattice; its code
    :attr:`start` is the one from which the recurrence goes on to the right codes.

    Parameters
    ----------
    basis : float64, shape (n, d), one lattice vector per row
    offset : float64, shape (d,), the hidden state with code 0
    recurrence : the exact update of the codes, without outputs
    virtual : the functions of the inputs that the recurrence takes
    decoder : float64, shape (d, n); codes before rounding are ``(h - offset) @ decoder``
    deviation : largest distance of a coordinate from its exact integer over the sampled sequences; NaN without samples
    names : words for the coordinates, by what they hold
    """

    basis: FloatArray
    offset: FloatArray
    recurrence: AffineRecurrence
    virtual: tuple[VirtualInput, ...]
    decoder: FloatArray
    deviation: float
    names: tuple[str, ...]

    @property
    def order(self) -> int:
        """Number of coordinates (n)."""
        return len(self.basis)

    @property
    def start(self) -> tuple[int, ...]:
        """The code of the start state."""
        return tuple(int(v) for v in self.recurrence.start)

    def coordinates(self, states: FloatArray) -> FloatArray:
        """Return the codes before rounding, float64 (M, n), of hidden states (M, d)."""
        return (states - self.offset) @ self.decoder

    def encode(self, states: FloatArray) -> IntArray:
        """Return the codes, int64 (M, n), of hidden states (M, d)."""
        return np.rint(self.coordinates(states)).astype(np.int64)

    def run(self, x: IntArray) -> IntArray:
        """Return the exact codes (N, T + 1, n) along inputs (N, T, D_in), by the recurrence alone."""
        n = self.order
        u = (
            np.stack([_values(v, x) for v in self.virtual], axis=2)
            if self.virtual
            else np.zeros((*x.shape[:2], 0), int)
        )
        codes = np.tile(self.recurrence.start, (len(x), 1))
        found = [codes]
        for t in range(x.shape[1]):
            codes = codes @ self.recurrence.rows[:, :n].T + u[:, t] @ self.recurrence.rows[:, n:-1].T
            codes = codes + self.recurrence.rows[:, -1]
            found.append(codes)
        return np.stack(found, axis=1)

    def updates(self, inputs: Sequence[str], names: Sequence[str] | None = None) -> tuple[Expression, ...]:
        """Write the update of each coordinate in terms of the old ones and the inputs.

        Parameters
        ----------
        inputs : names of the network's inputs
        names : names of the coordinates; left out, :attr:`names`
        """
        columns: list[Expression] = [Variable(name) for name in (names or self.names)]
        for i, virtual in enumerate(self.virtual):
            source = Variable(inputs[virtual.position])
            columns.append(source if virtual.values is None else Lookup(table_of(virtual, f"step{i + 1}"), (source,)))
        return tuple(
            linear(list(zip(row[:-1], columns, strict=True)), row[-1]) for row in self.recurrence.rows.tolist()
        )


def _values(virtual: VirtualInput, x: IntArray) -> IntArray:
    """Values of a virtual input along inputs (N, T, D_in), shape (N, T)."""
    column: IntArray = x[:, :, virtual.position]
    return column if virtual.values is None else virtual.values[column - virtual.low]
