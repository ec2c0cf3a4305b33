"""Affine recurrences over the integers: the memory of a network that is linear in its inputs.

    z_t = F z_(t-1) + G u_t + g,    y_t = H z_(t-1) + D u_t + d,    z_0 = start

The output is computed from the *old* state and the input, as in a Mealy machine, so that what need not be
remembered is not part of the state: "the previous number" has one state variable, "the current number" none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from mips_core.integer_algebra import Matrix, Rational, as_integers, multiply, solve, transpose
from mips_core.stepping import IntArray


@dataclass(frozen=True, eq=False)
class AffineRecurrence:
    """One integer recurrence with m inputs, n state variables and o outputs.

    Parameters
    ----------
    rows : int64, shape (n + o, n + m + 1); ``[[F, G, g], [H, D, d]]``
    start : int64, shape (n,)
    """

    rows: IntArray
    start: IntArray

    @property
    def order(self) -> int:
        """Number of state variables (n)."""
        return len(self.start)

    @property
    def inputs(self) -> int:
        """Number of inputs (m)."""
        return int(self.rows.shape[1]) - self.order - 1

    @property
    def outputs(self) -> int:
        """Number of outputs (o)."""
        return int(self.rows.shape[0]) - self.order

    def impulse(self, lags: int) -> list[Matrix]:
        """Return exactly what an input adds to the output ``k`` steps later, k = 0 .. lags - 1, each (o, m)."""
        n, m = self.order, self.inputs
        rows = self.rows.tolist()
        found = [[row[n : n + m] for row in rows[n:]]]
        readout, transition = [row[:n] for row in rows[n:]], [row[:n] for row in rows[:n]]
        column = [row[n : n + m] for row in rows[:n]]
        for _ in range(1, lags):
            found.append(_times(readout, column, m))
            column = _times(transition, column, m)
        return found[:lags]

    def free(self, steps: int) -> Matrix:
        """Return exactly the outputs at steps 1 .. ``steps`` when all inputs are zero, shape (steps, o)."""
        n, m = self.order, self.inputs
        rows = self.rows.tolist()
        state = self.start.tolist()
        found = []
        for _ in range(steps):
            value = [sum(row[i] * state[i] for i in range(n)) + row[n + m] for row in rows]
            state, output = value[:n], value[n:]
            found.append(output)
        return found

    def moved(self, shift: IntArray) -> AffineRecurrence:
        """Return the same recurrence in coordinates z + ``shift``, int64, shape (n,)."""
        n = self.order
        rows = self.rows.copy()
        rows[:, -1] -= rows[:, :n] @ shift
        rows[:n, -1] += shift
        return AffineRecurrence(rows, self.start + shift)

    def permuted(self, order: list[int]) -> AffineRecurrence:
        """Return the same recurrence with state variable ``order[i]`` at place i."""
        n = self.order
        places = np.array([*order, *range(n, self.rows.shape[1])], dtype=np.int64)
        across = self.rows[:, places]
        down = np.concatenate([across[:n][np.array(order, dtype=np.int64)], across[n:]]) if n else across
        return replace(self, rows=down, start=self.start[np.array(order, dtype=np.int64)])


def recurrence_from(
    update: Sequence[Sequence[Rational]],
    output: Sequence[Sequence[Rational]],
    start: Sequence[Sequence[Rational]],
    basis: Sequence[Sequence[Rational]],
) -> AffineRecurrence | None:
    """Return a recurrence given with rational numbers, in coordinates w with z = w @ ``basis``; None when not integer.

    Parameters
    ----------
    update : rows [F G g], shape (n, n + m + 1)
    output : rows [H D d], shape (o, n + m + 1)
    start : shape (n, 1)
    basis : shape (n, n), independent rows
    """
    n = len(update)
    columns = transpose(basis) if n else []
    right = [[*(_times([row[:n]], columns, n)[0]), *row[n:], *first] for row, first in zip(update, start, strict=True)]
    solved = solve(columns, right)
    readout = as_integers([[*_times([row[:n]], columns, n)[0], *row[n:]] for row in output])
    exact = None if solved is None else as_integers(solved)
    if exact is None or readout is None or any(abs(v) >= 2**62 for row in (*exact, *readout) for v in row):
        return None
    width = len(output[0])
    return AffineRecurrence(
        np.array([*(row[:-1] for row in exact), *readout], dtype=np.int64).reshape(-1, width),
        np.array([row[-1] for row in exact], dtype=np.int64),
    )


def _times(a: Sequence[Sequence[Any]], b: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    """Return a @ b, where b may have no rows."""
    return multiply(a, b) if b else [[0] * width for _ in a]
