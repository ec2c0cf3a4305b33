"""Machines of a handful of states: plain loops, since array calls cost more than the work."""

from __future__ import annotations

import numpy as np

from mips_core.machines.mealy import MealyMachine
from mips_core.stepping import IntArray

FEW = 400
"""Transitions up to which plain loops may be faster than arrays."""

_WORK = 1_500
"""Transitions looked at in all rounds, from which on they are not."""


def classes_by_rounds(machine: MealyMachine) -> IntArray | None:
    """Return the class of every state, int64 (S,), by Moore's rounds; None when there are too many rounds for that.

    Classes are numbered in the order of their first states.
    """
    following = machine.next_state.tolist()
    rows: list[tuple[object, ...]] = [tuple(row) for row in machine.output.reshape(machine.states, -1).tolist()]
    count = 0
    for _ in range(2 + _WORK // machine.next_state.size):
        numbers: dict[tuple[object, ...], int] = {}
        classes = [numbers.setdefault(row, len(numbers)) for row in rows]
        if len(numbers) == count:
            return np.array(classes, dtype=np.int64)
        count = len(numbers)
        rows = [(classes[s], *[classes[t] for t in targets]) for s, targets in enumerate(following)]
    return None


def walk(next_state: IntArray, start: int) -> IntArray:
    """Return the reachable states in the order of a breadth-first walk, symbols in their order; int64."""
    following = next_state.tolist()
    order, met = [start], {start}
    for state in order:
        for target in following[state]:
            if target not in met:
                met.add(target)
                order.append(target)
    return np.array(order, dtype=np.int64)
