"""Transition tables over recorded sequences: running them, counting, and what the recordings say about each entry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mips_core.stepping import IntArray


@dataclass(frozen=True, eq=False)
class Tables:
    """A machine over S states and X symbols by number; the start is state 0.

    Parameters
    ----------
    next_state, output : int64, shape (S, X)
    """

    next_state: IntArray
    output: IntArray

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.next_state)


@dataclass(frozen=True, eq=False)
class Recordings:
    """Recorded sequences with symbols and outputs by number.

    Parameters
    ----------
    x, y : int64, shape (N, T)
    mask : bool, shape (N, T); False beyond a sequence's length
    outputs : number of different outputs
    """

    x: IntArray
    y: IntArray
    mask: np.ndarray
    outputs: int

    def states(self, tables: Tables) -> IntArray:
        """Return the state before each step, int64 (N, T)."""
        found = np.empty_like(self.x)
        state = np.zeros(len(self.x), dtype=np.int64)
        for t in range(self.x.shape[1]):
            found[:, t] = state
            state = tables.next_state[state, self.x[:, t]]
        return found

    def counts(self, states: IntArray, tables: Tables) -> IntArray:
        """Return how often each output was recorded on each transition, int64 (S, X, outputs)."""
        shape = (*tables.next_state.shape, self.outputs)
        code = (states * shape[1] + self.x) * shape[2] + self.y
        return np.bincount(code[self.mask], minlength=int(np.prod(shape))).reshape(shape)

    def settled(self, tables: Tables) -> tuple[Tables, IntArray]:
        """Return the tables with the output recorded most often on each transition, and the counts."""
        counts = self.counts(self.states(tables), tables)
        output = np.where(counts.sum(axis=2) > 0, counts.argmax(axis=2), tables.output)
        return Tables(tables.next_state, output), counts
