"""Moore machines: the output hangs on the state that was reached, not on the arrow.

A Mealy machine writes its t-th output while it takes the t-th transition; the equivalent Moore machine shows the
same output in the state that this transition leads to.  So a state whose incoming arrows write different outputs is
split, one state for each output.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray
from mips_core.tasks.vocabulary import step_text


@dataclass(frozen=True, eq=False)
class MooreMachine:
    """A finite machine with outputs on its states; state 0 is the start.

    Parameters
    ----------
    next_state : int64, shape (S, X)
    output : int64, shape (S, D_out); that of the start counts only when the machine comes back to it
    origin : int64, shape (S,), the state of the Mealy machine that each was split from
    silent_start : whether nothing leads back to the start, so that its output is never shown
    mealy : the machine it was made from, with the alphabet and its words
    """

    next_state: IntArray
    output: IntArray
    origin: IntArray
    silent_start: bool
    mealy: MealyMachine

    @property
    def states(self) -> int:
        """Number of states."""
        return len(self.next_state)

    @property
    def input_width(self) -> int:
        """Integers per input symbol."""
        return self.mealy.input_width

    @property
    def output_width(self) -> int:
        """Integers per output symbol."""
        return self.mealy.output_width

    @property
    def split_states(self) -> IntArray:
        """The states of the Mealy machine that became several, int64, ascending."""
        values, counts = np.unique(self.origin, return_counts=True)
        found: IntArray = values[counts > 1]
        return found

    def output_text(self, state: int) -> str:
        """Write the output of a state as data files do; nothing for a start that shows none."""
        return "" if self.silent_start and state == 0 else step_text(self.output[state], self.mealy.output_words)

    def start(self, batch: int) -> NDArray[Any]:
        """Return the start state for each sequence, shape (batch,)."""
        return np.zeros(batch, dtype=np.int64)

    def step(self, state: NDArray[Any], x: IntArray) -> tuple[NDArray[Any], IntArray]:
        """Take one transition: state (batch,), x (batch, D_in) -> next state (batch,), its outputs (batch, D_out)."""
        following = self.next_state[state, self.mealy.indices(x)]
        return following, self.output[following]


def to_moore(machine: MealyMachine, most: int | None = None) -> MooreMachine | None:
    """Return the Moore machine with the same outputs at every step, or None when it has more than ``most`` states.

    Its states are pairs (state, output on arrival) that are reached, in the order of a breadth-first walk.  Before
    the first input nothing was written, so the start may be any state split from the Mealy start: the one whose output
    comes first.  Only where nothing leads back to the Mealy start does it become a state without output.

    >>> parity = MealyMachine(np.array([[0, 1], [1, 0]]), np.array([[[0], [1]], [[1], [0]]]), np.array([[0], [1]]))
    >>> to_moore(parity).output.tolist()
    [[0], [1]]
    """
    begin = machine.start_state
    reached = _reached(machine)
    arrivals = sorted(
        tuple(machine.output[s, i].tolist())
        for s in reached
        for i in np.flatnonzero(machine.next_state[s] == begin).tolist()
    )
    first = (begin, arrivals[0] if arrivals else ())
    number: dict[tuple[int, tuple[int, ...]], int] = {first: 0}
    following: list[list[int]] = []
    for state, _ in (queue := [first]):
        row = []
        for i, target in enumerate(machine.next_state[state].tolist()):
            key = (target, tuple(machine.output[state, i].tolist()))
            if key not in number:
                number[key] = len(number)
                queue.append(key)
            row.append(number[key])
        following.append(row)
        if most is not None and len(number) > most:
            return None
    blank = (0,) * machine.output_width
    outputs = np.array([y or blank for _, y in number], dtype=np.int64).reshape(len(number), machine.output_width)
    origin = np.array([s for s, _ in number], dtype=np.int64)
    return MooreMachine(np.array(following, dtype=np.int64), outputs, origin, not arrivals, machine)


def _reached(machine: MealyMachine) -> list[int]:
    """Return the states that the start leads to, itself included."""
    seen = {machine.start_state}
    for state in (queue := [machine.start_state]):
        new = [t for t in dict.fromkeys(machine.next_state[state].tolist()) if t not in seen]
        seen.update(new)
        queue += new
    return queue
