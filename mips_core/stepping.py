"""The one stepping protocol that network, machine and program share.

``start(batch)`` gives the state before the first input, ``step(state, x)`` the
state and the outputs after one input.  There is no hidden current state: going
back is taking an earlier state.  The player, held-out comparison, failure
search and traces are all written once, here, against this protocol.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

IntArray = NDArray[np.int64]

_TOGETHER = 4_096
"""Sequences stepped together: with more, what a network computes no longer fits the processor's cache."""


@runtime_checkable
class Stepper(Protocol):
    """Anything that turns input symbols into output symbols one step at a time.

    States are arrays whose first axis is the sequence: ``(batch, ...)``, any dtype.
    """

    @property
    def input_width(self) -> int:
        """Integers per step on the input side (D_in)."""
        ...

    @property
    def output_width(self) -> int:
        """Integers per step on the output side (D_out)."""
        ...

    def start(self, batch: int) -> NDArray[Any]:
        """Return the state before the first input, shape (batch, ...)."""
        ...

    def step(self, state: NDArray[Any], x: IntArray) -> tuple[NDArray[Any], IntArray]:
        """Return the next state and the outputs (batch, D_out) for inputs ``x`` (batch, D_in)."""
        ...


@dataclass(frozen=True)
class Trace:
    """Everything that happened on a batch of sequences.

    Parameters
    ----------
    inputs : int64, shape (N, T, D_in)
    outputs : int64, shape (N, T, D_out)
    states : shape (N, T + 1, ...); ``states[:, 0]`` is the start, ``states[:, t]`` the state after t inputs
    """

    inputs: IntArray
    outputs: IntArray
    states: NDArray[Any]


def outputs_of(thing: Stepper, x: IntArray) -> IntArray:
    """Return the outputs (N, T, D_out) of ``thing`` on inputs ``x`` (N, T, D_in), without keeping states.

    Some sequences are stepped after the others, so that memory holds the states of few, however many there are.
    """
    n, length = x.shape[:2]
    outputs = np.empty((n, length, thing.output_width), dtype=np.int64)
    for first in range(0, n, _TOGETHER):
        some = slice(first, first + _TOGETHER)
        state = thing.start(len(x[some]))
        for t in range(length):
            state, outputs[some, t] = thing.step(state, x[some, t])
    return outputs


def trace(thing: Stepper, x: IntArray) -> Trace:
    """Run ``thing`` over inputs ``x`` (N, T, D_in) and keep every state."""
    n, length = x.shape[:2]
    state = thing.start(n)
    states = [state]
    outputs = np.empty((n, length, thing.output_width), dtype=np.int64)
    for t in range(length):
        state, outputs[:, t] = thing.step(state, x[:, t])
        states.append(state)
    if states[0].shape != state.shape:  # a state that grows by what is remembered: 0 where nothing was yet
        states = [np.pad(s, ((0, 0), (0, state.shape[1] - s.shape[1]))) for s in states]
    return Trace(x, outputs, np.stack(states, axis=1))


def first_difference(a: IntArray, b: IntArray) -> tuple[int, int] | None:
    """Return (row, step) of the earliest step at which two output arrays (N, T, D_out) differ, or None.

    The earliest step over all rows gives the shortest counterexample that the batch holds:
    the row's inputs up to and including that step.
    """
    differs = (a != b).any(axis=2)  # (N, T)
    if not differs.any():
        return None
    step = int(np.argmax(differs.any(axis=0)))
    return int(np.argmax(differs[:, step])), step
